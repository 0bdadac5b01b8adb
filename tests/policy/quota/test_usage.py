"""What is counted as what, and that nothing is lost or counted twice on the way to a store that dies now and then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.names import AccountName, AppName
from gateway.policy.quota import usage
from gateway.policy.quota.usage import Counts, Heading, Names, Usage
from gateway.policy.trace import Trace

NAMES = Names(frozenset({"acme"}), frozenset({"tool", "export"}), frozenset({"client", "time"}), frozenset({"GET"}))
HEADING = Heading("acme", "tool", "client", "GET")
TRACE = Trace("id", "parent", AppName("tool"), AccountName("acme"), "GET", "client", status=200)


@pytest.mark.parametrize(
    ("trace", "heading", "counts"),
    [
        (TRACE, HEADING, Counts(received=1)),
        (replace(TRACE, queued=0.05), HEADING, Counts(received=1)),
        (replace(TRACE, queued=2.5), HEADING, Counts(received=1, waited=1, waited_seconds=2.5)),
        (replace(TRACE, refusal="wait_too_long", status=429), HEADING, Counts(received=1, refused=1)),
        (replace(TRACE, resource="/secret/"), Heading("acme", "tool", "other", "GET"), Counts(received=1)),
        (replace(TRACE, method="BREW"), Heading("acme", "tool", "client", "other"), Counts(received=1)),
        (replace(TRACE, app=None, account=None), Heading("other", "other", "client", "GET"), Counts(received=1)),
    ],
)
def test_a_finished_request_is_counted_under_known_names(trace: Trace, heading: Heading, counts: Counts) -> None:
    counted = Usage(NAMES)
    counted.add(trace)
    assert counted.take() == {heading: counts}
    assert counted.take() == {}


def test_what_was_sent_beyond_what_was_received_is_a_saving_below_zero() -> None:
    counted = Usage(NAMES)
    for app in ("tool", "gateway"):
        counted.sent("acme", app, "client", "GET")
    counted.add(TRACE)
    saved = {heading: counts.saved for heading, counts in counted.take().items()}
    assert saved == {HEADING: 0, HEADING._replace(app="other"): -1}


def test_10000_unknown_names_make_one_line() -> None:
    counted = Usage(NAMES)
    for number in range(10_000):
        text = f"junk-{number}"
        counted.add(replace(TRACE, app=AppName(text), account=AccountName(text), resource=text, method=text))
        counted.sent(text, text, text, text)
    assert counted.take() == {Heading("other", "other", "other", "other"): Counts(received=10_000, sent=10_000)}


@given(st.lists(st.sampled_from(["received", "sent", "written", "failed", "killed"])))
def test_whatever_happens_between_nothing_is_counted_twice(events: list[str]) -> None:
    counted, kept, lost, true = Usage(NAMES), Counts(), Counts(), Counts()
    for event in events:
        match event:
            case "received":
                counted.add(TRACE)
                true.received += 1
            case "sent":
                counted.sent("acme", "tool", "client", "GET")
                true.sent += 1
            case "written":
                kept.add(counted.take().get(HEADING, Counts()))
            case "failed":
                counted.give_back(counted.take())
            case _:
                lost.add(counted.take().get(HEADING, Counts()))  # since the last time that it was written
    kept.add(counted.take().get(HEADING, Counts()))
    kept.add(lost)
    assert kept == true


MIDNIGHT = 20_000 * 86_400.0


@pytest.mark.parametrize(
    ("now", "day", "left"),
    [(MIDNIGHT, "2024-10-04", 86_400.0), (MIDNIGHT - 0.5, "2024-10-03", 0.5), (MIDNIGHT + 1, "2024-10-04", 86_399.0)],
)
def test_a_day_ends_at_midnight_gmt(now: float, day: str, left: float) -> None:
    assert (usage.day_of(now), usage.until_midnight(now)) == (day, left)


def test_today_is_the_last_of_the_days() -> None:
    assert usage.first_of(1, "2024-03-01") == "2024-03-01"
    assert usage.first_of(7, "2024-03-01") == "2024-02-24"
    assert usage.oldest_kept("2024-10-04") == "2023-09-01"


def test_names_of_a_new_configuration_are_counted_apart_and_those_before_stay_counted() -> None:
    counted = Usage(NAMES)
    counted.sent("acme", "tool", "client", "GET")
    counted.learn(Names(NAMES.accounts, frozenset({"new"}), NAMES.resources, NAMES.methods))
    counted.sent("acme", "new", "client", "GET")
    counted.sent("acme", "tool", "client", "GET")
    taken = counted.take()
    assert {heading.app: counts.sent for heading, counts in taken.items()} == {"tool": 1, "new": 1, "other": 1}
    counted.give_back(taken)
    assert counted.take() == taken
