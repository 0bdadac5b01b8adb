"""Records as text, whatever is in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.packing import pack, pack_body, unpack, unpack_body

TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=10) | st.just("\udc80")
VALUES = st.none() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
RECORDS = st.dictionaries(TEXTS, VALUES | st.lists(VALUES), max_size=5)


@given(RECORDS)
def test_a_record_is_read_as_it_was_written_but_for_what_says_nothing(record: dict[str, object]) -> None:
    assert unpack(pack(record)) == {name: value for name, value in record.items() if value not in (None, 0, "")}
    assert pack(unpack(pack(record))) == pack(record)


def test_octets_that_are_no_text_are_kept() -> None:
    assert unpack(pack({"fields": [["x", "caf\udce9"]]})) == {"fields": [["x", "caf\udce9"]]}


@pytest.mark.parametrize("text", ["", "{", "nothing"])
def test_what_is_no_record_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unpack(text)


@pytest.mark.parametrize(("body", "member"), [(b"\xff\x00", {"base64": "/wA="}), ("é".encode(), {"text": "é"})])
def test_text_is_kept_as_text(body: bytes, member: dict[str, str]) -> None:
    assert pack_body(body) == member
    assert unpack_body(member) == body
