"""A notice is a value: the same however often it is delivered."""

from __future__ import annotations

from gateway.policy.names import AccountName
from gateway.policy.notices import Notice


def test_two_notices_of_the_same_event_are_equal() -> None:
    def told() -> Notice:
        return Notice("msg_1", "quota.recovered", AccountName("acme"), 1.5, {"reason": None})

    assert told() == told()
