from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from gateway.settings.secret import Secret, Surroundings, sendable

SECRET: TypeAdapter[Secret] = TypeAdapter(Secret)


def resolve(written: object, folder: Path = Path(), **environ: str) -> Secret:
    return SECRET.validate_python(written, context=Surroundings(environ, folder))


def test_a_secret_comes_from_the_file_a_variable_or_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n", encoding="utf-8")
    assert resolve("plain").get_secret_value() == "plain"
    assert resolve({"env": "TOKEN"}, TOKEN="from-a-variable\n").get_secret_value() == "from-a-variable"
    assert resolve({"file": "token"}, tmp_path).get_secret_value() == "from-a-file"


@pytest.mark.parametrize("octets", [b"kept\n", b"  kept \r\n", b"\xef\xbb\xbfkept"])
def test_what_an_editor_puts_around_a_secret_is_no_part_of_it(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / "token").write_bytes(octets)
    assert resolve({"file": "token"}, tmp_path).get_secret_value() == "kept"


@pytest.mark.parametrize("written", ["hunter2", {"env": "TOKEN"}])
def test_a_secret_never_shows_itself(written: object) -> None:
    secret = resolve(written, TOKEN="hunter2")
    assert "hunter2" not in f"{secret} {secret!r}"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"env": "ABSENT"}, "the environment variable ABSENT is not set"),
        ({"env": "EMPTY"}, 'is empty: { env = "EMPTY" }'),
        ({"file": "absent"}, "cannot be read: no such file"),
        ({"file": "latin1"}, "'latin1' is no UTF-8 text file"),
        ({"file": "a\0b"}, "is no UTF-8 text file"),
        ({"env": "A", "file": "B"}, "is not a secret"),
        ({}, "is not a secret"),
        (17, "is not a secret"),
        ("", "is empty"),
    ],
)
def test_what_cannot_be_a_secret(tmp_path: Path, written: object, told: str) -> None:
    (tmp_path / "latin1").write_bytes(b"\xe4")
    with pytest.raises(ValidationError, match=told):
        resolve(written, tmp_path, EMPTY="")


def test_a_digest_is_sha256_in_hex() -> None:
    assert resolve("key").digest() == sha256(b"key").hexdigest()


@pytest.mark.parametrize("value", ["a:b", "a b", "a\nb", "schlüssel", "\x7f"])
def test_what_cannot_travel_in_a_field_is_refused(value: str) -> None:
    with pytest.raises(PydanticCustomError, match="holds blanks, colons"):
        sendable(resolve(value))
