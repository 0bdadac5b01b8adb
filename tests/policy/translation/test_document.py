from __future__ import annotations

import pytest

from gateway.policy.translation.document import Document, Number, discarding

LISTED = Document({"personid": 1, "status": "OK", "code": 200, "listcount": 0, "client": []})


@pytest.mark.parametrize("text", ["0", "-0", "1.10", "1e400", "-1.5E+3", "9" * 5000])
def test_a_number_keeps_its_characters(text: str) -> None:
    assert Number(text).text == text


@pytest.mark.parametrize("text", ["", "01", "1.", ".5", "+1", "NaN", "Infinity", "0x1", "1 ", "1e", "\u0661"])
def test_what_json_does_not_know_as_a_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a JSON number"):
        Number(text)


def test_the_payload_is_the_first_list_or_object() -> None:
    assert (LISTED.payload_name, LISTED.payload) == ("client", [])
    refused = Document({"status": "Bad Request", "error": {"code": 17}})
    assert (refused.payload_name, refused.payload) == ("error", {"code": 17})
    deleted = Document({"status": "OK", "code": 200})
    assert (deleted.payload_name, deleted.payload) == (None, None)


def test_stamping_keeps_the_place_and_adds_nothing() -> None:
    stamped = LISTED.stamped({"personid": 2, "unknown": 3})
    assert next(iter(stamped.fields.items())) == ("personid", 2)
    assert stamped.fields.keys() == LISTED.fields.keys()
    assert LISTED.fields["personid"] == 1


def test_a_discarded_list_goes_in_steps() -> None:
    document = Document({"status": "OK", "client": [{"id": "1"}] * 600})
    assert sum(1 for _ in discarding(document)) == 3
    assert document.payload == []
    assert list(discarding(Document({"client": {"id": "1"}}))) == []
