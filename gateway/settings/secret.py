"""Secrets: written in the file, or better taken from an environment variable or a file of their own.

A secret remembers where it came from, so that it can be spoken of without being shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from pydantic import GetCoreSchemaHandler, SecretStr
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import override

_SENDABLE = re.compile(r"[!-9;-~]+")  # RFC 7617 §2: a user name has no colon; RFC 9110 §5.5: visible ASCII


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where references of secrets are looked up: variables, and the folder relative files start from."""

    environ: Mapping[str, str]
    folder: Path


class Secret(SecretStr):
    """A secret and its origin, written as the configuration writes it: `{ env = "…" }`, `{ file = "…" }` or `"…"`."""

    def __init__(self, value: str, *, origin: str, file: Path | None = None) -> None:
        super().__init__(value)
        self.origin = origin
        self.file = file

    @override
    def __str__(self) -> str:
        return self.origin

    def digest(self) -> str:
        """SHA-256 of the secret in lower-case hex: what is compared, and may be kept."""
        return sha256(self.get_secret_value().encode()).hexdigest()

    @classmethod
    @override
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(cls._resolve)

    @classmethod
    def _resolve(cls, written: object, info: core_schema.ValidationInfo[Any]) -> Secret:
        around = info.context if isinstance(info.context, Surroundings) else Surroundings({}, Path())
        match written:
            case Secret():
                return written
            case str():
                found = cls(written, origin='"(written in plain)"')
            case {"env": str(name)} if len(cast("dict[str, object]", written)) == 1:
                found = _from_variable(name, around)
            case {"file": str(name)} if len(cast("dict[str, object]", written)) == 1:
                found = _from_file(name, around)
            case _:
                raise PydanticCustomError("secret", "is not a secret")
        if not found.get_secret_value():
            reference = "" if isinstance(written, str) else f": {found.origin}"
            raise PydanticCustomError("secret", "is empty{reference}", {"reference": reference})
        return found


def _from_variable(name: str, around: Surroundings) -> Secret:
    if name not in around.environ:
        raise PydanticCustomError("secret_away", "the environment variable {name} is not set", {"name": name})
    return Secret(around.environ[name].strip(), origin=f'{{ env = "{name}" }}')


def _from_file(name: str, around: Surroundings) -> Secret:
    path = around.folder / name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as failure:
        reason = {"name": str(path), "reason": (failure.strerror or "unreadable").lower()}
        raise PydanticCustomError("secret_away", "the file {name} cannot be read: {reason}", reason) from None
    except ValueError:  # its bytes are no UTF-8, or its name holds a NUL
        raise PydanticCustomError("secret_away", "{name} is no UTF-8 text file", {"name": repr(name)}) from None
    return Secret(text.strip(), origin=f'{{ file = "{name}" }}', file=path)


def sendable(secret: Secret) -> Secret:
    """Refuse a token or key that cannot travel as a Basic user name or in a header field."""
    if not _SENDABLE.fullmatch(secret.get_secret_value()):
        raise PydanticCustomError("unsendable", "holds blanks, colons, control or non-ASCII characters")
    return secret
