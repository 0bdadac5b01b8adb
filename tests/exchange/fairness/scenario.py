"""Crowds before a gate on virtual time: so many callers of each app, each thinking between two requests."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from gateway.exchange.line.gate import AccountRule, Errand, Gate
from gateway.policy.names import AccountName, AppName
from gateway.policy.quota.backlog import Priority
from tests.exchange.fairness.oracle import Claimant, fair_shares
from tests.exchange.gates import House, now

LIMIT, PERIOD = 20, 5.0
"""A short period, so that waiting for it to pass is short beside all thinking."""

LATENCY = 0.1
"""The mean of a request's time at the upstream, in seconds."""

REACHABLE = PERIOD / (PERIOD + LATENCY)
"""The part of the limit that can be used: a place is free again a period after its request has ended."""

WARM_UP = 50.0


@dataclass(frozen=True)
class Crowd:
    """The callers of one app: `callers` of them, each asking again after `think` seconds on average.

    They come `begins` and go `ends` seconds after the start.
    """

    app: str
    callers: int
    think: float = 0.0
    account: str = "acme"
    priority: str = "normal"
    weight: float = 1.0
    begins: float = 0.0
    ends: float = 1e9

    @property
    def demand(self) -> float:
        """Requests a second if nobody else were there; the wait for the next slot is a part of each round."""
        return self.callers / (self.think + LATENCY + PERIOD / 3)

    @property
    def errand(self) -> Errand:
        return Errand(
            account=AccountName(self.account),
            app=AppName(self.app),
            priority=Priority(self.priority),
            weight=self.weight,
            patience=600.0,
        )


@dataclass(frozen=True)
class Played:
    """How many requests of each app the upstream got in the time that counts, what was fair, and the worst window."""

    served: Counter[str]
    fair: dict[str, float]
    seconds: float
    worst_window: int

    @property
    def utilisation(self) -> float:
        return sum(self.served.values()) / (LIMIT / PERIOD * self.seconds)

    def unfair(self, tolerance: float) -> dict[str, tuple[int, int]]:
        """Who got less or more than is fair, by more than so large a part (or three requests): got, and fair."""
        return {
            app: (self.served[app], round(fair))
            for app, fair in self.fair.items()
            if abs(self.served[app] - fair) > max(3.0, tolerance * fair)
        }


async def play(
    crowds: list[Crowd], *, seconds: float, seed: int = 1, fair_line: str = "fair", gates: int = 1
) -> Played:
    """Let the crowds ask for so many virtual seconds beyond the warm-up.

    With the line "first come" all callers stand in one queue, as without any flows: the control.
    """
    it = House(seed=seed)
    it.upstream.longest = 2 * LATENCY
    accounts = {AccountName(crowd.account): AccountRule(None) for crowd in crowds}
    opened = [await it.gate(limit=LIMIT, period=PERIOD, accounts=accounts, backlog=10_000) for _ in range(gates)]
    start, random = now(), Random(seed)
    callers = [
        it.spawn(_caller(it, opened[number % gates], crowd, Random(random.random()), fair_line), crowd.app)
        for crowd in crowds
        for number in range(crowd.callers)
    ]
    await asyncio.sleep(WARM_UP + seconds)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    await it.end(*opened)
    counted = [(at - start, app) for at, app in it.upstream.arrivals if WARM_UP < at - start <= WARM_UP + seconds]
    return Played(
        served=Counter(app for _, app in counted),
        fair=_fair(crowds, [at for at, _ in counted], WARM_UP + seconds),
        seconds=seconds,
        worst_window=it.upstream.worst(PERIOD),
    )


async def _caller(it: House, gate: Gate, crowd: Crowd, random: Random, fair_line: str) -> None:
    start = now()
    with suppress(TimeoutError):
        async with asyncio.timeout_at(start + crowd.ends):  # who goes leaves the line
            await asyncio.sleep(crowd.begins + random.random() * crowd.think)
            while True:
                await _send(it, gate, crowd, fair_line)
                await asyncio.sleep(crowd.think * 2 * random.random())


async def _send(it: House, gate: Gate, crowd: Crowd, fair_line: str) -> None:
    errand = crowd.errand
    if fair_line == "first come":
        errand = replace(errand, account=AccountName("acme"), app=AppName("all"), priority=Priority.NORMAL, weight=1.0)
    ticket = gate.line_up(errand)
    try:
        lease = await ticket.lease
        try:
            await it.upstream.request(crowd.app)
        finally:
            await gate.settle(lease)
    finally:
        gate.leave(ticket)


def _fair(crowds: list[Crowd], arrivals: list[float], end: float) -> dict[str, float]:
    """Divide what was served in each phase among those who were there."""
    fair: dict[str, float] = dict.fromkeys((crowd.app for crowd in crowds), 0.0)
    for since, until in _phases(crowds, end):
        there = [crowd for crowd in crowds if crowd.begins <= since and crowd.ends >= until]
        claimants = [
            Claimant(crowd.app, crowd.demand * (until - since), crowd.account, crowd.priority, crowd.weight)
            for crowd in there
        ]
        served = sum(since < at <= until for at in arrivals)
        for app, share in fair_shares(served, claimants).items():
            fair[app] += share
    return fair


def _phases(crowds: list[Crowd], end: float) -> Iterator[tuple[float, float]]:
    moments = {WARM_UP, end} | {at for crowd in crowds for at in (crowd.begins, crowd.ends) if WARM_UP < at < end}
    ordered = sorted(moments)
    return pairwise(ordered)
