"""Say what is left: the fields of draft-ietf-httpapi-ratelimit-headers-10, for the minute and the day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit as a caller sees it: `remaining` requests now, full again in `reset` seconds."""

    name: str
    limit: int
    period: float
    remaining: int
    reset: float


def fields(allowances: Sequence[Allowance]) -> list[tuple[str, str]]:
    """Render `RateLimit-Policy` and `RateLimit`; no field where there is no limit."""
    if not allowances:
        return []
    policy = ", ".join(f'"{it.name}";q={it.limit};w={math.ceil(it.period)}' for it in allowances)
    left = ", ".join(f'"{it.name}";r={max(0, it.remaining)};t={max(0, math.ceil(it.reset))}' for it in allowances)
    return [("RateLimit-Policy", policy), ("RateLimit", left)]
