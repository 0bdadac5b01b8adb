"""The gateway as a process of its own, started as an operator starts it: for signals, crashes and restarts."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.journeys.waiting import DEADLINE

StartProgram = Callable[[Path], Awaitable["Program"]]
"""Starts a gateway with a configuration file; the journey's end kills it if it still runs."""

_ROOT = Path(__file__).resolve().parents[2]


class Program:
    """`python -m gateway serve --config FILE`, and what it writes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self.url = ""
        self.operations_url = ""

    @classmethod
    async def start(cls, config: Path) -> Program:
        """Come back when it listens."""
        program = cls(await _serve(config))
        async with asyncio.timeout(DEADLINE):
            while not program.url:
                started = program._event(await program._line())
                program.url, program.operations_url = started.get("url", ""), started.get("operations", "")
        return program

    async def end(self) -> int:
        """Wait for its end, however it came about; tells the exit code, negative for a signal."""
        async with asyncio.timeout(DEADLINE):
            if self.process.stdout is not None:
                rest = await self.process.stdout.read()
                self.lines += rest.decode().splitlines()
            return await self.process.wait()

    async def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        if self.process.returncode is None:
            self.process.kill()
        await self.end()

    async def _line(self) -> str:
        assert self.process.stdout is not None
        line = (await self.process.stdout.readline()).decode()
        assert line, "it ended before it listened:\n" + "\n".join(self.lines)
        self.lines.append(line)
        return line

    @staticmethod
    def _event(line: str) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        return record if record.get("event") == "started" else {}


async def served(config: Path) -> tuple[int, str]:
    """Start a gateway that is not expected to come up: its exit code, and what it said."""
    program = Program(await _serve(config))
    try:
        return await program.end(), "\n".join(program.lines)
    finally:
        await program.kill()


async def _serve(config: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", "serve", "--config", str(config)),
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
