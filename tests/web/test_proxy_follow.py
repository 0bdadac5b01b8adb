"""The callers' listener after a reload: who is recognised, and what of the express lane is left."""

from __future__ import annotations

import pytest

from gateway.policy.messages import Request, Response
from gateway.policy.trace import Trace
from gateway.web.identity import Identity
from tests.fakes.exchange import Exchange
from tests.fakes.talk import Talk, asking

KNOWN = asking("GET /personcontact/", "Accept: application/json")


async def test_nothing_is_remembered_of_rules_that_hold_no_more() -> None:
    async with Exchange() as exchange, Talk(exchange) as talk:
        for _ in range(3):
            await talk.say(KNOWN)
        assert talk.by_lane == 1
        talk.proxy.follow(Identity([]))
        answer = await talk.say(KNOWN)
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert talk.by_lane == 1


async def test_what_was_recognised_before_is_not_remembered_after(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Exchange() as exchange, Talk(exchange) as talk:
        await talk.say(KNOWN)
        observe = talk.proxy._observe

        def meanwhile(trace: Trace, request: Request | None, response: Response | None) -> None:
            talk.proxy.follow(Identity([]))
            observe(trace, request, response)

        monkeypatch.setattr(talk.proxy, "_observe", meanwhile)
        assert (await talk.say(KNOWN)).startswith(b"HTTP/1.1 200 ")
        assert not talk.proxy.express._known
