"""What an access line and an event hold, and what they never hold."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.logs.rendering import as_json, as_text
from tests.adapters.logs.making import SECRET, Kept, trace


def line(target: str, **changes: Any) -> dict[str, Any]:
    kept = Kept()
    kept.log.access(trace(**changes), target=target, size=2048)
    (record,) = kept.records()
    return record


def test_an_access_line_holds_the_whole_story() -> None:
    assert line("/client/?limit=50&search=Miller") == {
        "time": "2026-11-21T01:30:40.062Z",
        "level": "info",
        "event": "request",
        "request_id": "r1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "app": "timesheets",
        "account": "acme",
        "method": "GET",
        "path": "/client/",
        "parameters": ["limit", "search"],
        "resource": "client",
        "representation": "json",
        "outcome": "miss",
        "forwarded": "uri-miss",
        "forwarded_status": 200,
        "stored": True,
        "ttl": 900.0,
        "status": 200,
        "cost": 1,
        "queued_ms": 250.0,
        "upstream_ms": 125.0,
        "spent_ms": 376.432,
        "bytes": 2048,
    }


@pytest.mark.parametrize(
    ("target", "path", "parameters"),
    [
        ("", "", []),
        ("/client", "/client", []),
        ("/client/123/?a=1&a=2&b", "/client/123/", ["a", "*"]),
        ("/person/jo@example.org/", "/person/*/", []),
        ("/client/?jo@example.org=1&=2&%41=3", "/client/", ["*"]),
        ("/client/?x=?&y==&&", "/client/", ["x", "y"]),
        ("/" + "a" * 65, "/*", []),
        ("/\udce4/\x1b[2J", "/*/*", []),
    ],
)
def test_only_names_of_paths_and_parameters_are_shown(target: str, path: str, parameters: list[str]) -> None:
    record = line(target)
    assert (record["path"], record["parameters"]) == (path, parameters)


@pytest.mark.parametrize("place", ["request_id", "method", "traceparent"])
def test_a_secret_sent_in_the_wrong_place_is_replaced(place: str) -> None:
    assert SECRET[:20] not in str(line("/", **{place: f"00-{SECRET}-"}))


def test_a_secret_in_the_target_is_replaced() -> None:
    record = line(f"/client/{SECRET}/?{SECRET}=1")
    assert record["path"] == "/client/[redacted]/"
    assert record["parameters"] == ["[redacted]"]


def test_a_failure_of_the_gateway_is_an_error() -> None:
    assert line("/", status=500)["level"] == "error"


@given(st.text(st.characters(exclude_characters="INi"), max_size=40), st.floats(), st.integers(-(2**70), 2**70))
def test_any_text_and_number_makes_one_line(text: str, number: float, whole: int) -> None:
    kept = Kept()
    kept.log.access(trace(request_id=text, ttl=number, detail=text), target=f"/{text}?{text}={text}", size=whole)
    kept.log.event("odd", text=text, number=number, whole=whole, parts={text: [text]})
    assert [record["event"] for record in kept.records()] == ["request", "odd"]
    assert b"NaN" not in kept.octets
    assert b"Infinity" not in kept.octets


def test_an_event_is_cleaned_through_and_through() -> None:
    kept = Kept()
    kept.log.event(
        "store_trouble", level="warning", name="x", parts=[{"url": f"redis://:{SECRET}@h/?a=b"}], why=ValueError(SECRET)
    )
    (record,) = kept.records()
    assert record == {
        "time": "2026-11-21T01:30:40.062Z",
        "level": "warning",
        "event": "store_trouble",
        "name": "x",
        "parts": [{"url": "redis://:[redacted]@h/?a=[redacted]"}],
        "why": "[redacted]",
    }


def test_an_event_keeps_its_name_and_time() -> None:
    kept = Kept()
    kept.log.event("start", event="other", time=0)
    assert kept.records()[0]["event"] == "start"
    assert kept.records()[0]["time"].endswith("Z")


def test_text_for_a_person() -> None:
    kept = Kept(as_text)
    kept.log.access(trace(), target="/client/?limit=5", size=1)
    kept.log.access(trace(app=None, refusal="key_unknown", status=401, method="G\x1b"), target="/", size=1)
    kept.log.event("log", level="error", message="two\nlines", exception="Traceback\n  File\x1b")
    assert kept.text().split("\n") == [
        "01:30:40.062 200 miss          376.4 ms  timesheets     GET    /client/?limit uri-miss",
        "01:30:40.062 401 miss          376.4 ms  -              G\\x1b     / key_unknown",
        "01:30:40.062 error   log message=two\\nlines",
        "    Traceback",
        "      File\\x1b",
        "",
    ]


def test_what_orjson_refuses_is_written_all_the_same() -> None:
    assert json.loads(as_json({"a": "\udce4", "b": 2**70})) == {"a": "\udce4", "b": 2**70}
    assert json.loads(as_json({"a": math.inf, "b": "\udce4"})) == {"a": None, "b": "\udce4"}
