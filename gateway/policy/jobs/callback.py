"""Where the result of a job may be sent: the URL a caller names against the prefixes of its app's configuration.

URLs are compared in parts, never as text: `https://tool.internal@elsewhere/` begins like a prefix, and is elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

from gateway.policy import segments

_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+")  # RFC 3986 §2; a fragment is never sent
_LONGEST = 2000


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: int
    path: str


def why_not(url: str) -> str | None:
    """Tell what is wrong with a URL as such, or None when it is one that can be posted to."""
    if len(url) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if _PLAIN.fullmatch(url) is None:
        return "it is no plain URL: no blanks, no fragment, no backslash"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"it is no URL: {error}"
    if parts.scheme.lower() not in _PORTS or not parts.hostname or port == 0:
        return "it is no http or https URL with a host"
    if "@" in parts.netloc:
        return "it holds a user name"
    if segments.climbs(parts.path):
        return "its path goes up or stays, by . or .."
    return None


def allowed(url: str, prefixes: Iterable[str]) -> bool:
    """Does a URL without a fault lie under one of the prefixes: same scheme, host and port, and its path or below?"""
    wanted = _parts(url)
    return any(_below(wanted, _parts(prefix)) for prefix in prefixes)


def _below(wanted: _Parts, prefix: _Parts) -> bool:
    if wanted[:3] != prefix[:3]:
        return False
    directory = prefix.path.removesuffix("/")
    return wanted.path == prefix.path or wanted.path.startswith(f"{directory}/")


def _parts(url: str) -> _Parts:
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").removesuffix(".")
    return _Parts(scheme, host, parts.port or _PORTS.get(scheme, 0), parts.path or "/")
