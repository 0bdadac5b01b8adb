"""What the rows of the table of settings are made of: a section, a setting, and the kinds and words they share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gateway.settings import formats
from gateway.settings.secret import Secret, sendable

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
Sendable = Annotated[Secret, AfterValidator(sendable)]
SigningSecret = Annotated[Secret, AfterValidator(formats.signing_secret)]

PORT = "a port from 0 to 65535, such as 8080 (0 takes a free one)"
DURATION = 'a duration in s, m, h or d, such as "90s", "15m" or "1d"'
PERIOD = 'a duration above 0s in s, m, h or d, such as "60s"'
SIZE = 'a size above 0B in B, KiB, MiB or GiB, such as "10MiB"'
ADDRESS = 'an address to listen on, such as "127.0.0.1", or "0.0.0.0" for every interface'
SECRET = '{ env = "VARIABLE" }, { file = "path" } or a string'
SIGNING = SECRET + ", holding whsec_ and 24 to 64 bytes in base64"
PREVIOUS = "Signs beside secret, while receivers change from this one to the new one."


def setting(meaning: str, *, right: str, breaks: str, default: Any = ..., **bounds: Any) -> Any:
    """One row: its meaning, its default and bounds, what is right and what breaks."""
    return Field(default, description=meaning, json_schema_extra={"right": right, "breaks": breaks}, **bounds)


class Section(BaseModel):
    """A table of the configuration file; frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)
