"""A held entry is told apart by itself, not by what is in it."""

from __future__ import annotations

from gateway.policy.held import Held
from tests.policy.test_sealing import ENTRY


def test_each_record_has_its_own_renditions() -> None:
    one, other = Held[bytes](ENTRY, 10), Held[bytes](ENTRY, 10)
    one.renditions["json"] = b"{}"
    assert other.renditions == {}
    assert one != other
