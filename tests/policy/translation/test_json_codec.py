from __future__ import annotations

import pytest
from hypothesis import given

from gateway.policy.translation import json_codec
from gateway.policy.translation.document import Document, Number
from gateway.policy.translation.malformed import Limits, Malformed, TooLarge
from gateway.policy.translation.steps import finish
from tests.policy.translation.documents import LIMITS, json_documents


@given(json_documents)
def test_an_answer_survives_with_its_order(document: Document) -> None:
    body = json_codec.write(document)
    again = json_codec.read(body, limits=LIMITS)
    assert again == document
    assert list(again.fields) == list(document.fields)
    assert json_codec.write(again) == body
    assert finish(json_codec.writing(document)).body == body


def test_numbers_are_printed_as_they_came() -> None:
    body = b'{"a":1.10,"b":12345678901234567890123,"c":1e400,"d":-0,"e":1E+2}'
    assert json_codec.write(json_codec.read(body, limits=LIMITS)) == body


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null"])
def test_an_answer_is_an_object(body: bytes) -> None:
    with pytest.raises(Malformed, match="an answer is an object"):
        json_codec.read(body, limits=LIMITS)


def test_bodies_are_objects_or_lists_of_them() -> None:
    assert json_codec.read_body(b'{"a":1.0,"b":null}', limits=LIMITS) == {"a": Number("1.0"), "b": None}
    team = b'[{"personid":"1"},{"personid":"2"}]'
    assert json_codec.read_body(team, limits=LIMITS) == [{"personid": "1"}, {"personid": "2"}]
    assert json_codec.write_body([{"personid": "1"}, {"personid": "2"}]) == team
    for body in (b"1", b"null", b"[1]", b'[{},"x"]'):
        with pytest.raises(Malformed, match="a body is an object or a list of objects"):
            json_codec.read_body(body, limits=LIMITS)


def test_size_is_bounded() -> None:
    with pytest.raises(TooLarge):
        json_codec.read(b'{"a":1}', limits=Limits(size=6))
    with pytest.raises(TooLarge):
        json_codec.read_body(b'{"a":1}', limits=Limits(size=6))
