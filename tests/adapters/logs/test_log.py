"""How lines leave: in order, off the way of requests, bounded; and foreign libraries' warnings with them."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
import warnings
from pathlib import Path

import pytest

from gateway.adapters.logs import Log, Redaction, open_log
from gateway.adapters.logs.log import Descriptor
from gateway.adapters.logs.rendering import as_json
from tests.adapters.logs.making import SECRET, Kept, trace


def test_lines_leave_in_order() -> None:
    kept = Kept()
    for number in range(70):
        kept.log.access(trace(request_id=str(number)), target="/", size=0)
    kept.log.event("stop")
    ids = [record.get("request_id") for record in kept.records()]
    assert ids == [*map(str, range(70)), None]


def test_a_full_queue_drops_and_counts_but_has_room_for_events() -> None:
    kept = Kept(capacity=10)
    for _ in range(25):
        kept.log.access(trace(), target="/", size=0)
    kept.log.event("account_closed", account="acme")
    assert kept.log.dropped == {"access_line": 15, "event": 0}
    for _ in range(2000):
        kept.log.event("noise")
    assert kept.log.dropped == {"access_line": 15, "event": 1001}
    assert kept.records()[10]["event"] == "account_closed"


def test_a_reader_that_is_gone_costs_lines_and_nothing_else() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    log = Log(Descriptor(writing), as_json, Redaction())
    log.access(trace(), target="/", size=0)
    log.event("stop")
    log.drain()
    os.close(writing)
    assert log.dropped == {"access_line": 1, "event": 1}


@pytest.mark.parametrize("blocking", [True, False])
def test_a_full_pipe_holds_up_no_request(blocking: bool) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, blocking)
    lines: list[bytes] = []

    def read() -> None:
        with io.FileIO(reading) as raw, io.BufferedReader(raw) as pipe:
            lines.extend(pipe)

    reader = threading.Thread(target=read)
    with Log(Descriptor(writing), as_json, Redaction(), capacity=1000) as log:
        for _ in range(5000):  # some 2 MB, and nobody reads yet
            log.access(trace(), target="/client/", size=0)
        reader.start()
    os.close(writing)
    reader.join()
    assert log.dropped["access_line"] > 0
    assert len(lines) + log.dropped["access_line"] == 5000
    assert all(json.loads(line)["event"] == "request" for line in lines)


def test_foreign_warnings_and_errors_are_lines_too() -> None:
    kept = Kept()
    before = logging.getLogger().handlers[:]
    with warnings.catch_warnings(), kept.log:
        warnings.simplefilter("always")
        logging.getLogger("library").info("not this")
        logging.getLogger("library").warning("cannot reach %s", f"http://h/?key={SECRET}")
        logging.getLogger("library").warning("%d", "no number")
        warnings.warn("something is deprecated", DeprecationWarning, stacklevel=1)
        try:
            raise ValueError(f"wrong {SECRET}")
        except ValueError:
            logging.getLogger("library").exception("failed")
    first, second, third, fourth = kept.records()
    assert first | {"time": ""} == {
        "time": "",
        "level": "warning",
        "event": "log",
        "logger": "library",
        "message": "cannot reach http://h/?key=[redacted]",
    }
    assert second["message"] == "%d"
    assert "something is deprecated" in third["message"]
    assert fourth["level"] == "error"
    assert "ValueError: wrong [redacted]" in fourth["exception"]
    assert SECRET not in kept.text()
    assert logging.getLogger().handlers == before


def test_a_file_gets_json_and_a_terminal_gets_text(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file, open_log(Redaction(), file) as log:
        log.event("start", port=8080)
    assert json.loads((tmp_path / "log").read_text())["port"] == 8080
    primary, secondary = os.openpty()
    with io.TextIOWrapper(io.FileIO(secondary, "w")) as terminal, open_log(Redaction(), terminal) as log:
        log.event("start", port=8080)
    shown = os.read(primary, 1000).decode()
    os.close(primary)
    assert shown.rstrip().endswith("info    start port=8080")


def test_what_becomes_a_secret_later_is_hidden_from_then_on() -> None:
    kept = Kept()
    kept.log.hide(["the-key-of-tomorrow"])
    kept.log.event("seen", text=f"the-key-of-tomorrow and {SECRET}")
    assert "tomorrow" not in kept.text()
    assert kept.log.cleaned("the-key-of-tomorrow: wrong") == "[redacted]: wrong"
    assert SECRET not in kept.text()
