"""The stored responses of one target, named by an entry of its own: without it, none of them can be reached.

Layout: the key of the *choices* is the account and the target; the key of each *variant* is made of the choices' key
and birth, the partition, and the selecting fields. So a write invalidates a target in every partition of its account
at once, in memory, on the disk and in other replicas, and no variant of before comes back with the next choices.

What the choices hold is written in an ordinary entry's fields: `Vary` lines (the sets of selecting fields seen, newest
first) and lines that pair a partition with the key of its variant (newest first).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache

from gateway.policy.caching import cachekey
from gateway.policy.caching.entry import Entry
from gateway.policy.caching.vary import Selecting
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey, Partition

_MOST_SETS = 4
_MOST_VARIANTS = 64
_LONGER = 86_400.0
"""Seconds by which the choices outlive the variant that needs them longest, so that few variants write them anew."""

_SET = "vary"


def key(account: AccountName, target: str) -> CacheKey:
    """Name the choices of a target."""
    return cachekey.plain_key(_whole(account), target)


def group_key(account: AccountName, group: str) -> CacheKey:
    """Name the mark of a group (RFC 9875); no target looks like this."""
    return cachekey.plain_key(_whole(account), f"group {group}")


def variant_key(choices: Entry, partition: Partition, selecting: Selecting) -> CacheKey:
    """Name the variant of these choices that such a request selects."""
    named = repr((choices.key, choices.requested_at, partition, selecting))
    return CacheKey(hashlib.sha256(named.encode("utf-8", "surrogateescape")).hexdigest())


def sets(choices: Entry) -> list[tuple[str, ...]]:
    """The sets of selecting fields seen, newest first."""
    return [tuple(line.split()) for line in choices.response.headers.lines(_SET)]


def variants(choices: Entry) -> list[tuple[Partition, CacheKey]]:
    """The variants, newest first."""
    return [(Partition(name), CacheKey(value)) for name, value in choices.response.headers if name != _SET]


@dataclass(frozen=True, slots=True)
class Added:
    """Choices with one variant more; `crowded_out` had to go for it. `changed`: they have to be stored anew."""

    choices: Entry
    crowded_out: tuple[CacheKey, ...]
    changed: bool


def new(like: Entry, name: CacheKey) -> Entry:
    """Make empty choices for the target of an entry, under its key."""
    return replace(like, key=name, response=Response(300), initial_age=0.0, lifetime=0.0, vary=())


def added(choices: Entry, partition: Partition, variant: Entry) -> Added:
    """Put a variant in front."""
    names = tuple(name for name, _ in variant.vary)
    seen = [names, *(each for each in sets(choices) if each != names)][:_MOST_SETS]
    mine = (partition, variant.key)
    known = [mine, *(each for each in variants(choices) if each != mine)]
    needed = _until(variant)
    until = choices.received_at + choices.lifetime
    if mine in variants(choices) and seen == sets(choices) and needed <= until:
        return Added(choices, (), changed=False)
    fields = [(_SET, " ".join(each)) for each in seen]
    fields += [(str(owner), str(name)) for owner, name in known[:_MOST_VARIANTS]]
    grown = replace(
        choices,
        response=Response(300, Headers(fields)),
        received_at=variant.received_at,
        lifetime=max(until, needed + _LONGER) - variant.received_at,
    )
    return Added(grown, tuple(name for _, name in known[_MOST_VARIANTS:]), changed=True)


def mark(like: Entry, group: str, before: Entry | None) -> Entry | None:
    """The mark that a group must have for a new member, born with the first of them; None: it has it already."""
    needed = _until(like)
    if before is not None and needed <= before.received_at + before.lifetime:
        return None
    made = before or replace(like, key=group_key(like.account, group), response=Response(300), initial_age=0.0, vary=())
    return replace(made, received_at=like.received_at, lifetime=needed + _LONGER - like.received_at)


def holds(mark: Entry | None, member: Entry) -> bool:
    """Was the group left alone since this member was asked for? A mark that is gone or younger says no."""
    return mark is not None and mark.requested_at <= member.requested_at


def _until(variant: Entry) -> float:
    return variant.received_at + variant.lifetime + max(variant.stale_while_revalidate, variant.stale_if_error)


@lru_cache(maxsize=256)
def _whole(account: AccountName) -> Partition:
    return cachekey.partition(account, None)
