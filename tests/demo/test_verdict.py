from __future__ import annotations

from collections import Counter

import pytest

from gateway.demo.readings import Journal
from gateway.demo.tally import Tally
from gateway.demo.verdict import broken, per_hundred, summary

GOOD = Tally(requests=104, hits=80, collapsed=10, spent=10, writes=4, refused=4)


@pytest.mark.parametrize(
    ("tally", "journal", "reasons"),
    [
        (GOOD, Journal(requests=10, refused=0, worst=10), []),
        (GOOD, Journal(requests=15, refused=0, worst=10), ["15.0 upstream requests per 100 answered"]),
        (GOOD, Journal(requests=10, refused=2, worst=10), ["the simulator refused 2"]),
        (GOOD, Journal(requests=10, refused=0, worst=11), ["11 requests reached the simulator in one period"]),
        (Tally(), Journal(requests=0, refused=0, worst=0), ["0.0 upstream requests per 100 answered"]),
        (Tally(requests=100, unexpected=Counter(oh=2)), Journal(requests=1, refused=0, worst=1), ["2 x oh"]),
    ],
)
def test_every_broken_promise_is_told(tally: Tally, journal: Journal, reasons: list[str]) -> None:
    told = broken(tally, journal, limit=10)
    assert len(told) == len(reasons)
    assert all(text.startswith(reason) for text, reason in zip(told, reasons, strict=True))


def test_refused_requests_do_not_better_the_share() -> None:
    assert per_hundred(10, GOOD) == 10.0


def test_the_summary_accounts_for_every_request() -> None:
    lines = summary(GOOD, Journal(requests=11, refused=0, worst=9), seconds=2.0, limit=10, period=1.0)
    numbers = [int(line.split()[0]) for line in list(lines)[:-1]]
    received, hits, collapsed, reads, writes, refused, own, sent, saved, not_allowed, worst = numbers
    assert received == hits + collapsed + reads + writes + refused
    assert (own, sent, saved, not_allowed, worst) == (1, 11, 89, 0, 9)
