"""Which octets may take the express lane: whole requests that begin where a request begins, and no others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.fakes.exchange import Exchange
from tests.fakes.talk import Talk, asking

HIT = asking("GET /personcontact/", "Accept: application/json")


@pytest.fixture
async def talk() -> AsyncIterator[Talk]:
    """A connection on which HIT is known."""
    async with Exchange() as exchange, Talk(exchange) as it:
        await it.say(HIT)
        await it.say(HIT)
        assert it.by_lane == 0
        yield it


async def test_what_is_known_takes_the_lane(talk: Talk) -> None:
    for _ in range(3):
        assert (await talk.say(HIT)).startswith(b"HTTP/1.1 200 ")
    assert talk.by_lane == 3
    assert len(talk.traces) == 5
    assert len(talk.exchange.upstream.seen) == 1


async def test_a_new_connection_knows_what_others_know(talk: Talk) -> None:
    talk.hang_up()
    talk.connect()
    await talk.say(HIT)
    assert talk.by_lane == 1


async def test_after_a_body_the_next_request_may_take_it(talk: Talk) -> None:
    await talk.say(asking("POST /client/", "Content-Type: application/json", body=b'{"name":"x"}'))
    await talk.say(HIT)
    assert talk.by_lane == 1


async def test_a_body_that_looks_like_a_request_is_a_body(talk: Talk) -> None:
    head = asking("POST /client/", "Content-Type: application/json", f"Content-Length: {len(HIT)}")
    answer = await talk.say(head, HIT)
    assert talk.by_lane == 0
    assert answer.count(b"HTTP/1.1") == 1
    assert talk.traces[-1].method == "POST"


CHUNKED = asking("POST /client/", "Content-Type: application/json", "Transfer-Encoding: chunked")
BROKEN = [
    b"2\r\n{}\r\nZZ\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}XX0\r\n\r\n",
    b"2\r\n{}\r\n-2\r\n{}\r\n0\r\n\r\n",
    b"2\r\n{}\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n",
    b"2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
]


@pytest.mark.parametrize("body", BROKEN)
async def test_a_broken_body_is_answered_at_once_wherever_it_is_cut(talk: Talk, body: bytes) -> None:
    began, before = asyncio.get_running_loop().time(), len(talk.exchange.upstream.seen)
    for cut in range(len(body)):
        answer = await talk.say(CHUNKED + body[:cut], body[cut:])
        assert answer.split(b" ")[1] == b"400", cut
        assert (answer.count(b"HTTP/1."), b"\r\nConnection: close\r\n" in answer) == (1, True)
        assert talk.transport.is_closing()
        talk.connection.data_received(b"what comes after it")
    assert asyncio.get_running_loop().time() == began
    assert len(talk.exchange.upstream.seen) == before


async def test_a_broken_body_behind_a_request_that_is_answered_first_waits_for_nobody(talk: Talk) -> None:
    talk.exchange.upstream.latency = 5.0
    answers = await talk.say(asking("GET /client/"), CHUNKED + b"2\r\n{", b"}\r\nZZ", answers=2)
    assert [part[:3] for part in answers.split(b"HTTP/1.1 ")[1:]] == [b"200", b"400"]
    assert talk.transport.is_closing()


async def test_what_breaks_behind_a_whole_body_does_not_spoil_it(talk: Talk) -> None:
    talk.exchange.upstream.latency = 5.0
    answer = await talk.say(CHUNKED + b"2\r\n{", b"}\r\n0\r\n\r\n", b"\0\0\0")
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert (talk.traces[-1].method, talk.transport.is_closing()) == ("POST", True)


@pytest.mark.parametrize("cut", [1, 20, len(HIT) - 1])
async def test_a_request_in_two_parts_goes_the_long_way_and_so_do_all_that_follow(talk: Talk, cut: int) -> None:
    assert (await talk.say(HIT[:cut], HIT[cut:])).count(b"HTTP/1.1 200") == 1
    await talk.say(HIT)
    assert talk.by_lane == 0


async def test_pipelined_requests_are_answered_in_order(talk: Talk) -> None:
    other = asking("GET /client/")
    answer = await talk.say(other, HIT, answers=2)
    assert answer.index(b'"client"' if b'"client"' in answer else b"<client") < answer.index(b'"personcontact"')
    assert talk.by_lane == 0
    assert (await talk.say(HIT + HIT, answers=2)).count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("trailer", [b"", b"X-Api-Key: somebody-else\r\n"])
async def test_a_chunked_body_ends_the_connection(talk: Talk, trailer: bytes) -> None:
    """The parser would add its last trailer field to the head of the next request, whoever's that is."""
    chunked = asking("POST /client/", "Content-Type: application/json", "Transfer-Encoding: chunked")
    sent = chunked + b'c\r\n{"name":"x"}\r\n0\r\n' + trailer + b"\r\n"
    answer = await talk.say(sent + HIT, answers=2)
    assert answer.startswith(b"HTTP/1.1 20")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in answer
    assert talk.transport.is_closing()


@pytest.mark.parametrize("field", ["Connection: close", "Expect: 100-continue", "Upgrade: x"])
async def test_what_is_about_the_connection_is_aiohttps(talk: Talk, field: str) -> None:
    odd = asking("GET /personcontact/", "Accept: application/json", field)
    for _ in range(3):
        assert b"HTTP/1.1 200 " in await talk.say(odd)
    assert talk.by_lane == 0


async def test_an_old_client_goes_the_long_way(talk: Talk) -> None:
    old = asking("GET /personcontact/", "Accept: application/json", "Connection: keep-alive")
    for _ in range(3):
        assert (await talk.say(old.replace(b"HTTP/1.1", b"HTTP/1.0"))).startswith(b"HTTP/1.0 200 ")
    assert talk.by_lane == 0


async def test_most_libraries_say_that_they_keep_the_connection(talk: Talk) -> None:
    usual = asking("GET /personcontact/", "Accept: application/json", "Connection: keep-alive")
    for _ in range(3):
        assert b"HTTP/1.1 200 " in await talk.say(usual)
    assert talk.by_lane == 2


async def test_who_does_not_read_is_not_written_to(talk: Talk) -> None:
    talk.connection.pause_writing()
    await talk.say(HIT)
    assert talk.by_lane == 0
    talk.connection.resume_writing()


async def test_who_reads_nothing_for_a_minute_is_hung_up_on(talk: Talk) -> None:
    """What is kept for one who does not read would be kept for good, and so would the connection."""
    talk.transport.unsent = 100_000
    talk.connection.pause_writing()
    await asyncio.sleep(59)
    assert not talk.transport.is_closing()
    await asyncio.sleep(2)
    assert talk.transport.is_closing()


async def test_who_reads_slowly_is_not(talk: Talk) -> None:
    talk.transport.unsent = 100_000
    talk.connection.pause_writing()
    for _ in range(3):
        await asyncio.sleep(31)
        talk.transport.unsent -= 1
    assert not talk.transport.is_closing()


async def test_who_goes_on_reading_is_not_looked_at_any_more(talk: Talk) -> None:
    talk.transport.unsent = 100_000
    talk.connection.pause_writing()
    await asyncio.sleep(10)
    talk.connection.resume_writing()
    await asyncio.sleep(80)
    assert not talk.transport.is_closing()


async def test_a_closing_connection_is_not_written_to(talk: Talk) -> None:
    talk.transport.close()
    talk.transport.written.clear()
    talk.connection.data_received(HIT)
    assert (talk.by_lane, bytes(talk.transport.written)) == (0, b"")


async def test_a_busy_connection_is_never_idle(talk: Talk) -> None:
    """aiohttp closes what has been idle, and knows only of the requests that it saw itself."""
    first = talk.transport
    for _ in range(60):
        await asyncio.sleep(10)
        await talk.say(HIT)
    assert talk.transport is first
    assert talk.by_lane > 30
    await asyncio.sleep(74)
    assert not first.is_closing()
    await asyncio.sleep(40)
    assert first.is_closing()


async def test_octets_above_127_in_a_target_are_taken_as_their_percent_encoding(talk: Talk) -> None:
    raw = asking("GET /client/?search=caf\xe9", "Accept: application/json")
    for _ in range(3):
        assert (await talk.say(raw)).startswith(b"HTTP/1.1 200 ")
    assert talk.by_lane == 1
    assert talk.exchange.upstream.seen[-1].target == "/client/?search=caf%C3%A9"
