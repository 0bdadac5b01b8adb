"""Look again and again, also while records are away: that is told once, and what was missed is found later."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gateway.ports import RecordsAway


async def rounds(
    look: Callable[[], Awaitable[object]], *, every: Callable[[], float], waits: Callable[[str], None]
) -> None:
    """Look until cancelled, with so many seconds between; `waits` is told why nothing can be made known now."""
    away = False
    while True:
        try:
            await look()
            away = False
        except RecordsAway as error:
            if not away:
                away = True
                waits(str(error))
        await asyncio.sleep(every())
