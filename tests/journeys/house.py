"""A whole gateway in front of a simulator, over real sockets, with a view on both sides and on what was spent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from gateway.adapters.logs import Log, Redaction
from gateway.adapters.logs.rendering import as_json
from gateway.app import Gateway
from gateway.app.people import secrets
from gateway.settings import load
from gateway.simulator import Arrival, Options, Simulator
from gateway.simulator.service import Reply
from tests.journeys import tool
from tests.journeys.configuration import ADMIN, KEYS, PLAIN, Setup
from tests.journeys.relay import Relay
from tests.journeys.tool import JSON, Tool
from tests.journeys.waiting import DEADLINE
from tests.simulator.asking import ask, basic

NOON = 1_750_075_200.0
"""The moment at which the simulator's calendar stands still: two answers at different times are alike."""


@dataclass
class House:
    """What a journey works with. `lines` is what the gateway logged."""

    gateway: Gateway
    simulator: Simulator
    relay: Relay
    session: aiohttp.ClientSession
    lines: list[bytes]
    stack: AsyncExitStack = field(repr=False)

    async def stop(self) -> None:
        """Stop the gateway before the journey ends; what it logged is then complete."""
        await self.stack.aclose()

    def tool(self, app: str = "timesheets", token: str | None = None) -> Tool:
        """A tool with an app's key; with `token`, one that brings an upstream credential of its own along."""
        fields = {"Authorization": f"Bearer {KEYS[app]}"}
        if token is not None:
            fields = {"X-Api-Key": KEYS[app], "Authorization": basic(token)}
        return Tool(self.session, self.gateway.url, fields)

    def tool_at(self, url: str, app: str = "timesheets") -> Tool:
        """A tool that talks to another gateway."""
        return replace(self.tool(app), url=url)

    def tool_with(self, key: str) -> Tool:
        """A tool with a key that only this journey configures."""
        return Tool(self.session, self.gateway.url, {"X-Api-Key": key})

    def arrivals(self, method: str | None = None, resource: str | None = None) -> list[Arrival]:
        """What arrived at the upstream, oldest first; questions for the quota only where they are named."""
        found = self.simulator.arrivals(method, resource)
        return found if resource == "quota" else [arrival for arrival in found if arrival.resource != "quota"]

    @staticmethod
    def far_apart(requests: int) -> list[str]:
        """Targets of so many different documents of which none answers another, 360 at most."""
        return [f"/time/{900001 + number}" for number in range(requests)]

    def truth(
        self, target: str, accept: str = JSON, *, method: str = "GET", token: str = ADMIN, body: object = None
    ) -> Reply:
        """What the simulator itself answers; this request is in no journal and from another address."""
        return ask(
            self.simulator.service, target, method=method, token=token, accept=accept, body=body, address="192.0.2.1"
        )

    async def metrics(self, at: str | None = None) -> str:
        """The metrics page of this gateway, or of the one whose operations listener is at a URL."""
        async with self.session.get(f"{at or self.gateway.operations_url}metrics") as response:
            return await response.text()

    async def metric(self, family: str, at: str | None = None, **labels: str) -> float:
        """The sum of a family's samples that carry these labels."""
        return sum(_samples(await self.metrics(at), family, labels))

    async def until_metric(self, family: str, value: float, at: str | None = None, **labels: str) -> None:
        """Come back when `metric` is this value."""
        async with asyncio.timeout(DEADLINE):
            while await self.metric(family, at, **labels) != value:
                continue

    async def until_waiting(self, requests: int, at: str | None = None) -> None:
        """Come back when so many requests wait in line."""
        await self.until_metric("queue_requests", requests, at)

    async def spent(self, account: str = "acme") -> float:
        """Units of the account's day that the ledger has counted."""
        return await self.metric("quota_used_requests", budget=account, window="day", source="ledger")


def _samples(text: str, family: str, labels: dict[str, str]) -> Iterator[float]:
    for found in text_string_to_metric_families(text):
        for sample in found.samples:
            if sample.name == f"intervals_gateway_{family}" and labels.items() <= sample.labels.items():
                yield sample.value


def options(**changed: Any) -> Options:
    """A small upstream without a limit of its own, so that a journey sees what the gateway's limit does."""
    return replace(Options(scale=0.04, limit=0, frozen=NOON), **changed)


class OpenHouse(Protocol):
    """Starts simulator, wire and gateway; the journey's end stops them."""

    def __call__(self, setup: Setup = ..., *, upstream: Options | None = None) -> Awaitable[House]: ...


class OpenGateway(Protocol):
    """Starts a gateway in front of what already runs; the journey's end, or its own `stop`, stops it."""

    def __call__(self, beside: House, setup: Setup = ...) -> Awaitable[House]: ...


async def open_house(
    stack: AsyncExitStack, folder: Path, setup: Setup = PLAIN, *, upstream: Options | None = None
) -> House:
    """See `OpenHouse`."""
    simulator = await stack.enter_async_context(Simulator(upstream or options()))
    relay = await stack.enter_async_context(Relay(simulator.url))
    session = await stack.enter_async_context(tool.session())
    return await _open(stack, folder, setup, simulator, relay, session)


async def open_gateway(stack: AsyncExitStack, folder: Path, beside: House, setup: Setup = PLAIN) -> House:
    """See `OpenGateway`."""
    return await _open(stack, folder, setup, beside.simulator, beside.relay, beside.session)


async def _open(
    stack: AsyncExitStack,
    folder: Path,
    setup: Setup,
    simulator: Simulator,
    relay: Relay,
    session: aiohttp.ClientSession,
) -> House:
    settings = load(setup.write(folder, relay.url), {})
    lines: list[bytes] = []
    own = await stack.enter_async_context(AsyncExitStack())
    log = own.enter_context(Log(lines.append, as_json, Redaction(secrets(settings))))
    gateway = await own.enter_async_context(Gateway(settings, log))
    return House(gateway, simulator, relay, session, lines, own)
