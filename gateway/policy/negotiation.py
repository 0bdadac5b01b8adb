"""Which representation a caller wants, and in which its body is: proactive negotiation (RFC 9110 §12).

Broken list members are ignored, as is usual: callers' Accept fields are written by libraries that nobody can repair.
A field of which nothing is left says that its sender takes anything (`Accept: json` gets JSON so).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, wraps
from typing import Literal, NamedTuple, TypeVar


class Representation(StrEnum):
    """A format the gateway writes and reads."""

    JSON = "json"
    XML = "xml"


Coding = Literal["gzip", "identity"]

Judged = TypeVar("Judged")

_MEDIA_TYPES = {
    Representation.JSON: ("application/json", "text/json"),
    Representation.XML: ("application/xml", "text/xml"),
}
_RANGES = {
    Representation.JSON: ("application/*",),
    Representation.XML: ("application/*", "text/*"),  # text/xml is registered (RFC 7303 §9.2), text/json is not
}
_CONTENT_TYPES = {
    Representation.JSON: "application/json",  # JSON has no charset parameter (RFC 8259 §11)
    Representation.XML: "application/xml; charset=utf-8",
}
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})

_quoted = re.compile(r'"(?:[^"\\]|\\.)*"?')  # one that is never closed runs to the end: no second look, linear time
_name = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+(?:/[!#$%&'*+.^_`|~0-9a-z-]+)?")
_weight = re.compile(r"0?\.[0-9]+|[01](?:\.[0-9]*)?")


@dataclass(frozen=True, slots=True)
class NotAcceptable:
    """406: nothing the gateway writes fits the field; `offered` would be right."""

    accept: str
    offered: tuple[str, ...] = ("application/json", "application/xml")


@dataclass(frozen=True, slots=True)
class Unsupported:
    """415: the body's media type or charset is not read here; `reason` says what would be right."""

    content_type: str | None
    reason: str


_LONG = 512
"""Characters of the longest field that is remembered: tools send no longer ones, and strangers fill no memory."""


def _remembered(judge: Callable[[str | None], Judged]) -> Callable[[str | None], Judged]:
    """Tools send the same few fields with every request; to read them anew is a tenth of a hit on the long way."""
    kept = lru_cache(maxsize=256)(judge)

    @wraps(judge)
    def judged(field: str | None) -> Judged:
        return kept(field) if field is None or len(field) <= _LONG else judge(field)

    return judged


class _Weighted(NamedTuple):
    name: str
    quality: float


class _Fit(NamedTuple):
    """How well a representation fits: compared by quality, then by how precisely the caller named it."""

    quality: float
    precision: int


@_remembered
def choose(accept: str | None) -> Representation | NotAcceptable:
    """Choose the representation of an answer (RFC 9110 §12.5.1).

    No field means XML, as at the service; where JSON and XML are wanted alike, JSON. Between equal weights the one
    named precisely is taken: who writes `application/xml, */*` can surely read XML.
    """
    if accept is None or not accept.strip():
        return Representation.XML
    ranges = _ranges(accept)
    fits = {representation: _fit(representation, ranges) for representation in Representation}
    best = max(fits, key=lambda representation: fits[representation])  # the first of equals: JSON
    return best if fits[best].quality > 0 else NotAcceptable(accept)


def in_any_case(accept: str | None) -> Representation:
    """The representation of what a caller is told by the gateway itself: who accepts neither gets JSON."""
    chosen = choose(accept)
    return Representation.JSON if isinstance(chosen, NotAcceptable) else chosen


@_remembered
def wants_other_media(accept: str | None) -> bool:
    """Tell whether the caller prefers media that only the upstream can send, such as an image or a PDF file.

    A browser that opens a page names images beside HTML: text of any kind outweighs them, as JSON and XML do.
    """
    if accept is None or not accept.strip():
        return False
    ours, other = 0.0, 0.0
    ranges = _ranges(accept)
    for name, quality in ranges:
        if name.startswith(("text/", "*/")) or name == "application/xhtml+xml":
            ours = max(ours, quality)
        elif not any(name in _MEDIA_TYPES[it] or name in _RANGES[it] for it in Representation):
            other = max(other, quality)
    return other > max(ours, *(_fit(representation, ranges).quality for representation in Representation))


def body_format(content_type: str | None) -> Representation | Unsupported:
    """Tell in which format a body is by its Content-Type.

    Types with a suffix (+json, +xml) are refused: they promise another shape than the API's. So is any charset
    but UTF-8, in which the service wants all text.
    """
    wanted = "application/json or application/xml is"
    if content_type is None:
        return Unsupported(None, f"a body without Content-Type is not accepted, {wanted}")
    name, _, parameters = content_type.lower().partition(";")
    found = next((it for it, types in _MEDIA_TYPES.items() if name.strip() in types), None)
    if found is None:
        return Unsupported(content_type, f"{name.strip() or 'an empty Content-Type'} is not accepted, {wanted}")
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        charset = value.strip().strip('"')
        if key.strip() == "charset" and charset not in _CHARSETS:
            return Unsupported(content_type, f"the charset {charset} is not accepted, utf-8 is")
    return found


def content_type(representation: Representation) -> str:
    """Name the media type of an answer."""
    return _CONTENT_TYPES[representation]


@_remembered
def coding(accept_encoding: str | None) -> Coding:
    """Choose the content coding of an answer (RFC 9110 §12.5.3): gzip where it is asked for and not liked less."""
    if accept_encoding is None:
        return "identity"
    weights = {name: quality for name, quality in _members(accept_encoding) if "/" not in name}
    gzip = max((weights[name] for name in ("gzip", "x-gzip") if name in weights), default=weights.get("*", 0.0))
    return "gzip" if gzip > 0 and gzip >= weights.get("identity", 0.0) else "identity"


def _ranges(accept: str) -> list[_Weighted]:
    ranges = [
        _Weighted("*/*" if name == "*" else name, quality)  # Java's HttpURLConnection sends a single star
        for name, quality in _members(accept)
        if name == "*" or "/" in name
    ]
    return ranges or [_Weighted("*/*", 1.0)]


def _fit(representation: Representation, ranges: list[_Weighted]) -> _Fit:
    """Weigh a representation: the most precise ranges that cover it decide, the best of them if they are several."""
    for precision, covering in ((2, _MEDIA_TYPES[representation]), (1, _RANGES[representation]), (0, ("*/*",))):
        qualities = [quality for name, quality in ranges if name in covering]
        if qualities:
            return _Fit(max(qualities), precision)
    return _Fit(0.0, 0)


def _members(field: str) -> Iterator[_Weighted]:
    """Split a field into its weighted members (RFC 9110 §12.4.2), in lower case; broken ones are left out.

    Quoted strings are emptied first: nothing here depends on one, and their commas would divide a member.
    """
    for member in _quoted.sub('""', field.lower()).split(","):
        name, *parameters = (part.strip() for part in member.split(";"))
        weights = [value.strip() for key, _, value in (it.partition("=") for it in parameters) if key.strip() == "q"]
        weight = weights[0] if weights else "1"
        if _name.fullmatch(name) and _weight.fullmatch(weight) and float(weight) <= 1:
            yield _Weighted(name, float(weight))
