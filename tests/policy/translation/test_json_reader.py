from __future__ import annotations

import json
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.translation import json_reader
from gateway.policy.translation.document import Number, Value
from gateway.policy.translation.json_reader import JsonReader
from gateway.policy.translation.json_writer import JsonWriter
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.policy.translation.steps import finish
from tests.policy.translation.documents import LIMITS, json_values, refused

windows = st.integers(1, 40)


def read(body: bytes, limits: Limits = LIMITS) -> Value:
    return finish(JsonReader(body, limits).steps())


def refusal(body: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Malformed) as caught:
        read(body, limits)
    return str(caught.value)


@given(json_values, windows)
def test_it_reads_what_was_written_through_any_window(value: Value, window: int) -> None:
    body = "".join(JsonWriter().value(value)).encode()
    with patch.object(json_reader, "WINDOW", window):
        assert read(body) == value


@given(json_values, windows, st.integers(0, 3))
def test_white_space_and_a_byte_order_mark_change_nothing(value: Value, window: int, indent: int) -> None:
    plain = json.loads("".join(JsonWriter().value(value)), parse_int=str, parse_float=str)
    body = b"\xef\xbb\xbf " + json.dumps(plain, indent=indent, ensure_ascii=False).encode() + b"\r\n"
    with patch.object(json_reader, "WINDOW", window):
        assert read(body) == plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("-12", -12),
        ("999999999999999", 999999999999999),
        ("9999999999999999", Number("9999999999999999")),
        ("-0", Number("-0")),
        ("1.10", Number("1.10")),
        ("1e400", Number("1e400")),
        ("[true,false,null]", [True, False, None]),
        (r'"\ud83d\ude00\/"', "😀/"),
    ],
)
def test_scalars(text: str, value: Value) -> None:
    assert read(text.encode()) == value


@pytest.mark.parametrize("window", [1, 5, 1 << 15])
@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "Expecting value (line 1, column 1)"),
        (b"\xef\xbb\xbf", "Expecting value (line 1, column 1)"),
        (b" \n x", "Expecting value (line 2, column 2)"),
        (b"{", "a name in double quotes was expected (line 1, column 2)"),
        (b"{a:1}", "a name in double quotes was expected (line 1, column 2)"),
        (b'{"a" 1}', "a colon was expected (line 1, column 6)"),
        (b'{"a":}', "Expecting value (line 1, column 6)"),
        (b'{"a":1\n"b":2}', "a comma or } was expected (line 2, column 1)"),
        (b'{"a":1,}', "nothing stands behind the comma (line 1, column 8)"),
        (b'{"a":[1,\n\n2,]}', "nothing stands behind the comma (line 3, column 3)"),
        (b"[1 2]", "a comma or ] was expected (line 1, column 4)"),
        (b"[1,", "Expecting value (line 1, column 4)"),
        (b"[01]", "a comma or ] was expected (line 1, column 3)"),
        (b'{"a":1} {}', "there is more text behind the value (line 1, column 9)"),
        (b'{"a":1,\n  "a":2}', "a name stands a second time in one object (line 2, column 3)"),
        (b'{"a":[{"b":1,"\\u0062":2}]}', "a name stands a second time in one object (line 1, column 14)"),
        (b'{"a":NaN}', "NaN is not JSON (line 1, column 6)"),
        (b'{"a":-Infinity}', "-Infinity is not JSON (line 1, column 6)"),
        (b'{"a":"x\ny"}', "Invalid control character (line 1, column 8)"),
        (b'{"a":"x', "Unterminated string (line 1, column 6)"),
        (b'{"a":"\\ud800"}', "a surrogate stands without its pair (line 1, column 6)"),
        (b'{"\\udc00":1}', "a surrogate stands without its pair (line 1, column 2)"),
        (b'{"a":"\n\xff"}', "the text is not UTF-8 (line 2, column 1)"),
        ("é\n".encode()[:1], "the text is not UTF-8 (line 1, column 1)"),
        (b'{"a":"\xed\xa0\x80"}', "the text is not UTF-8 (line 1, column 7)"),
    ],
)
def test_refusals_say_what_and_where(body: bytes, error: str, window: int) -> None:
    with patch.object(json_reader, "WINDOW", window):
        assert refusal(body) == error


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":'])
def test_depth_is_bounded_exactly(opening: bytes) -> None:
    limits = Limits(size=1 << 20, depth=4)
    closing = {b"[": b"]", b'{"a":': b"}", b'[{"a":': b"}]"}[opening]
    levels = 4 // len(closing)
    assert read(opening * levels + b'"[[[[[["' + closing * levels, limits) is not None
    assert "deeper than 4" in refusal(b"[" + opening * levels + b"1" + closing * levels + b"]", limits)
    assert "deeper than 4" in refusal(opening * 100_000, limits)
    assert "deeper than 32" in refusal(b'{"a":1,"b":' + opening * 100_000)


@given(json_values, st.integers(2, 4))
def test_depth_is_counted_as_documents_are_nested(value: Value, depth: int) -> None:
    body = "".join(JsonWriter().value(value)).encode()
    if nesting(value) <= depth:
        assert read(body, Limits(size=1 << 20, depth=depth)) == value
    else:
        assert f"deeper than {depth}" in refusal(body, Limits(size=1 << 20, depth=depth))


def nesting(value: Value) -> int:
    if isinstance(value, dict):
        return 1 + max(map(nesting, value.values()), default=0)
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list) else 0


@given(
    st.text('{}[]:,"\\u0123d8c ntrue.eE-+\né', max_size=40)
    | json_values.map(lambda it: "".join(JsonWriter().value(it))),
    windows,
    st.lists(st.tuples(st.integers(0, 200), st.text('{}[]:,"\\ 1e-.', max_size=2)), max_size=3),
)
def test_it_accepts_what_the_standard_library_accepts(text: str, window: int, edits: list[tuple[int, str]]) -> None:
    for place, put in edits:
        text = text[:place] + put + text[place + 1 :]
    expected = loads(text)
    with patch.object(json_reader, "WINDOW", window):
        refusal = refused(lambda: read(text.encode()))
        if refusal is None:
            assert [read(text.encode())] == expected
        else:
            assert not expected or "surrogate" in refusal.reason


def loads(text: str) -> list[Value]:
    """Read as the standard library does; an empty list is a refusal."""
    try:
        return [
            json.loads(
                text,
                object_pairs_hook=once,
                parse_constant=once,
                parse_int=json_reader._integer,
                parse_float=Number,
            )
        ]
    except ValueError:
        return []


def once(pairs: list[tuple[str, Value]] | str) -> dict[str, Value]:
    if isinstance(pairs, str) or len(dict(pairs)) != len(pairs):
        raise ValueError
    return dict(pairs)


@given(st.binary(max_size=60), windows)
def test_any_bytes_are_read_or_malformed(body: bytes, window: int) -> None:
    with patch.object(json_reader, "WINDOW", window):
        refusal = refused(lambda: read(body))
    assert refusal is None or min(refusal.line, refusal.column) >= 1


@pytest.mark.parametrize(
    "row", [b'{"id":"1","name":null}', b"1", b"[]", b'"' + b"x" * 1000 + b'"', b'{"a":[{"b":[1,2,3]}]}']
)
@pytest.mark.parametrize("wrap", [(b'{"client":[', b"]}"), (b"[", b"]"), (b'{"a":{"b":{"c":[', b"]}}}")])
def test_a_long_list_is_read_in_many_steps(row: bytes, wrap: tuple[bytes, bytes]) -> None:
    count = 400_000 // (len(row) + 1)
    steps = JsonReader(wrap[0] + b",".join([row] * count) + wrap[1], LIMITS).steps()
    assert sum(1 for _ in steps) >= 400_000 // json_reader.WINDOW


def test_the_names_of_a_wide_object_cost_no_look_at_what_stands_before_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """To find the line of each name, half a window was read: ten seconds for an object of 4 MB."""
    looked = 0

    def counting(text: str, line: int, column: int) -> tuple[int, int]:
        nonlocal looked
        looked += len(text)
        return line, column

    monkeypatch.setattr(json_reader, "_place", counting)
    body = ("{" + ",".join(f'"a{number}":[]' for number in range(20_000)) + "}").encode()
    read(body)
    assert looked <= len(body)


def test_lists_in_one_another_are_given_to_the_scanner_one_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty lists in one another had the same window scanned thirty times in one step: 65 ms of numbers."""
    scanned = 0
    scan = json_reader._scan

    def counting(text: str, begin: int) -> tuple[Value, int]:
        nonlocal scanned
        scanned += text.startswith("[", begin)
        return scan(text, begin)

    monkeypatch.setattr(json_reader, "_scan", counting)
    most = 0
    for _ in JsonReader(b"[" * 30 + b"1," * 60_000 + b"1" + b"]" * 30, Limits(size=1_000_000)).steps():
        most, scanned = max(most, scanned), 0
    assert most == 1
