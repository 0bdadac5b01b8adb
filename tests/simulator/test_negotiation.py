import pytest

from gateway.simulator.errors import Refused
from gateway.simulator.negotiation import Format, format_of

JSON, XML = Format.JSON, Format.XML


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, XML),
        ("", XML),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/json, text/plain, */*", JSON),
        ("application/xml", XML),
        ("text/xml", XML),
        ("APPLICATION/XML", XML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", XML),
        ("application/json;q=0.5, application/xml", XML),
        ("application/xml;q=0, */*", JSON),
        ("application/json;q=x, text/xml;q=0.1", XML),
        ("application/*", JSON),
        ("text/html", JSON),
        ("image/*", JSON),
    ],
)
def test_format_of(accept: str | None, expected: Format) -> None:
    assert format_of(accept, "json") is expected


def test_what_names_neither_is_an_option() -> None:
    assert format_of("text/html", "xml") is XML
    with pytest.raises(Refused) as refused:
        format_of("text/html", "406")
    assert refused.value.status == 406
