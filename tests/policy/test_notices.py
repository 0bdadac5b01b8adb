"""A notice is a value: the same however often it is delivered."""

from __future__ import annotations

import re

from gateway.policy.names import AccountName
from gateway.policy.notices import Notice, named_after


def test_two_notices_of_the_same_event_are_equal() -> None:
    def told() -> Notice:
        return Notice("msg_1", "quota.recovered", AccountName("acme"), 1.5, {"reason": None})

    assert told() == told()


def test_an_event_is_named_after_what_it_tells() -> None:
    assert named_after("acme", "spent", "12") == named_after("acme", "spent", "12")
    assert named_after("acme", "spent", "12") != named_after("acme", "spent", "13")
    assert re.fullmatch("evt_[0-9a-f]{32}", named_after("\udcff"))  # a row may hold any octets
