import pytest

from gateway.simulator.bodies import Fields, read_body
from gateway.simulator.errors import Refused

JSON, XML = "application/json", "application/xml"


@pytest.mark.parametrize(
    ("body", "content_type", "records"),
    [
        (b"", "", [{}]),
        (b'{"a":null,"b":"","c":true,"d":1.5}', JSON, [{"a": None, "b": "", "c": True, "d": 1.5}]),
        (
            b'[{"personid":"1"},{"personid":"2"}]',
            "Application/JSON; charset=utf-8",
            [{"personid": "1"}, {"personid": "2"}],
        ),
        (b"<t><a/><b></b><c>x</c></t>", XML, [{"a": None, "b": "", "c": "x"}]),
        (b"<t>\n <a>1</a>\n</t>", XML, [{"a": "1"}]),
        (b"<t><item><a>1</a></item><item><a>2</a></item></t>", XML, [{"a": "1"}, {"a": "2"}]),
    ],
)
def test_records(body: bytes, content_type: str, records: list[Fields]) -> None:
    assert read_body(body, content_type, "t") == records


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        (b"{}", "", "Content-Type"),
        (b"a=1", "application/x-www-form-urlencoded", "Content-Type"),
        (b"{", JSON, "JSON cannot be read"),
        (b"\xff", JSON, "JSON cannot be read"),
        (b"1", JSON, "must be an object"),
        (b'{"a":{}}', JSON, "a must be a single value"),
        (b"<u/>", XML, "root element must be t, not u"),
        (b"<t><a><b/></a></t>", XML, "a must be a single value"),
    ],
)
def test_what_is_refused(body: bytes, content_type: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_body(body, content_type, "t")
