"""What an upstream answer becomes: parsed, judged, kept or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.adapters.memory import MemoryEntries
from gateway.exchange import landing
from gateway.exchange.cache import Cache
from gateway.exchange.fetch import Arrival
from gateway.exchange.landing import Landed, Place
from gateway.exchange.rendering import Rendition
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.outcome import Answer
from gateway.policy.trace import Trace
from tests.fakes.exchange import MAX_ANSWER, NOON, ROWS, request, trace
from tests.fakes.upstream import JSON, XML, answer, error, plain, zipped

ACME = AccountName("acme")
KEY = CacheKey("k")
DAY_LONG = {"Cache-Control": "max-age=86400"}


@pytest.fixture
def cache() -> Cache:
    return Cache(MemoryEntries[Rendition](1_000_000), None)


def came(response: Response) -> Arrival:
    return Arrival(response, Answer(), None, requested_at=NOON, received_at=NOON + 2, queued=5.0, took=2.0)


async def land(
    cache: Cache, response: Response, path: str = "/personcontact/", *, query: str = "", **asked: Any
) -> Landed:
    match = ROWS.match(path)
    assert match is not None
    place = Place(KEY, ACME, match, f"{path}?{query}", cache.generation(ACME, match.resource.name))
    headers = request("GET", path, **asked).headers
    return await landing.stored(came(response), place, headers, cache, query=query, max_answer=MAX_ANSWER)


async def test_a_document_is_kept_for_as_long_as_its_row_says(cache: Cache) -> None:
    landed = await land(cache, answer())
    assert landed.stored
    entry = landed.held.entry
    assert cache.peek(KEY) is landed.held
    assert (entry.resource, entry.account, entry.target, entry.requested_at) == (
        "personcontact",
        ACME,
        "/personcontact/",
        NOON,
    )
    row = ROWS.resources["personcontact"].lifetimes
    assert (entry.lifetime, entry.initial_age) == (900.0, 2.0)
    assert (entry.stale_while_revalidate, entry.stale_if_error) == (row.stale_while_revalidate, row.stale_if_error)


@pytest.mark.parametrize(
    ("response", "path", "query", "asked"),
    [
        pytest.param(error(404, 10), "/personcontact/1", "", {}, id="a mistake"),
        pytest.param(error(500, 1), "/personcontact/", "", {}, id="a failure"),
        pytest.param(answer(status=202), "/personcontact/", "", {}, id="another status"),
        pytest.param(answer(), "/personcontact/", "", {"cache_control": "no-store"}, id="the caller's no-store"),
        pytest.param(
            answer(fields={"Cache-Control": "no-store"}), "/personcontact/", "", {}, id="the upstream's no-store"
        ),
        pytest.param(
            answer(fields={"Cache-Control": "max-age=0"}), "/personcontact/", "", {}, id="the upstream's max-age=0"
        ),
        pytest.param(answer("timer"), "/timer/", "", {}, id="a running timer"),
        pytest.param(answer("quota", fields=DAY_LONG), "/quota/", "", {}, id="a counter, whatever is said of it"),
        pytest.param(answer("task"), "/task/", "overdue=t", {}, id="a parameter that means today"),
        pytest.param(answer("tasknote"), "/tasknote/", "", {}, id="a list of the last seven days"),
        pytest.param(plain(b"<html>", "text/html"), "/personcontact/", "", {}, id="no document"),
        pytest.param(plain(b'{"personcontact":[', JSON), "/personcontact/", "", {}, id="a document cut short"),
        pytest.param(plain(b"<intervals><personcontact/>", XML), "/personcontact/", "", {}, id="the same in XML"),
        pytest.param(answer("task"), "/personcontact/", "", {}, id="a document of something else"),
        pytest.param(plain(b"", JSON), "/personcontact/", "", {}, id="nothing at all"),
    ],
)
async def test_what_is_not_kept(cache: Cache, response: Response, path: str, query: str, asked: dict[str, Any]) -> None:
    landed = await land(cache, response, path, query=query, **asked)
    assert not landed.stored
    assert cache.peek(KEY) is None
    assert landed.held.entry.response == response
    assert landed.held.entry.lifetime == 0


async def test_a_list_of_notes_of_one_task_is_kept(cache: Cache) -> None:
    assert (await land(cache, answer("tasknote"), "/tasknote/", query="taskid=1")).stored


async def test_an_answer_in_xml_is_kept_as_well(cache: Cache) -> None:
    rows = b"<personcontact><item><id>1</id></item></personcontact>"
    body = b'<intervals personid="1" status="OK" code="200">' + rows + b"</intervals>"
    assert (await land(cache, plain(body, XML))).stored


async def test_the_upstreams_own_lifetime_goes_before_the_rows(cache: Cache) -> None:
    said = "max-age=60, stale-if-error=120, stale-while-revalidate=30"
    entry = (await land(cache, answer(fields={"Cache-Control": said, "Age": "10"}))).held.entry
    assert (entry.lifetime, entry.stale_if_error, entry.stale_while_revalidate) == (60.0, 120.0, 30.0)
    assert entry.initial_age == 12.0


async def test_an_answer_from_before_a_write_is_not_kept(cache: Cache) -> None:
    match = ROWS.match("/personcontact/")
    assert match is not None
    place = Place(KEY, ACME, match, "/personcontact/", cache.generation(ACME, "personcontact"))
    await cache.invalidate(ACME, {"personcontact"})
    landed = await landing.stored(came(answer()), place, Headers(), cache, query="", max_answer=MAX_ANSWER)
    assert (landed.stored, cache.peek(KEY)) == (False, None)


async def test_gzip_of_the_upstream_is_undone_before_anything_is_judged(cache: Cache) -> None:
    landed = await land(cache, zipped(answer()))
    assert landed.stored
    assert landed.held.entry.response == answer()


async def test_a_damaged_body_is_no_answer(cache: Cache) -> None:
    damaged = zipped(answer())
    with pytest.raises(Fault) as caught:
        await land(cache, replace(damaged, body=damaged.body[:-9]))
    assert caught.value.kind is Kind.UPSTREAM_UNINTELLIGIBLE


def told(landed: Landed, *, joined: bool) -> Trace:
    record = trace()
    landed.tell(record, joined=joined)
    return record


async def test_only_who_launched_a_flight_waited_for_it_in_line_and_upstream(cache: Cache) -> None:
    landed = await land(cache, answer())
    first, second = told(landed, joined=False), told(landed, joined=True)
    assert (first.queued, first.upstream) == (5.0, 2.0)
    assert (second.queued, second.upstream) == (None, None)
    for record in (first, second):
        assert (record.forwarded_status, record.stored, record.ttl) == (200, True, 898.0)
