from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.translation.document import Value
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.policy.translation.steps import finish
from gateway.policy.translation.xml_reader import SLICE, XmlReader
from gateway.policy.translation.xml_writer import Strict, XmlWriter
from tests.policy.translation.documents import LIMITS, refused, xml_records, xml_values

BOMBS = {
    "billion laughs": b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
    "quadratic": b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 50_000 + b'">]><a>' + b"&b;" * 50_000 + b"</a>",
    "external entity": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "external subset": b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a>&b;</a>',
    "parameter entity": b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1/"> %b;]><a/>',
    "attribute default": b'<!DOCTYPE a [<!ATTLIST a b CDATA "injected">]><a/>',
    "DOCTYPE alone": b"<!DOCTYPE a><a/>",
}


def read(body: bytes, limits: Limits = LIMITS) -> Value:
    return finish(XmlReader(body, limits).steps())


def refusal(body: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Malformed) as caught:
        read(body, limits)
    return str(caught.value)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"<r/>", None),
        (b"<r></r>", ""),
        (b"<r><a/></r>", {"a": None}),
        (b"<r><a /></r>", {"a": None}),
        (b"<r><a></a></r>", {"a": ""}),
        (b"<r><a></a ></r>", {"a": ""}),
        (b"<r><a><![CDATA[]]></a></r>", {"a": ""}),
        (b"<r><a><!-- / --></a></r>", {"a": ""}),
        (b"<r><a><!--/--></a><b><?x /?></b></r>", {"a": "", "b": ""}),
        (b"<r><a> </a></r>", {"a": " "}),
        (b"<r>\n  <a>1</a>\n\t<b>2</b>\r\n</r>", {"a": "1", "b": "2"}),
        (b"<r><a>1<!-- x -->2<?y?>3</a></r>", {"a": "123"}),
        (b"<r><a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#13;</a></r>", {"a": "<>&\"'AB\r"}),
        (b"<r><a><![CDATA[&eacute; <p>]]></a></r>", {"a": "&eacute; <p>"}),
        (b"<r><a>one\r\ntwo</a></r>", {"a": "one\ntwo"}),
        (b"<r><item>1</item></r>", ["1"]),
        (b"<r><item/><item></item><item><b>1</b></item></r>", [None, "", {"b": "1"}]),
        (b"<r><item><item>1</item></item></r>", [["1"]]),
        (b"<r><item>1</item><a>2</a></r>", {"item": "1", "a": "2"}),
        (b"<r><a>2</a><item>1</item></r>", {"a": "2", "item": "1"}),
        (b"<r><a><a><a/></a></a></r>", {"a": {"a": {"a": None}}}),
        (b"\xef\xbb\xbf<r><a/><b>\xc3\xa9</b></r>", {"a": None, "b": "é"}),
        (b"<r><a><!--" + b"x" * SLICE + b"/></a>--></a><b/></r>", {"a": "", "b": None}),
        (b'<r xmlns:xsi="u"><a xsi:nil="true"/><b xsi:nil="1"></b></r>', {"a": None, "b": None}),
        (b'<r xmlns:xsi="u"><a xsi:nil="false"></a><b xml:space="preserve"> </b></r>', {"a": "", "b": " "}),
        (b'<r xmlns="u"><a xsi:type="xsd:string">/</a></r>', {"a": "/"}),
    ],
)
def test_shapes(body: bytes, value: Value) -> None:
    assert read(body) == value


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "no element found (line 1, column 1)"),
        (b"<r>", "no element found (line 1, column 4)"),
        (b"<r>\n<a>1</b></r>", "mismatched tag (line 2, column 7)"),
        (b"<r>&nbsp;</r>", "undefined entity (line 1, column 4)"),
        (b"<r>\xff</r>", "not well-formed (invalid token) (line 1, column 4)"),
        (b"<r>&#0;</r>", "reference to invalid character number (line 1, column 4)"),
        (b"<r/><r/>", "junk after document element (line 1, column 5)"),
        (b"<r><a>1</a>\n <a>2</a></r>", "<a> stands a second time in one object (line 2, column 6)"),
        (b"<r>\n text<a/></r>", "text stands beside elements (line 2, column 6)"),
        (b"<r><a/>text</r>", "text stands beside elements (line 1, column 12)"),
        (b"<r><item/><item/><a/></r>", "<a> stands in a list of <item> (line 1, column 22)"),
        (b'<r><a b="1"/></r>', "<a> has the attribute b; a value belongs between the tags (line 1, column 4)"),
        (b'<r><a xsi:nil="true">x</a></r>', "an element marked xsi:nil is not empty (line 1, column 23)"),
        (b'<r><a xsi:nil="true"><b/></a></r>', "an element marked xsi:nil is not empty (line 1, column 26)"),
    ],
)
def test_refusals_say_what_and_where(body: bytes, error: str) -> None:
    assert refusal(body) == error


@pytest.mark.parametrize("body", BOMBS.values(), ids=BOMBS)
def test_no_document_type_is_read(body: bytes) -> None:
    assert "a document type declaration is not accepted (line 1" in refusal(body)


def test_bounds() -> None:
    limits = Limits(size=1 << 24, depth=3, attributes=2, name=8)
    assert read(b"<r><a><b>1</b></a></r>", limits) == {"a": {"b": "1"}}
    assert "nested deeper than 3" in refusal(b"<r><a><b><c/></b></a></r>", limits)
    assert "nested deeper than 3" in refusal(b"<a>" * 100_000, limits)
    assert "more than 2 attributes" in refusal(b'<r a="" b="" c=""/>', limits)
    assert "a name is longer than 8 characters" in refusal(b"<abcdefghi/>", limits)
    assert "a name is longer than 8 characters" in refusal(b'<r abcdefghi=""/>', limits)
    many = b"<r " + b" ".join(b'a%d=""' % number for number in range(200_000)) + b"/>"
    for huge in (many, b"<" + b"a" * 1_000_000 + b"/>", b"<r><!--" + b"x" * 1_000_000, b"<r><?a " + b"x" * 1_000_000):
        assert "a tag, comment or instruction is too long" in refusal(huge, limits)


def test_tags_and_comments_of_16_kib_are_read_wherever_the_slices_end() -> None:
    rows = b"".join(b'<a%d xml:x="%s"/><!--%s-->' % (number, b"x" * 16_300, b"x" * 16_300) for number in range(20))
    value = read(b"<r>" + rows + b"</r>")
    assert isinstance(value, dict)
    assert len(value) == 20


def test_the_root_and_its_attributes_are_told() -> None:
    reader = XmlReader(b'<intervals xmlns="u" code="200" status="a&amp;b"/>', LIMITS)
    finish(reader.steps())
    assert (reader.root, reader.attributes) == ("intervals", {"code": "200", "status": "a&b"})


def test_a_long_document_is_read_in_slices() -> None:
    body = b"<r><a>" + b"<item>1</item>" * 20_000 + b"</a></r>"
    assert sum(1 for _ in XmlReader(body, LIMITS).steps()) == -(-len(body) // SLICE)


@given(xml_values)
def test_it_reads_what_was_written(value: Value) -> None:
    assert read("".join(XmlWriter(Strict()).element("r", value)).encode()) == value


@given(xml_records)
def test_other_parsers_read_the_same_content(record: dict[str, Value]) -> None:
    """They cannot tell null from "", so both are "" here."""
    text = "".join(XmlWriter(Strict()).element("r", record))
    content = without_null(read(text.encode()))
    assert from_elementtree(ET.XML(text)) == content
    assert from_xmltodict(xmltodict.parse(text, strip_whitespace=False)["r"]) == content


def without_null(value: Value) -> Value:
    if isinstance(value, dict):
        return {name: without_null(member) for name, member in value.items()}
    if isinstance(value, list):
        return [without_null(member) for member in value]
    return "" if value is None else value


def from_elementtree(element: ET.Element) -> Value:
    if not len(element):
        return element.text or ""
    if {child.tag for child in element} == {"item"}:
        return [from_elementtree(child) for child in element]
    return {child.tag: from_elementtree(child) for child in element}


def from_xmltodict(value: Value) -> Value:
    if isinstance(value, dict) and value.keys() == {"item"}:
        rows = value["item"]
        return [from_xmltodict(row) for row in (rows if isinstance(rows, list) else [rows])]
    if isinstance(value, dict):
        return {name: from_xmltodict(member) for name, member in value.items()}
    return "" if value is None else value


@given(st.binary(max_size=80) | st.text("<>/ab&;#![]-?'\"= \n", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    refusal = refused(lambda: read(body))
    assert refusal is None or min(refusal.line, refusal.column) >= 1


@given(
    xml_records.map(lambda record: "".join(XmlWriter(Strict()).element("r", record)).encode()),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=3),
)
def test_damaged_documents_are_read_or_malformed(body: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for place, cut, put in edits:
        body = body[:place] + put + body[place + cut :]
    if refused(lambda: read(body)) is None:
        ET.XML(body)
