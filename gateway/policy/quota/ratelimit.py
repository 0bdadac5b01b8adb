"""Say what is left: `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4.

Both are lists of strings with integer parameters (RFC 9651): `q` requests in a window of `w` seconds, `r` of them
available within the effective window of `t` seconds, never more than `w`. The sliding minute frees one request after
the other, so where none is left `t` is the time until the next one: that agrees with `Retry-After` (section 6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """One limit as a caller sees it: `remaining` requests now, one more in `wait`, full again in `reset` seconds."""

    name: str
    limit: int
    period: float
    remaining: int
    wait: float
    reset: float

    @property
    def effective(self) -> int:
        """Seconds within which no more than what remains can be used."""
        seconds = self.wait if self.remaining <= 0 else self.reset or self.period
        return max(0, math.ceil(min(seconds, self.period)))


def fields(allowances: Sequence[Allowance]) -> list[tuple[str, str]]:
    """Render `RateLimit-Policy` and `RateLimit`; no field where there is no limit."""
    if not allowances:
        return []
    policy = ", ".join(f'"{it.name}";q={it.limit};w={math.ceil(it.period)}' for it in allowances)
    left = ", ".join(f'"{it.name}";r={max(0, it.remaining)};t={it.effective}' for it in allowances)
    return [("RateLimit-Policy", policy), ("RateLimit", left)]
