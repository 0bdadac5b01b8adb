import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import cachecontrol
from gateway.policy.messages import Headers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, {}),
        ("", {}),
        ("no-cache", {"no-cache": None}),
        ("No-Cache, MAX-AGE=5", {"no-cache": None, "max-age": "5"}),
        ('max-age="5"', {"max-age": "5"}),
        ("max-age = 5 , public", {"max-age": "5", "public": None}),
        ('private="set-cookie, x-a", no-store', {"private": "set-cookie, x-a", "no-store": None}),
        ("max-age=1, max-age=1", {"max-age": "1"}),
        ("max-age=1, max-age=9", {"max-age": ""}),
        ('ext="a\\"b", max-age=2', {"ext": 'a"b', "max-age": "2"}),
    ],
)
def test_read(value: str | None, expected: dict[str, str | None]) -> None:
    assert cachecontrol.read(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("max-age=5", 5.0),
        ("max-age=0005", 5.0),
        ("max-age=-1", 0.0),
        ("max-age=1.5", 0.0),
        ("max-age=abc", 0.0),
        ("max-age", 0.0),
        ("max-age=2147483647", 2.0**31 - 1),
        ("max-age=99999999999999999999", 2.0**31),
        pytest.param(f"max-age={'9' * 5000}", 2.0**31, id="more digits than int() reads"),
        pytest.param(f"max-age={'0' * 5000}7", 7.0, id="as many zeros"),
        ("public", None),
        ("max-age=1, max-age=2", 0.0),
    ],
)
def test_seconds_that_cannot_be_read_are_none_at_all(value: str, expected: float | None) -> None:
    assert cachecontrol.seconds(cachecontrol.read(value), "max-age") == expected


def test_pragma_counts_only_where_there_is_no_cache_control() -> None:
    assert "no-cache" in cachecontrol.of(Headers([("Pragma", "no-cache")]))
    assert "no-cache" not in cachecontrol.of(Headers([("Pragma", "no-cache"), ("Cache-Control", "max-age=1")]))


@pytest.mark.parametrize(
    ("value", "whole", "fields"),
    [
        ("no-cache", True, set()),
        ('no-cache=""', True, set()),
        ('no-cache="Set-Cookie, A"', False, {"set-cookie", "a"}),
        ("no-cache=a", False, {"a"}),
        ('no-cache="a", no-cache', True, set()),
        ("max-age=1", False, set()),
    ],
)
def test_a_directive_about_some_fields_is_not_about_the_answer(value: str, whole: bool, fields: set[str]) -> None:
    """RFC 9111 §5.2.2.4."""
    directives = cachecontrol.read(value)
    assert cachecontrol.unqualified(directives, "no-cache") is whole
    assert cachecontrol.listed(directives, "no-cache") == fields


@given(st.text(max_size=200) | st.integers(0, 9).map(lambda digit: f"max-age={str(digit) * 4400}"))
def test_nothing_a_peer_writes_raises(value: str) -> None:
    directives = cachecontrol.read(value)
    for name in directives:
        cachecontrol.seconds(directives, name)
