"""Which types of event there are, whether a pattern can match one of them, and which was probably meant.

What can be told is a closed set: rows of the documented resources, ends of jobs, the quota, and webhooks themselves.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from functools import cache

from gateway.policy import catalogue
from gateway.policy.events import noticeable
from gateway.policy.events.noticing import Event
from gateway.policy.events.quotaevents import Occurrence
from gateway.policy.jobs.job import ENDS
from gateway.policy.translation.shapes import LISTS
from gateway.policy.webhooks.subscription import matches

DISABLED = "webhook.disabled"
TEST = "webhook.test"

_WRITES = frozenset({"POST", "PUT", "DELETE"})
_NAMES = "intervals.RESOURCE.created, .updated and .deleted, intervals.job.STATE, quota.WORD and webhook.disabled"

_LONGEST = 100
"""Characters of the longest pattern that is compared with what there is: nothing is half as long."""

_NEAR = 0.7
"""How alike two words must be, from 0 to 1, for one to be the other misspelt."""


@cache
def of_rows() -> frozenset[str]:
    """The types of event that tell of a changed row; of a resource whose writes are no single row's there are none."""
    return frozenset(f"intervals.{name}.{event}" for name in noticeable.load() if name not in LISTS for event in Event)


@cache
def types() -> frozenset[str]:
    """All types of event."""
    jobs = {f"intervals.job.{state}" for state in ENDS}
    return of_rows() | jobs | {it.type for it in Occurrence} | {DISABLED, TEST}


@cache
def _unlikely() -> frozenset[str]:
    """Events of rows that the documentation offers no way to write, and that nobody looks at."""
    rules, resources = noticeable.load(), catalogue.load().resources
    still = {
        name for name, it in resources.items() if not rules[name].polled and not _WRITES & {*it.collection, *it.member}
    }
    return frozenset(it for it in of_rows() if it.split(".")[1] in still)


def can_come(pattern: str) -> bool:
    """Tell whether a pattern can match any event at all."""
    return any(matches(pattern, it) for it in types())


def right(pattern: str) -> str:
    """Say what would be right instead of a pattern that can match no event."""
    untold = next((word for word in pattern.split(".") if word in LISTS), None)
    if untold is not None:
        return f"changes of {untold} cannot be told"
    meant = _meant(pattern) if len(pattern) <= _LONGEST else None
    return f"events are {_NAMES}" if meant is None else f"did you mean {meant!r}?"


def why_unlikely(pattern: str) -> str | None:
    """Say why a pattern that can match events is not known to match any that comes; None: it is."""
    if {it for it in types() if matches(pattern, it)} - _unlikely():
        return None
    why = "nothing is known to be told: the API documents no way to change these rows, and they are not looked at"
    return f"{why}; the day's requests are told by 'quota.*'" if "quota" in pattern else why


def tells_rows(pattern: str) -> bool:
    """Does a pattern ask for changes of rows, among others perhaps?"""
    return any(matches(pattern, it) for it in of_rows())


def _meant(pattern: str) -> str | None:
    """The nearest pattern that matches something: a word is missing, or words are misspelt."""
    written = (pattern, f"{pattern}.*", f"intervals.{pattern}", f"intervals.{pattern}.*")
    near = [(_likeness(it, known), known) for it in written for known in _patterns(it)]
    likeness, known = max(near, key=lambda it: it[0], default=(0.0, ""))
    return known if likeness >= _NEAR else None


def _patterns(like: str) -> list[str]:
    """All types of event that have as many words, with `*` where this pattern has it."""
    words = like.split(".")
    found = set[str]()
    for known in types():
        parts = known.split(".")[: len(words)] if words[-1] == "*" else known.split(".")
        if len(parts) == len(words):
            found.add(".".join("*" if word == "*" else part for word, part in zip(words, parts, strict=True)))
    return sorted(found)


def _likeness(one: str, other: str) -> float:
    """How alike two patterns of as many words are: as the two words that differ most."""
    return min(SequenceMatcher(None, *words).ratio() for words in zip(one.split("."), other.split("."), strict=True))
