"""`intervals-gateway usage` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.web.operations_client import Unanswered
from tests.settings.files import MINIMAL


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


@pytest.mark.parametrize(("form", "lines"), [("table", 3), ("csv", 1), ("json", 16)])
def test_usage_is_asked_of_the_operations_listener(
    form: str, lines: int, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    total = dict.fromkeys(("received", "sent", "saved", "waited", "waited_seconds", "refused"), 0)
    told: dict[str, object] = {"since": "2024-10-04", "by": ["day", "app"], "groups": [], "total": total}
    asked: list[tuple[object, ...]] = []

    def ask(*words: object, expected: tuple[str, type]) -> dict[str, object]:
        asked.append(words)
        return told

    monkeypatch.setattr("gateway.app.usage_report.ask", ask)
    words = ["usage", "--config", str(config), "--since", "30d", "--by", "day,app", "--format", form]
    assert main(words) == 0
    assert asked == [("127.0.0.1", 9464, "GET", "/api/usage", {"since": "30d", "by": "day,app"})]
    said = capsys.readouterr()
    assert (len(said.out.splitlines()), said.err) == (lines, "")


@pytest.mark.parametrize(
    ("words", "failure", "code", "said"),
    [
        (["--by", "aps"], None, 2, "by 'aps' is nothing to group by; did you mean 'app'?"),
        (
            [],
            Unanswered("no gateway answers"),
            1,
            "no gateway answers\nWhat a memory store counts ends with its gateway.",
        ),
    ],
)
def test_usage_that_nobody_tells_is_told(
    words: list[str],
    failure: Exception,
    code: int,
    said: str,
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask(*_: object, expected: tuple[str, type]) -> dict[str, object]:
        raise failure

    monkeypatch.setattr("gateway.app.usage_report.ask", ask)
    monkeypatch.setenv("GATEWAY_STORE__URL", "memory://")
    assert main(["usage", "--config", str(config), *words]) == code
    assert capsys.readouterr().err == f"intervals-gateway: {said}\n"
