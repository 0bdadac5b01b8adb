from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.adapters.memory import MemoryEntries, MemoryLedger, MemoryRecords, MemoryUsage
from gateway.app import walking
from gateway.app.events import Hearing
from gateway.app.stores import Stores
from gateway.exchange.background import Background, Run
from gateway.exchange.cache import Cache
from gateway.exchange.line.gate import AccountRule, EgressRule, Gate
from gateway.exchange.line.outlook import Outlook
from gateway.exchange.rendering import Renderer, Rendition
from gateway.policy import catalogue
from gateway.policy.caching.entry import Selector
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Response
from gateway.policy.names import AccountName, CacheKey
from gateway.settings import Settings
from tests.app.configured import settings
from tests.exchange.test_cache import entry
from tests.fakes.exchange import caller, request, trace
from tests.fakes.outbox import FakeOutbox
from tests.fakes.upstream import JSON, XML, FakeUpstream
from tests.fakes.watch import FakeWatch


def unheard(_name: str, /, *, level: str = "info", **_fields: Any) -> None:
    assert level


class Assembled:
    """A walk as the assembly makes it, before a pretended upstream."""

    def __init__(self, of: Settings) -> None:
        self.upstream, self.watch = FakeUpstream(), FakeWatch()
        self.upstream.latency = 0.0
        self.beside: dict[str, Run] = {}
        self._background = Background(lambda name, error: None)
        self._gate = Gate(
            MemoryLedger(),
            EgressRule("office", 0, 60.0),
            {AccountName("acme"): AccountRule()},
            backlog=10,
            hold=5.0,
            new_lease_id=lambda: "id",
            spawn=self._background.spawn,
        )
        memory = MemoryEntries[Rendition](1_000_000)
        self.stages = walking.stages(
            of,
            rows=catalogue.load(),
            cache=Cache(memory, None),
            renderer=Renderer(self._background, memory.grew),
            gate=self._gate,
            send=self.upstream.send,
            watch=self.watch,
            background=self._background,
            records=MemoryRecords(),
            beside=self.beside,
            hearing=Hearing(FakeOutbox(), Outlook(self._gate, unheard), self.watch.noticed, unheard),
        )

    async def ask(self, method: str, target: str, body: bytes = b"", **fields: Any) -> Response:
        return await self.stages.walk.handle(request(method, target, body, **fields), caller(), trace())


async def test_the_stages_share_one_cache_and_one_gate(tmp_path: Path) -> None:
    it = Assembled(settings(tmp_path))
    for accept in (JSON, XML):
        await it.ask("GET", "/personcontact/", accept=accept)
    await it.ask("POST", "/personcontact/", b"{}", content_type=JSON, accept=JSON)
    await it.ask("GET", "/personcontact/", accept=XML)
    await it.ask("GET", "/unknown/")
    assert it.upstream.asked == ["GET /personcontact/", "POST /personcontact/", "GET /personcontact/", "GET /unknown/"]
    assert [resource for _, _, resource, _ in it.watch.requests] == [
        "personcontact",
        "personcontact",
        "personcontact",
        "other",
    ]
    assert ("personcontact", "write") in it.watch.drops


@pytest.mark.parametrize("form", ["json", "xml"])
async def test_the_upstream_is_asked_for_the_configured_format(tmp_path: Path, form: str) -> None:
    it = Assembled(settings(tmp_path, upstream__format=form))
    await it.ask("GET", "/personcontact/", accept=JSON)
    await it.ask("POST", "/personcontact/", b"<personcontact/>", content_type=XML, accept=JSON)
    assert [seen.headers.get("accept") for seen in it.upstream.seen] == [f"application/{form}"] * 2


async def test_bodies_are_bounded_as_configured(tmp_path: Path) -> None:
    it = Assembled(settings(tmp_path, server__max_body="20B"))
    with pytest.raises(Fault) as caught:
        await it.ask("POST", "/personcontact/", b'{"name":"' + b"x" * 20 + b'"}', content_type=JSON, accept=JSON)
    assert caught.value.kind in (Kind.MALFORMED, Kind.TOO_LARGE)
    assert it.upstream.asked == []


async def test_the_stages_go_by_other_settings_when_they_are_told(tmp_path: Path) -> None:
    it = Assembled(settings(tmp_path))
    assert set(it.beside) == {"departures", "idempotency", "polls", "quota events", "warming"}
    await it.ask("GET", "/personcontact/", accept=JSON)
    other = settings(tmp_path, cache__warm="3", cache__warm_reserve="0.5", cache__verify="1.0", cache__read_ahead="7")
    it.stages.follow(other, catalogue.load({"personcontact": {"fresh": 0.0}}))
    assert (it.stages.warming.most, it.stages.warming.reserve) == (3, 0.5)
    assert (it.stages.checking.sampling.part, it.stages.runs.rows) == (1.0, 7)
    await it.ask("GET", "/personcontact/?limit=3", accept=JSON)
    await it.ask("GET", "/personcontact/?limit=3", accept=JSON)
    assert it.upstream.asked[1:] == ["GET /personcontact/?limit=3"] * 2, "nothing of it is fresh for any time now"


async def test_events_go_by_other_settings_too(tmp_path: Path) -> None:
    it = Assembled(settings(tmp_path))
    events = it.stages.events
    assert events.polling is not None
    assert events.looking is not None
    assert set(events.polling.callers) == {"acme"}, "the other account has no token"
    other = settings(
        tmp_path,
        events__interval="7m",
        events__share="0.5",
        events__warn="[0.5]",
        accounts__globex__token="globexadm01",
    )
    rows = catalogue.load()
    it.stages.follow(other, rows)
    assert (events.polling.interval, events.polling.share, events.looking.interval) == (420.0, 0.5, 420.0)
    assert (set(events.polling.callers), events.quota.levels) == ({"acme", "globex"}, (0.5,))
    assert events.looking.catalogue is rows


class Others:
    """Other replicas, as far as this one hears of them."""

    def __init__(self) -> None:
        self.heard = True
        self.dropped: Callable[[Selector], None] = lambda _: None

    def current(self) -> bool:
        return self.heard

    async def run(self, dropped: Callable[[Selector], None]) -> None:
        self.dropped = dropped


def stores(others: Others | None) -> Stores:
    return Stores(MemoryLedger(), MemoryEntries[bytes](1_000_000), MemoryUsage(), MemoryRecords(), others)


async def test_where_others_write_their_drops_are_made_here_and_memory_is_served_while_they_are_heard() -> None:
    others, looks, beside = Others(), list[None](), dict[str, Run]()
    cache = walking.cache(MemoryEntries[Rendition](1_000_000), stores(others), lambda: looks.append(None), beside)
    await beside["drops"]()
    await cache.keep(entry("a"), 0)
    assert cache.peek(CacheKey("a")) is not None
    others.heard = False
    assert cache.peek(CacheKey("a")) is None
    others.heard = True
    others.dropped(Selector(account=AccountName("acme"), resources=frozenset({"client"})))
    assert cache.peek(CacheKey("a")) is None
    assert looks == []
    others.dropped(Selector())
    assert looks == [None], "what was missed may be more than drops"


async def test_where_nobody_else_writes_nothing_is_watched() -> None:
    beside = dict[str, Run]()
    cache = walking.cache(MemoryEntries[Rendition](1_000_000), stores(None), lambda: None, beside)
    await cache.keep(entry("a"), 0)
    assert cache.peek(CacheKey("a")) is not None
    assert beside == {}
