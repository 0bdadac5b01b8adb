"""The express lane gives the answers of the walk: octet for octet, trace for trace, whatever happens in between."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.policy.caching.entry import Selector
from gateway.policy.trace import Outcome
from gateway.web import express
from tests.exchange.conftest import VirtualTimeLoop
from tests.fakes import upstream
from tests.fakes.exchange import Exchange
from tests.fakes.talk import KEYS, Talk, asking, masked

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

TARGETS = (
    "/client/",
    "/client",
    "/client/?limit=1",
    "/client/?limit=2147483647",
    "/client/?search=x",
    "/client/1/",
    "/client/9",
    "/task/?offset=0&limit=1",
    "/time/1",
    "/unknown",
    "http://gateway/client/",
)
FIRST = st.builds("{} {}".format, st.sampled_from(["GET", "GET", "GET", "HEAD"]), st.sampled_from(TARGETS))
FIELD = st.sampled_from(
    (
        "Accept: application/json",
        "Accept: application/xml",
        "Accept: text/csv",
        "Accept: image/png",
        "Accept-Encoding: gzip",
        "Cache-Control: max-age=100",
        "Cache-Control: max-stale",
        "Cache-Control: min-fresh=600",
        "Cache-Control: no-cache",
        "Cache-Control: only-if-cached",
        "Pragma: no-cache",
        "If-None-Match: TAG",
        "If-None-Match: *",
        "Range: bytes=0-3",
        "Prefer: wait=5",
        "X-HTTP-Method-Override: DELETE",
        "Content-Length: 0",
        "X-Request-Id: r-1",
        "X-Request-Id: a b",
        f"traceparent: {PARENT}",
    )
)
FIELDS = st.lists(FIELD, max_size=3)
ASK = st.tuples(st.just("ask"), FIRST, FIELDS, st.sampled_from([*KEYS, "a-stranger"]))
EVENT = st.one_of(
    st.tuples(st.just("wait"), st.sampled_from([0.4, 20.0, 300.0, 1000.0, 5000.0, 100_000.0])),
    st.tuples(st.just("write"), st.sampled_from(["POST /client/", "PUT /client/1/", "POST /time/"])),
    st.tuples(st.just("drop"), st.sampled_from(["client", "time", None])),
    st.tuples(st.just("fail")),
    st.tuples(st.just("lighten")),
)
STORY = st.lists(st.tuples(ASK, st.integers(1, 4), st.none() | EVENT), min_size=1, max_size=12)


class World:
    """One gateway to which a story happens."""

    def __init__(self, exchange: Exchange, talk: Talk) -> None:
        self._exchange, self._talk = exchange, talk
        self._tag = b'"none"'
        self.answers: list[bytes] = []

    async def ask(self, first: str, fields: list[str], app: str) -> None:
        octets = asking(first, *fields, app=app).replace(b"TAG", self._tag)
        answer = await self._talk.say(octets)
        if (tag := re.search(rb"\r\nETag: ([^\r]*)", answer)) is not None:
            self._tag = tag[1]
        self.answers.append(masked(answer))

    async def happen(self, what: str, *how: Any) -> None:
        cache = self._exchange.walk._reads._documents._cache
        match what:
            case "wait":
                await asyncio.sleep(how[0])
            case "write":
                await self._talk.say(asking(how[0], "Content-Type: application/json", body=b'{"name":"x"}'))
            case "drop":
                await cache.purge(Selector(resources=None if how[0] is None else frozenset({how[0]})))
            case "fail":
                self._exchange.upstream.script.append(upstream.error(500, 0))
            case _:  # the store needs room: renditions go, and are made again
                for held in cache._memory.covered(Selector()):
                    held.lighten()


async def _told(story: list[Any], *, by_lane: bool) -> tuple[list[bytes], list[dict[str, Any]], int]:
    async with Exchange() as exchange, Talk(exchange, express=by_lane) as talk:
        world = World(exchange, talk)
        for (_, first, fields, app), times, event in story:
            for _ in range(times):
                await world.ask(first, fields, app)
            if event is not None:
                await world.happen(*event)
        return world.answers, [*talk.told()], len(exchange.upstream.seen)


def _run(story: list[Any], *, by_lane: bool) -> tuple[list[bytes], list[dict[str, Any]], int]:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_told(story, by_lane=by_lane))


@settings(max_examples=60)
@given(STORY)
def test_both_ways_give_the_same_answers_and_traces(story: list[Any]) -> None:
    answers, traces, asked = _run(story, by_lane=True)
    for expected, answer in zip(_run(story, by_lane=False), (answers, traces, asked), strict=True):
        assert answer == expected


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    async with Exchange() as exchange, Talk(exchange) as it:
        yield it


JSON = "Accept: application/json"
KNOWN = asking("GET /personcontact/", JSON)


async def _three_times(talk: Talk, *fields: str, first: str = "GET /personcontact/") -> bytes:
    for _ in range(2):
        await talk.say(asking(first, JSON, *fields))
    return await talk.say(asking(first, JSON, *fields))


@pytest.mark.parametrize("first", ["GET /personcontact/", "HEAD /personcontact/", "GET /client/1/", "GET /client/"])
async def test_hits_and_selections_take_the_lane(talk: Talk, first: str) -> None:
    answer = await _three_times(talk, first=first)
    assert b"; hit; ttl=" in answer
    assert talk.by_lane == 1
    assert talk.traces[-1].outcome is (Outcome.SELECTED if "client" in first else Outcome.HIT)
    assert talk.sizes[-1] > 0


async def test_age_and_ttl_are_true_now(talk: Talk) -> None:
    await _three_times(talk)
    await asyncio.sleep(7)
    answer = await talk.say(KNOWN)
    assert talk.by_lane == 2
    assert re.search(rb"\r\nAge: [78]\r\n", answer)
    assert talk.traces[-1].ttl is not None
    assert f"; hit; ttl={int(talk.traces[-1].ttl)}\r\n".encode() in answer


async def test_who_has_it_gets_304(talk: Talk) -> None:
    tag = re.search(rb"ETag: ([^\r]*)", await talk.say(KNOWN))
    assert tag is not None
    answer = await _three_times(talk, f"If-None-Match: {tag[1].decode()}")
    assert answer.startswith(b"HTTP/1.1 304 ")
    assert answer.endswith(b"\r\n\r\n")
    assert talk.by_lane == 2


async def test_ids_are_kept_if_sent_and_else_new_each_time(talk: Talk) -> None:
    await _three_times(talk)
    for number in range(3):
        answer = await talk.say(
            asking("GET /personcontact/", JSON, f"x-request-ID:  r{number} ", f"traceparent: {PARENT}")
        )
        assert f"\r\nX-Request-Id: r{number}\r\ntraceparent: {PARENT}\r\n".encode() in answer
        assert (talk.traces[-1].request_id, talk.traces[-1].minted) == (f"r{number}", False)
    minted = {(await talk.say(KNOWN), talk.traces[-1].request_id, talk.traces[-1].traceparent)[1:] for _ in range(3)}
    assert len(minted) == 3
    assert talk.traces[-1].minted
    assert talk.by_lane == 7


@pytest.mark.parametrize(
    "fields",
    [
        ("X-Request-Id: a b",),
        ("X-Request-Id: 1", "x-request-id: 2"),
        ("X-Request-Id: \x00",),
        ("traceparent: 00-1-2-3",),
    ],
)
async def test_odd_ids_go_the_long_way(talk: Talk, fields: tuple[str, ...]) -> None:
    await _three_times(talk)
    await talk.say(asking("GET /personcontact/", JSON, *fields))
    assert talk.by_lane == 1


@pytest.mark.parametrize(
    "change", [lambda it: it.replace(b"tool", b"other"), lambda it: it.replace(b"json", b"xml"), bytes.swapcase]
)
async def test_another_request_is_another_request(talk: Talk, change: Callable[[bytes], bytes]) -> None:
    await _three_times(talk)
    await talk.say(change(KNOWN))
    assert talk.by_lane == 1


async def test_no_key_is_kept(talk: Talk) -> None:
    await _three_times(talk)
    known = talk.proxy.express._known
    assert {len(key) for key in known} == {32}
    for it in known.values():
        assert KEYS["tool"].encode() not in it.opening
        assert KEYS["tool"] not in repr((it.repeat.question.request, it.first))


async def test_what_is_dropped_is_not_kept_alive(talk: Talk) -> None:
    await _three_times(talk)
    (known,) = talk.proxy.express._known.values()
    await talk.exchange.cache.purge(Selector())
    assert known.repeat.held() is None


async def test_it_remembers_so_many_and_the_longest_unused_goes(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(express, "_REMEMBERED", 2)
    for target in ("personcontact", "client", "personcontact", "project"):
        await _three_times(talk, first=f"GET /{target}/")
    before = talk.by_lane
    await talk.say(asking("GET /client/", JSON))
    assert talk.by_lane == before
    await talk.say(asking("GET /project/", JSON))
    assert talk.by_lane == before + 1


async def test_what_comes_once_takes_nobodys_place(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(express, "_REMEMBERED", 1)
    await _three_times(talk)
    for number in range(3):
        await talk.say(asking("GET /personcontact/", JSON, f"User-Agent: {number}"))
    await talk.say(KNOWN)
    assert talk.by_lane == 2


async def test_a_very_long_request_is_not_looked_at(talk: Talk) -> None:
    await _three_times(talk, f"Cookie: {'x' * 5000}")
    assert talk.by_lane == 0
