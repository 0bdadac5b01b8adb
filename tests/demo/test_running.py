"""The demo as a whole: both programs, real sockets, every promise."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from gateway.demo import run
from gateway.demo.running import Play
from gateway.demo.stage import PREFERRED, Limits
from gateway.demo.workload import workload

PACE = 0.3
SPARED = ("/expense/", "/projectnote/")  # half a play has to save as much as a whole one
SHORT = Play(
    [call for call in workload() if call.at < 12.0 and not call.target.startswith(SPARED)],
    PACE,
    Limits(limit=100, period=10.0 * PACE, latency=0.1 * PACE),
)


@pytest.fixture(autouse=True)
def free_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PREFERRED:
        monkeypatch.setitem(PREFERRED, name, 0)


def test_the_demo_keeps_its_promises_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(Namespace(once=True), SHORT) == 0
    said = capsys.readouterr().out
    numbers = {text: int(number.replace(",", "")) for number, text in re.findall(r"(?m)^ *([\d,]+)  (.*)$", said)}
    (received, hits, collapsed, reads, writes, refused, own, sent, saved, not_allowed, worst) = numbers.values()
    assert received == len(SHORT.calls) + refused == hits + collapsed + reads + writes + refused
    assert sent == reads + writes + own == received - refused - saved
    assert (not_allowed, worst <= 100) == (0, True)
    assert 100 * sent / (received - refused) < 15
    assert "goals" not in said


def test_a_broken_promise_is_told_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    cold = Play(SHORT.calls[:1], 0.0, SHORT.limits)
    assert run(Namespace(once=True), cold) == 1
    told = r"The demo did not reach its goals: \d00\.0 upstream requests per 100 answered, not fewer than 15\.\n$"
    assert re.search(told, capsys.readouterr().out)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_at_any_time(number: signal.Signals, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "gateway", "demo"]
    environ = {"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if line.startswith("Gateway on"):
                demo.send_signal(number)
        assert line == "Stopped before the workload was done.\n"
    assert demo.returncode == 1
    assert not list(tmp_path.iterdir())
