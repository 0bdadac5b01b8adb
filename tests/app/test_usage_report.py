"""Where the command finds the totals: at the running gateway, else in its file, else nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.adapters.sqlite import SqliteFile, SqliteUsage
from gateway.app import usage_report
from gateway.policy.quota import usage
from gateway.policy.quota.usage import Counts, Heading
from gateway.web.operations_client import Refused, Unanswered
from tests.app.configured import settings

TODAY = "2024-10-04"
NOBODY = Unanswered("no gateway answers at 127.0.0.1:9464: refused")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "day_of", lambda now: TODAY)


def answering(monkeypatch: pytest.MonkeyPatch, answer: Mapping[str, object] | Exception) -> list[object]:
    asked: list[object] = []

    def ask(host: str, port: int, method: str, path: str, parameters: object, *, expected: object) -> object:
        asked.append((method, path, parameters))
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(usage_report, "ask", ask)
    return asked


def test_a_running_gateway_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, {"groups": []})
    found = usage_report.find(settings(tmp_path), since="30d", by="day")
    assert found == usage_report.Found({"groups": []})
    assert asked == [("GET", "/api/usage", {"since": "30d", "by": "day"})]


def test_what_cannot_be_asked_is_asked_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, {})
    with pytest.raises(Refused, match="did you mean 'app'"):
        usage_report.find(settings(tmp_path), since="7d", by="appp")
    assert asked == []


def test_the_file_is_read_where_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, NOBODY)
    path = tmp_path / "gateway.db"

    async def write() -> None:
        file = SqliteFile(path, on_error=lambda name, detail: None)
        for day in ("2024-09-27", "2024-09-28", TODAY):
            await SqliteUsage(file).add(day, {Heading("acme", "tool", "client", "GET"): Counts(received=2, sent=1)})
        await file.aclose()

    asyncio.run(write())
    found = usage_report.find(settings(tmp_path, store__url=f"sqlite:///{path}"), since="7d", by="app")
    assert (found.totals["since"], found.totals["total"]["received"]) == ("2024-09-28", 4)
    assert found.note == f"{NOBODY}; read from {path}"


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("memory://", "a memory store counts ends with"),
        ("unix:///absent/socket", "is told by any of its gateways that runs"),
        ("sqlite:///absent.db", r"Nor can .* absent\.db: unable"),
    ],
)
def test_where_nothing_can_be_found_that_is_told(
    store: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, NOBODY)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unanswered, match=rf"(?s)no gateway answers.*{said}"):
        usage_report.find(settings(tmp_path, store__url=store), since="7d", by="app")
