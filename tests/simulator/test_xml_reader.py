import pytest

from gateway.simulator.errors import Refused
from gateway.simulator.xml_reader import read_xml


@pytest.mark.parametrize(
    ("field", "text", "closed_itself"),
    [
        ("<a/>", "", True),
        ("<a />", "", True),
        ('<a b="/"/>', "", True),
        ("<a></a>", "", False),
        ('<a b="/"></a>', "", False),
        ("<a><![CDATA[<b/> & c]]></a>", "<b/> & c", False),
        ("<a>x&amp;y&#233;</a>", "x&yé", False),
        ("<a>/</a>", "/", False),
    ],
)
def test_fields(field: str, text: str, closed_itself: bool) -> None:
    child = read_xml(f'<?xml version="1.0"?>\n<t>{field}<z/></t>'.encode()).children[0]
    assert (child.name, child.text, child.closed_itself) == ("a", text, closed_itself)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<a>\n <b></a>", "line 2, column"),
        (b"", "no element found"),
        (b"{}", "line 1, column 1"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type"),
        (b"<a>" * 20, "too deeply"),
        (b"<a>\xff</a>", "line 1"),
    ],
)
def test_what_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        read_xml(body)
    assert refused.value.code == 18
