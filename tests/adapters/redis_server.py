"""A real Redis for tests: unprivileged, on a Unix socket, without persistence unless asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


class RedisServer:
    """One server process that a test can stop and start again; `url` stays the same."""

    def __init__(self, directory: Path, *options: str) -> None:
        self._directory = directory
        self._options = options
        self._process: subprocess.Popen[str] | None = None
        self.url = f"unix://{directory / 'socket'}"

    def start(self) -> None:
        command = ["redis-server", "--port", "0", "--unixsocket", str(self._directory / "socket"), "--save", ""]
        command += ["--dir", str(self._directory), *self._options]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if "eady to accept connections" in line:
                return
        pytest.fail(f"redis-server ended: {''.join(said)}")

    def signal(self, number: int) -> None:
        """Let it hang (SIGSTOP), or go on (SIGCONT)."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """Stop at once, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None


def require_redis() -> None:
    """Skip where there is no redis-server, but never on the machine whose result counts."""
    if shutil.which("redis-server") is None:
        how = "redis-server is not installed (Debian: apt-get install redis-server)"
        pytest.fail(how) if os.environ.get("CI") == "true" else pytest.skip(how)
