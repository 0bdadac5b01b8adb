from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.translation.document import Body, Untranslatable, Value
from gateway.policy.translation.xml_writer import DECLARATION, Replacing, Strict, XmlWriter
from tests.policy.translation.documents import xml_text


def element(value: Value, name: str = "a") -> str:
    return "".join(XmlWriter(Strict()).element(name, value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<a/>"),
        ("", "<a></a>"),
        (" ", "<a> </a>"),
        (True, "<a>t</a>"),
        (12, "<a>12</a>"),
        ("a & b", "<a><![CDATA[a & b]]></a>"),
        ("&eacute;", "<a><![CDATA[&eacute;]]></a>"),
        ("<p>", "<a><![CDATA[<p>]]></a>"),
        ("x]]>y", "<a><![CDATA[x]]]]><![CDATA[>y]]></a>"),
        ("one\r\ntwo", "<a>one&#13;\ntwo</a>"),
        ("a&b\rc", "<a><![CDATA[a&b]]>&#13;c</a>"),
        (["1", None, ""], "<a><item>1</item><item/><item></item></a>"),
        ([["1"], {"b": "2"}], "<a><item><item>1</item></item><item><b>2</b></item></a>"),
        ({"b": None, "c": {"d": "e"}}, "<a><b/><c><d>e</d></c></a>"),
    ],
)
def test_elements(value: Value, text: str) -> None:
    assert element(value) == text


def test_a_root_with_attributes() -> None:
    rows: Body = {"client": [{"id": "1"}]}
    text = "".join(XmlWriter(Strict()).root("intervals", {"status": 'a"<&>\r\n\t'}, rows))
    assert text == (
        DECLARATION + '<intervals status="a&quot;&lt;&amp;>&#13;&#10;&#9;"><client><item><id>1</id></item></client>'
        "</intervals>"
    )


@pytest.mark.parametrize("name", ["", "1x", "a b", "a&b", "a:b", "-a", "a>", "\u0660", "a\n", "\ud800", "$"])
@pytest.mark.parametrize("value", ["x", None, "", ["x"], {"b": ["x"]}])
def test_names_that_xml_does_not_know_are_refused(name: str, value: Value) -> None:
    with pytest.raises(Untranslatable, match="not a name in XML"):
        element(value, name)
    with pytest.raises(Untranslatable, match="not a name in XML"):
        element({name: value})


@pytest.mark.parametrize("character", ["\0", "\x01", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_excluded_characters_are_refused_or_replaced_and_counted(character: str) -> None:
    with pytest.raises(Untranslatable, match=f"b: the character U\\+{ord(character):04X}"):
        element({"b": f"x{character}"})
    fidelity = Replacing()
    written = "".join(XmlWriter(fidelity).root("a", {"s": character}, {"b": f"&{character}{character}"}))
    assert written.endswith('<a s="\ufffd"><b><![CDATA[&\ufffd\ufffd]]></b></a>')
    assert fidelity.count == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [([], "<a></a>"), ({}, "<a></a>"), ({"item": "x"}, "<a><item>x</item></a>"), ({"b": []}, "<a><b></b></a>")],
)
def test_what_would_be_read_back_as_another_value_is_refused_or_allowed(value: Value, text: str) -> None:
    with pytest.raises(Untranslatable, match=r"^[ab]: nothing in it, or item alone"):
        element(value)
    assert "".join(XmlWriter(Replacing()).element("a", value)) == text


@given(xml_text)
def test_every_parser_reads_the_same_text(text: str) -> None:
    assert (ET.XML(element({"b": text})).findtext("b") or "") == text
    root = ET.XML("".join(XmlWriter(Strict()).root("a", {"s": text}, {})))
    assert root.get("s") == text


@given(st.text(st.characters(exclude_categories=[])))
def test_replacing_leaves_well_formed_xml(text: str) -> None:
    written = "".join(XmlWriter(Replacing()).element("a", text))
    assert len(ET.XML(written.encode()).text or "") == len(text)


def test_long_and_nested_containers_are_written_alike() -> None:
    rows: list[Value] = [{"b": "1", "c": None}] * 300
    pieces = list(XmlWriter(Strict()).element("a", rows))
    assert len(pieces) == 302
    assert "".join(pieces) == f"<a>{'<item><b>1</b><c/></item>' * 300}</a>"
    many: list[Value] = ["1"] * 300
    assert element(many) == f"<a>{'<item>1</item>' * 300}</a>"
