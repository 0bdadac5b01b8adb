"""`intervals-gateway cache purge` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.web.operations_client import Refused, Unanswered
from tests.settings.files import MINIMAL


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


def purging(monkeypatch: pytest.MonkeyPatch, answer: int | Exception) -> list[tuple[object, ...]]:
    """Put an answer in the place of a running gateway, and keep what it was asked."""
    asked: list[tuple[object, ...]] = []

    def ask(*words: object, expected: tuple[str, type]) -> dict[str, object]:
        asked.append(words)
        if isinstance(answer, Exception):
            raise answer
        return {expected[0]: answer}

    monkeypatch.setattr("gateway.app.cache_command.ask", ask)
    return asked


@pytest.mark.parametrize(("dropped", "said"), [(0, "0 stored responses"), (1, "1 stored response")])
def test_a_purge_is_asked_of_the_operations_listener(
    dropped: int, said: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = purging(monkeypatch, dropped)
    assert main(["cache", "purge", "--config", str(config), "--resource", "client", "--key", "/client/5/"]) == 0
    assert main(["cache", "purge", "--config", str(config)]) == 0
    listener = ("127.0.0.1", 9464, "DELETE", "/api/cache")
    assert asked == [(*listener, {"resource": "client", "key": "/client/5/"}), (*listener, {})]
    assert capsys.readouterr().out == f"dropped {said}\n" * 2


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (
            Unanswered("no gateway answers at 127.0.0.1:9464: refused"),
            1,
            "no gateway answers at 127.0.0.1:9464: refused",
        ),
        (Refused("did you mean 'acme'?"), 2, "did you mean 'acme'?; nothing was purged"),
    ],
)
def test_a_purge_that_nobody_makes_is_told(
    failure: Exception,
    code: int,
    said: str,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    purging(monkeypatch, failure)
    assert main(["cache", "purge", "--config", str(config)]) == code
    assert capsys.readouterr().err == f"intervals-gateway: {said}\n"
