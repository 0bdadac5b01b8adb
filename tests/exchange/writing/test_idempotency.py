"""One key, one write: whatever happens between the claim and the answer, nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from gateway.exchange.writing.idempotency import REPLAYED
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.trace import Outcome
from gateway.policy.writing import idempotency
from gateway.policy.writing.idempotency import KEPT, KIND
from tests.fakes.exchange import Exchange, Heard, Refused, caller
from tests.fakes.upstream import JSON, XML, answer, cut_off, error, plain, timed_out, unreachable

KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
TARGET = "/personcontact/"
BODY = b'{"name":"x"}'
HOLD = 70.0
"""Seconds after which a request that left has ended: the default time-out, and what is added to it."""


@pytest.fixture
async def it() -> AsyncIterator[Exchange]:
    async with Exchange() as exchange:
        yield exchange


async def post(it: Exchange, target: str = TARGET, body: bytes = BODY, **fields: Any) -> Heard:
    return await it.post(target, body, **{"idempotency_key": KEY, **fields})


async def refused(it: Exchange, target: str = TARGET, body: bytes = BODY, **fields: Any) -> Refused:
    return await it.refused("POST", target, body, **{"content_type": JSON, "idempotency_key": KEY, **fields})


async def kept(it: Exchange) -> list[str]:
    return [text for _, text in await it.records.scan(KIND, most=100)]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("target", ["/personcontact/5/", "/unknown/5/"])
async def test_the_same_again_gets_the_first_answer_for_nothing(it: Exchange, method: str, target: str) -> None:
    asking: dict[str, Any] = {"idempotency_key": KEY, "content_type": JSON}
    first = await it.ask(method, target, BODY, **asking)
    again = await it.ask(method, target, BODY, **asking)
    assert (again.status, again.body) == (first.status, first.body)
    assert (first[REPLAYED], again[REPLAYED]) == (None, "true")
    assert (first.trace.outcome is Outcome.REPLAYED, again.trace.outcome) == (False, Outcome.REPLAYED)
    assert (again.trace.cost, again.trace.cache_status(), again["age"]) == (0, None, None)
    assert it.asked == [f"{method} {target}"]
    assert "idempotency-key" not in it.upstream.seen[0].headers


async def test_the_second_caller_gets_its_own_format_and_may_have_sent_the_other(it: Exchange) -> None:
    await post(it)
    again = await post(it, body=b"<personcontact><name>x</name></personcontact>", content_type=XML, accept=XML)
    assert (again.status, again[REPLAYED]) == (201, "true")
    assert again["content-type"] == f"{XML}; charset=utf-8"
    assert b"<notes/><fax></fax>" in again.body
    assert len(it.asked) == 1


async def test_a_repetition_drops_nothing_of_what_is_stored(it: Exchange) -> None:
    await post(it)
    await it.get()
    await post(it)
    assert (await it.get()).trace.outcome is Outcome.HIT


@pytest.mark.parametrize(
    ("method", "target", "body"), [("POST", TARGET, b"{}"), ("POST", "/time/", BODY), ("PUT", TARGET, BODY)]
)
async def test_the_key_of_another_request_is_refused(it: Exchange, method: str, target: str, body: bytes) -> None:
    await post(it)
    heard = await it.refused(method, target, body, content_type=JSON, idempotency_key=KEY)
    assert (heard.fault.kind, heard.fault.status) == (Kind.IDEMPOTENCY_MISMATCH, 422)
    assert len(it.asked) == 1


async def test_of_two_at_once_one_is_sent_and_the_other_told_when_to_come_back(it: Exchange) -> None:
    it.upstream.latency = 3.0
    first = it.later(post(it))
    await asyncio.sleep(1)
    heard = await refused(it)
    assert (heard.fault.kind, heard.fault.status) == (Kind.IDEMPOTENCY_RUNNING, 409)
    assert (await first).status == 201
    await asyncio.sleep(heard.fault.retry_after or 0)
    assert (await post(it))[REPLAYED] == "true"
    assert len(it.asked) == 1


async def test_a_hundred_at_once_are_one(it: Exchange) -> None:
    asked = [it.later(post(it)) for _ in range(100)]
    told = await asyncio.gather(*asked, return_exceptions=True)
    assert [heard.status for heard in told if isinstance(heard, Heard)] == [201]
    assert {fault.kind for fault in told if isinstance(fault, Fault)} == {Kind.IDEMPOTENCY_RUNNING}
    assert len(it.asked) == 1


async def test_one_that_waits_in_line_is_running_too() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        first = it.later(post(it, by=caller(patience=100.0)))
        await asyncio.sleep(5)
        assert (await refused(it)).fault.kind is Kind.IDEMPOTENCY_RUNNING
        assert (await first).status == 201


LOST = [timed_out(), cut_off(), Fault(Kind.UPSTREAM_UNINTELLIGIBLE, "broke off")]


@pytest.mark.parametrize("lost", LOST, ids=["timed out", "cut off", "half an answer"])
async def test_a_lost_answer_is_said_to_be_lost_and_nothing_is_sent_again(it: Exchange, lost: Fault) -> None:
    it.upstream.script.append(lost)
    assert (await refused(it)).fault.kind is lost.kind
    for _ in range(2):
        heard = await refused(it)
        assert (heard.fault.kind, heard.fault.status) == (Kind.IDEMPOTENCY_UNKNOWN, 409)
        assert heard.fault.retry_after is None
        assert "new key" in heard.fault.detail
        await asyncio.sleep(KEPT / 3)
    assert len(it.asked) == 1
    assert (await refused(it, body=b"{}")).fault.kind is Kind.IDEMPOTENCY_MISMATCH


@pytest.mark.parametrize(
    "status", [error(400, 18), error(404, 14), error(500, 19)], ids=["mistake", "no such", "failure"]
)
async def test_an_error_of_the_upstream_is_an_answer(it: Exchange, status: Response) -> None:
    it.upstream.script.append(status)
    first, again = await post(it), await post(it, accept=XML)
    assert (first.status, again.status, again[REPLAYED]) == (status.status, status.status, "true")
    assert len(it.asked) == 1


@pytest.mark.parametrize(
    "refusal", [error(400, 11), error(503, 4), error(418, 5), error(401, 9)], ids=["spent", "closed", "banned", "token"]
)
async def test_what_the_upstream_refused_frees_the_key(it: Exchange, refusal: Response) -> None:
    it.upstream.script.append(refusal)
    await refused(it)
    assert await kept(it) == []


async def test_too_fast_is_sent_again_under_the_same_claim(it: Exchange) -> None:
    it.upstream.script.append(error(400, 12))
    first = it.later(post(it, by=caller(patience=100.0)))
    await asyncio.sleep(10)
    assert [idempotency.load(text).stage for text in await kept(it)] == ["waiting"]
    assert (await first).status == 201
    assert (await post(it))[REPLAYED] == "true"
    assert len(it.asked) == 2


async def test_what_never_left_frees_the_key(it: Exchange) -> None:
    it.upstream.script += [unreachable()] * 3
    await refused(it)
    assert await kept(it) == []
    assert (await post(it)).status == 201


async def test_who_leaves_the_line_frees_the_key() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        heard = await refused(it, by=caller(patience=5.0))
        assert heard.fault.kind is Kind.WAIT_TOO_LONG
        waiting = it.later(post(it, by=caller(patience=100.0)))
        await asyncio.sleep(5)
        assert len(await kept(it)) == 1
        waiting.cancel()
        await asyncio.sleep(1)
        assert await kept(it) == []
        assert it.asked == [f"GET {TARGET}"]


async def test_a_key_is_forgotten_after_a_day(it: Exchange) -> None:
    await post(it)
    await asyncio.sleep(KEPT - 10)
    assert (await post(it))[REPLAYED] == "true"
    assert len(await kept(it)) == 1
    await asyncio.sleep(3700)
    assert await kept(it) == [], "it was swept"
    assert (await post(it))[REPLAYED] is None
    assert len(it.asked) == 2


@pytest.mark.parametrize("field", ["", '""', '"a', "a, b", "x" * 256])
async def test_a_malformed_key_is_a_mistake(it: Exchange, field: str) -> None:
    heard = await refused(it, idempotency_key=field)
    assert (heard.fault.kind, heard.fault.status, it.asked) == (Kind.MALFORMED, 400, [])


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
async def test_other_methods_pass_as_without_a_key(it: Exchange, method: str) -> None:
    for _ in range(2):
        assert (await it.ask(method, "/personcontact/5/", idempotency_key="not, a key"))[REPLAYED] is None
    assert await kept(it) == []


async def test_who_has_no_key_does_not_pay_for_it(it: Exchange) -> None:
    it.records.away = True
    assert (await it.post()).status == 201
    assert (await it.post("/unknown/")).status == 201


async def test_other_callers_have_keys_of_their_own(it: Exchange) -> None:
    for by in (caller(), caller("other"), caller(account="globex"), caller(lent=False), caller(lent=False, token="t")):
        assert (await post(it, by=by))[REPLAYED] is None
        assert (await post(it, by=by))[REPLAYED] == "true"
    assert len(it.asked) == 5


async def test_neither_key_nor_credential_is_in_a_record(it: Exchange) -> None:
    it.upstream.script.append(answer(fields={"Set-Cookie": "session=1"}))
    await post(it)
    (place, text), *_ = await it.records.scan(KIND, most=1)
    assert KEY.strip('"') not in place + text
    assert orjson.loads(text)[:2] == [1, "done"]
    for secret in (caller().authorization or "", "session"):
        assert secret not in text


async def test_an_answer_that_is_no_document_is_given_again_byte_for_byte(it: Exchange) -> None:
    it.upstream.script.append(plain(b"\xff\x00", "image/png", fields={"X-Kept": "1"}))
    asking: dict[str, Any] = {"accept": "image/png"}
    first, again = await post(it, "/document/1/", **asking), await post(it, "/document/1/", **asking)
    assert (again.body, again["content-type"], again["x-kept"]) == (first.body, "image/png", "1")
    assert again[REPLAYED] == "true"
