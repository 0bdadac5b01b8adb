"""The command that looks after webhooks asks the operations listener, and says what came of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from gateway.cli import main

SUBSCRIPTION = {
    "id": "board",
    "state": "active",
    "waiting": 3,
    "account": "acme",
    "events": ["quota.*", "webhook.*"],
    "url": "https://tool.internal/events",
}
LETTER = {
    "id": "1-a",
    "died_at": 1_750_075_200.0,
    "subscription": "board",
    "receiver": None,
    "type": "quota.spent",
    "webhook_id": "evt_1",
    "why": "status 500",
}
CALLBACK = {**LETTER, "id": "2-b", "subscription": None, "receiver": "https://tool.internal/done"}


class Listener:
    """Answers as an operations listener would; remembers what was asked."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                asked = f"{self.command} {self.path}"
                listener.asked.append(asked)
                status, told = listener.answers.get(asked, (404, {"detail": "there is none"}))
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = _answer  # noqa: N815  the names that the standard library calls

            @override
            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.config = folder / "config.toml"
        self.config.write_text(
            f'[operations]\nport = {self.server.server_port}\n[accounts.acme]\n[apps.tool]\naccount = "acme"\n'
            'key = "fifteen-men-on-a-chest"\n'
        )

    def main(self, *words: str) -> int:
        return main(["webhooks", *words, "--config", str(self.config)])


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path)
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.parametrize("words", [(), ("list",)])
def test_subscriptions_are_listed(
    words: tuple[str, ...], listener: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    listener.answers["GET /api/webhooks"] = (200, {"subscriptions": [SUBSCRIPTION]})
    assert listener.main(*words) == 0
    assert capsys.readouterr().out.splitlines() == [
        "id     state   waiting  account  events             url",
        "board  active  3        acme     quota.*,webhook.*  https://tool.internal/events",
    ]


def test_dead_letters_are_listed_page_by_page(listener: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    listener.answers["GET /api/webhooks/dead"] = (200, {"dead": [LETTER], "next": "1-a"})
    listener.answers["GET /api/webhooks/dead?after=1-a"] = (200, {"dead": [CALLBACK], "next": None})
    assert listener.main("dead") == 0
    assert capsys.readouterr().out.splitlines() == [
        "id   died_at              receiver                    type         webhook_id  why",
        "1-a  2025-06-16 12:00:00  board                       quota.spent  evt_1       status 500",
        "2-b  2025-06-16 12:00:00  https://tool.internal/done  quota.spent  evt_1       status 500",
    ]


@pytest.mark.parametrize(
    ("words", "asked", "answer", "said"),
    [
        (["test", "board"], "board/test", {"webhook_id": "evt_9"}, "a test event is on its way: webhook-id evt_9\n"),
        (["enable", "board"], "board/enable", {"enabled": "board"}, "enabled board\n"),
        (
            ["enable", "api-1"],
            "api-1/enable",
            {"enabled": "api-1", "secret": "whsec_x"},
            "enabled api-1\nits new secret, shown only now: whsec_x\n",
        ),
        (["replay", "1-a"], "dead/1-a/replay", {"replayed": 1}, "replayed 1 dead letter\n"),
        (["replay"], "dead/replay", {"replayed": 7}, "replayed 7 dead letters\n"),
        (
            ["test", "../dead/x"],
            "..%2Fdead%2Fx/test",
            {"webhook_id": "e"},
            "a test event is on its way: webhook-id e\n",
        ),
    ],
)
def test_what_is_asked_for_is_done(
    listener: Listener, capsys: pytest.CaptureFixture[str], words: list[str], asked: str, answer: Any, said: str
) -> None:
    listener.answers[f"POST /api/webhooks/{asked}"] = (202, answer)
    assert listener.main(*words) == 0
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["test"], "test takes the id of a subscription"),
        (["enable"], "enable takes the id of a subscription"),
        (["list", "board"], "list takes no id"),
        (["dead", "board"], "dead takes no id"),
        (["test", "nobody"], "there is none"),
    ],
)
def test_what_is_wrong_is_said(
    listener: Listener, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert listener.main(*words) == 2
    assert said in capsys.readouterr().err


def test_where_no_gateway_answers_that_is_said(listener: Listener, capsys: pytest.CaptureFixture[str]) -> None:
    listener.answers["GET /api/webhooks"] = (200, {"something": "else"})
    assert listener.main("list") == 1
    assert "is no gateway of this version" in capsys.readouterr().err
