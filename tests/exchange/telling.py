"""A gateway's webhooks on virtual time: real stages, records in memory, and receivers that answer as they are told."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.exchange.background import Background
from gateway.exchange.webhooks.dead_letters import DeadLetters
from gateway.exchange.webhooks.deliverer import Deliverer
from gateway.exchange.webhooks.endurance import Endurance
from gateway.exchange.webhooks.lane import Means
from gateway.exchange.webhooks.outbox import RecordsOutbox
from gateway.exchange.webhooks.outstanding import Outstanding
from gateway.exchange.webhooks.subscribing import Subscribing, Unfit, Wrong
from gateway.exchange.webhooks.subscriptions import Subscriptions
from gateway.policy.names import AccountName
from gateway.policy.notices import Json, Notice
from gateway.policy.webhooks import signing
from gateway.policy.webhooks.attempt import Answered, Attempt
from gateway.policy.webhooks.delivery import Delivery
from gateway.policy.webhooks.subscription import Origin, Subscription
from tests.fakes.records import FakeRecords

EPOCH = 1_900_000_000.0
PATIENCE = 5 * 86_400.0
KEEP = 30 * 86_400.0
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ACME = AccountName("acme")

Behaviour = Callable[[str], Awaitable[Attempt]]
"""How a receiver behaves: given the webhook-id of an attempt."""


def clock() -> float:
    return EPOCH + asyncio.get_running_loop().time()


def answering(*statuses: int, retry_after: float | None = None) -> Behaviour:
    """Answer with these statuses in turn, and with the last one from then on."""
    left = list(statuses)

    async def behave(_: str) -> Attempt:
        return Answered(left.pop(0) if len(left) > 1 else left[0], retry_after)

    return behave


def taking(seconds: float, status: int = 204) -> Behaviour:
    """Answer after a while."""

    async def behave(_: str) -> Attempt:
        await asyncio.sleep(seconds)
        return Answered(status)

    return behave


def subscription(name: str, *events: str, account: str = "acme") -> Subscription:
    patterns = events or ("*",)
    return Subscription(name, f"https://{name}.internal/", patterns, AccountName(account), Origin.CONFIGURATION)


def notice(
    name: str = "evt_1", event: str = "intervals.client.updated", *, at: float = EPOCH, **content: Json
) -> Notice:
    return Notice(name, event, ACME, at, content)


@dataclass
class Receivers:
    """All receivers of a bench: how they behave, and what reached them when (host, webhook-id, virtual second)."""

    behave: dict[str, Behaviour] = field(default_factory=dict)
    reached: list[tuple[str, str, float]] = field(default_factory=list)
    fields: list[dict[str, str]] = field(default_factory=list)
    under_way: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def post(self, url: str, body: bytes, fields: Sequence[tuple[str, str]]) -> Attempt:
        host = url.split("/")[2].partition(".")[0]
        said = dict(fields)
        self.fields.append(said)
        self.reached.append((host, said["webhook-id"], clock() - EPOCH))
        self.under_way[host] += 1
        self.most[host] = max(self.most[host], self.under_way[host])
        try:
            return await self.behave.get(host, answering(204))(said["webhook-id"])
        finally:
            self.under_way[host] -= 1

    def ids(self, host: str) -> list[str]:
        return [name for at, name, _ in self.reached if at == host]

    def moments(self, host: str) -> list[float]:
        return [moment for at, _, moment in self.reached if at == host]


class Bench:
    """Everything between a notice and its receivers."""

    def __init__(
        self, *configured: Subscription, records: FakeRecords | None = None, master: bytes = b"master"
    ) -> None:
        self.records = records or FakeRecords(clock)
        self.receivers = Receivers()
        self.counted: Counter[tuple[str, str]] = Counter()
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.deaths: list[BaseException] = []
        self.background = Background(lambda _, error: self.deaths.append(error))
        self.woken = asyncio.Event()
        self.unsigned: set[str] = set()
        self.forbidden: set[str] = set()
        self.ids = iter(f"{number:016x}" for number in range(10**6))
        self._master = master
        self.subscriptions = Subscriptions(
            self.records, configured, fingerprint=lambda name: signing.fingerprint(self.secret(name))
        )
        self.outbox = RecordsOutbox(self.subscriptions.open, self.woken.set)
        self.endurance = Endurance(
            self.records, self.subscriptions, self.outbox, patience=PATIENCE, new_id=self.new_id, tell=self.tell
        )
        self.means = Means(
            records=self.records,
            subscriptions=self.subscriptions,
            endurance=self.endurance,
            post=self.receivers.post,
            secrets=self._secrets,
            count=self._count,
            tell=self.tell,
            clock=clock,
            drawn=lambda: 0.0,
            spawn=self.background.spawn,
        )
        self.dead = DeadLetters(self.records, self.subscriptions, keep=KEEP, wake=self.woken.set)
        self.outstanding = Outstanding(self.records, prune=self.dead.prune)
        self.subscribing = Subscribing(
            self.records,
            self.subscriptions,
            self.endurance,
            accounts=lambda: {"acme"},
            secret=self.secret,
            reach=self._reach,
            new_id=self.new_id,
            wake=self.woken.set,
            tell=self.tell,
        )

    def deliverer(self, holder: str = "me") -> Deliverer:
        return Deliverer(
            self.records,
            self.subscriptions,
            means=self.means,
            woken=self.woken,
            holder=holder,
            spawn=self.background.spawn,
            tell=self.tell,
        )

    @asynccontextmanager
    async def delivering(self, holder: str = "me") -> AsyncIterator[Deliverer]:
        """Deliver while inside."""
        deliverer = self.deliverer(holder)
        running = self.background.spawn(deliverer.run(), "deliver")
        try:
            yield deliverer
        finally:
            running.cancel()
            await deliverer.close(0.0)
            await self.background.drain(0.0)

    async def post(self, *notices: Notice) -> None:
        """What producers do."""
        for it in notices:
            assert await self.records.swap(self.outbox.posting(it))
        self.outbox.wake()

    async def letters(self) -> list[Delivery]:
        return [it for _, it in await self.dead.listed(after="", most=1000)]

    def told(self, name: str) -> list[dict[str, Any]]:
        """The fields of the events of this name."""
        return [fields for event, fields in self.events if event == name]

    def tell(self, name: str, /, *, level: str = "info", **fields: Any) -> None:
        self.events.append((name, fields))

    def new_id(self) -> str:
        return next(self.ids)

    def secret(self, name: str) -> str:
        return signing.derived(self._master, name)

    def _secrets(self, it: Delivery) -> Sequence[str]:
        return () if it.lane in self.unsigned else (SECRET,)

    def _count(self, lane: str, result: str) -> None:
        self.counted[lane, result] += 1

    async def _reach(self, url: str) -> None:
        if url in self.forbidden:
            raise Unfit(Wrong.REQUEST, "not there")


async def until(condition: Callable[[], object], *, step: float = 0.25) -> None:
    """Let virtual time pass until the condition holds; ten days at the most."""
    async with asyncio.timeout(10 * 86_400):
        while not condition():
            await after(step)


async def after(seconds: float) -> None:
    """Let virtual time pass."""
    await asyncio.sleep(seconds)


def in_order(names: Sequence[str]) -> dict[str, list[str]]:
    """The ids by their first letter, as they came."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        found[name[0]].append(name)
    return dict(found)
