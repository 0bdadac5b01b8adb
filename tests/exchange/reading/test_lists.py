"""Whole lists: one request for all rows, then members, filters, sorts and pages for nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.adapters.memory import MemoryEntries
from gateway.policy.caching import cachekey
from gateway.policy.caching.entry import Selector
from gateway.policy.catalogue import Match
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request
from gateway.policy.trace import Outcome
from tests.fakes.exchange import ROWS, Exchange, caller
from tests.fakes.service import ServiceUpstream
from tests.fakes.upstream import answer, plain

ADMIN = caller(token="acmeadmin01")
MANAGER = caller("manager", token="acmemanag01")
ALL = "GET /client/?limit=2147483647"


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange(service=ServiceUpstream()) as exchange:
        yield exchange


async def told(it: Exchange, target: str, by: Any = ADMIN) -> bytes:
    """The service's own answer, asked directly."""
    assert it.service is not None
    upstream = ServiceUpstream()
    upstream.service = it.service.service
    fields = [("Accept", "application/json"), ("Authorization", by.authorization)]
    return (await upstream.send(Request("GET", target, Headers(fields)))).body


async def test_the_first_read_fetches_all_rows_and_the_next_cost_nothing(it: Exchange) -> None:
    first = (await it.get("/client/", by=ADMIN)).body
    number = json.loads(first)["client"][3]["id"]
    for target in ("/client/", f"/client/{number}", "/client/?active=t&limit=3", "/client/?sortfield=id&sortdir=DESC"):
        heard = await it.get(target, by=ADMIN)
        assert heard.body == await told(it, target)
        assert (heard.trace.outcome, heard.trace.cost) == (Outcome.SELECTED, 0)
        assert heard.cache_status.startswith("hit; ttl=")
        assert heard.cache_status.endswith("detail=selected")
    assert it.asked == [ALL]


async def test_callers_of_different_members_at_once_share_one_request(it: Exchange) -> None:
    numbers = [row["id"] for row in json.loads(await told(it, "/client/?limit=5"))["client"]]
    heard = await asyncio.gather(*(it.get(f"/client/{number}", by=ADMIN) for number in numbers))
    assert [answer.status for answer in heard] == [200] * 5
    assert sorted(answer.trace.cost for answer in heard) == [0, 0, 0, 0, 1]
    assert it.asked == [ALL]


@pytest.mark.parametrize("query", ["search=a", "projectsonly=t", "nonsense=1", "active=perhaps", "sortdir=ASC"])
async def test_what_the_rows_do_not_decide_is_forwarded_alone(it: Exchange, query: str) -> None:
    await it.get(f"/client/?{query}", by=ADMIN)
    assert it.asked == [f"GET /client/?{query}"]


async def test_a_member_that_the_list_lacks_is_asked_for_once(it: Exchange) -> None:
    await it.get("/client/", by=ADMIN)
    heard = await it.get("/client/999999", by=ADMIN)
    assert (heard.status, heard.trace.cost) == (404, 1)
    assert it.asked == [ALL, "GET /client/999999"]


async def test_each_credential_has_its_own_list(it: Exchange) -> None:
    await it.get("/client/", by=ADMIN)
    heard = await it.get("/client/", by=MANAGER)
    assert heard.body == await told(it, "/client/", MANAGER)
    assert it.asked == [ALL, ALL]


async def test_a_list_that_is_not_for_this_credential_is_not_tried_again_and_again(it: Exchange) -> None:
    for _ in range(3):
        assert (await it.get("/worktype/", by=MANAGER)).status == 403
    assert it.asked == ["GET /worktype/?limit=2147483647", *["GET /worktype/"] * 3]


async def test_no_cache_fetches_the_list_anew_and_answers_from_it(it: Exchange) -> None:
    await it.get("/client/", by=ADMIN)
    heard = await it.get("/client/?active=t", by=ADMIN, cache_control="no-cache")
    assert heard.trace.cost == 1
    assert it.asked == [ALL, ALL]


async def test_only_if_cached_never_fetches_a_list(it: Exchange) -> None:
    with pytest.raises(Fault) as refused:
        await it.get("/client/", by=ADMIN, cache_control="only-if-cached")
    assert refused.value.kind is Kind.NOT_CACHED
    await it.get("/client/", by=ADMIN)
    assert (await it.get("/client/?limit=1", by=ADMIN, cache_control="only-if-cached")).status == 200
    assert it.asked == [ALL]


async def test_a_truncated_list_is_never_taken_for_the_whole(it: Exchange) -> None:
    async with Exchange() as other:  # its upstream has one row and says so, whatever is asked
        body = answer("client").body.replace(b'"listcount":1', b'"listcount":2')
        other.upstream.script.append(plain(body, "application/json"))
        await other.get("/client/1")
        assert other.asked == [ALL, "GET /client/1"]


async def test_a_member_with_other_fields_than_the_rows_ends_selection_of_members(it: Exchange) -> None:
    async with Exchange() as other:
        await other.get("/client/")
        row = {"id": "2", "name": "x", "notes": None, "fax": "", "more": "1"}

        other.upstream.script.append(plain(json.dumps({"code": 200, "client": row}).encode(), "application/json"))
        await other.get("/client/2")
        assert (await other.get("/client/1")).trace.outcome is Outcome.MISS
        assert (await other.get("/client/")).trace.outcome is Outcome.SELECTED


async def test_a_refused_fetch_of_the_list_refuses_the_read(it: Exchange) -> None:
    async with Exchange(per_day=1, service=ServiceUpstream()) as spent:
        await spent.get("/project/", by=ADMIN)
        with pytest.raises(Fault) as refused:
            await spent.get("/client/1", by=ADMIN)
        assert refused.value.kind is Kind.QUOTA_SPENT


async def test_a_list_asked_for_whole_is_its_own_answer_and_is_made_once(it: Exchange) -> None:
    """Lists without a documented limit: their plain query is that of the whole list."""
    key = cachekey.document_key(ADMIN.partition, Match(ROWS.resources["contacttype"], None), "")
    first = await it.get("/contacttype/", by=ADMIN)
    held = it.cache.peek(key)
    again = await it.get("/contacttype/", by=ADMIN)
    assert first.body == again.body == await told(it, "/contacttype/")
    assert again.trace.outcome is Outcome.SELECTED
    assert held is not None
    assert it.cache.peek(key) is held
    assert held.uses == 2
    assert it.asked == ["GET /contacttype/"]


async def test_every_answer_from_a_list_counts_as_a_use_of_it(it: Exchange) -> None:
    key = cachekey.document_key(ADMIN.partition, Match(ROWS.resources["client"], None), "limit=2147483647")
    for target in ("/client/", "/client/?limit=3", "/client/?limit=3", "/client/"):
        await it.get(target, by=ADMIN)
    held = it.cache.peek(key)
    assert held is not None
    assert held.uses == 4


BOARD = "/milestone/?sortfield=projectid&sortdir=ASC&limit=5"


async def test_the_order_of_ties_is_asked_for_once_and_outlives_the_list(it: Exchange) -> None:
    first = await it.get(BOARD, by=ADMIN)
    assert first.body == await told(it, BOARD)
    assert it.asked == ["GET /milestone/?limit=2147483647", f"GET {BOARD}"]
    for _ in range(3):
        task = json.loads(await told(it, "/task/?limit=1"))["task"][0]["id"]
        body = b'{"title":"Next"}'
        await it.ask("PUT", f"/task/{task}/", body, ADMIN, content_type="application/json")  # drops the milestones
        heard = await it.get(BOARD, by=ADMIN)
        assert (heard.body, heard.trace.detail, heard.trace.cost) == (await told(it, BOARD), "selected", 1)
    assert it.asked.count("GET /milestone/?limit=2147483647") == 4
    assert it.asked.count(f"GET {BOARD}") == 1


async def test_pages_of_a_sort_without_a_direction_are_each_asked_for_once(it: Exchange) -> None:
    pages = [f"/client/?sortfield=name&offset={offset}&limit=5" for offset in (0, 5, 10)]
    for _ in range(3):
        for page in pages:
            assert (await it.get(page, by=ADMIN)).body == await told(it, page)
    assert it.asked == [ALL, *(f"GET {page}" for page in pages)]


async def test_a_tie_that_a_row_left_or_joined_is_asked_for_again(it: Exchange) -> None:
    last = json.loads((await it.get(BOARD, by=ADMIN)).body)["milestone"][-1]
    other = next(
        row for row in json.loads(await told(it, "/project/?limit=0"))["project"] if row["id"] != last["projectid"]
    )
    body = json.dumps({"projectid": other["id"]}).encode()
    assert (
        await it.ask("PUT", f"/milestone/{last['id']}/", body, ADMIN, content_type="application/json")
    ).status == 202
    assert (await it.get(BOARD, by=ADMIN)).body == await told(it, BOARD)
    assert it.asked.count(f"GET {BOARD}") == 2
    assert (await it.get(BOARD, by=ADMIN)).trace.outcome is Outcome.SELECTED


async def test_a_distrusted_list_takes_the_shown_orders_with_it(it: Exchange) -> None:
    await it.get(BOARD, by=ADMIN)
    await it.cache.purge(Selector())
    assert (await it.get(BOARD, by=ADMIN)).trace.outcome is not Outcome.SELECTED
    assert it.asked.count(f"GET {BOARD}") == 2


async def test_a_list_that_is_too_heavy_to_be_kept_is_not_fetched_for_each_question(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Exchange(service=ServiceUpstream()) as it:
        number = json.loads(await told(it, "/client/?limit=1"))["client"][0]["id"]
        monkeypatch.setattr(MemoryEntries, "_heaviest", 4000)
        for _ in range(2):
            for target in (f"/client/{number}/", "/client/?limit=1"):
                assert (await it.get(target, by=ADMIN)).body == await told(it, target)
        assert it.asked == [ALL, "GET /client/?limit=1"]
