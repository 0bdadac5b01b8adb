"""Ten thousand requests that want to add series: unknown keys, paths, methods, fields. None of them goes upstream."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Sequence

from yarl import URL

from gateway.demo.callers import key

CONNECTIONS = 8

Fields = Sequence[str]
Kind = Callable[[str], tuple[str, Fields]]
"""Makes the first line and the fields of one request of a word that nobody has sent before."""


def _a_strangers(word: str) -> tuple[str, Fields]:
    return f"GET /client/{word}/?{word}={word}", [f"X-Api-Key: {word}", f"User-Agent: {word}"]


def _an_unheard_of(word: str) -> tuple[str, Fields]:
    return f"{word.upper()[:12]} /{word}/", [f"X-Api-Key: {word}", f"Accept: application/{word}"]


def _a_path_of_its_own(word: str) -> tuple[str, Fields]:
    return f"GET /{word}/{word}/?q={word}", [f"X-Api-Key: {key('dashboard')}", "Cache-Control: only-if-cached"]


def _a_trace(word: str) -> tuple[str, Fields]:
    return "GET /", [f"traceparent: 00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01", f"X-Request-Id: {word}"]


KINDS: tuple[Kind, ...] = (_a_strangers, _an_unheard_of, _a_path_of_its_own, _a_trace)

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


async def send(url: str, requests: int) -> int:
    """Send so many, of each kind alike; tells how many were answered."""
    shares = [requests // CONNECTIONS + (number < requests % CONNECTIONS) for number in range(CONNECTIONS)]
    return sum(await asyncio.gather(*(_talk(URL(url), share) for share in shares)))


async def _talk(url: URL, requests: int) -> int:
    answered = 0
    reader, writer = await asyncio.open_connection(url.host, url.port)
    for number in range(requests):
        first, fields = KINDS[number % len(KINDS)](f"j{secrets.token_hex(8)}")
        writer.write("\r\n".join([f"{first} HTTP/1.1", "Host: gateway", *fields, "", ""]).encode())
        head = await _answer(reader)
        answered += head.startswith(b"http/1.")
        if b"\r\nconnection: close\r\n" in head:  # what is no HTTP ends the connection
            writer.close()
            reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.close()
    return answered


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = _LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    return head
