import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy import structured
from gateway.policy.structured import Opaque, Value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", {}),
        ("max-age=60", {"max-age": 60}),
        ("max-age=60, must-revalidate", {"max-age": 60, "must-revalidate": True}),
        ("a=?0, b=?1", {"a": False, "b": True}),
        ('private="set-cookie, x"', {"private": "set-cookie, x"}),
        (r'a="x\"y\\"', {"a": 'x"y\\'}),
        (
            "a=1.5, b=tok/en, c=:YQ==:, d=@60",
            {k: Opaque(v) for k, v in zip("abcd", ("1.5", "tok/en", ":YQ==:", "@60"), strict=True)},
        ),
        ("a=(1 2);q=1, b", {"a": Opaque("(1 2)"), "b": True}),
        ("a;x=1;y, b=2; z", {"a": True, "b": 2}),
        ("a=1, a=2", {"a": 2}),
        ("a=1\t,\tb", {"a": 1, "b": True}),
        ("max-age =60", None),
        ("max-age= 60", None),
        ("MAX-AGE=60", None),
        ("a, &&", None),
        ("a,", None),
        ("a,,b", None),
        ("a b", None),
        ('a="x', None),
        ('a="\xe4"', None),
        ("a=1234567890123456", None),
        ("a=1.", None),
        ("a=-", None),
    ],
)
def test_dictionary(value: str, expected: dict[str, Value] | None) -> None:
    """RFC 9651 §3.2 and §4.2: malformed anywhere is malformed as a whole."""
    assert structured.dictionary(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", []),
        ('"a", "b"', ["a", "b"]),
        ('"a";x=1 , tok', ["a", Opaque("tok")]),
        ('("a" "b")', [Opaque('("a" "b")')]),
        ("1, -2", [1, -2]),
        ('"a" "b"', None),
        ('"a",', None),
        ("a=1", None),
    ],
)
def test_items(value: str, expected: list[Value] | None) -> None:
    assert structured.items(value) == expected


@given(st.text(max_size=80))
def test_nothing_a_peer_writes_raises(value: str) -> None:
    structured.dictionary(value)
    structured.items(value)
