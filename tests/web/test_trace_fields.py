"""Which fields are cut out of a request before it is looked up, and which of them are kept."""

from __future__ import annotations

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.web import trace_fields

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
FIRST, LAST = b"GET / HTTP/1.1\r\nHost: x", b"\r\nAccept: */*\r\n\r\n"


def octets(*fields: str) -> bytes:
    return FIRST + b"".join(f"\r\n{field}".encode() for field in fields) + LAST


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ((f"traceparent: {PARENT}",), {b"traceparent": PARENT}),
        (("X-REQUEST-ID:\t r-1 ", f"Traceparent:{PARENT}"), {b"x-request-id": "r-1", b"traceparent": PARENT}),
        (("tracestate: a=1", "tracestate: b=2", "baggage: k=v"), {}),
        (("X-Request-Id: 7", "b3: 0", "X-B3-TraceId: 1", "sentry-trace: 2"), {b"x-request-id": "7"}),
        (("X-Amzn-Trace-Id: Root=1", "x-datadog-parent-id: 3", "X-Cloud-Trace-Context: 1/2"), {}),
    ],
)
def test_they_are_cut_out(fields: tuple[str, ...], kept: dict[bytes, str]) -> None:
    assert trace_fields.apart(octets(*fields)) == (FIRST + LAST, kept)
    assert trace_fields.without(octets(*fields)) == FIRST + LAST


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("X-Request-Ids: 1",),
        ("XX-Request-Id: 1",),
        ("X-Request-Id : 1",),
        ("baggage: \x00",),
        ("X-Request-Id: a b",),
        ("X-Request-Id: 1", "x-request-id: 1"),
        (f"traceparent: {PARENT}", f"traceparent: {PARENT}"),
        ("traceparent: 00-1-2-3", "tracestate: a=1"),
        ("User-Agent: tracestate: a",),
    ],
)
def test_what_is_no_such_field_or_would_not_be_kept_is_left_to_the_walk(fields: tuple[str, ...]) -> None:
    assert trace_fields.apart(octets(*fields)) is None


@pytest.mark.parametrize("value", [" " * 4000 + "\x00", "a " * 2000 + "\x00", "\t" * 4000, "\r" * 4000])
def test_work_grows_with_the_field_and_no_faster(value: str) -> None:
    """Anyone can send it, without a key: spaces before a control character held up all callers for five minutes."""
    began = thread_time()
    trace_fields.apart(octets(f"traceparent: {value}", f"baggage: {value}"))
    assert thread_time() - began < 10.0


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_what_is_left_holds_no_such_field_and_all_the_rest(before: bytes, after: bytes) -> None:
    whole = before + b"\r\nB3: 1\r\n" + after
    rest = trace_fields.without(whole)
    assert len(rest) < len(whole)
    assert rest.startswith(before.partition(b"\r\n")[0])
