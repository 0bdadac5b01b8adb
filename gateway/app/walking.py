"""The walk put together: its stages, from the adapters to the delivery."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from gateway.app.events import Eventing, Hearing
from gateway.app.stores import Stores
from gateway.exchange.background import Background, Run
from gateway.exchange.cache import Cache, Memory
from gateway.exchange.coalescer import Coalescer
from gateway.exchange.copies import Copies
from gateway.exchange.delivery import Delivery
from gateway.exchange.fetch import Fetch
from gateway.exchange.line.gate import Gate
from gateway.exchange.passing.passage import Passage
from gateway.exchange.reading.checking import Checking, Sampling
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.filling import Filling
from gateway.exchange.reading.lists import Lists
from gateway.exchange.reading.reads import Reads
from gateway.exchange.reading.runs import Runs
from gateway.exchange.reading.warming import Warming
from gateway.exchange.rendering import Renderer
from gateway.exchange.walk import Accept, Walk
from gateway.exchange.writing.departures import Departures
from gateway.exchange.writing.effects import Effects
from gateway.exchange.writing.idempotency import Idempotency
from gateway.exchange.writing.writes import Writes
from gateway.policy.caching.entry import Selector
from gateway.policy.catalogue import Catalogue
from gateway.policy.names import AccountName
from gateway.policy.negotiation import Representation
from gateway.policy.translation.malformed import Limits
from gateway.ports import Fills, Records, Send, Watch
from gateway.settings import Settings

MAX_ANSWER = 512 * 1024 * 1024
"""Bytes of the longest upstream answer that is read; the service has no cap on the rows of a list."""

LATEST_END = 8.0
"""Seconds after the upstream's time-out by which a request has ended in any case, what is written before it leaves
(a job, an idempotent write, a note) included."""


@dataclass(frozen=True, slots=True)
class Stages:
    """The walk, and those of its stages that go by settings which may change while it runs."""

    walk: Walk
    runs: Runs
    checking: Checking
    warming: Warming
    departures: Departures
    events: Eventing

    def follow(self, settings: Settings, rows: Catalogue) -> None:
        """Go by other rules from now on."""
        self.walk.follow(rows)
        self.runs.rows = settings.cache.read_ahead
        self.checking.sampling = replace(self.checking.sampling, part=settings.cache.verify)
        self.warming.most, self.warming.reserve = settings.cache.warm, settings.cache.warm_reserve
        self.events.follow(settings, rows)


def cache(memory: Memory, stores: Stores, look: Callable[[], None], beside: dict[str, Run]) -> Cache:
    """Put memory above the durable store; where other replicas write too, what hears of it is put into `beside`.

    `look` at the ledger is taken when the shared store was away: it may have forgotten what was spent.
    """
    if stores.elsewhere is None:
        return Cache(memory, stores.durable)
    made = Cache(Copies(memory, stores.elsewhere.current), stores.durable)

    def dropped(selector: Selector) -> None:
        made.dropped_elsewhere(selector)
        if selector == Selector():
            look()

    beside["drops"] = partial(stores.elsewhere.run, dropped)
    return made


def stages(
    settings: Settings,
    *,
    rows: Catalogue,
    cache: Cache,
    renderer: Renderer,
    gate: Gate,
    send: Send,
    watch: Watch,
    background: Background,
    records: Records,
    beside: dict[str, Run],
    hearing: Hearing,
    accept: Accept | None = None,
    fills: Fills | None = None,
) -> Stages:
    """Put the stages together; all of them share one cache, one gate and one clock.

    To `beside` is added, by name, what is to run while the gateway does. `accept` takes requests on as jobs.
    """
    form = Representation(settings.upstream.format)
    fetch = Fetch(gate=gate, send=send, clock=time.time, watch=watch)
    documents = Documents(
        cache=cache,
        fetch=fetch,
        coalescer=Coalescer(background),
        clock=time.time,
        form=form,
        max_answer=MAX_ANSWER,
        filling=None if fills is None else Filling(fills, cache, time.time),
    )
    warming = Warming(
        documents=documents,
        gate=gate,
        clock=time.time,
        most=settings.cache.warm,
        reserve=settings.cache.warm_reserve,
    )
    beside["warming"] = warming.run
    events = Eventing(settings, hearing, rows=rows, records=records, gate=gate, spawn=background.spawn)
    lists = Lists(
        documents=documents, cache=cache, clock=time.time, used=warming.used, collected=events.noticing.collected
    )
    beside |= events.watches(lists, fetch, max_answer=MAX_ANSWER)
    runs = Runs(documents=documents, cache=cache, clock=time.time, rows=settings.cache.read_ahead)
    sampling = Sampling(settings.cache.verify, random.random, partial(_plentiful, gate))
    checking = Checking(
        documents=documents, lists=lists, background=background, watch=watch, sampling=sampling, clock=time.time
    )
    effects = Effects(catalogue=rows, cache=cache, watch=watch, wrote=events.noticing.wrote)
    hold, new_id = settings.upstream.timeout + LATEST_END, partial(secrets.token_hex, 8)
    idempotency = Idempotency(records, hold=hold, new_id=new_id)
    departures = Departures(records, hold=hold, new_id=new_id, drop=effects.unknown)
    beside["idempotency"], beside["departures"] = idempotency.run, departures.run
    walk = Walk(
        catalogue=rows,
        reads=Reads(documents=documents, lists=lists, runs=runs, checking=checking),
        writes=Writes(
            effects=effects,
            departures=departures,
            fetch=fetch,
            coalescer=Coalescer(background),
            idempotency=idempotency,
            form=form,
            limits=Limits(size=settings.server.max_body),
            max_answer=MAX_ANSWER,
        ),
        passage=Passage(
            cache=cache,
            fetch=fetch,
            coalescer=Coalescer(background),
            clock=time.time,
            origin=settings.upstream.url,
            effects=effects,
            departures=departures,
            idempotency=idempotency,
        ),
        delivery=Delivery(renderer),
        clock=time.time,
        accept=accept,
    )
    return Stages(walk, runs, checking, warming, departures, events)


def _plentiful(gate: Gate, account: AccountName) -> bool:
    """Nobody waits, and more than half of the account's day is left."""
    now = gate.snapshot()
    day = now.accounts.get(account)
    return not any(now.waiting.values()) and (day is None or not day.limit or day.remaining > day.limit / 2)
