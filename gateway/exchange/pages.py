"""All records of a kind, some at a time, so that nobody waits for a long list."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from gateway.ports import Records

_AT_ONCE = 100


async def pages(
    records: Records, kind: str, *, after: str = "", most: int = _AT_ONCE
) -> AsyncIterator[Sequence[tuple[str, str]]]:
    """Yield a kind in the order of its keys, at most so many at a time; none twice, also while they change."""
    while rows := await records.scan(kind, after=after, most=most):
        yield rows
        after = rows[-1][0]
