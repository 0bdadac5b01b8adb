import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import vary
from gateway.policy.messages import Headers


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ()),
        ([""], ()),
        (["Accept"], ("accept",)),
        (["B, a"], ("a", "b")),
        (["a", "B,, a"], ("a", "b")),
        (["*"], None),
        (["a, *"], None),
        (["a", "*"], None),
        ([", *"], None),
    ],
)
def test_names(lines: list[str], expected: tuple[str, ...] | None) -> None:
    """RFC 9110 §12.5.5."""
    assert vary.names(Headers(("Vary", line) for line in lines)) == expected


@pytest.mark.parametrize(
    ("name", "first", "second", "same"),
    [
        ("foo", ["1,2"], [" 1 , 2 "], True),
        ("foo", ["1, 2"], ["1", "2"], True),
        ("foo", ["1, 2"], ["2, 1"], False),
        ("foo", ["a"], ["A"], False),
        ("foo", ['"a,b"'], ['"a, b"'], False),
        ("foo", ['"a,b'], ['"a, b'], False),
        ("foo", ['1, "a\\'], ['1,"a\\'], True),
        ("foo", [""], [], False),
        ("foo", [], [], True),
        ("accept-language", ["en, de;q=0.5"], ["DE; q=0.5,EN"], True),
        ("accept-language", ["en, de"], ["en"], False),
        ("accept-encoding", ["gzip, br"], ["br, gzip"], True),
        ("accept-encoding", ["gzip;q=0"], ["gzip"], False),
    ],
)
def test_selecting_fields_in_one_form(name: str, first: list[str], second: list[str], same: bool) -> None:
    """RFC 9111 §4.1."""
    one, other = (vary.selecting([name], Headers((name, line) for line in lines)) for lines in (first, second))
    assert (one == other) is same


@given(st.text(alphabet='ab", \\', max_size=40))
def test_the_form_is_stable(value: str) -> None:
    ((_, once),) = vary.selecting(["foo"], Headers([("foo", value)]))
    ((_, twice),) = vary.selecting(["foo"], Headers([("foo", once or "")]))
    assert once == twice
