"""Several stored responses for one target, in memory and beyond it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gateway.adapters.memory import MemoryEntries
from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Flight
from gateway.exchange.passing.inquiry import Inquiry
from gateway.exchange.passing.variants import Variants
from gateway.exchange.rendering import Rendition
from gateway.policy.caching.entry import Entry
from gateway.policy.caller import Caller
from gateway.policy.messages import Headers, Response
from gateway.policy.names import CacheKey
from tests.fakes.exchange import TOOL, caller, request

OTHERS = caller(token="another")


class Shelf:
    """Variants above a memory, and a second memory in place of a disk."""

    def __init__(self) -> None:
        self.disk = MemoryEntries[Rendition](10_000_000)
        self.restart()

    def restart(self) -> None:
        self.memory = MemoryEntries[Rendition](10_000_000)
        self.cache = Cache(self.memory, self.disk)
        self.variants = Variants(self.cache)

    async def keep(
        self, body: str, by: Caller = TOOL, at: float = 1000.0, said: Any = (), **asked: str
    ) -> Entry | None:
        inquiry = self.inquiry(by, **asked)
        entry = Entry(
            key=CacheKey(""),
            account=by.account,
            resource="other",
            target="/x",
            response=Response(200, Headers(said), body.encode()),
            requested_at=at,
            received_at=at,
            initial_age=0.0,
            lifetime=60.0,
        )
        with self.variants.underway.reading(inquiry.key, by.account, Flight()) as read:
            return await self.variants.keep(entry, inquiry, read, self.cache.generation(by.account, "other"))

    async def find(self, by: Caller = TOOL, **asked: Any) -> str:
        found = await self.variants.find(self.inquiry(by, **asked))
        return found.missed if found.entry is None else found.entry.response.body.decode()

    @staticmethod
    def inquiry(by: Caller, **asked: Any) -> Inquiry:
        return Inquiry(request("GET", "/x", **asked), by, "other")


VARIES = [("Vary", "A")]


async def test_each_variant_is_found_by_its_selecting_fields() -> None:
    """RFC 9111 §4.1."""
    shelf = Shelf()
    assert await shelf.find(a="1") == "uri-miss"
    await shelf.keep("one", said=VARIES, a="1")
    await shelf.keep("two", said=VARIES, a="2", at=1001.0)
    assert [await shelf.find(a=value) for value in "123"] == ["one", "two", "vary-miss"]
    shelf.restart()
    assert [await shelf.find(a=value) for value in "123"] == ["one", "two", "vary-miss"]


async def test_of_several_that_fit_one_that_varies_is_preferred_and_then_the_newest() -> None:
    """RFC 9111 §4.1."""
    shelf = Shelf()
    await shelf.keep("a=1", said=VARIES, a="1")
    await shelf.keep("b=1", said=[("Vary", "B")], a="1", b="1", at=1001.0)
    await shelf.keep("any", at=1002.0)
    assert await shelf.find(a="1", b="1") == "b=1"
    assert await shelf.find(a="1") == "a=1"
    assert await shelf.find(a="2", b="2") == "any"


async def test_what_is_superseded_is_all_that_was_asked_for_earlier() -> None:
    """RFC 9111 §4.3.3: whatever its Vary; what was asked for since then is newer still."""
    shelf = Shelf()
    await shelf.keep("a=1", said=VARIES, a="1")
    await shelf.keep("a=2", said=VARIES, a="2")
    await shelf.keep("b=1", said=[("Vary", "B")], b="1", at=1001.0)
    successor = await shelf.keep("any", at=1002.0)
    await shelf.keep("later", said=[("Vary", "C")], at=1003.0)
    await shelf.variants.supersede(shelf.inquiry(TOOL, a="1", b="1"), successor, asked_at=1002.0)
    assert (await shelf.find(a="1", c="1"), await shelf.find(a="2", c="1")) == ("any", "a=2")
    assert await shelf.find(b="1", c="1") == "any"
    assert await shelf.find(a="1") == "later"


async def test_partitions_do_not_see_each_other() -> None:
    shelf = Shelf()
    await shelf.keep("mine")
    assert await shelf.find(OTHERS) == "uri-miss"
    await shelf.keep("theirs", OTHERS)
    assert (await shelf.find(), await shelf.find(OTHERS)) == ("mine", "theirs")


async def test_an_invalidated_target_is_gone_for_all_and_stays_gone() -> None:
    """RFC 9111 §4.4: in every partition of the account, in memory and on the disk."""
    shelf = Shelf()
    await shelf.keep("one", said=VARIES, a="1")
    await shelf.keep("theirs", OTHERS, said=VARIES, a="1")
    shelf.restart()
    await shelf.variants.invalidate(TOOL.account, ["/x"], frozenset())
    assert (await shelf.find(a="1"), await shelf.find(OTHERS, a="1")) == ("uri-miss", "uri-miss")
    await shelf.keep("two", said=VARIES, a="2", at=2000.0)
    assert await shelf.find(a="1") == "vary-miss", "what was stored before does not come back with what is stored after"


async def test_variants_that_are_invalidated_make_room_at_once() -> None:
    shelf = Shelf()
    await shelf.keep("one", said=VARIES, a="1")
    await shelf.variants.invalidate(TOOL.account, ["/x"], frozenset())
    assert (shelf.memory.entries, shelf.disk.entries) == (0, 0)


async def test_one_response_is_forgotten_and_the_others_stay() -> None:
    shelf = Shelf()
    one = await shelf.keep("one", said=VARIES, a="1")
    await shelf.keep("two", said=VARIES, a="2")
    assert one is not None
    await shelf.variants.forget(one)
    assert (await shelf.find(a="1"), await shelf.find(a="2")) == ("vary-miss", "two")


async def test_the_number_of_variants_is_bounded() -> None:
    shelf = Shelf()
    for number in range(70):
        await shelf.keep(f"{number}", said=VARIES, a=f"{number}", at=1000.0 + number)
    assert (await shelf.find(a="5"), await shelf.find(a="6"), await shelf.find(a="69")) == ("vary-miss", "6", "69")
    assert shelf.memory.entries == 65


async def test_what_an_invalidation_overtook_is_not_stored() -> None:
    shelf = Shelf()
    inquiry, flight = shelf.inquiry(TOOL), Flight[Any]()
    flight.sent = True
    entry = await shelf.keep("old")
    assert entry is not None
    with shelf.variants.underway.reading(inquiry.key, TOOL.account, flight) as read:
        await shelf.variants.invalidate(TOOL.account, ["/x"], frozenset())
        assert await shelf.variants.keep(entry, inquiry, read, 0) is None
    assert await shelf.find() == "uri-miss"


GROUPED = [("Cache-Groups", '"g", "h"')]


async def test_a_group_is_invalidated_everywhere_and_those_after_it_are_not() -> None:
    """RFC 9875 §3."""
    shelf = Shelf()
    await shelf.keep("mine", said=GROUPED)
    await shelf.keep("theirs", OTHERS, said=[("Cache-Groups", '"h"')])
    assert (await shelf.find(), await shelf.find(OTHERS)) == ("mine", "theirs")
    await shelf.variants.invalidate(TOOL.account, [], frozenset({"g"}))
    assert (await shelf.find(), await shelf.find(OTHERS)) == ("uri-miss", "theirs")
    shelf.restart()
    assert (await shelf.find(), await shelf.find(OTHERS)) == ("uri-miss", "theirs")
    await shelf.keep("new", said=GROUPED, at=2000.0)
    assert await shelf.find() == "new"


async def test_a_member_whose_groups_mark_is_lost_is_not_used() -> None:
    shelf = Shelf()
    kept = await shelf.keep("mine", said=GROUPED)
    assert kept is not None
    choices = shelf.memory.peek(shelf.inquiry(TOOL).key)
    assert choices is not None
    shelf.disk, entries = MemoryEntries[Rendition](10_000_000), (kept, choices.entry)
    shelf.restart()
    for entry in entries:
        await shelf.cache.keep(replace(entry), 0)
    assert await shelf.find() == "uri-miss"
