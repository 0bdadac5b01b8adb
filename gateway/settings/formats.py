"""What single values must look like: addresses, patterns, keys. Each returns its value or says what is wrong."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic_core import PydanticCustomError

from gateway.settings.secret import Secret

_ALLOW = re.compile(r"(?:\*|[A-Z]+) (?:\*|/?[\w.*/-]+)")
_EVENT = re.compile(r"(?:\*|[a-z_]+)(?:\.(?:\*|[a-z_]+))*")
_RECEIVER = re.compile(r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_LONGEST_URL = 2000
_LONGEST_LABEL = 63  # RFC 1035 §2.3.4
_SHORTEST_KEY = 20
_WHSEC_BYTES = range(24, 65)  # Standard Webhooks, "Signature scheme": 24 to 64 random bytes


def _wrong(what: str) -> PydanticCustomError:
    return PydanticCustomError("format", "{what}", {"what": what})


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is no number up to 65535
    except ValueError as failure:
        raise _wrong(f"is not a URL: {failure}") from None
    return parts


def web_address(url: str) -> str:
    """Accept an absolute http(s) URL without credentials in it."""
    if len(url) > _LONGEST_URL:
        raise _wrong(f"is longer than {_LONGEST_URL} characters")
    parts = _split(url)
    if parts.scheme not in ("http", "https"):
        raise _wrong("does not start with http:// or https://")
    if not parts.hostname:
        raise _wrong("names no host")
    if "@" in parts.netloc:
        raise _wrong("holds a user name or password")
    if parts.port == 0:
        raise _wrong("names port 0, to which nobody can connect")
    if not all(0 < len(label) <= _LONGEST_LABEL for label in parts.hostname.rstrip(".").split(".")):
        raise _wrong("names a host that no name service can know")
    if parts.fragment or re.search(r"[^!-~]", url):
        raise _wrong("holds a fragment, blanks or non-ASCII characters")
    return url


def installed_loop(name: Literal["asyncio", "uvloop"]) -> Literal["asyncio", "uvloop"]:
    """Accept an event loop that is there."""
    if find_spec(name) is None:
        raise _wrong("is not installed: pip install intervals-gateway[uvloop]")
    return name


def collector(url: str) -> str:
    """Accept where spans can be sent, if that can be done from here."""
    try:
        version("opentelemetry-exporter-otlp-proto-http")
    except PackageNotFoundError:
        raise _wrong("needs what is not installed: pip install intervals-gateway[otel]") from None
    return web_address(url)


def upstream_root(url: str) -> str:
    """Accept where all paths of the upstream start; it ends in a slash."""
    if urlsplit(web_address(url)).query:
        raise _wrong("holds a query")
    return url if url.endswith("/") else url + "/"


def callback_prefix(url: str) -> str:
    """Accept a prefix that fixes the whole host: `https://tool` would also allow `https://tool.elsewhere`."""
    if not urlsplit(web_address(url)).path:
        raise _wrong("does not end its host with a slash")
    return url


def store_address(url: str) -> str:
    """Accept `memory://`, `sqlite:///path`, `redis://host:port/number`, `rediss://…` and `unix:///path/of/socket`."""
    parts = _split(url)
    match parts.scheme:
        case "memory":
            whole = url == "memory://"
        case "sqlite":
            whole = not parts.netloc and len(parts.path) > 1 and not parts.path.endswith("/")
        case "redis" | "rediss":
            whole = bool(parts.hostname) and re.fullmatch(r"/?|/\d+", parts.path) is not None
        case "unix":
            whole = len(parts.path) > 1 and not parts.hostname
        case _:
            raise _wrong(f"names the unknown store {parts.scheme or url!r}")
    if not whole:
        raise _wrong("is incomplete")
    return url


def allow_pattern(pattern: str) -> str:
    """Accept `METHOD path`, each of which may be `*`."""
    if not _ALLOW.fullmatch(pattern):
        raise _wrong("is not METHOD, one blank, path")
    return pattern


def event_pattern(pattern: str) -> str:
    """Accept dotted lower-case words, each of which may be `*`."""
    if not is_event_pattern(pattern):
        raise _wrong("is not a dotted event name")
    return pattern


def is_event_pattern(text: str) -> bool:
    """Tell whether this is written as a pattern of events; `agreement` asks whether such events can come."""
    return _EVENT.fullmatch(text) is not None


def receiver(name: str) -> str:
    """Accept a host, `*.domain`, an address or a subnet."""
    with suppress(ValueError):
        return str(ip_network(name))
    if not _RECEIVER.fullmatch(name.lower()) or name.isdecimal():
        raise _wrong("is no host, address or subnet")
    return name.lower()


def signing_key(key: Secret) -> Secret:
    """Accept a key that is too long to be guessed."""
    if len(key.get_secret_value()) < _SHORTEST_KEY:
        raise _wrong("is short enough to be guessed")
    return key


def signing_secret(secret: Secret) -> Secret:
    """Accept a secret in the form of Standard Webhooks: `whsec_` and 24 to 64 bytes in base64."""
    prefix, _, encoded = secret.get_secret_value().partition("_")
    if prefix != "whsec":
        raise _wrong("does not start with whsec_")
    try:
        length = len(b64decode(encoded, validate=True))
    except binascii.Error:
        raise _wrong("is not base64 after whsec_") from None
    if length not in _WHSEC_BYTES:
        raise _wrong(f"holds {length} bytes")
    return secret
