"""Plays a case against any HTTP cache in front of the origin, and says what was not as it must be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import aiohttp
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from tests.journeys.http_cache.case import By, Case, Step, fields
from tests.journeys.http_cache.origin import Arrived, Origin, Told
from tests.journeys.waiting import until


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back."""

    status: int
    headers: CIMultiDictProxy[str]
    body: str


class Player:
    """Asks a cache at `url`. `marked`: it tells by Cache-Status what it did; `now` is the moment of the case."""

    def __init__(self, session: aiohttp.ClientSession, url: str, origin: Origin, *, now: float, marked: bool) -> None:
        self._session = session
        self._url = url.rstrip("/")
        self._origin = origin
        self._now = now
        self._marked = marked

    async def play(self, case: Case, path: str) -> None:
        """Play all steps on paths of their own below `path`; raises AssertionError."""
        bodies: dict[str, str] = {}
        for number, step in enumerate(case.steps):
            target = path + step.path
            arrived = self._origin.arrived[target]
            before = len(arrived)
            body = step.body if step.body is not None and step.by is By.ORIGIN else f"{path} {number}"
            self._origin.told[target] = self._told(step, body, path)
            heard = await self._ask(step, target)
            seen = arrived[before:]
            where = f"step {number + 1}: {step}\n{heard}\n{seen}"
            self._judge_origin(step, seen, where)
            if step.by is By.ORIGIN and step.method == "GET" and step.status == 200 and "304" not in step.told[:3]:
                bodies[target] = body
            self._judge(step, heard, bodies.get(target), where)
            await until(partial(_came, arrived, before + step.settles))

    def _told(self, step: Step, body: str, path: str) -> Told:
        first, _, rest = step.told.partition(" | ")
        if first == "close":
            return Told(close=True)
        status, text = (int(first), rest) if first.isdigit() else (200, step.told)
        told = tuple((name, value.replace("{path}", path)) for name, value in fields(text, self._now))
        return Told(status, told, body.encode())

    async def _ask(self, step: Step, target: str) -> Heard:
        asked = CIMultiDict(fields(step.asked, self._now))
        content = b"content" if step.method in ("POST", "PUT", "PATCH") else None
        async with self._session.request(
            step.method, URL(self._url + target, encoded=True), headers=asked, data=content, allow_redirects=False
        ) as response:
            return Heard(response.status, response.headers, (await response.read()).decode("latin-1"))

    def _judge_origin(self, step: Step, seen: list[Arrived], where: str) -> None:
        if step.by is not By.ANYBODY and step.settles == 0:
            assert bool(seen) is (step.by is By.ORIGIN), f"not answered by the {step.by}; {where}"
        if step.by is not By.ORIGIN:
            return
        request = seen[0]
        assert request.method == step.method, f"method at the origin; {where}"
        for name, value in fields(step.sent, self._now):
            assert request.get(name) == value, f"{name} at the origin; {where}"
        for name, _ in fields(step.unsent, self._now):
            assert request.get(name) is None, f"{name} at the origin; {where}"

    def _judge(self, step: Step, heard: Heard, last: str | None, where: str) -> None:
        assert heard.status == step.status, f"status; {where}"
        for name, value in fields(step.has, self._now):
            told = ", ".join(heard.headers.getall(name, ["(none)"]))
            assert _fits(told, value), f"{name} is {told}, not {value}; {where}"
        for name, _ in fields(step.lacks, self._now):
            assert name not in heard.headers, f"{name} is there; {where}"
        expected = step.body if step.body is not None else last
        if heard.status == 200 and step.method == "GET" and step.by is not By.ANYBODY and expected is not None:
            assert heard.body == expected, f"body, not {expected}; {where}"
        elif step.body is not None and step.method != "HEAD":
            assert heard.body == step.body, f"body, not {step.body}; {where}"
        if self._marked:
            told = heard.headers.get("Cache-Status", "")
            for mark in filter(None, step.marks.split("; ")):
                assert mark in told.split("; "), f"Cache-Status lacks {mark}; {where}"


def _fits(told: str, wanted: str) -> bool:
    """Is a field as wanted? ">=N" and "<=N" compare numbers."""
    if wanted[:2] in (">=", "<="):
        return told.isdigit() and (int(told) >= int(wanted[2:]) if wanted[0] == ">" else int(told) <= int(wanted[2:]))
    return told == wanted


def _came(arrived: list[Arrived], requests: int) -> bool:
    return len(arrived) >= requests
