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


PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
KEY = st.from_regex(r"[a-z*][a-z0-9_.*-]{0,5}", fullmatch=True)
BARE = st.one_of(
    PRINTABLE,
    st.booleans(),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.from_regex(r"[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,6}", fullmatch=True).map(Opaque),
    st.integers(-(10**12) + 1, 10**12 - 1).map(lambda number: Opaque(f"{number}.5")),
    st.sampled_from([Opaque("::"), Opaque(":YQ==:"), Opaque("@-60"), Opaque('%"a%c3%bc"')]),
)
PARAMETERS = st.lists(st.tuples(KEY, st.none() | BARE), max_size=2)


def written(value: Value) -> str:
    if isinstance(value, bool):
        return f"?{value:d}"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.text if isinstance(value, Opaque) else str(value)


def parameters(pairs: list[tuple[str, Value | None]]) -> str:
    return "".join(f"; {key}" if value is None else f";{key}={written(value)}" for key, value in pairs)


INNER = st.lists(st.tuples(BARE, PARAMETERS), max_size=3).map(
    lambda pairs: Opaque(f"({' '.join(written(value) + parameters(more) for value, more in pairs)})")
)


@given(st.lists(st.tuples(KEY, BARE | INNER, PARAMETERS), max_size=4), st.sampled_from([",", ", ", " , ", "\t,\t"]))
def test_what_is_written_is_read(members: list[tuple[str, Value, list[tuple[str, Value | None]]]], comma: str) -> None:
    """RFC 9651 §4.1: any dictionary and any list, with parameters everywhere."""
    values = [written(value) + parameters(more) for _, value, more in members]
    assert structured.items(comma.join(values)) == [value for _, value, _ in members]
    named = comma.join(f"{key}={text}" for (key, _, _), text in zip(members, values, strict=True))
    assert structured.dictionary(named) == {key: value for key, value, _ in members}
