"""A held entry is told apart by itself, not by what is in it."""

from __future__ import annotations

from dataclasses import replace

from gateway.policy.caching.held import Changes, Held, Holding
from tests.policy.caching.test_sealing import ENTRY


def test_each_record_has_its_own_renditions() -> None:
    one, other = Held[bytes](ENTRY, 10), Held[bytes](ENTRY, 10)
    one.renditions["json"] = b"{}"
    assert other.renditions == {}
    assert one != other


def test_a_holding_sums_up_records() -> None:
    held = [Held[bytes](ENTRY, 10), Held[bytes](replace(ENTRY, received_at=ENTRY.received_at + 5), 20)]
    held[0].renditions.update(json=b"{}", xml=b"<r/>")
    assert Holding.of(ENTRY.account, "client", held) == Holding(
        ENTRY.account, "client", 2, 30, 2, ENTRY.received_at, ENTRY.received_at + 5
    )


def test_changes_are_counted() -> None:
    changes = Changes()
    before = changes.count
    assert changes.none_since(before)
    changes.note()
    assert not changes.none_since(before)


def test_nothing_is_taken_as_found_while_others_are_not_heard() -> None:
    heard = [True, False, True]
    changes = Changes(current=lambda: heard.pop(0))
    assert [changes.none_since(changes.count) for _ in range(3)] == [True, False, True]
