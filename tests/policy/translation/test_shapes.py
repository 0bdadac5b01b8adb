from __future__ import annotations

import pytest
from hypothesis import given

from gateway.policy.translation.document import Document, Fields, Number, Value
from gateway.policy.translation.shapes import join_envelope, scalar_text, split_envelope
from tests.policy.translation.documents import xml_documents


@pytest.mark.parametrize(
    ("value", "text"), [("x", "x"), (True, "t"), (False, "f"), (0, "0"), (-12, "-12"), (Number("1.10"), "1.10")]
)
def test_scalars_are_written_as_the_api_does(value: str | int | Number, text: str) -> None:
    assert scalar_text(value) == text


def test_attributes_stand_in_their_order_and_null_is_an_element() -> None:
    document = Document(
        {"extra": "e", "personid": 1, "none": None, "listcount": 2, "client": [], "code": 200, "status": "OK"}
    )
    attributes, children = split_envelope(document)
    assert list(attributes.items()) == [
        ("status", "OK"), ("code", "200"), ("personid", "1"), ("listcount", "2"), ("extra", "e"),
    ]  # fmt: skip
    assert children == {"none": None, "client": []}


@pytest.mark.parametrize(
    ("attributes", "children", "fields"),
    [
        ({"status": "OK", "code": "200", "personid": "1"}, {}, {"personid": 1, "status": "OK", "code": 200}),
        ({"code": "0200", "personid": "-0"}, {}, {"personid": "-0", "code": "0200"}),
        ({"code": "9" * 16}, {}, {"code": "9" * 16}),
        ({"listcount": "0"}, {"client": ""}, {"listcount": 0, "client": []}),
        ({"listcount": "0"}, {"client": "\n  "}, {"listcount": 0, "client": []}),
        ({"listcount": "0"}, {"client": None}, {"listcount": 0, "client": []}),
        ({}, {"client": None}, {"client": None}),
        ({}, {"client": ""}, {"client": []}),
        ({}, {"message": "text"}, {"message": "text"}),
        ({}, {"error": {"code": "17", "message": "x"}}, {"error": {"code": 17, "message": "x"}}),
        ({}, {"client": {"code": "17"}}, {"client": {"code": "17"}}),
        ({}, {"projectteam": {"projectid": "5", "personid": ""}}, {"projectteam": {"projectid": "5", "personid": []}}),
        ({}, {"client": {"personid": ""}}, {"client": {"personid": ""}}),
    ],
)
def test_an_envelope_is_joined(attributes: dict[str, str], children: Fields, fields: dict[str, Value]) -> None:
    document = join_envelope(attributes, children)
    assert document.fields == fields
    assert list(document.fields) == list(fields)


@given(xml_documents())
def test_joining_undoes_splitting(document: Document) -> None:
    joined = join_envelope(*split_envelope(document))
    assert joined == document
    assert list(joined.fields) == list(document.fields)
