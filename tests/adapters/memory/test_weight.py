"""What entries are said to weigh is what they hold: measured, not reckoned."""

from __future__ import annotations

import gc
import tracemalloc
from hashlib import sha256

import pytest

from gateway.adapters.memory import MemoryEntries
from gateway.exchange.rendering import Rendition
from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey

FIELDS = {
    "Date": "Sat, 21 Nov 2026 01:38:00 GMT",
    "Server": "Apache/2.4.41 (Ubuntu)",
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store, no-cache, must-revalidate",
    "Expires": "Thu, 19 Nov 1981 08:52:00 GMT",
    "Content-Length": "2048",
    "X-Powered-By": "PHP/7.4.3",
    "Strict-Transport-Security": "max-age=31536000",
}


def arrived(text: str) -> str:
    """The text as an object of its own, as from a socket."""
    return text.encode().decode()


def made(number: int, size: int, fields: int) -> Entry:
    """An entry that shares nothing with the next."""
    headers = Headers([(arrived(name), arrived(value)) for name, value in list(FIELDS.items())[:fields]])
    received = 1_900_000_000.5 + number
    return Entry(
        CacheKey(sha256(str(number).encode()).hexdigest()),
        AccountName("acme"),
        "client",
        f"/client/{number}/",
        Response(200, headers, bytes(size)),
        received,
        received + 0.25,
        0.5 + number,
        900.0 + number,
        3600.0,
        86400.0,
    )


@pytest.mark.parametrize("fields", [0, 3, 8])
@pytest.mark.parametrize("renditions", [0, 1, 3])
@pytest.mark.parametrize(("size", "number"), [(2_000, 400), (200_000, 40)])
def test_the_books_show_what_is_allocated(size: int, number: int, fields: int, renditions: int) -> None:
    store = MemoryEntries[Rendition](1 << 30)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for entry in (made(index, size, fields) for index in range(number)):
        held = store.keep(entry)
        assert held is not None
        for name in ("json", "xml", "gzip")[:renditions]:
            body = bytes(size // 2)
            held.renditions[f"{name}+identity"] = Rendition(body, f'"{entry.key[:24]}{name}"', "application/json")
            store.grew(held, len(body))
    gc.collect()
    allocated = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert 0.92 * allocated <= store.bytes <= 1.15 * allocated
