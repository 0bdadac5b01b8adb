"""Traces are loaded where they are wanted, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from gateway.app import tracing
from tests.adapters.logs.making import trace
from tests.app.configured import settings
from tests.fakes.collector import Collector


async def test_without_a_collector_there_are_no_spans(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        assert tracing.spans(settings(tmp_path), stack) is None


async def test_the_end_sends_what_is_left(tmp_path: Path) -> None:
    async with Collector() as collector:
        async with AsyncExitStack() as stack:
            made = tracing.spans(settings(tmp_path, telemetry__traces=collector.url), stack)
            assert made is not None
            made.observe(trace())
            assert collector.spans == []
        assert [span.name for span in collector.spans] == ["GET client"]
        assert made.dropped() == 0


def test_nothing_of_it_is_loaded_where_it_is_off() -> None:
    program = "import sys, gateway.cli, gateway.app; print([it for it in sys.modules if 'opentelemetry' in it])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
