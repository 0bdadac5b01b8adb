"""Spent quota in Redis: one for all replicas, on the server's clock."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from gateway.adapters.redis.server import FAILURES, PATIENCE, OnError, check, close, connect, told
from gateway.ports import LedgerAway, Reading

PREFIX = "{intervals}:ledger:"


class RedisLedger:
    """A `Ledger` whose states have no expiry; how durable they are is the server's set-up (`appendonly`).

    If an answer is lost the swap may have happened: `LedgerAway` is raised, and what was taken counts as spent.
    """

    def __init__(self, url: str, *, on_error: OnError) -> None:
        self._on_error = on_error
        self._client = connect(url, timeout=PATIENCE)
        self._script = self._client.register_script(files(__package__).joinpath("swap.lua").read_text("ascii"))

    async def open(self) -> None:
        """Report what is wrong with the server; a server that is away may come later."""
        await check(self._client, self._on_error)

    async def aclose(self) -> None:
        await close(self._client)

    async def read(self, budgets: Sequence[str]) -> Reading:
        try:
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.mget([PREFIX + budget for budget in budgets])
                pipeline.time()
                states, (seconds, microseconds) = await pipeline.execute()
        except FAILURES as error:
            raise LedgerAway(told(error)) from error
        held = tuple(None if state is None else state.decode() for state in states)
        return Reading(held, seconds + microseconds / 1e6)

    async def swap(self, budgets: Sequence[str], before: Sequence[str | None], after: Sequence[str]) -> bool:
        expected = ["" if state is None else f"={state}" for state in before]
        try:
            swapped = await self._script(keys=[PREFIX + budget for budget in budgets], args=[*expected, *after])
        except FAILURES as error:
            raise LedgerAway(told(error)) from error
        return bool(swapped)
