"""What the configuration says of the accounts' days."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from gateway.app import spending
from gateway.exchange.line.gate import AccountRule, EgressRule, Gate
from gateway.exchange.line.reconcile import Reconciler
from gateway.policy.messages import Request, Response
from gateway.policy.names import AccountName
from gateway.policy.quota.budget import State, dump
from tests.app.configured import Kept, settings
from tests.fakes.ledger import FakeLedger
from tests.fakes.watch import FakeWatch
from tests.journeys.waiting import until

ACME, GLOBEX = AccountName("acme"), AccountName("globex")


def test_an_account_without_a_limit_learns_it_and_has_the_smaller_plan_until_then(tmp_path: Path) -> None:
    rules = spending.rules(settings(tmp_path))
    assert rules == {ACME: AccountRule(6000), GLOBEX: AccountRule(6000, learns=True)}


def test_shares_are_the_apps_own_and_an_interactive_app_has_a_reserve(tmp_path: Path) -> None:
    rules = spending.rules(settings(tmp_path, apps__tool__share="0.4", apps__tool__priority="interactive"))
    assert rules[ACME] == AccountRule(6000, shares={"tool": 0.4}, reserve=0.02)
    assert rules[GLOBEX].shares == {}


async def asked(folder: Path, **changes: str) -> list[Request]:
    """The requests that the reconciler of a configuration sends at its start."""
    chosen = settings(folder, **changes)
    sent: list[Request] = []

    async def send(request: Request) -> Response:
        sent.append(request)
        return Response(503)

    tasks: list[asyncio.Task[None]] = []

    def spawn(work: Any, name: str) -> asyncio.Task[None]:
        tasks.append(asyncio.get_running_loop().create_task(work, name=name))
        return tasks[-1]

    gate = Gate(
        FakeLedger(lambda: 1e9),
        EgressRule("office", 100, 60.0),
        spending.rules(chosen),
        backlog=10,
        hold=5.0,
        new_lease_id=iter(map(str, range(100))).__next__,
        spawn=spawn,
    )
    await gate.open()
    it: Reconciler = spending.reconciler(chosen, gate=gate, send=send, watch=FakeWatch(), log=Kept(chosen).log)
    running = spawn(it.run(), "reconcile")
    await asyncio.wait([running], timeout=1.2)
    running.cancel()
    await asyncio.wait([running])
    await gate.close(1.0)
    return sent


async def test_only_accounts_with_a_token_are_asked_and_only_if_wanted(tmp_path: Path) -> None:
    (request,) = await asked(tmp_path, upstream__reconcile="10m")
    assert (request.method, request.target) == ("GET", "/quota/")
    assert (request.headers.get("authorization") or "").startswith("Basic ")
    assert await asked(tmp_path, upstream__reconcile="0s") == []


async def test_a_look_at_the_ledger_reads_every_budget_anew_and_changes_none(tmp_path: Path) -> None:
    of, ledger = settings(tmp_path), FakeLedger(time.time)
    tasks: list[asyncio.Task[None]] = []

    def spawn(work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(work, name=name))
        return tasks[-1]

    rule = EgressRule("office", 100, 60.0)
    gate = Gate(ledger, rule, spending.rules(of), backlog=1, hold=5.0, new_lease_id=str, spawn=spawn)
    await gate.open()
    ledger.states["account:acme"] = dump(State(used=7, day=int(time.time() // 86_400), born=1.0, writes=1))
    spending.look(gate, of)
    await until(lambda: gate.snapshot().accounts[ACME].used == 7)
    await gate.close(1.0)
