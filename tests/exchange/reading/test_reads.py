"""Reads: one entry for both formats, one request for all who ask, and nobody harmed by who leaves."""

from __future__ import annotations

import asyncio

import pytest

from gateway.exchange import rendering
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.negotiation import Representation
from gateway.policy.trace import Outcome
from gateway.policy.translation.document import Document
from tests.fakes.exchange import TOOL, Exchange, Heard, caller
from tests.fakes.service import ServiceUpstream
from tests.fakes.upstream import JSON, XML, error, plain, timed_out, unreachable

ADMIN = caller(token="acmeadmin01")


async def test_the_first_asks_and_the_others_hit_in_either_format() -> None:
    async with Exchange() as it:
        miss = await it.get()
        assert (miss.cache_status, miss["age"], miss.trace.cost) == (
            "fwd=uri-miss; fwd-status=200; stored; ttl=899",
            None,
            1,
        )
        await asyncio.sleep(10)
        hit, other = await it.get(), await it.get(accept=XML)
        for heard in (hit, other):
            assert (heard.cache_status, heard["age"], heard.trace.cost) == ("hit; ttl=889", "11", 0)
            assert (heard.trace.queued, heard.trace.upstream) == (None, None)
        assert hit.body == miss.body
        assert b"<name>revision 1</name>" in other.body
        assert (it.asked, it.spent()) == (["GET /personcontact/"], 1)


async def test_the_upstream_sees_the_accounts_credential_and_nothing_of_the_one_caller() -> None:
    async with Exchange() as it:
        await it.get(
            user_agent="tool/1",
            cookie="a=b",
            x_api_key="key",
            if_none_match='"x"',
            cache_control="no-cache",
            range="0-",
        )
        (seen,) = it.upstream.seen
        assert dict(seen.headers) == {
            "Accept": JSON,
            "Accept-Encoding": "gzip",
            "Authorization": TOOL.authorization,
        }


@pytest.mark.parametrize("other", ["/personcontact", "/personcontact/?", "/personcontact?"])
async def test_the_final_slash_is_no_other_document(other: str) -> None:
    async with Exchange() as it:
        await it.get("/personcontact/")
        assert (await it.get(other)).trace.outcome is Outcome.HIT


async def test_the_order_of_the_query_is_no_other_document_but_its_values_are() -> None:
    async with Exchange() as it:
        await it.get("/personcontact/?limit=5&active=t")
        assert (await it.get("/personcontact/?active=t&limit=5")).trace.outcome is Outcome.HIT
        assert (await it.get("/personcontact/?active=f&limit=5")).trace.outcome is Outcome.MISS
        assert (await it.get("/personcontact/5/")).trace.outcome is Outcome.MISS


async def test_apps_of_one_token_share_and_others_do_not() -> None:
    async with Exchange() as it:
        await it.get()
        assert (await it.get(by=caller("another"))).trace.cost == 0
        for stranger in (caller(token="another"), caller(account="globex")):
            assert (await it.get(by=stranger)).trace.cost == 1


async def test_head_and_get_share() -> None:
    async with Exchange() as it:
        head = await it.ask("HEAD", "/personcontact/")
        assert (it.asked, head.status) == (["GET /personcontact/"], 200)
        assert (await it.get()).body == head.body, "the edge leaves the body out, and needs its length"
        assert it.spent() == 1


async def test_fifty_cold_callers_in_both_formats_cost_one() -> None:
    async with Exchange() as it:
        heard: list[Heard] = await asyncio.gather(*(it.get(accept=accept) for accept in (JSON, XML) * 25))
        assert it.asked == ["GET /personcontact/"]
        assert sorted(each.trace.cost for each in heard) == [0] * 49 + [1]
        statuses = {each.cache_status for each in heard if each.trace.cost == 0}
        assert statuses == {"fwd=uri-miss; fwd-status=200; stored; collapsed; ttl=899"}
        assert {each.trace.outcome for each in heard} == {Outcome.MISS, Outcome.COLLAPSED}
        assert len({each.body for each in heard}) == 2
        assert {each["age"] for each in heard} == {None}


async def test_callers_of_another_credential_are_not_collapsed() -> None:
    async with Exchange() as it:
        await asyncio.gather(it.get(), it.get(by=caller(token="another")), it.get(by=caller(account="globex")))
        assert len(it.asked) == 3


async def test_the_first_caller_hangs_up_and_the_others_are_served() -> None:
    async with Exchange() as it:
        callers = [it.later(it.get()) for _ in range(50)]
        await asyncio.sleep(0.5)
        callers[0].cancel()
        heard = await asyncio.gather(*callers[1:])
        assert {each.name for each in heard} == {"revision 1"}
        assert it.spent() == 1


async def test_all_hang_up_after_sending_and_the_answer_is_stored() -> None:
    async with Exchange() as it:
        callers = [it.later(it.get()) for _ in range(3)]
        await asyncio.sleep(0.5)
        for each in callers:
            each.cancel()
        await asyncio.sleep(1)
        assert (await it.get()).trace.outcome is Outcome.HIT
        assert it.spent() == 1


async def test_all_hang_up_in_line_and_nothing_is_sent() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        callers = [it.later(it.get("/project/", by=caller(patience=100.0))) for _ in range(3)]
        await asyncio.sleep(5)
        assert sum(it.gate.snapshot().waiting.values()) == 1
        for each in callers:
            each.cancel()
        await asyncio.sleep(200)
        assert (it.asked, it.spent()) == (["GET /personcontact/"], 1)


async def test_patience_ends_with_the_time_to_come_back() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        for prefer, wait in (("wait=5", 5), ("wait=99", 30)):
            with pytest.raises(Fault) as caught:
                await it.get("/project/", prefer=prefer)
            assert (caught.value.kind, caught.value.status) == (Kind.WAIT_TOO_LONG, 429)
            assert f"the patience {wait} s" in caught.value.detail
            assert (caught.value.retry_after or 0) > 50
        heard = await it.get("/project/", by=caller(patience=300.0))
        assert heard.trace.queued == pytest.approx(60, abs=2)


async def test_a_patient_caller_is_not_refused_by_the_patience_of_who_asked_first() -> None:
    async with Exchange(limit=1) as it:
        await it.get()
        first, second = await asyncio.gather(
            it.get("/project/", prefer="wait=5"), it.get("/project/", by=caller(patience=300.0)), return_exceptions=True
        )
        assert isinstance(first, Fault)
        assert isinstance(second, Heard), second


async def test_a_mistake_reaches_the_caller_in_its_format_and_is_never_stored() -> None:
    async with Exchange() as it:
        it.upstream.script += [error(400, 17), error(404, 10)]
        heard = await it.get("/personcontact/?bogus=1", accept=XML)
        assert (heard.status, heard["content-type"]) == (400, f"{XML}; charset=utf-8")
        assert b"<code>17</code>" in heard.body
        assert (await it.get("/personcontact/999/")).status == 404
        assert (await it.get("/personcontact/999/")).cache_status == "fwd=uri-miss; fwd-status=200; stored; ttl=899"
        assert it.spent() == 3


async def test_what_cannot_be_parsed_passes_unchanged_and_is_never_stored() -> None:
    async with Exchange() as it:
        odd = plain(b"<html>maintenance</html>", "text/html")
        it.upstream.script += [odd, odd]
        for accept in (JSON, XML):
            heard = await it.get(accept=accept)
            assert heard.response == odd
        assert len(it.asked) == 2


@pytest.mark.parametrize("path", ["/timer/", "/quota/", "/task/?overdue=t", "/tasknote/"])
async def test_answers_that_move_with_the_clock_are_shared_in_flight_only(path: str) -> None:
    async with Exchange() as it:
        first, second = await asyncio.gather(it.get(path), it.get(path))
        assert (first.trace.outcome, second.trace.outcome) == (Outcome.BYPASS, Outcome.COLLAPSED)
        third = await it.get(path)
        assert third.cache_status == "fwd=bypass; fwd-status=200"
        assert third["cache-control"] == "no-store"
        assert len(it.asked) == 2


@pytest.mark.parametrize("accept", [JSON, XML])
async def test_an_upstream_that_is_asked_for_xml_serves_both(accept: str) -> None:
    async with Exchange(form=Representation.XML) as it:
        body = (
            b'<intervals personid="7" status="OK" code="200" listcount="1"><personcontact><item><id>1</id>'
            b"<name>Acme</name><notes/><fax></fax></item></personcontact></intervals>"
        )
        it.upstream.script.append(plain(body, XML))
        await it.get(accept=accept)
        assert it.upstream.seen[0].headers.get("accept") == XML
        assert (await it.get()).name == "Acme"
        assert b"<notes/><fax></fax>" in (await it.get(accept=XML)).body
        assert it.spent() == 1


@pytest.mark.parametrize(("fault", "cost"), [(timed_out(), 1), (unreachable(), 0)])
async def test_an_answer_that_was_lost_is_told_with_its_cost(fault: Fault, cost: int) -> None:
    async with Exchange() as it:
        it.upstream.script += [fault] * 3
        heard = await it.refused("GET", "/personcontact/")
        assert (heard.fault.kind, heard.trace.cost) == (fault.kind, cost)
        assert it.spent() == cost


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Document]:
    """The answers that are parsed from now on."""
    documents: list[Document] = []
    read = rendering.document

    async def noting(answer: Response) -> Document:
        documents.append(await read(answer))
        return documents[-1]

    monkeypatch.setattr(rendering, "document", noting)
    return documents


async def test_what_a_list_has_learnt_from_is_taken_apart_in_steps(parsed: list[Document]) -> None:
    """Freed at once, an answer of 20,000 rows held up all others for 10 to 50 ms."""
    async with Exchange(service=ServiceUpstream()) as it:
        await it.get("/client/", by=ADMIN)
        parsed.clear()
        await it.get("/client/?sortfield=name&sortdir=ASC", by=ADMIN)
    assert [document.fields["client"] for document in parsed] == [[], []]  # to be stored, and to be learnt from


async def test_an_answer_that_cannot_teach_anything_is_parsed_once(parsed: list[Document]) -> None:
    async with Exchange(service=ServiceUpstream()) as it:
        await it.get("/client/", by=ADMIN)
        parsed.clear()
        await it.get("/client/?search=a", by=ADMIN)
        assert len(parsed) == 1
