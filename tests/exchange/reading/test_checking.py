"""Self-checking: differences that are age renew the list, all others end its selection."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange, caller
from tests.fakes.service import ServiceUpstream
from tests.fakes.upstream import answer, timed_out
from tests.simulator.asking import ask

ADMIN = caller(token="acmeadmin01")


async def checked(it: Exchange) -> list[tuple[str, str]]:
    await asyncio.sleep(10)
    return it.watch.checks


async def test_an_answer_that_agrees_is_counted() -> None:
    async with Exchange(service=ServiceUpstream(), verify=1.0) as it:
        await it.get("/client/", by=ADMIN)
        await it.get("/client/?active=t", by=ADMIN)
        assert await checked(it) == [("client", "same")]
        assert it.asked[-1] == "GET /client/?active=t"


async def test_a_row_changed_elsewhere_is_age_and_renews_the_list() -> None:
    upstream = ServiceUpstream()
    async with Exchange(service=upstream, verify=1.0) as it:
        number = json.loads((await it.get("/client/", by=ADMIN)).body)["client"][0]["id"]
        ask(upstream.service, f"/client/{number}", method="PUT", body={"name": "Elsewhere"})
        await it.get(f"/client/{number}", by=ADMIN)
        assert await checked(it) == [("client", "age")]
        heard = await it.get(f"/client/{number}", by=ADMIN)
        assert (heard.trace.outcome, b"Elsewhere" in heard.body) == (Outcome.SELECTED, True)


async def test_what_still_differs_is_a_mistake_and_ends_selection(caplog: pytest.LogCaptureFixture) -> None:
    async with Exchange(verify=1.0) as it:
        await it.get("/client/")
        # The check is answered otherwise, and the list fetched anew has not changed: the selection must be wrong.
        it.upstream.script += [answer("client", "secret name"), answer("client", "revision 1")]
        await it.get("/client/?limit=5")
        assert await checked(it) == [("client", "different")]
        assert (await it.get("/client/?limit=5")).trace.outcome is Outcome.MISS
    assert "['client']" in caplog.text
    assert "['limit']" in caplog.text
    assert "secret name" not in caplog.text


async def test_nothing_is_checked_when_the_day_is_half_spent() -> None:
    async with Exchange(service=ServiceUpstream(), verify=1.0, per_day=3) as it:
        await it.get("/client/", by=ADMIN)
        await it.get("/project/", by=ADMIN)
        await it.get("/client/1", by=ADMIN)
        await it.get("/client/?limit=2", by=ADMIN)
        assert await checked(it) == []


async def test_a_check_that_gets_no_answer_changes_nothing() -> None:
    async with Exchange(verify=1.0) as it:
        await it.get("/client/")
        it.upstream.script.append(timed_out())
        await it.get("/client/?limit=5")
        assert await checked(it) == [("client", "unknown")]
        assert (await it.get("/client/?limit=5")).trace.outcome is Outcome.SELECTED


async def test_one_list_is_not_checked_again_and_again() -> None:
    async with Exchange(service=ServiceUpstream(), verify=1.0) as it:
        await it.get("/client/", by=ADMIN)
        for _ in range(20):
            await it.get("/client/?active=t", by=ADMIN)
            await asyncio.sleep(10)
        assert it.watch.checks == [("client", "same")]


async def test_each_of_many_repetitions_may_be_the_one_that_is_checked() -> None:
    async with Exchange(service=ServiceUpstream(), verify=0.01) as it:
        checking = it.walk._reads._checking
        checking.sampling = replace(checking.sampling, chance=lambda: 0.5)
        await it.get("/client/", by=ADMIN)
        asking = it.asking("GET", "/client/", by=ADMIN)
        await it.walk.handle(*asking)
        repeat = it.walk.repeat(*asking)
        assert repeat is not None
        repeat.given(68)
        assert await checked(it) == []
        repeat.given(69)  # 1 - 0.99 ** 69 is 0.5 and a little
        assert await checked(it) == [("client", "same")]
