"""Traces put together: only a gateway that is to export them loads what they take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from gateway import __version__
from gateway.policy.trace import Trace
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Spans:
    """Takes a finished request down, and tells how many spans were lost."""

    observe: Callable[[Trace], None]
    dropped: Callable[[], int]


def spans(settings: Settings, stack: AsyncExitStack) -> Spans | None:
    """Export traces where the configuration says whereto; the stack sends the last of them."""
    if settings.telemetry.traces is None:
        return None
    from gateway.adapters import tracing

    made = tracing.exporting(
        settings.telemetry.traces,
        sample=settings.telemetry.sample,
        version=__version__,
        upstream=settings.upstream.url,
    )
    stack.push_async_callback(asyncio.to_thread, made.close)
    return Spans(made.observe, lambda: made.dropped)
