"""Lists that are used never expire; what nobody uses, what is kept in reserve and who waits are left alone."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from typing_extensions import override

from gateway.policy.caching.warming import LEAST_USES
from gateway.policy.messages import Request, Response
from gateway.policy.trace import Outcome
from tests.fakes.exchange import Exchange, caller
from tests.fakes.service import ServiceUpstream
from tests.fakes.upstream import timed_out

ADMIN = caller(token="acmeadmin01")
REPORTS = caller("reports", token="acmeadmin01")
ALL = "GET /client/?limit=2147483647"
MINUTE, LIFETIME = 60.0, 900.0


def warm(most: int = 4, **changes: Any) -> Exchange:
    return Exchange(service=ServiceUpstream(), warm=most, **changes)


async def using(it: Exchange, seconds: float, target: str = "/client/?limit=3", every: float = MINUTE) -> list[Outcome]:
    """Ask steadily; returns how each was answered."""
    outcomes = []
    for _ in range(int(seconds / every)):
        outcomes.append((await it.get(target, by=ADMIN)).trace.outcome)
        await asyncio.sleep(every)
    return outcomes


async def test_a_list_in_use_never_expires_and_costs_one_request_in_a_lifetime() -> None:
    async with warm() as it:
        outcomes = await using(it, 8 * LIFETIME)
    assert set(outcomes[1:]) == {Outcome.SELECTED}
    assert set(it.asked) == {ALL}
    assert len(it.asked) == 9  # each serves nine tenths of its lifetime, and the ninth is young when the time is over


async def test_without_warming_it_expires() -> None:
    async with warm(0) as it:
        outcomes = await using(it, 2 * LIFETIME)
    assert Outcome.STALE in outcomes


async def test_a_list_that_nobody_uses_any_more_is_left_to_age() -> None:
    async with warm() as it:
        await using(it, 5 * MINUTE)
        await asyncio.sleep(6 * LIFETIME)
        assert it.asked == [ALL, ALL]  # its uses were still counted when it was due for the first time
        await it.get("/project/", by=ADMIN)
        await asyncio.sleep(2 * LIFETIME)
        assert len(it.asked) == 3


async def test_a_list_without_a_limit_is_kept_warm_too() -> None:
    async with warm() as it:
        outcomes = await using(it, 2 * 3600.0, "/contacttype/", every=5 * MINUTE)
    assert set(outcomes[1:]) == {Outcome.SELECTED}
    assert it.asked == ["GET /contacttype/"] * 3


async def test_only_the_most_used_lists_are_kept_warm() -> None:
    async with warm(1) as it:
        often = it.later(using(it, 3 * LIFETIME, "/client/", every=MINUTE / 4))
        seldom = await using(it, 3 * LIFETIME, "/project/")
        assert Outcome.STALE in seldom
        assert Outcome.STALE not in await often


async def test_a_write_that_patches_the_list_does_not_reset_what_was_counted() -> None:
    async with warm() as it:
        await using(it, 12 * MINUTE)
        number = json.loads((await it.get("/client/", by=ADMIN)).body)["client"][0]["id"]
        await it.ask("PUT", f"/client/{number}", b'{"description": "x"}', by=ADMIN, content_type="application/json")
        assert (await it.get("/client/", by=ADMIN)).trace.outcome is Outcome.SELECTED
        await asyncio.sleep(LIFETIME)
        assert it.asked == [ALL, f"PUT /client/{number}", ALL]


async def test_it_is_charged_to_the_app_that_used_the_list_last_behind_all_others() -> None:
    async with warm() as it:
        await using(it, 5 * MINUTE)
        await it.get("/client/?limit=5", by=REPORTS)
        await asyncio.sleep(LIFETIME)
        assert [app for _, app, _, _ in it.watch.requests] == ["tool", "reports"]


async def test_what_is_left_of_the_day_is_spent_before_midnight_once() -> None:
    async with warm() as it:
        await asyncio.sleep(11.5 * 3600.0 + 15 * MINUTE)  # 23:45
        await it.get("/client/", by=ADMIN)
        await asyncio.sleep(6 * MINUTE)  # 23:51
        assert it.asked == [ALL, ALL]
        await it.get("/client/", by=ADMIN)
        await asyncio.sleep(20 * MINUTE)
        assert it.asked == [ALL, ALL]


@pytest.mark.parametrize("target", ["/client/", "/project/"])
async def test_the_reserve_of_the_day_is_left_alone(target: str) -> None:
    async with warm(per_day=10, warm_reserve=0.8) as it:
        await using(it, 3 * LIFETIME, target)
        assert it.spent() == 4  # one that was asked for, one to keep it warm, and each further one behind a caller
        assert len(it.asked) == 4


async def test_the_reserve_of_the_minute_is_left_alone() -> None:
    async with warm(limit=1, warm_reserve=0.5) as it:
        outcomes = await using(it, 2 * LIFETIME)
        assert Outcome.STALE in outcomes


async def test_nothing_is_fetched_while_somebody_waits() -> None:
    async with warm(limit=1, warm_reserve=0.0) as it:
        await using(it, 13 * MINUTE)
        patient = caller(token="acmeadmin01", patience=300.0)
        waiting = [it.later(it.get(f"/task/{number}", by=patient)) for number in range(1, 5)]
        await asyncio.sleep(MINUTE)
        assert ALL not in it.asked[1:]
        await asyncio.gather(*waiting)
        assert ALL not in it.asked[1:5]


async def test_a_failure_is_not_tried_again_in_the_same_lifetime() -> None:
    async with Exchange(warm=1) as it:
        await it.get("/client/")
        for _ in range(LEAST_USES):
            await it.get("/client/")
        it.upstream.script.append(timed_out())
        await asyncio.sleep(3 * LIFETIME)
        assert len(it.asked) == 2


async def test_nobody_s_own_credential_is_used_without_its_owner() -> None:
    own = caller(token="acmeadmin01", lent=False)
    async with warm() as it:
        for _ in range(9):
            await it.get("/client/", by=own)
        await asyncio.sleep(2 * LIFETIME)
        assert it.asked == [ALL]


async def test_two_lists_are_fetched_one_after_the_other() -> None:
    class Counting(ServiceUpstream):
        under_way = most = 0

        @override
        async def send(self, request: Request) -> Response:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            try:
                return await super().send(request)
            finally:
                self.under_way -= 1

    upstream = Counting()
    upstream.latency = 20.0
    async with Exchange(service=upstream, warm=4) as it:
        for target in ("/client/", "/project/", "/person/") * LEAST_USES:
            await it.get(target, by=ADMIN)
        await asyncio.sleep(LIFETIME)
    assert (len(it.asked), upstream.most) == (6, 1)


async def test_a_stop_lets_complete_what_was_sent() -> None:
    async with warm() as it:
        assert it.service is not None
        await using(it, 5 * MINUTE)
        it.service.latency = 50.0
        await asyncio.sleep(LIFETIME - 5 * MINUTE - 80.0)
        assert it.asked == [ALL, ALL]
    assert it.spent() == 2
