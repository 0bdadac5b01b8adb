"""What a read brings that was sent before a write is from before it."""

from __future__ import annotations

from typing import Any

from gateway.exchange.coalescer import Flight
from gateway.exchange.passing.underway import Underway
from gateway.policy.names import AccountName, CacheKey

ACME, GLOBEX = AccountName("acme"), AccountName("globex")
X, Y = CacheKey("x"), CacheKey("y")


def flight(*, sent: bool) -> Flight[Any]:
    made: Flight[Any] = Flight()
    made.sent = sent
    return made


def test_a_read_that_was_sent_is_outdated_and_one_in_line_is_not() -> None:
    underway = Underway()
    with (
        underway.reading(X, ACME, flight(sent=True)) as sent,
        underway.reading(X, ACME, flight(sent=False)) as waits,
        underway.reading(Y, ACME, flight(sent=True)) as other,
    ):
        underway.invalidate(ACME, [X], frozenset())
        assert [read.overtaken(()) for read in (sent, waits, other)] == [True, False, False]


def test_reads_before_and_after_a_write_are_of_two_sorts_until_the_first_have_landed() -> None:
    underway = Underway()
    with underway.reading(X, ACME, flight(sent=True)):
        before = underway.sort(X, ACME)
        underway.invalidate(ACME, [X], frozenset())
        after = underway.sort(X, ACME)
        assert before != after
        with underway.reading(X, ACME, flight(sent=True)):
            underway.invalidate(ACME, [X], frozenset())
            assert underway.sort(X, ACME) not in (before, after)
        assert underway.sort(X, ACME) != before
    assert underway.sort(X, ACME) == before


def test_a_group_outdates_only_answers_that_belong_to_it() -> None:
    underway = Underway()
    with underway.reading(X, ACME, flight(sent=True)) as mine, underway.reading(X, GLOBEX, flight(sent=True)) as theirs:
        before = underway.sort(X, ACME)
        underway.invalidate(ACME, [], frozenset({"g"}))
        assert mine.overtaken({"g", "h"})
        assert not mine.overtaken({"h"})
        assert not theirs.overtaken({"g"})
        assert underway.sort(X, ACME) != before


def test_nothing_is_remembered_when_nothing_is_under_way() -> None:
    underway = Underway()
    before = underway.sort(X, ACME)
    underway.invalidate(ACME, [X], frozenset())
    assert underway.sort(X, ACME) == before
