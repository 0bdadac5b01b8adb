"""What is worth telling: one event, as every subscriber gets it."""

from __future__ import annotations

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
