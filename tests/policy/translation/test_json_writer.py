from __future__ import annotations

import json

import pytest
from hypothesis import given

from gateway.policy.translation.document import Number, Value
from gateway.policy.translation.json_writer import JsonWriter
from tests.policy.translation.documents import json_scalars, json_values


def write(value: Value) -> str:
    return "".join(JsonWriter().value(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"id": "1", "name": None, "address": ""}, '{"id":"1","name":null,"address":""}'),
        ("a/b", r'"a\/b"'),
        ("é😀", r'"\u00e9\ud83d\ude00"'),
        ("\b\f\n\r\t\x01\x7f", '"\\b\\f\\n\\r\\t\\u0001\x7f"'),
        ('\\u007f"\\', r'"\\u007f\"\\"'),
        ("\\\x7f", '"\\\\\x7f"'),
        ([True, False, 1, Number("1.10")], "[true,false,1,1.10]"),
        ({}, "{}"),
        ([], "[]"),
        ([[], {}, [1]], "[[],{},[1]]"),
        ({"a/b": {"c": []}}, r'{"a\/b":{"c":[]}}'),
    ],
)
def test_it_writes_as_php_does(value: Value, text: str) -> None:
    assert write(value) == text


@given(json_values)
def test_it_writes_what_the_standard_library_reads(value: Value) -> None:
    text = write(value)
    assert text.isascii()
    assert json.loads(text) == plain(value)


def plain(value: Value) -> object:
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return json.loads(value.text) if isinstance(value, Number) else value


@given(json_scalars)
def test_long_and_nested_containers_are_written_alike(scalar: Value) -> None:
    flat: list[Value] = [scalar] * 300
    nested: list[Value] = [*flat, []]
    assert write(flat)[:-1] == write(nested)[: -len(",[]]")]
    fields: dict[str, Value] = {str(number): scalar for number in range(300)}
    assert len(list(JsonWriter().value(fields))) > 300
    assert json.loads(write(fields)).keys() == fields.keys()
