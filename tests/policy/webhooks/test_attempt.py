"""What an attempt comes to."""

from __future__ import annotations

import pytest

from gateway.policy.webhooks.attempt import Answered, Attempt, Unanswered, Verdict, told, verdict


@pytest.mark.parametrize(
    ("attempt", "comes_to"),
    [
        (Answered(200), Verdict.DELIVERED),
        (Answered(204), Verdict.DELIVERED),
        (Answered(299), Verdict.DELIVERED),
        (Answered(300), Verdict.FAILED),
        (Answered(307), Verdict.FAILED),
        (Answered(400), Verdict.FAILED),
        (Answered(409), Verdict.FAILED),
        (Answered(410), Verdict.GONE),
        (Answered(429, 5.0), Verdict.FAILED),
        (Answered(500), Verdict.FAILED),
        (Answered(199), Verdict.FAILED),
        (Unanswered("no connection"), Verdict.FAILED),
    ],
)
def test_only_2xx_is_success_and_only_410_the_end(attempt: Attempt, comes_to: Verdict) -> None:
    assert verdict(attempt) is comes_to


def test_it_is_told_in_a_few_words() -> None:
    assert (told(Answered(503)), told(Unanswered("no connection"))) == ("status 503", "no connection")
