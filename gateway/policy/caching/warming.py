"""Which whole lists are fetched anew before anybody misses them, and what of the quota is left for that.

Only the most used lists are kept warm, and only while they are used: a list that nobody asked for since it was fetched
is left to age. Each is fetched at most once for the rows that are in memory now:

* ahead of its expiry, in the last tenth of its lifetime, if it was used often enough to be asked for again;
* in the last minutes before 00:00 GMT, when what is left of the day is lost anyway, if it would expire soon after.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gateway.policy.caching import freshness
from gateway.policy.caching.entry import Entry
from gateway.policy.names import AccountName

EVERY = 5.0
"""Seconds from one look to the next."""

LEAST_USES = 3
"""Uses in a lifetime from which a list is expected to be used in the next one too."""

SHORTEST = 60.0
"""Lists that last less than this many seconds are left alone: keeping them warm costs a request a minute and more."""

_LAST_PART = 0.1
_LAST_MINUTES = 600.0
_SOON = 3600.0
_FADES = 3600.0


@dataclass(frozen=True, slots=True)
class Usage:
    """A whole list in memory: answers selected from it since it was fetched, and `lately`, a count that fades.

    `tried`: these rows were to be fetched anew before, whatever came of it.
    """

    entry: Entry
    uses: int
    lately: float
    tried: bool


def lately(before: float, uses: int, *, elapsed: float) -> float:
    """Add new uses to a count of which after an hour a good third is left."""
    return before * math.exp(-elapsed / _FADES) + uses


def due(usages: Iterable[Usage], left: Mapping[AccountName, float], *, most: int, now: float) -> list[Entry]:
    """The lists to fetch anew now, of the `most` used ones; first what expires first.

    `left` are the seconds until 00:00 GMT by account, `now` is epoch seconds.
    """
    most_used = sorted(usages, key=lambda it: it.lately, reverse=True)[:most]
    wanted = [it.entry for it in most_used if not it.tried and _is_due(it, left.get(it.entry.account, math.inf), now)]
    return sorted(wanted, key=lambda entry: _ttl(entry, now))


def spare(remaining: int, limit: int, reserve: float) -> bool:
    """May one more request be spent of a window without touching the part `reserve` of it? A limit of 0 is none."""
    return limit == 0 or remaining - 1 >= reserve * limit


def _is_due(it: Usage, left: float, now: float) -> bool:
    ttl = _ttl(it.entry, now)
    if ttl <= 0 or it.entry.lifetime < SHORTEST:
        return False  # what has expired is fetched by who asks for it
    if it.uses >= LEAST_USES and ttl <= it.entry.lifetime * _LAST_PART:
        return True
    fetched_before = freshness.age(it.entry, now) > _LAST_MINUTES - left
    return it.uses > 0 and left <= _LAST_MINUTES and ttl <= _SOON and fetched_before


def _ttl(entry: Entry, now: float) -> float:
    return entry.lifetime - freshness.age(entry, now)
