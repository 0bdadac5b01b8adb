"""Waiting for what happens between real sockets: for a condition, with a deadline, never for a span of time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DEADLINE = 20.0
"""Seconds after which a journey that waits has failed; nothing is expected to take as long."""

_LOOK = 0.002


async def until(condition: Callable[[], object]) -> None:
    """Come back when the condition holds."""
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await _a_moment()


async def _a_moment() -> None:
    await asyncio.sleep(_LOOK)


async def back_at(seconds: float) -> None:
    """Come back when a scaled period or a told Retry-After is over: what a tool that keeps to it would do."""
    await asyncio.sleep(seconds)
