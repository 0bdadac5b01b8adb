"""`intervals-gateway jobs` as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.web.operations_client import Refused, Unanswered
from tests.settings.files import MINIMAL

JOB = {
    "id": "ff01",
    "app": "tool",
    "state": "failed",
    "method": "PUT",
    "target": "/task/5/",
    "accepted": "2026-01-02T03:04:05Z",
    "ended": None,
    "tried_next": None,
    "status": 400,
    "detail": None,
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What the gateway is asked; it answers every question well."""
    seen: list[tuple[object, ...]] = []

    def ask(*words: object, expected: tuple[str, type]) -> dict[str, object]:
        seen.append(words[2:])
        if words[2] == "DELETE":
            return {"cancelled": "ff01", "app": "tool"}
        return {"jobs": [JOB, JOB | {"id": "ff02", "detail": "lost", "status": None}]}

    monkeypatch.setattr("gateway.app.jobs_command.ask", ask)
    return seen


def run(tmp_path: Path, *words: str) -> int:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    return main(["jobs", *words, "--config", str(path)])


def test_jobs_are_a_table(tmp_path: Path, asked: list[tuple[object, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "--state", "failed", "--app", "tool") == 0
    assert asked == [("GET", "/api/jobs", {"state": "failed", "app": "tool"})]
    assert capsys.readouterr().out == (
        "id    app   state   accepted              request       status  detail\n"
        "ff01  tool  failed  2026-01-02T03:04:05Z  PUT /task/5/  400\n"
        "ff02  tool  failed  2026-01-02T03:04:05Z  PUT /task/5/          lost\n"
    )


def test_one_is_cancelled(tmp_path: Path, asked: list[tuple[object, ...]], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "cancel", "ff01") == 0
    assert asked == [("DELETE", "/api/jobs/ff01", {})]
    assert capsys.readouterr().out == "cancelled job ff01 of app tool\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["cancel"], "cancel takes the id of one job"),
        (["cancel", "ff01", "--app", "tool"], "cancel takes the id of one job"),
        (["cancel", "../cache"], "is no id of a job"),
        (["list", "ff01"], "a list takes no id"),
    ],
)
def test_what_makes_no_sense_is_asked_of_nobody(
    words: list[str],
    said: str,
    tmp_path: Path,
    asked: list[tuple[object, ...]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(tmp_path, *words) == 2
    assert asked == []
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failure", "code"), [(Refused("no app has a job 'ff01'"), 2), (Unanswered("no gateway answers"), 1)]
)
def test_what_the_gateway_says_is_passed_on(
    failure: Exception,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def ask(*_: object, expected: tuple[str, type]) -> dict[str, object]:
        raise failure

    monkeypatch.setattr("gateway.app.jobs_command.ask", ask)
    assert run(tmp_path, "cancel", "ff01") == code
    assert str(failure) in capsys.readouterr().err


def test_a_mistake_in_the_configuration_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "--config", str(tmp_path / "absent.toml")]) == 2
    assert "there is no such file" in capsys.readouterr().err
