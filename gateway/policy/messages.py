"""Request, Response and their Headers, free of any framework.

A message is a value: every change makes a new one. Connection-specific fields (RFC 9110 §7.6.1)
end here, at both edges, so that no stage has to think of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

CONNECTION_SPECIFIC = frozenset(
    {
        "connection",
        "http2-settings",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-authentication-info",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)

WITHOUT_BODY = frozenset({204, 304})
"""Statuses of answers that never have a body (RFC 9110 §6.4.1)."""


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields of a message: ordered, case-insensitive, repeatable, immutable."""

    fields: Iterable[tuple[str, str]] = ()
    _lines: dict[str, list[str]] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self.fields))
        lines = self._lines
        for name, value in self.fields:
            lines.setdefault(name.lower(), []).append(value)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._lines

    def get(self, name: str) -> str | None:
        """All values of a field as one list value (RFC 9110 §5.3), or None when it is absent."""
        lines = self._lines.get(name.lower())
        return None if lines is None else lines[0] if len(lines) == 1 else ", ".join(lines)

    def lines(self, name: str) -> list[str]:
        """The values of a field, one for each field line."""
        return list(self._lines.get(name.lower(), ()))

    def put(self, name: str, value: str) -> Headers:
        """Replace every line of a field by one."""
        wanted = name.lower()
        return Headers((*(item for item in self.fields if item[0].lower() != wanted), (name, value)))

    def without(self, names: Iterable[str]) -> Headers:
        """Drop fields by lower-case name."""
        unwanted = frozenset(names)
        return Headers(item for item in self.fields if item[0].lower() not in unwanted)

    def end_to_end(self) -> Headers:
        """Drop the connection-specific fields and those that `Connection` names (RFC 9110 §7.6.1)."""
        nominated = {token.strip().lower() for token in (self.get("connection") or "").split(",")}
        return self.without(CONNECTION_SPECIFIC | nominated)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `target` is origin-form (path and query) exactly as the caller sent it."""

    method: str
    target: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered, as received from the upstream or as made for the caller."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
