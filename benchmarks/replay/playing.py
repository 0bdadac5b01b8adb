"""Let the day pass: the gateway's own exchange on the simulator, on virtual time, without sockets."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date

from typing_extensions import override

from benchmarks.replay.account import HOUR, Account, at_work
from benchmarks.replay.day import TODAY, Call, Day, Tool
from benchmarks.replay.oracle import Asked
from benchmarks.replay.witness import Given, Witness
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault
from gateway.policy.messages import Request, Response
from gateway.simulator.accounts import USERS, token_of
from gateway.simulator.options import Options
from gateway.simulator.service import Service
from tests.exchange.conftest import VirtualTimeLoop
from tests.fakes.exchange import NOON, ROWS, Exchange, caller
from tests.fakes.service import ServiceUpstream

TOKENS = {False: "acmeadmin01", True: "acmemanag01"}
"""The account's token, and that of a manager on all projects, which the tool with a credential of its own sends."""

_PER_DAY = 12_000
"""The larger of the plans, so that no quota ends the day early: what is compared is what the day costs."""

_LATENCY = 0.3
_UNTIL_MONDAY = 60 * HOUR
"""The exchange begins on a Friday noon."""

_EDITS = 120
_EDITED = {"client": "phone", "project": "description", "person": "title", "task": "summary"}
"""What people change in the browser: columns that no tool writes and no other resource shows."""


@dataclass(slots=True)
class Played:
    """What came of a day: requests of callers in the order of time, those that were sent upstream, and the verdicts."""

    day: Day
    calls: Sequence[Call]
    witness: Witness
    asked: list[Asked] = field(default_factory=list)
    sent: list[Asked] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    overruns: int = 0


class _Upstream(ServiceUpstream):
    """The simulated service with its limits on; what arrives is noted."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.latency, self.service = _LATENCY, service
        self.sent: list[Asked] = []
        self.witness = Witness(service.world("acme"), service.clock.stamp)

    @override
    async def send(self, request: Request) -> Response:
        if request.method != "GET":
            self.witness.changed()
        at, token = self.service.clock.stamp(), token_of(request.headers.get("authorization"))
        answer = await super().send(request)
        self.sent.append(_asked(at, token or "", request.method, request.target, answer.status))
        return answer


def replay(day: Day, *, seed: int, scale: float, share: float, verify: float) -> Played:
    """Play a day from midnight to midnight. `share`: the part of its requests that are played, from its beginning on.

    `scale` is that of the simulated account, `verify` the gateway's setting of that name.
    """
    random.seed(seed)  # the gateway draws from it which answers it checks
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(_played(day, seed, scale, share, verify))


async def _played(day: Day, seed: int, scale: float, share: float, verify: float) -> Played:
    loop = asyncio.get_running_loop()
    began = loop.time()
    options = Options(
        seed=seed,
        scale=scale,
        per_day=_PER_DAY,
        epoch=date.fromisoformat(TODAY),
        now=lambda: NOON + loop.time() - began,
    )
    upstream = _Upstream(Service(options))
    world = upstream.service.world("acme")
    world.change("person", list(world.rows("person"))[USERS[TOKENS[True]].person], {"allprojects": "t"})
    account = Account(world, seed)
    calls = day.calls(account, seed)
    asking = {name: _caller(name, tool) for name, tool in day.tools.items()}
    played = Played(day, calls[: round(len(calls) * share)], upstream.witness)
    async with Exchange(service=upstream, per_day=_PER_DAY, verify=verify) as exchange, asyncio.TaskGroup() as callers:
        await asyncio.sleep(_UNTIL_MONDAY)
        midnight = loop.time()
        _ = callers.create_task(_browse(played.witness, account, seed, midnight))
        for call in played.calls:
            await asyncio.sleep(midnight + call.at - loop.time())
            _ = callers.create_task(_one(exchange, call, played, asking[call.tool]))
    played.asked.sort(key=lambda asked: asked.at)
    played.sent = upstream.sent
    played.overruns = sum(code in {11, 12} for _, code in exchange.watch.answers)
    return played


async def _one(exchange: Exchange, call: Call, played: Played, asking: Caller) -> None:
    tool, witness = played.day.tools[call.tool], played.witness
    media = f"application/{'xml' if tool.xml else 'json'}"
    at, state = exchange.clock(), witness.state
    try:
        with nullcontext() if call.method == "GET" else witness.writing():
            heard = await exchange.ask(
                call.method, call.target, played.day.body(call), asking, accept=media, content_type=media
            )
    except Fault as fault:
        played.refused.append(f"{call.tool}: {call.method} {call.target}: {fault}")
        return
    played.outcomes[heard.trace.outcome] += 1
    token = TOKENS[tool.own]
    moment = at if call.method == "GET" else exchange.clock()
    asked = _asked(moment, token, call.method, call.target, heard.status, xml=tool.xml)
    played.asked.append(asked)
    if call.method == "GET" and asked.match.resource.never is None:
        given = Given(call.target, token, tool.xml, heard.status, heard.body, state)
        witness.judge(given, asked.resource, asked.match.resource.lifetimes)


async def _browse(witness: Witness, account: Account, seed: int, midnight: float) -> None:
    """People also work in the browser, and the gateway does not see it."""
    draw, loop = random.Random(seed), asyncio.get_running_loop()
    for number, at in enumerate(sorted(at_work(draw) for _ in range(_EDITS))):
        await asyncio.sleep(midnight + at - loop.time())
        table = draw.choice(list(_EDITED))
        witness.edit(table, account.popular(draw, table), _EDITED[table], f"changed for the {number}th time")


def _asked(at: float, token: str, method: str, target: str, status: int, *, xml: bool = False) -> Asked:
    path, _, query = target.partition("?")
    match = ROWS.match(path)
    assert match is not None, target
    return Asked(at, token, method, match, query, xml, status)


def _caller(name: str, tool: Tool) -> Caller:
    return caller(name, token=TOKENS[tool.own], lent=not tool.own, priority=tool.priority)
