"""What a reader accepts, and the errors that say where it did not."""

from __future__ import annotations

from dataclasses import dataclass


class Malformed(ValueError):
    """Input that cannot be read. `line` and `column` count from 1, in characters; `reason` is for people."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        super().__init__(f"{reason} (line {line}, column {column})")
        self.reason = reason
        self.line = line
        self.column = column


class TooLarge(Malformed):
    """Input of more bytes than accepted: not wrong in itself (413 rather than 400)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one input. `size` is in bytes; depth counts the outermost element, object or list as 1.

    The three with defaults are far above anything the API's callers send: its own answers are 4 deep.
    """

    size: int
    depth: int = 32
    attributes: int = 64
    name: int = 256

    def check_size(self, body: bytes) -> None:
        """Raise `TooLarge` for more bytes than `size`."""
        if len(body) > self.size:
            raise TooLarge(f"{len(body)} bytes are more than the {self.size} accepted", 1, 1)
