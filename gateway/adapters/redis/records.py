"""Records in Redis: for each kind a hash of them, and a sorted set of their keys to scan in order.

All scores are 0, so the server sorts by the bytes of UTF-8, which is the order of code points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files

from gateway.adapters.redis.server import FAILURES, PATIENCE, close, connect, told
from gateway.policy.records import Edit
from gateway.ports import RecordsAway

RECORDS = "{intervals}:record:"
ORDER = "{intervals}:order:"


class RedisRecords:
    """`Records` of all replicas, on the server's clock; how durable they are is the server's set-up (`appendonly`)."""

    def __init__(self, url: str) -> None:
        self._client = connect(url, timeout=PATIENCE)
        lua = files(__package__)
        self._swap = self._client.register_script(lua.joinpath("records.lua").read_text("ascii"))
        self._scan = self._client.register_script(lua.joinpath("scan.lua").read_text("ascii"))

    async def aclose(self) -> None:
        await close(self._client)

    async def now(self) -> float:
        with _away():
            seconds, microseconds = await self._client.time()
        return float(seconds + microseconds / 1e6)

    async def read(self, kind: str, keys: Sequence[str]) -> Sequence[str | None]:
        if not keys:
            return []
        with _away():
            found = await self._client.hmget(RECORDS + kind, list(keys))
        return [None if record is None else record.decode() for record in found]

    async def scan(self, kind: str, *, after: str = "", most: int) -> Sequence[tuple[str, str]]:
        with _away():
            found = await self._scan(keys=[RECORDS + kind, ORDER + kind], args=[f"({after}" if after else "-", most])
        return [(key.decode(), record.decode()) for key, record in zip(found[::2], found[1::2], strict=True)]

    async def swap(self, edits: Sequence[Edit]) -> bool:
        keys = [prefix + edit.kind for edit in edits for prefix in (RECORDS, ORDER)]
        args = [text for edit in edits for text in (edit.key, _said(edit.before), _said(edit.after))]
        with _away():
            return bool(await self._swap(keys=keys, args=args))


def _said(record: str | None) -> str:
    return "" if record is None else f"={record}"


@contextmanager
def _away() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise RecordsAway(told(error)) from error
