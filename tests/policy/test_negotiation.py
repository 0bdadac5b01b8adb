from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.negotiation import (
    NotAcceptable,
    Representation,
    Unsupported,
    body_format,
    choose,
    coding,
    content_type,
    in_any_case,
    wants_other_media,
)

JSON, XML = Representation.JSON, Representation.XML

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
CHROME_IMAGE = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, XML),
        ("", XML),
        ("  ", XML),
        ("*/*", JSON),
        ("application/json", JSON),
        ("Application/JSON", JSON),
        ("text/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/json, text/plain, */*", JSON),
        ("application/xml", XML),
        ("text/xml", XML),
        ("text/*", XML),
        ("application/*", JSON),
        ("application/xml, application/json", JSON),
        ("application/xml, application/json;q=0.9", XML),
        ("application/xml, */*", XML),
        ("application/xml;q=0.5, */*", JSON),
        ("application/json;q=0, */*", XML),
        ("application/json;q=0, application/*", XML),
        ("application/*;q=0, text/xml;q=0.1", XML),
        ("text/xml;q=0, application/xml", XML),
        ("application/json;q=0.500, application/xml;q=0.501", XML),
        (FIREFOX, XML),
        (CHROME, XML),
        (CHROME_IMAGE, JSON),
        (JAVA, JSON),
        ("application/json;q=2, application/xml;q=0.1", XML),
        ("application/json;q=x, application/xml;q=0.1", XML),
        (", ,application/xml,;", XML),
        ('text/html;a="x, application/xml", application/json;q=0.1', JSON),
        ("json", JSON),
        ("xml", JSON),
        ("/", JSON),
        ("*", JSON),
        ("application/json;q=1.0000", JSON),
    ],
)
def test_choose(accept: str | None, chosen: Representation) -> None:
    assert choose(accept) is chosen


@pytest.mark.parametrize(
    "accept",
    ["image/*", "image/png", "text/html", "*/*;q=0", "application/json;q=0", "application/vnd.api+json", "text/plain"],
)
def test_nothing_fits(accept: str) -> None:
    assert choose(accept) == NotAcceptable(accept)


@pytest.mark.parametrize(
    ("accept", "other"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("image/*", True),
        ("image/png", True),
        ("application/pdf", True),
        ("application/octet-stream, */*;q=0.5", True),
        ("application/json, image/png", False),
        ("image/png, application/json;q=0.9", True),
        ("image/png;q=0", False),
        (CHROME_IMAGE, True),
        (CHROME, False),
        (FIREFOX, False),
        (JAVA, False),
        ("text/html", False),
        ("application/json, text/plain, */*", False),
        ("nonsense", False),
    ],
)
def test_wants_other_media(accept: str | None, other: bool) -> None:
    assert wants_other_media(accept) is other


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("application/json", JSON),
        ("text/json;charset=UTF-8", JSON),
        ('application/xml; charset="utf-8"', XML),
        ("text/xml; charset=us-ascii; version=1", XML),
        ("APPLICATION/XML ;", XML),
    ],
)
def test_body_format(field: str, found: Representation) -> None:
    assert body_format(field) is found


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (None, "a body without Content-Type is not accepted, application/json or application/xml is"),
        ("", "an empty Content-Type is not accepted, application/json or application/xml is"),
        ("text/plain", "text/plain is not accepted, application/json or application/xml is"),
        (
            "application/vnd.api+json",
            "application/vnd.api+json is not accepted, application/json or application/xml is",
        ),
        ("application/xml; charset=iso-8859-1", "the charset iso-8859-1 is not accepted, utf-8 is"),
        ("application/json; charset=", "the charset  is not accepted, utf-8 is"),
    ],
)
def test_other_bodies_are_unsupported(field: str | None, reason: str) -> None:
    assert body_format(field) == Unsupported(field, reason)


def test_content_types_are_read_back() -> None:
    assert [content_type(it) for it in Representation] == ["application/json", "application/xml; charset=utf-8"]
    assert [body_format(content_type(it)) for it in Representation] == [JSON, XML]


@pytest.mark.parametrize(
    ("field", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZIP, deflate, br", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "gzip"),
        ("br, *;q=0.1", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0, *", "identity"),
        ("*;q=0", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0", "identity"),
        ("deflate, br", "identity"),
        ("gzip;q=nine", "identity"),
    ],
)
def test_coding(field: str | None, chosen: str) -> None:
    assert coding(field) == chosen


@given(st.text(max_size=100) | st.text('aplicton/jsxm*;q=01., "\\', max_size=100))
def test_any_field_is_answered(field: str) -> None:
    assert isinstance(choose(field), Representation | NotAcceptable)
    assert isinstance(body_format(field), Representation | Unsupported)
    assert coding(field) in {"gzip", "identity"}
    if wants_other_media(field):
        assert "/" in field


@pytest.mark.parametrize("judge", [choose, wants_other_media, coding])
def test_long_fields_are_not_kept(judge: Callable[[str], object]) -> None:
    """Strangers who send one after the other, each different, are not to fill memory."""
    tracemalloc.start()
    try:
        for number in range(200):
            judge(f"a/{number};" + "x" * 10_000)
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "field",
    ["a/b;q=0.1," * 20_000, '"\\' * 100_000, '"' * 199_999, ";" * 200_000, "," * 200_000, "a" * 200_000],
    ids=["members", "escapes", "quotes", "parameters", "commas", "one name"],
)
def test_work_grows_with_the_field_and_no_faster(field: str) -> None:
    """Over twenty times the longest field a server takes: anything quadratic would take minutes."""
    began = thread_time()
    choose(field)
    coding(field)
    assert thread_time() - began < 10.0


@pytest.mark.parametrize(
    ("accept", "told"),
    [
        (None, Representation.XML),
        ("application/xml", Representation.XML),
        ("*/*", Representation.JSON),
        ("image/png", Representation.JSON),
    ],
)
def test_whoever_accepts_neither_is_told_in_json(accept: str | None, told: Representation) -> None:
    assert in_any_case(accept) is told
