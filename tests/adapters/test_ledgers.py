"""What every Ledger keeps to, whatever keeps the states."""

from __future__ import annotations

import asyncio
import time

from gateway.ports import Ledger


async def test_nothing_is_known_at_first(ledger: Ledger) -> None:
    assert (await ledger.read(["egress:office", "account:acme"])).states == (None, None)


async def test_swaps_and_reads_back(ledger: Ledger) -> None:
    state = '{"stamps": [1.5], "naïve": "ü"}'
    assert await ledger.swap(["egress"], [None], [state])
    assert (await ledger.read(["account", "egress"])).states == (None, state)
    assert await ledger.swap(["egress"], [state], [""])
    assert (await ledger.read(["egress"])).states == ("",)


async def test_nothing_is_swapped_when_one_state_has_changed(ledger: Ledger) -> None:
    assert await ledger.swap(["a", "b"], [None, None], ["1", "1"])
    assert not await ledger.swap(["a", "b"], ["1", "0"], ["2", "2"])
    assert not await ledger.swap(["a", "b"], ["1", None], ["2", "2"])
    assert not await ledger.swap(["a", "c"], ["1", ""], ["2", "2"])
    assert (await ledger.read(["a", "b", "c"])).states == ("1", "1", None)


async def test_only_one_of_many_swaps_from_the_same_state_wins(ledger: Ledger) -> None:
    won = await asyncio.gather(*(ledger.swap(["a"], [None], [str(number)]) for number in range(20)))
    assert sum(won) == 1
    assert (await ledger.read(["a"])).states == (str(won.index(True)),)


async def test_no_increment_is_lost(ledger: Ledger) -> None:
    async def add(times: int) -> None:
        while times:
            (held,) = (await ledger.read(["a"])).states
            times -= await ledger.swap(["a"], [held], [str(int(held or 0) + 1)])

    await asyncio.gather(*(add(10) for _ in range(5)))
    assert (await ledger.read(["a"])).states == ("50",)


async def test_its_time_is_epoch_seconds_and_never_goes_back(ledger: Ledger) -> None:
    seen = []
    for number in range(50):
        seen.append((await ledger.read(["a"])).now)
        await ledger.swap(["a"], [None if number == 0 else str(number - 1)], [str(number)])
    assert seen == sorted(seen)
    assert abs(seen[-1] - time.time()) < 10
