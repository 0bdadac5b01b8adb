from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.translation import json_codec, xml_codec
from gateway.policy.translation.document import Body, Document, Number, Untranslatable, Value
from gateway.policy.translation.malformed import Limits, Malformed, TooLarge
from gateway.policy.translation.steps import finish
from gateway.policy.translation.xml_writer import DECLARATION
from tests.policy.translation.documents import LIMITS, json_documents, xml_documents, xml_records

ANSWERS = {
    "list": (
        (
            '{"personid":1,"status":"OK","code":200,"listcount":2,"client":[{"id":"1","name":null,"address":""},'
            '{"id":"007"}]}'
        ),
        (
            '<intervals status="OK" code="200" personid="1" listcount="2"><client><item><id>1</id><name/>'
            "<address></address></item><item><id>007</id></item></client></intervals>"
        ),
    ),
    "list of one": (
        '{"personid":1,"status":"OK","code":200,"listcount":1,"me":[{"id":"1"}]}',
        ('<intervals status="OK" code="200" personid="1" listcount="1"><me><item><id>1</id></item></me></intervals>'),
    ),
    "empty list": (
        '{"personid":1,"status":"OK","code":200,"listcount":0,"client":[]}',
        '<intervals status="OK" code="200" personid="1" listcount="0"><client></client></intervals>',
    ),
    "created member": (
        '{"personid":1,"status":"Created","code":201,"client":{"id":"1","name":"A &amp; B"}}',
        (
            '<intervals status="Created" code="201" personid="1"><client><id>1</id><name><![CDATA[A &amp; B]]>'
            "</name></client></intervals>"
        ),
    ),
    "array in a record": (
        '{"personid":1,"status":"OK","code":200,"projectteam":{"projectid":"5","personid":["1","2"]}}',
        (
            '<intervals status="OK" code="200" personid="1"><projectteam><projectid>5</projectid><personid>'
            "<item>1</item><item>2</item></personid></projectteam></intervals>"
        ),
    ),
    "empty array in a record": (
        '{"personid":1,"status":"OK","code":200,"projectteam":{"projectid":"5","personid":[]}}',
        (
            '<intervals status="OK" code="200" personid="1"><projectteam><projectid>5</projectid><personid>'
            "</personid></projectteam></intervals>"
        ),
    ),
    "quota": (
        '{"personid":1,"status":"OK","code":200,"quota":{"quota":"6000","exceeded":"f"}}',
        (
            '<intervals status="OK" code="200" personid="1"><quota><quota>6000</quota><exceeded>f</exceeded>'
            "</quota></intervals>"
        ),
    ),
    "error": (
        '{"personid":0,"status":"Bad Request","code":400,"error":{"code":17,"message":"a<b"}}',
        (
            '<intervals status="Bad Request" code="400" personid="0"><error><code>17</code><message><![CDATA[a'
            "<b]]></message></error></intervals>"
        ),
    ),
    "no payload": (
        '{"status":"OK","code":200}',
        '<intervals status="OK" code="200"></intervals>',
    ),
    "unknown envelope": (
        '{"status":"OK","code":200,"x":"a\\"&","y":null,"z":[["1"],{"b":"2"}]}',
        (
            '<intervals status="OK" code="200" x="a&quot;&amp;"><y/><z><item><item>1</item></item><item><b>2</b>'
            "</item></z></intervals>"
        ),
    ),
}


@pytest.mark.parametrize(("as_json", "as_xml"), ANSWERS.values(), ids=ANSWERS)
def test_answers_translate_both_ways(as_json: str, as_xml: str) -> None:
    document = json_codec.read(as_json.encode(), limits=LIMITS)
    assert xml_codec.write(document).decode() == DECLARATION + as_xml
    assert json_codec.write(xml_codec.read(as_xml.encode(), limits=LIMITS)).decode() == as_json


@given(xml_documents())
def test_xml_carries_a_document_with_its_order(document: Document) -> None:
    body = xml_codec.write(document)
    again = xml_codec.read(body, limits=LIMITS)
    assert again == document
    assert list(again.fields) == list(document.fields)
    assert xml_codec.write(again) == body


@given(json_documents)
def test_any_document_is_written_or_refused_and_settles(document: Document) -> None:
    try:
        body = xml_codec.write(document)
    except Untranslatable:  # a name that is none in XML
        return
    once = xml_codec.read(body, limits=LIMITS)
    assert xml_codec.read(xml_codec.write(once), limits=LIMITS) == once


def test_what_xml_cannot_carry_changes_as_documented() -> None:
    row: Value = {"n": 1, "f": Number("1.10"), "t": True, "e": [], "o": {}, "i": {"item": "x"}, "c": "\x01"}
    written = finish(xml_codec.writing(Document({"code": 200, "status": "7", "a": [row]})))
    assert written.replaced == 1
    assert xml_codec.read(written.body, limits=LIMITS).fields == {
        "status": "7",
        "code": 200,
        "a": [{"n": "1", "f": "1.10", "t": "t", "e": "", "o": "", "i": ["x"], "c": "\ufffd"}],
    }


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"<html><body/></html>", "an answer is <intervals>, not <html>"),
        (b"<intervals>text</intervals>", "an answer holds elements"),
        (b"<intervals><item>1</item></intervals>", "an answer holds elements"),
        (b'<intervals a="1"><a>2</a></intervals>', "a is an attribute and an element"),
        (b"", "no element found"),
    ],
)
def test_what_is_no_answer_is_refused(body: bytes, error: str) -> None:
    with pytest.raises(Malformed, match=error):
        xml_codec.read(body, limits=LIMITS)


BODIES: list[tuple[str, str, Body]] = [
    ("timer", "<timer><name>x</name><a/><b></b><c> </c></timer>", {"name": "x", "a": None, "b": "", "c": " "}),
    ("projectteam", "<projectteam><personid>1</personid></projectteam>", {"personid": "1"}),
    (
        "projectteam",
        "<projectteam><item><personid>1</personid></item><item><personid>2</personid></item></projectteam>",
        [{"personid": "1"}, {"personid": "2"}],
    ),
    ("timer", "<timer><name><![CDATA[a & b]]>&#13;</name></timer>", {"name": "a & b\r"}),
    ("timer", "<timer></timer>", {}),
]


@pytest.mark.parametrize(("resource", "text", "value"), BODIES)
def test_bodies_translate_both_ways(resource: str, text: str, value: Body) -> None:
    assert xml_codec.read_body(text.encode(), limits=LIMITS) == value
    assert xml_codec.write_body(value, resource) == (DECLARATION + text).encode()


def test_a_pretty_printed_body_works() -> None:
    body = b'<?xml version="1.0"?>\r\n<!-- mine -->\r\n<timer>\r\n  <name>x</name>\r\n  <a />\r\n</timer>\r\n'
    assert xml_codec.read_body(body, limits=LIMITS) == {"name": "x", "a": None}
    assert xml_codec.read_body(b"<timer/>", limits=LIMITS) == {}
    assert xml_codec.read_body(b"<MyTimer/>", limits=LIMITS) == {}
    assert xml_codec.read_body(b"<timer>\n</timer>", limits=LIMITS) == {}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'<timer id="1"/>', "the attribute id on <timer> is not accepted"),
        (b"<timer>x</timer>", "a body holds elements"),
        (b"<timer><item>1</item></timer>", "each <item> of a body holds elements"),
        (b'<?xml version="1.0" encoding="koi8-r"?><timer/>', "the encoding koi8-r is not accepted, UTF-8 is"),
        (b"\xff\xfe<\x00t", "text that is not utf-16"),
        (b'<?xml version="1.0" encoding="windows-1252"?><timer>\x81</timer>', "text that is not windows-1252"),
    ],
)
def test_other_bodies_are_refused(body: bytes, error: str) -> None:
    with pytest.raises(Malformed, match=error):
        xml_codec.read_body(body, limits=LIMITS)


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        ("utf-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("utf-16", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
    ],
)
def test_encodings(declared: str, sent: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?><timer><name>é</name><a/><b></b></timer>'
    body = text.encode(sent)
    assert xml_codec.read_body(body, limits=LIMITS) == {"name": "é", "a": None, "b": ""}


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ({"a b": "x"}, "a b: this is not a name in XML"),
        ({"name": "x\x01"}, "name: the character U\\+0001"),
        ({"a": {"item": "x"}}, "a: nothing in it, or item alone"),
        ({"item": "x"}, "timer: nothing in it, or item alone"),
        ([{"a": {}}], "a: nothing in it"),
        ([], "timer: nothing in it"),
    ],
)
def test_nothing_a_caller_writes_is_silently_changed(value: Body, error: str) -> None:
    with pytest.raises(Untranslatable, match=error):
        xml_codec.write_body(value, "timer")


@given(xml_records | st.lists(xml_records, min_size=1, max_size=3))
def test_xml_carries_a_body(value: Body) -> None:
    assert xml_codec.read_body(xml_codec.write_body(value, "timer"), limits=LIMITS) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    for start in (b"", b"\xff\xfe", b"\xfe\xff", b"<\0", b'<?xml version="1.0" encoding="latin1"?>'):
        with pytest.raises(Malformed):
            xml_codec.read(start + body, limits=LIMITS)
        with pytest.raises(Malformed):
            xml_codec.read_body(start + body, limits=LIMITS)


def test_size_is_bounded() -> None:
    with pytest.raises(TooLarge):
        xml_codec.read(b"<intervals/>", limits=Limits(size=11))
    with pytest.raises(TooLarge):
        xml_codec.read_body(b"<timer/>", limits=Limits(size=7))
