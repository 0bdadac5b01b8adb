"""A note says of a write what has to be known if its gateway dies."""

from __future__ import annotations

import pytest

from gateway.policy.names import AccountName
from gateway.policy.writing import departure
from gateway.policy.writing.departure import Departure


def test_what_is_written_is_read() -> None:
    note = Departure(AccountName("acme"), "client", 12.5)
    assert departure.load(departure.dump(note)) == note


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", "{}", '{"account": "acme", "resource": "client", "until": "soon"}']
)
def test_what_is_no_note_is_told(text: str) -> None:
    assert departure.load(text) is None
