from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from gateway.simulator.answers import Answer
from gateway.simulator.xml_writer import write_xml

PROLOGUE = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def test_a_list_byte_for_byte() -> None:
    row = {"id": "1", "name": "R&amp;D", "email": None, "fax": ""}
    assert write_xml(Answer(7, "client", [row], listcount=2)) == PROLOGUE + (
        b'<intervals status="OK" code="200" personid="7" listcount="2"><client><item><id>1</id>'
        b"<name><![CDATA[R&amp;D]]></name><email/><fax></fax></item></client></intervals>"
    )


def test_a_member_is_not_wrapped_in_item() -> None:
    assert write_xml(Answer(7, "client", {"id": "1"}, status=202)) == PROLOGUE + (
        b'<intervals status="Accepted" code="202" personid="7"><client><id>1</id></client></intervals>'
    )


def test_an_empty_list_and_a_bare_envelope() -> None:
    assert write_xml(Answer(7, "client", [], listcount=0)).endswith(b'listcount="0"><client></client></intervals>')
    assert write_xml(Answer(7)) == PROLOGUE + b'<intervals status="OK" code="200" personid="7"></intervals>'


def test_an_array_within_a_record() -> None:
    team = Answer(7, "projectteam", {"projectid": "5", "personid": ["1", "2"]})
    assert b"<personid><item>1</item><item>2</item></personid>" in write_xml(team)


def test_the_end_of_cdata_is_split() -> None:
    assert b"<![CDATA[a]]]]><![CDATA[>b]]>" in write_xml(Answer(7, "x", {"t": "a]]>b"}))


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff")))
def test_any_text_comes_back_from_a_parser(text: str) -> None:
    root = ET.XML(write_xml(Answer(7, "x", {"t": text})))
    assert (root[0][0].text or "") == text
