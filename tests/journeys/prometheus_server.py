"""A real Prometheus with the project's own configuration and rules, in front of one gateway."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pytest
from yarl import URL

from tests.journeys.waiting import DEADLINE, back_at, until
from tests.project.boards import PROMETHEUS

SCRAPES = "200ms"
"""How often this Prometheus scrapes and evaluates; in earnest it is 15 s."""


class PrometheusServer:
    """One server process on a free port, with what it stores below `folder`."""

    def __init__(self, folder: Path, session: aiohttp.ClientSession, target: str) -> None:
        self._folder = folder
        self._session = session
        self._configuration = folder / "prometheus.yaml"
        self._configuration.write_text(_configuration(target), encoding="utf-8")
        self._said = folder / "prometheus.log"
        self._process: asyncio.subprocess.Process | None = None
        self.url = URL()

    async def __aenter__(self) -> Self:
        command = ["prometheus", f"--config.file={self._configuration}", f"--storage.tsdb.path={self._folder / 'tsdb'}"]
        command += ["--web.listen-address=127.0.0.1:0", "--enable-feature=exemplar-storage"]
        with self._said.open("wb") as said:
            self._process = await asyncio.create_subprocess_exec(*command, stdout=said, stderr=said)
        await until(self._listens)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            if self._process.returncode is None:
                self._process.terminate()
            await self._process.wait()

    async def ask(self, path: str, **parameters: str) -> Any:
        """Ask the API; fails with what Prometheus says is wrong."""
        async with self._session.get(self.url / "api/v1" / path, params=parameters) as response:
            answer = json.loads(await response.text())
        assert answer["status"] == "success", f"{answer.get('error')}: {parameters}"
        return answer["data"]

    async def value(self, expr: str) -> float:
        """The value of an expression with one result; 0 where there is none yet."""
        result = (await self.ask("query", query=expr))["result"]
        return float(result[0]["value"][1]) if result else 0.0

    async def reaches(self, expr: str, wanted: float) -> None:
        """Come back when Prometheus has seen that much."""
        async with asyncio.timeout(DEADLINE):
            while await self.value(expr) < wanted:
                await back_at(0.1)

    def _listens(self) -> bool:
        assert self._process is not None
        said = self._said.read_text(encoding="utf-8")
        if self._process.returncode is not None:
            pytest.fail(f"prometheus ended: {said}")
        found = re.search(r'"Listening on" address=(\S+)', said)
        if found is None or "ready to receive web requests" not in said:
            return False
        self.url = URL(f"http://{found[1]}/")
        return True


def _configuration(target: str) -> str:
    """The project's own, with another target, quicker, and with the rules where they are."""
    text = (PROMETHEUS / "prometheus.yaml").read_text(encoding="utf-8")
    for ours, here in {"gateway:9464": target, "15s": SCRAPES, "rules/*": f"{PROMETHEUS}/rules/*"}.items():
        assert ours in text
        text = text.replace(ours, here)
    return text


def require(program: str) -> None:
    """Skip where Debian's package is not installed, but never on the machine whose result counts."""
    if shutil.which(program) is None:
        how = f"{program} is not installed (Debian: apt-get install prometheus)"
        pytest.fail(how) if os.environ.get("CI") == "true" else pytest.skip(how)
