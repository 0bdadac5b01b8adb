"""The parts of a head."""

from __future__ import annotations

import re

import pytest

from gateway.policy.messages import Headers, Response
from gateway.policy.trace import Outcome, Trace
from gateway.web import head


def trace(**changed: object) -> Trace:
    made = Trace(request_id="r1", traceparent="00-1", outcome=Outcome.HIT, ttl=9.9)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("status", "version", "line"),
    [
        (200, "1.1", "HTTP/1.1 200 OK\r\n"),
        (304, "1.1", "HTTP/1.1 304 Not Modified\r\n"),
        (404, "1.0", "HTTP/1.0 404 Not Found\r\n"),
        (299, "1.1", "HTTP/1.1 299 \r\n"),
    ],
)
def test_a_status_line_has_the_registered_phrase(status: int, version: str, line: str) -> None:
    assert head.status_line(status, version) == line


def test_what_lasts_is_without_what_is_written_elsewhere() -> None:
    fields = [("ETag", '"x"'), ("Age", "3"), ("Content-Length", "9"), ("Connection", "close"), ("Server", "theirs")]
    fields += [("X-Request-Id", "theirs"), ("Traceparent", "theirs"), ("Quota-Cost", "9"), ("RateLimit", "theirs")]
    fields += [("RateLimit-Policy", "theirs")]
    lasting = head.lasting(Response(200, Headers(fields)), trace(replaced_characters=2))
    assert lasting == 'ETag: "x"\r\nQuota-Cost: 0\r\nServer: intervals-gateway\r\nContent-Replaced-Characters: 2\r\n'


def test_what_ages() -> None:
    assert head.ageing("5", trace()) == "Age: 5\r\nCache-Status: intervals-gateway; hit; ttl=9\r\n"
    assert head.ageing(None, trace(outcome=Outcome.REFUSED)) == ""


def test_what_is_true_this_second() -> None:
    text = head.current([("RateLimit", "a")])
    assert re.fullmatch(r"Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\nRateLimit: a\r\n", text)
    assert head.current([], dated=True) == ""


def test_what_is_said_of_one_request() -> None:
    text = head.own(trace(spent=0.0123).server_timing(), "r1", "00-1")
    assert text == "Server-Timing: gateway;dur=12.3\r\nX-Request-Id: r1\r\ntraceparent: 00-1\r\n"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: b", "a\nb", "a\rb"])
def test_a_field_that_would_end_its_line_is_our_mistake(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        head.lasting(Response(200, Headers([("X", value)])), trace())
