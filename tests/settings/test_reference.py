from __future__ import annotations

from gateway.settings.reference import reference
from tests.settings.test_table import rows


def test_every_setting_has_its_row() -> None:
    page = reference()
    for key, row in rows():
        assert f"| `{key.partition('.')[2]}` |" in page
        assert str(row.description) in page


def test_sections_are_headed_as_the_file_writes_them() -> None:
    headings = [line for line in reference().splitlines() if line.startswith("## ")]
    assert headings[0] == "## `[server]`"
    assert {"## `[accounts.NAME]`", "## `[apps.NAME]`", "## `[[webhooks]]`", "## `[resources.NAME]`"} <= set(headings)
