from __future__ import annotations

from typing import Any

import pytest

from gateway.exchange.passing.inquiry import Inquiry
from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey
from tests.fakes.exchange import TOOL, caller, request

STORED = Entry(
    key=CacheKey("v"),
    account=AccountName("acme"),
    resource="other",
    target="/x",
    response=Response(200, Headers([("ETag", '"a"')])),
    requested_at=0.0,
    received_at=0.0,
    initial_age=0.0,
    lifetime=0.0,
)


def inquiry(method: str = "GET", body: bytes = b"", **fields: Any) -> Inquiry:
    return Inquiry(request(method, "/x", body, **fields), TOOL, "other")


@pytest.mark.parametrize(
    ("asked", "reads"),
    [
        (inquiry(), True),
        (inquiry("HEAD"), True),
        (inquiry(range="bytes=0-1"), True),
        (inquiry(if_none_match='"a"'), True),
        (inquiry("GET", b"body"), False),
        (inquiry(if_match='"a"'), False),
        (inquiry(if_unmodified_since="x"), False),
        (inquiry("POST"), False),
        (inquiry("OPTIONS"), False),
    ],
)
def test_what_a_stored_response_may_answer(asked: Inquiry, reads: bool) -> None:
    """RFC 9111 §4, §4.3.2."""
    assert asked.reads is reads


@pytest.mark.parametrize(
    ("fields", "alike"),
    [
        ({}, True),
        ({"x_request_id": "1", "traceparent": "2", "tracestate": "3"}, True),
        ({"prefer": "wait=1", "x_api_key": "k"}, True),
        ({"user_agent": "x"}, False),
        ({"cookie": "a=b"}, False),
        ({"if_none_match": '"a"'}, False),
        ({"cache_control": "no-cache"}, False),
    ],
)
def test_requests_are_alike_but_for_what_names_their_caller(fields: dict[str, Any], alike: bool) -> None:
    assert (inquiry().alike == inquiry(**fields).alike) is alike


def test_requests_under_other_credentials_are_not_alike() -> None:
    assert inquiry().alike != Inquiry(request("GET", "/x"), caller(token="another"), "other").alike


def test_the_stored_validator_goes_along() -> None:
    assert inquiry().order(STORED).request.headers.get("if-none-match") == '"a"'
    assert inquiry().order(None).request.headers.get("if-none-match") is None


def test_for_the_store_the_whole_is_asked_for_without_conditions() -> None:
    asked = Inquiry(
        request("HEAD", "/x", accept="a/b", range="bytes=0-1", if_none_match='"b"', cache_control="max-stale"),
        TOOL,
        "other",
    ).for_the_store()
    assert (asked.request.method, list(asked.request.headers)) == ("GET", [("accept", "a/b")])


def test_patience_is_the_shorter_one() -> None:
    assert inquiry(prefer="wait=3").patience == 3.0
    assert inquiry().order(None).patience == TOOL.patience
