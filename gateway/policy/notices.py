"""What is worth telling: one event, as every subscriber gets it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gateway.policy.names import AccountName

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Notice:
    """One event of an account. `id` stays the same however often it is delivered; `at` is in epoch seconds."""

    id: str
    type: str
    account: AccountName
    at: float
    data: Mapping[str, Json]


def named_after(*what: str) -> str:
    """The id of an event, made of what it tells: the same whoever finds it, on whichever replica."""
    return "evt_" + hashlib.sha256("\n".join(what).encode("utf-8", "surrogatepass")).hexdigest()[:32]
