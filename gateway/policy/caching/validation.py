"""Strong validators of representations, and whether a caller already has one (RFC 9110 §8.8.3, §13.1.2)."""

from __future__ import annotations

import hashlib
import re

_ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\U0010ffff]*"')


def entity_tag(body: bytes, *, coding: str = "identity") -> str:
    """Make the strong entity tag of exactly these bytes; each content coding has its own (RFC 9110 §8.8.3.3)."""
    suffix = "" if coding == "identity" else f"-{coding}"
    return f'"{hashlib.sha256(body).hexdigest()[:24]}{suffix}"'


def tags(field: str | None) -> list[str]:
    """The entity tags of an If-None-Match, in order; none in `*`."""
    return _ENTITY_TAG.findall(field or "")


def matches(if_none_match: str | None, *current: str) -> bool:
    """Does If-None-Match name one of the current tags? Compared weakly, as §13.1.2 demands."""
    if if_none_match is None:
        return False
    if if_none_match.strip() in ("*", *current):  # what is no tag by its grammar may still be echoed as it came
        return True
    held = {tag.removeprefix("W/") for tag in tags(if_none_match)}
    return any(tag.removeprefix("W/") in held for tag in current)
