"""A whole exchange before a pretended upstream: the stages as the gateway assembles them, a fake ledger, one clock."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from types import SimpleNamespace, TracebackType
from typing import Any, Self
from unittest.mock import patch

import orjson

from gateway.adapters.memory import MemoryEntries
from gateway.app import events, walking
from gateway.app.events import Hearing
from gateway.exchange.background import Background, Run
from gateway.exchange.cache import Cache
from gateway.exchange.fetch import Fetch
from gateway.exchange.line.gate import AccountRule, EgressRule, Gate
from gateway.exchange.line.outlook import Outlook
from gateway.exchange.rendering import Renderer, Rendition
from gateway.exchange.walk import Accept
from gateway.policy import catalogue
from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.names import AccountName, AppName
from gateway.policy.negotiation import Representation
from gateway.policy.trace import Trace
from gateway.ports import Outbox
from gateway.settings import Settings
from tests.fakes.ledger import FakeLedger
from tests.fakes.outbox import FakeOutbox
from tests.fakes.records import FakeRecords
from tests.fakes.service import ServiceUpstream
from tests.fakes.upstream import JSON, FakeUpstream
from tests.fakes.watch import FakeWatch

NOON = 20_000 * 86_400.0 + 43_200.0
"""Some day, 12:00 GMT."""

MAX_ANSWER = 10_000_000
ROWS = catalogue.load()


def caller(app: str = "tool", *, account: str = "acme", token: str = "token", **changes: Any) -> Caller:
    """An app whose requests go out under a token; apps with the same token share what is stored."""
    owner = AccountName(account)
    authorization = "Basic " + base64.b64encode(f"{token}:X".encode()).decode()
    partition = cachekey.partition(owner, authorization)
    options = {"authorization": authorization, "lent": True, "patience": 30.0, **changes}
    return Caller(app=AppName(app), account=owner, partition=partition, **options)


def request(method: str, target: str, body: bytes = b"", **fields: Any) -> Request:
    """A request whose fields are given as keywords: `cache_control` is Cache-Control."""
    return Request(method, target, Headers((name.replace("_", "-"), value) for name, value in fields.items()), body)


def trace() -> Trace:
    return Trace(request_id="r", traceparent="00")


TOOL = caller()


@dataclass(frozen=True)
class Heard:
    """What a caller got, and what was recorded of it."""

    response: Response
    trace: Trace

    @property
    def status(self) -> int:
        return self.response.status

    @property
    def body(self) -> bytes:
        return self.response.body

    @property
    def cache_status(self) -> str:
        return (self.trace.cache_status() or "none").removeprefix("intervals-gateway; ")

    @property
    def name(self) -> str:
        """The name in the only row of a JSON answer."""
        document = orjson.loads(self.body)
        row = next(value for value in document.values() if isinstance(value, list))[0]
        return str(row["name"])

    def __getitem__(self, field: str) -> str | None:
        return self.response.headers.get(field)


@dataclass(frozen=True)
class Refused:
    """How a request ended without an answer."""

    fault: Fault
    trace: Trace


class Exchange:
    """Ask it as callers do. At its end nothing is left under way, and no task has died unseen."""

    def __init__(
        self,
        *,
        form: Representation = Representation.JSON,
        limit: int = 100,
        per_day: int = 6000,
        service: ServiceUpstream | None = None,
        records: FakeRecords | None = None,
        accept: Accept | None = None,
        outbox: Outbox | None = None,
        ledger: FakeLedger | None = None,
        more: Mapping[str, Any] | None = None,
        **cache: Any,
    ) -> None:
        """`more` are further sections of the settings; replicas share records and a ledger."""
        began = asyncio.get_running_loop().time()
        self.clock: Callable[[], float] = lambda: NOON + asyncio.get_running_loop().time() - began
        self.deaths: list[str] = []
        self.background = Background(lambda name, error: self.deaths.append(f"{name}: {error!r}"))
        self.upstream, self.watch = FakeUpstream(), FakeWatch()
        self.records = FakeRecords(self.clock) if records is None else records
        self.service = service
        send = self.upstream.send if service is None else service.send
        ids = count()
        self.gate = Gate(
            ledger or FakeLedger(self.clock),
            EgressRule("office", limit, 60.0),
            {AccountName(name): AccountRule(per_day) for name in ("acme", "globex")},
            backlog=1000,
            hold=61.0,
            new_lease_id=lambda: f"l{next(ids)}",
            spawn=self.background.spawn,
        )
        self.fetch = Fetch(gate=self.gate, send=send, clock=self.clock, watch=self.watch)
        memory = MemoryEntries[Rendition](50_000_000)
        self.cache = Cache(memory, None)
        self.beside: dict[str, Run] = {}
        self.watches: list[asyncio.Task[None]] = []
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.counted: list[tuple[str, str]] = []
        settings = Settings.model_validate(
            {"upstream": {"format": form.value}, "cache": {"verify": 0.0, **cache}, **(more or {})}
        )
        outlook = Outlook(self.gate, self._tell)
        self.beside["outlook"] = outlook.run
        time = SimpleNamespace(time=self.clock)
        with patch.object(walking, "time", time), patch.object(events, "time", time):
            self.walk = walking.stages(
                settings,
                rows=ROWS,
                cache=self.cache,
                renderer=Renderer(self.background, memory.grew),
                gate=self.gate,
                send=send,
                watch=self.watch,
                background=self.background,
                records=self.records,
                beside=self.beside,
                hearing=Hearing(outbox or FakeOutbox(), outlook, self._noticed, self._tell),
                accept=accept,
            ).walk

    async def __aenter__(self) -> Self:
        await self.gate.open()
        self.watches = [self.background.spawn(run(), name) for name, run in self.beside.items()]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for task in self.watches:
            task.cancel()
        await self.gate.close(100.0)
        await self.background.drain(100.0)
        if raised is None:
            assert self.gate.snapshot().leases_out == 0, "a lease was never settled"
            assert self.deaths == []

    def _noticed(self, account: str, event: str) -> None:
        self.counted.append((account, event))

    def _tell(self, name: str, /, *, level: str = "info", **fields: Any) -> None:
        self.events.append((name, {"level": level, **fields}))

    @staticmethod
    def asking(
        method: str, target: str, body: bytes = b"", by: Caller = TOOL, **fields: Any
    ) -> tuple[Request, Caller, Trace]:
        """What the edge hands to the walk."""
        return request(method, target, body, **fields), by, trace()

    async def ask(self, method: str, target: str, body: bytes = b"", by: Caller = TOOL, **fields: Any) -> Heard:
        """Ask as one caller does, for JSON unless told otherwise. Raises the `Fault` that the edge would render."""
        asking = self.asking(method, target, body, by, **{"accept": JSON, **fields})
        return Heard(await self.walk.handle(*asking), asking[2])

    async def refused(self, method: str, target: str, body: bytes = b"", by: Caller = TOOL, **fields: Any) -> Refused:
        """Ask what gets no answer."""
        asking = self.asking(method, target, body, by, **{"accept": JSON, **fields})
        try:
            await self.walk.handle(*asking)
        except Fault as fault:
            return Refused(fault, asking[2])
        raise AssertionError("it was answered")

    async def get(self, target: str = "/personcontact/", by: Caller = TOOL, **fields: Any) -> Heard:
        return await self.ask("GET", target, by=by, **fields)

    async def post(self, target: str = "/personcontact/", body: bytes = b'{"name":"x"}', **fields: Any) -> Heard:
        return await self.ask("POST", target, body, **{"content_type": JSON, **fields})

    def later(self, work: Any) -> asyncio.Task[Any]:
        """Let a caller ask beside others."""
        return asyncio.get_running_loop().create_task(work)

    def spent(self, account: str = "acme") -> int:
        """Requests that the account's day has paid for."""
        return self.gate.snapshot().accounts[AccountName(account)].used

    @property
    def asked(self) -> list[str]:
        return self.upstream.asked if self.service is None else self.service.asked
