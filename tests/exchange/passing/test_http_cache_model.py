"""Whatever is asked, and however the origin changes its mind: what the store answers, RFC 9111 let it answer.

The origin keeps a diary of all it said. Each answer that did not come from it just now is held against the diary:
that it was allowed to be stored, was young enough, was for this reader, and that nothing newer had taken its place.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from hypothesis import event, given, settings
from hypothesis import strategies as st

from gateway.policy.caching import cachecontrol
from gateway.policy.faults import Fault
from gateway.policy.messages import Headers, Request, Response
from tests.exchange.conftest import VirtualTimeLoop
from tests.fakes.exchange import Exchange, Heard
from tests.fakes.upstream import unreachable

TOOK = 0.5
"""Seconds from the question to the origin's answer."""


@dataclass(frozen=True)
class Ways:
    """How the origin answers: its Cache-Control, its Vary, and the kind of its validator."""

    said: str = "max-age=60"
    vary: str = ""
    tag: str = "strong"


@dataclass(frozen=True)
class Said:
    """A line of the diary: what was told of which content, and to whom. `number` is that of the full answer."""

    number: int
    tag: str
    ways: Ways
    at: float
    writes: int
    asked: Headers
    full: bool

    def alike(self, fields: Headers, names: str) -> bool:
        return all(fields.get(name) == self.asked.get(name) for name in names.split(", ") if name)


class Origin:
    """One resource; `version` is its content, other for each reader where the ways say that it varies."""

    def __init__(self) -> None:
        self.ways, self.version, self.writes, self.down = Ways(), 1, 0, False
        self.diary: list[Said] = []
        self.asked: list[str] = []

    async def send(self, request: Request) -> Response:
        self.asked.append(request.method)
        await asyncio.sleep(TOOK)
        if self.down:
            raise unreachable()
        if request.method == "PUT":
            self.version, self.writes = self.version + 1, self.writes + 1
            return Response(204)
        return self._told(request.headers)

    def _told(self, asked: Headers) -> Response:
        ways, reader = self.ways, [asked.get(name) or "" for name in self.ways.vary.split(", ") if name]
        tag = {"": "", "weak": "W/"}.get(ways.tag, "") + f'"{self.version} {"/".join(reader)}"' if ways.tag else ""
        said = Said(len(self.diary), tag, ways, asyncio.get_running_loop().time(), self.writes, asked, full=True)
        fields = [("Cache-Control", ways.said), ("Vary", ways.vary), ("ETag", tag)]
        headers = Headers((name, value) for name, value in fields if value)
        if tag and asked.get("if-none-match") == tag:
            known = next(each for each in reversed(self.diary) if each.tag == tag and each.full)
            self.diary.append(replace(said, number=known.number, full=False))
            return Response(304, headers)
        self.diary.append(said)
        return Response(200, headers.put("Number", str(said.number)), f"{said.number:04}".encode())


@dataclass(frozen=True)
class Ask:
    """One reader's question; `held`: what he has of it already is asked for again by its tag."""

    a: str
    b: str
    said: str
    held: bool
    part: bool


Change: TypeAlias = Ways | float | str
"""What happens before a question: other ways, some seconds, a word; a new content comes with other ways."""

ASKS = st.builds(
    Ask,
    a=st.sampled_from(["1", "1", "2"]),
    b=st.sampled_from(["1", "1", "1", "2"]),
    said=st.sampled_from([*[""] * 6, *["no-cache"] * 4, "max-age=5", "min-fresh=5", "max-stale", "no-store"]),
    held=st.sampled_from([False, False, True]),
    part=st.sampled_from([False, False, False, True]),
)
_SAID = ["", "no-cache", "no-store, max-age=60", "private, max-age=60", "max-age=10, must-revalidate"]
_SAID += ["max-age=10, stale-while-revalidate=20", "s-maxage=10, max-age=60"]
WAYS = st.builds(
    Ways,
    said=st.sampled_from([*["max-age=60", "max-age=10"] * 3, *_SAID]),
    vary=st.sampled_from(["", "", "A", "A", "B", "A, B", "*"]),
    tag=st.sampled_from(["", "strong", "weak"]),
)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    WAYS, st.sampled_from(["", "", "edit", "put", "down", "up"]), st.sampled_from([1.0, 15.0, 15.0, 70.0])
)


async def play(steps: list[tuple[Change, Ask]]) -> None:
    origin, held = Origin(), ""
    async with Exchange(service=origin, limit=0) as it:  # type: ignore[arg-type]  # all that is used of a service
        for change, step in steps:
            await happen(it, origin, change)
            fields = {"a": step.a, "b": step.b, "cache_control": step.said}
            fields |= {"if_none_match": held} if step.held and held else {}
            fields |= {"range": "bytes=0-1"} if step.part else {}
            held = await ask(it, origin, {name: value for name, value in fields.items() if value}) or held


async def happen(it: Exchange, origin: Origin, change: Change) -> None:
    if isinstance(change, Ways):
        origin.ways, origin.version = change, origin.version + 1
    elif isinstance(change, float):
        await asyncio.sleep(change)
    elif change == "put" and not origin.down:
        await it.ask("PUT", "/x", b"new")
    else:
        origin.version += change == "edit"
        origin.down = change == "down" or (change != "up" and origin.down)


async def ask(it: Exchange, origin: Origin, fields: dict[str, Any]) -> str | None:
    """Ask, and hold the answer against the diary; returns its tag."""
    before, began = len(origin.diary), asyncio.get_running_loop().time()
    try:
        heard = await it.get("/x", **fields)
    except Fault:
        if origin.down:
            return None
        raise
    told = origin.diary[before:]
    assert heard.status in (200, 206, 304)
    if heard.status == 304:
        assert heard["etag"] == fields["if_none_match"] or _weakly(heard["etag"]) == _weakly(fields["if_none_match"])
    if "number" in heard.response.headers and not any(each.number == _number(heard) for each in told):
        event(f"from the store, {heard.status}")
        judge(origin, _number(heard), Headers(_named(fields)), began)
    if heard.status == 200:
        assert heard.body == f"{_number(heard):04}".encode()
    return heard["etag"]


def judge(origin: Origin, number: int, asked: Headers, now: float) -> None:
    """Find nothing in the diary that forbids this answer from the store."""
    lines = [line for line in origin.diary if line.at <= now]
    about = [line for line in lines if line.number == number]
    last, said = about[-1], cachecontrol.read(about[-1].ways.said)
    assert not said.keys() & {"no-store", "private"}, "it was not to be stored"
    assert last.writes == origin.writes, "a write came after it (RFC 9111 §4.4)"
    assert last.ways.vary != "*", "it was for one question only (§4.1)"
    assert any(line.alike(asked, last.ways.vary) for line in about), "it was for another reader (§4.1)"
    newer = [line for line in lines if line.full and line.at > last.at and line.alike(asked, "A, B")]
    stores = [line for line in newer if "no-store" not in (line.asked.get("cache-control") or "")]
    assert not stores, "what was told since then took its place (§4.3.3)"
    age, wanted = now - last.at + TOOK, cachecontrol.read(asked.get("cache-control"))
    lifetime = cachecontrol.seconds(said, "s-maxage" if "s-maxage" in said else "max-age") or 0.0
    never_stale = said.keys() & {"must-revalidate", "s-maxage", "no-cache"}
    span = cachecontrol.seconds(said, "stale-while-revalidate") or 0.0
    stale = not never_stale and (origin.down or "max-stale" in wanted or age < lifetime + span)
    assert (age < lifetime and "no-cache" not in said) or stale, f"{age:g} s old (§4.2)"
    if not origin.down:
        assert "no-cache" not in wanted, "the reader wanted it validated (§5.2.1.4)"
        assert age - TOOK <= (cachecontrol.seconds(wanted, "max-age") or age), "too old for its reader (§5.2.1.1)"


def _number(heard: Heard) -> int:
    return int(heard["number"] or "")


def _weakly(tag: str | None) -> str:
    return (tag or "").removeprefix("W/")


def _named(fields: dict[str, str]) -> list[tuple[str, str]]:
    return [(name.replace("_", "-"), value) for name, value in fields.items()]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(CHANGES, ASKS), min_size=5, max_size=30))
def test_what_the_store_answers_it_may_answer(steps: list[tuple[Change, Ask]]) -> None:
    loop = VirtualTimeLoop()
    try:
        loop.run_until_complete(play(steps))
    finally:
        loop.close()
