"""The demo from its first line to its last: start, play, tell, stay up, stop at any moment."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiohttp

from gateway.demo import readings, screen, verdict
from gateway.demo.callers import key, play
from gateway.demo.readings import Standing
from gateway.demo.screen import say
from gateway.demo.stage import PREFERRED, Limits, NotStarted, Stage
from gateway.demo.tally import Tally, total
from gateway.demo.workload import APPS, Call, workload

_HELD, _FAILED = 0, 1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Play:
    """What is played, under which limits; every time in `calls` is multiplied by `pace`."""

    calls: Sequence[Call]
    pace: float
    limits: Limits


WHOLE = Play(workload(), 1.0, Limits())
"""The service allows 100 requests a minute: here a minute lasts ten seconds, for both programs."""


def run(arguments: argparse.Namespace, played: Play = WHOLE) -> int:
    """Play the demo; `arguments.once` ends it after the workload. Returns 0 if every promise held, else 1."""
    return asyncio.run(_run(played, once=arguments.once))


async def _run(played: Play, *, once: bool) -> int:
    task = asyncio.current_task()
    assert task is not None, "asyncio.run runs it as a task"
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN or number != signal.SIGHUP:  # nohup means it
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    kept: int | None = None
    try:
        say("Starting the simulator of the Intervals API and the gateway ...")
        async with Stage(played.limits) as stage:
            _tell_start(stage, played)
            kept = await _play(stage, played)
            if not once:
                _tell_more(stage)
                await asyncio.Event().wait()
    except NotStarted as failure:
        say(f"The demo failed. {failure}")
    except aiohttp.ClientError as failure:
        say(f"The demo failed: the simulator does not answer any more ({failure}).")
    except asyncio.CancelledError:
        say("Stopped." if kept is not None else "Stopped before the workload was done.")
    return _FAILED if kept is None else kept


async def _play(stage: Stage, played: Play) -> int:
    """Play the workload, then tell what came of it and judge it."""
    tallies = {name: Tally() for name in APPS}
    loop, limits = asyncio.get_running_loop(), played.limits
    began = loop.time()
    now = Standing(0, 0, 0, 0)
    async with aiohttp.ClientSession() as session:

        async def look() -> Standing:
            nonlocal now
            with suppress(aiohttp.ClientError):  # a gateway that died is seen in what its callers get
                now = await readings.standing(session, stage.operations_url)
            return now

        async with asyncio.TaskGroup() as group:
            watching = group.create_task(screen.watches()(tallies, look))
            await play(stage.url, played.calls, tallies, pace=played.pace)
            watching.cancel()
        told = await readings.journal(session, stage.simulator_url, period=limits.period)
    whole, seconds = total(tallies.values()), loop.time() - began
    say()
    for line in verdict.summary(whole, told, seconds=seconds, limit=limits.limit, period=limits.period):
        say(line)
    if faults := verdict.broken(whole, told, limit=limits.limit):
        say("\nThe demo did not reach its goals: " + "; ".join(faults) + ".")
        return _FAILED
    return _HELD


def _tell_start(stage: Stage, played: Play) -> None:
    for name, port in PREFERRED.items():
        if stage.ports[name] != port:
            say(f"Port {port} is taken; the {name} listener has port {stage.ports[name]} instead.")
    limits = played.limits
    minute = f"{limits.period:g} s"
    say(
        f"Gateway on {stage.url}, simulator on {stage.simulator_url}\n"
        f"A minute of the service lasts {minute} here: {limits.limit} requests in any {minute}, and tasks and time "
        f"entries are fresh for {minute}.\n"
        f"The day has 6,000 requests; each answer takes the simulator {limits.latency:g} s. "
        f"{len(played.calls):,} requests follow.\n"
    )


def _tell_more(stage: Stage) -> None:
    say(
        f"""
Everything stays up. Try it, in JSON and in XML, and see Cache-Status and Quota-Cost:

  curl -i -u {key("dashboard")}:x -H 'Accept: application/json' '{stage.url}client/?limit=2'
  curl -i -u {key("mobile")}:x -H 'Accept: application/xml' '{stage.url}client/?limit=2'

Status page: {stage.operations_url}, metrics: {stage.operations_url}metrics
What arrived upstream: {stage.simulator_url}__simulator__/journal?last=5
Configuration and logs: {stage.folder}
Ctrl-C stops both programs and removes that folder."""
    )
