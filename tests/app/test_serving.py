"""The program and its signals."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from typing_extensions import override

from gateway.app import Gateway, serving
from tests.app.configured import Kept, settings

CAUTIONS = ["caution", "caution"]
"""Its store is in memory, and one account has no token."""


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_serve_runs_until_it_is_told_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: signal.Signals
) -> None:
    class Told(Gateway):
        @override
        async def __aenter__(self) -> Gateway:
            await super().__aenter__()
            signal.raise_signal(told)
            return self

    kept = Kept(settings(tmp_path))
    monkeypatch.setattr(serving, "open_log", lambda redaction: kept.log)
    monkeypatch.setattr(serving, "Gateway", Told)
    serving.serve(settings(tmp_path), lambda: settings(tmp_path))
    assert kept.events == ["started", *CAUTIONS, "stopping", "stopped"]
    cautions = [(line["level"], line["detail"]) for line in kept.lines() if line["event"] == "caution"]
    assert {level for level, _ in cautions} == {"warning"}
    assert [detail for _, detail in cautions if detail.startswith("store.url: memory:// forgets")]


@pytest.mark.parametrize("early", [True, False], ids=["while it starts", "later"])
def test_a_hang_up_is_a_reload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, early: bool) -> None:
    class Told(Gateway):
        @override
        async def __aenter__(self) -> Gateway:
            if early:
                signal.raise_signal(signal.SIGHUP)
            await super().__aenter__()
            return self

        @override
        def hang_up(self) -> None:
            super().hang_up()

        @override
        async def reload(self) -> tuple[Sequence[str], Sequence[str]]:
            done = await super().reload()
            signal.raise_signal(signal.SIGTERM)
            return done

    def without_a_collector() -> None:
        if not early:
            signal.raise_signal(signal.SIGHUP)

    kept = Kept(settings(tmp_path))
    monkeypatch.setattr(serving, "open_log", lambda redaction: kept.log)
    monkeypatch.setattr(serving, "Gateway", Told)
    monkeypatch.setattr(serving, "_spare_the_collector", without_a_collector)
    serving.serve(settings(tmp_path), lambda: settings(tmp_path, queue__patience="3s"))
    assert kept.events == ["started", *CAUTIONS, "reloaded", *CAUTIONS, "stopping", "stopped"]
    assert [line["changed"] for line in kept.lines() if line["event"] == "reloaded"] == [["queue.patience"]]
