"""A configuration that cannot be read to its end: who asks is told, and nobody else waits."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from gateway.app import rereading
from gateway.app.rereading import Rereading
from gateway.settings import Settings, SettingsError, load
from tests.app.configured import CONFIG, settings

PROGRAM = """
import asyncio, pathlib, sys
from gateway.app import rereading
from gateway.settings import load
rereading.PATIENCE = 0.05
asyncio.run(rereading.Rereading(lambda: load(pathlib.Path(sys.argv[1]), {}))())
"""


async def test_what_is_read_is_told_and_so_is_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    right = settings(tmp_path)
    read = Rereading(lambda: load(path, {}))
    assert await read() == right
    path.write_text("[apps", encoding="utf-8")
    with pytest.raises(SettingsError, match="is not TOML"):
        await read()
    path.write_text(CONFIG, encoding="utf-8")
    assert await read() == right


async def test_what_is_never_read_is_told_in_time_and_again_until_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "PATIENCE", 0.05)
    right, there = settings(tmp_path), Event()
    began: list[None] = []

    def slow() -> Settings:
        began.append(None)
        there.wait(20)
        return right

    read = Rereading(slow)
    for _ in range(rereading.MOST):
        with pytest.raises(SettingsError, match="was not read within 0 s"):
            await read()
    with pytest.raises(SettingsError, match="is still being read since the last 4 times"):
        await read()
    assert len(began) == rereading.MOST, "few threads hang at the most"
    there.set()
    async with asyncio.timeout(20):
        while True:
            try:
                assert await read() == right
            except SettingsError:
                continue
            break


def test_a_pipe_that_nobody_writes_does_not_keep_the_program_from_its_end(tmp_path: Path) -> None:
    os.mkfifo(path := tmp_path / "config.toml")
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], capture_output=True, timeout=30, check=False)
    assert done.returncode == 1
    assert b"look whether it, or a secret it names, is a pipe" in done.stderr
