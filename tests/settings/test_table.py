from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo

from gateway.settings.places import rows_of, section_of
from gateway.settings.table import Settings
from tests.settings.files import MINIMAL, loaded


def rows() -> list[tuple[str, FieldInfo]]:
    found = []
    for name, field in Settings.model_fields.items():
        section = section_of(field.annotation) or section_of(rows_of(field.annotation))
        assert section is not None
        found += [(f"{name}.{key}", row) for key, row in section.model_fields.items()]
    return found


@pytest.mark.parametrize(("key", "row"), rows(), ids=lambda part: part if isinstance(part, str) else "")
def test_every_setting_says_what_it_means_what_is_right_and_what_breaks(key: str, row: FieldInfo) -> None:
    assert row.description, key
    assert isinstance(row.json_schema_extra, dict)
    assert row.json_schema_extra["right"]
    assert str(row.json_schema_extra["breaks"]).endswith(".")


def test_the_digest_of_a_key_is_the_same_however_it_is_configured(tmp_path: Path) -> None:
    digest = sha256(b"fifteen-men-on-a-chest").hexdigest()
    by_digest = MINIMAL.replace('key = "fifteen-men-on-a-chest"', f'key_sha256 = "{digest.upper()}"')
    anonymous = MINIMAL.replace('key = "fifteen-men-on-a-chest"', "anonymous = true")
    assert loaded(tmp_path).apps["tool"].key_digest() == digest
    assert loaded(tmp_path, by_digest).apps["tool"].key_digest() == digest
    assert loaded(tmp_path, anonymous).apps["tool"].key_digest() is None
