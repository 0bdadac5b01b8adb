"""A write is noted before it leaves, until it has taken effect; what is left of a gateway that died is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from gateway.exchange.fetch import Order
from gateway.exchange.writing.departures import Departures
from gateway.policy.faults import Fault
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName
from gateway.policy.records import Edit
from gateway.policy.writing import departure
from gateway.policy.writing.departure import KIND, Departure
from tests.fakes.exchange import TOOL, Exchange
from tests.fakes.records import FakeRecords
from tests.fakes.upstream import JSON, answer, error, timed_out

HOLD = 65.0
OF_CLIENT = (AccountName("acme"), "client")


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange() as exchange:
        yield exchange


async def notes(records: FakeRecords) -> list[Departure | None]:
    return [departure.load(text) for _, text in await records.scan(KIND, most=100)]


@pytest.mark.parametrize(("target", "resource"), [("/client/5/", "client"), ("/unknown/", "other")])
async def test_a_write_is_noted_while_it_is_under_way(it: Exchange, target: str, resource: str) -> None:
    writing = it.later(it.ask("PUT", target, b"{}", content_type=JSON))
    await asyncio.sleep(0.5)
    (note,) = await notes(it.records)
    assert note is not None
    assert (note.account, note.resource) == ("acme", resource)
    assert it.clock() + 60.0 < note.until < it.clock() + 100.0
    await writing
    assert await notes(it.records) == []


@pytest.mark.parametrize("script", [error(500, 1), error(404, 14), timed_out()])
async def test_nothing_is_left_of_a_write_whose_end_is_known_to_the_gateway(
    it: Exchange, script: Response | Fault
) -> None:
    it.upstream.script.append(script)
    writing = it.later(it.ask("PUT", "/client/5/", b"{}", content_type=JSON))
    await asyncio.wait((writing,))
    assert writing.exception() is not None or writing.result().status >= 400
    assert await notes(it.records) == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_reads_are_not_noted(it: Exchange, method: str) -> None:
    await it.ask(method, "/client/5/")
    await it.ask(method, "/unknown/")
    assert it.records.swaps == 0


async def test_a_write_that_waits_in_line_is_not_noted() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        waiting = it.later(it.ask("PUT", "/client/5/", b"{}", content_type=JSON))
        await asyncio.sleep(1)
        assert await notes(it.records) == []
        waiting.cancel()


@pytest.mark.parametrize("latency", [0.0, 10.0])
async def test_records_that_are_away_or_slow_keep_no_write_back(it: Exchange, latency: float) -> None:
    it.records.away, it.records.latency = not latency, latency
    it.upstream.script.append(answer())
    assert (await it.ask("PUT", "/client/5/", b"{}", content_type=JSON)).status == 200


class House:
    """Records, and what was dropped by whoever read them."""

    def __init__(self) -> None:
        self.records = FakeRecords(lambda: self.now)
        self.now = 1000.0
        self.dropped: list[tuple[str, str]] = []
        self.departures = Departures(self.records, hold=HOLD, new_id=lambda: str(len(self.dropped)), drop=self.drop)

    async def drop(self, account: AccountName, resource: str) -> None:
        self.dropped.append((account, resource))

    async def left(self, resource: str) -> None:
        """A gateway dies while a write is under way."""
        with suppress(asyncio.CancelledError):
            async with self.departures.noted(Order(TOOL, Request("PUT", "/"), resource, 1.0)) as noted:
                assert noted.crossing is not None
                await noted.crossing.leaves()
                raise asyncio.CancelledError


async def test_at_a_start_what_was_left_is_dropped_and_once_more_when_it_has_ended() -> None:
    house = House()
    await house.left("client")
    await house.departures.recover()
    assert house.dropped == [OF_CLIENT]
    assert len(await notes(house.records)) == 1, "the write may be done after the start"
    running = asyncio.ensure_future(house.departures.run())
    await asyncio.sleep(61)
    assert house.dropped == [OF_CLIENT]
    house.now += 200
    await asyncio.sleep(61)
    assert house.dropped == [OF_CLIENT] * 2
    assert await notes(house.records) == []
    running.cancel()


async def test_a_note_that_nobody_can_read_is_deleted() -> None:
    house = House()
    await house.records.swap([Edit(KIND, "k", None, "{")])
    await house.departures.recover()
    assert (house.dropped, await house.records.scan(KIND, most=1)) == ([], [])


async def test_a_start_without_records_goes_on() -> None:
    house = House()
    house.records.away = True
    await house.departures.recover()
    assert house.dropped == []


async def test_a_request_that_turned_back_is_not_noted_any_more() -> None:
    house = House()
    async with house.departures.noted(Order(TOOL, Request("PUT", "/"), "client", 1.0)) as noted:
        assert noted.crossing is not None
        await noted.crossing.leaves()
        assert len(await notes(house.records)) == 1
        await noted.crossing.turned_back()
        assert await notes(house.records) == []
