"""Drive long pure work in slices, so that one large document does not hold up the other callers."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from gateway.policy.translation.steps import Steps

T = TypeVar("T")

_TURN = 0.001
"""Seconds of work before the others get their turn."""


async def drive(steps: Steps[T]) -> T:
    """Run a stepwise piece of work to its end; small work never waits."""
    clock = asyncio.get_running_loop().time
    began = clock()
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: T = done.value
            return result
        if clock() - began > _TURN:
            await asyncio.sleep(0)
            began = clock()
