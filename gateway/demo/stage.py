"""Simulator and gateway as two programs of their own, on free ports, in a folder that is removed at the end."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import aiohttp

from gateway.demo.callers import key
from gateway.demo.workload import APPS

HOST = "127.0.0.1"
PREFERRED = {"gateway": 8080, "operations": 9464, "simulator": 8088}
TOKEN = "acmeadmin01"  # of the simulator's sample account

_START = 30.0
"""Seconds a program may take to start."""

_STOP = 5.0
"""Seconds a program may take to stop before it is killed."""

_LOOK = 0.05
_LAST_WORDS = 5


class NotStarted(Exception):
    """A program of the demo ended at once, or does not answer; says which and what it wrote last."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What both programs are told: `limit` requests in any `period` seconds, `latency` seconds for each answer."""

    limit: int = 100
    period: float = 10.0
    latency: float = 0.1


class Stage:
    """Both programs, started and answering inside the context, stopped and forgotten outside."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._stack = AsyncExitStack()
        self.ports: dict[str, int] = {}
        self.folder = Path()

    @property
    def url(self) -> str:
        """Where callers connect."""
        return self._url("gateway")

    @property
    def operations_url(self) -> str:
        """The status page, metrics and health."""
        return self._url("operations")

    @property
    def simulator_url(self) -> str:
        """The stand-in for the Intervals API."""
        return self._url("simulator")

    async def __aenter__(self) -> Self:
        try:
            self.folder = Path(self._stack.enter_context(TemporaryDirectory(prefix="intervals-gateway-")))
            self.ports = choose_ports()
            limits = self._limits
            numbers = {"port": self.ports["simulator"], **asdict(limits)}
            options = [f"--{name}={number}" for name, number in numbers.items()]
            await self._start(["simulate", *options], until=f"{self.simulator_url}__simulator__/")
            config = self.folder / "config.toml"
            config.write_text(configuration(self.ports, limits, self.folder / "gateway.db"), encoding="utf-8")
            await self._start(["serve", "--config", config], until=f"{self.operations_url}readyz")
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}/"

    async def _start(self, words: Sequence[object], *, until: str) -> None:
        log = self.folder / f"{words[0]}.log"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        with log.open("wb") as written:
            program = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gateway", *map(str, words), env=environ, stdout=written, stderr=written
            )
        self._stack.push_async_callback(_stop, program)
        if not await _answers(until, program):
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_WORDS:]
            raise NotStarted("\n".join([f"`intervals-gateway {words[0]}` did not start:", *last]))


def choose_ports() -> dict[str, int]:
    """The preferred port of each listener, or any free one where that is taken."""
    with ExitStack() as held:
        return {name: _free(port, held) for name, port in PREFERRED.items()}


def _free(preferred: int, held: ExitStack) -> int:
    listening = held.enter_context(socket.socket())
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, preferred))
    except OSError:
        listening.bind((HOST, 0))
    return int(listening.getsockname()[1])


async def _answers(url: str, program: asyncio.subprocess.Process) -> bool:
    """Ask until the program answers 200; False if it ends or takes too long."""
    with suppress(TimeoutError):
        async with aiohttp.ClientSession() as session, asyncio.timeout(_START):
            while program.returncode is None:
                with suppress(aiohttp.ClientError):
                    async with session.get(url) as answer:
                        if answer.status == HTTPStatus.OK:
                            return program.returncode is None
                await asyncio.sleep(_LOOK)
    return False


async def _stop(program: asyncio.subprocess.Process) -> None:
    try:
        with suppress(ProcessLookupError):
            program.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(_STOP):
                await program.wait()
    finally:  # told to hurry, or it does not listen
        if program.returncode is None:
            program.kill()
            await program.wait()


def configuration(ports: dict[str, int], limits: Limits, database: Path) -> str:
    """Write the demo's configuration. What lives a minute lives a period here; longer lifetimes outlast the demo."""
    apps = "".join(
        f'[apps.{name}]\naccount = "acme"\nkey = "{key(name)}"\npriority = "{app.priority}"\nweight = {app.weight}\n'
        for name, app in APPS.items()
    )
    minutes = "".join(f'[resources.{name}]\nfresh = "{limits.period}s"\n' for name in ("task", "time"))
    return (
        f"[server]\nport = {ports['gateway']}\n[operations]\nport = {ports['operations']}\n"
        f'[upstream]\nurl = "http://{HOST}:{ports["simulator"]}/"\n[store]\nurl = {json.dumps(f"sqlite:///{database}")}\n'
        f'[egress]\nlimit = {limits.limit}\nperiod = "{limits.period}s"\n'
        f'[accounts.acme]\nper_day = 6000\ntoken = "{TOKEN}"\n{apps}{minutes}'
    )
