from __future__ import annotations

import socket
from pathlib import Path

import pytest

from gateway.demo import stage
from gateway.demo.stage import Limits, NotStarted, Stage, choose_ports, configuration
from gateway.demo.workload import APPS
from gateway.settings import load

PORTS = {"gateway": 1001, "operations": 1002, "simulator": 1003}


def test_the_configuration_loads_and_knows_every_app(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(configuration(PORTS, Limits(limit=9, period=1.5), tmp_path / 'a "b".db'), encoding="utf-8")
    settings = load(path, {})
    assert set(settings.apps) == set(APPS)
    assert (settings.server.port, settings.operations.port) == (1001, 1002)
    assert settings.upstream.url == "http://127.0.0.1:1003/"
    assert (settings.egress.limit, settings.egress.period, settings.resources["task"].fresh) == (9, 1.5, 1.5)
    assert settings.store.url.endswith('a "b".db')


def test_a_port_that_is_taken_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(stage, "PREFERRED", {"gateway": port, "simulator": 0})
        chosen = choose_ports()
    assert port not in chosen.values()
    assert len(set(chosen.values())) == 2


async def test_a_program_that_does_not_start_is_told_with_its_last_words() -> None:
    with pytest.raises(NotStarted, match=r"(?s)`intervals-gateway simulate` did not start:.*--limit: '-1'"):
        async with Stage(Limits(limit=-1)):
            raise AssertionError("nothing should have started")
