"""What replicas tell each other, as fields of a stream: what was dropped, and which entry has been filled."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.policy.caching.entry import Selector
from gateway.policy.names import AccountName, CacheKey

Fields = Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A drop, and the generations as they stand after it."""

    selector: Selector
    generations: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Filled:
    """Nobody fills this entry any more: it is there, or was not to be had."""

    key: CacheKey


Message = Dropped | Filled


def write(message: Message) -> dict[str, str]:
    """The fields of a message."""
    if isinstance(message, Filled):
        return {"filled": message.key}
    it = message.selector
    resources = None if it.resources is None else sorted(it.resources)
    told = {"account": it.account, "resources": resources, "key": it.key, "generations": dict(message.generations)}
    return {"dropped": json.dumps(told)}


def read(fields: Fields) -> Message:
    """The message of these fields; one that cannot be read (of a later version) drops everything."""
    if (key := fields.get(b"filled")) is not None:
        return Filled(CacheKey(key.decode()))
    try:
        return _dropped(json.loads(fields[b"dropped"]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return Dropped(Selector(), {})


def _dropped(told: dict[str, Any]) -> Dropped:
    account, resources, key = told["account"], told["resources"], told["key"]
    selector = Selector(
        account=None if account is None else AccountName(account),
        resources=None if resources is None else frozenset(resources),
        key=None if key is None else CacheKey(key),
    )
    return Dropped(selector, {str(name): int(number) for name, number in told["generations"].items()})
