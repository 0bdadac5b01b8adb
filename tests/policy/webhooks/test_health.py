"""When failure becomes the end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.webhooks.health import GOOD, Ended, Health, dump, failed, gone, load

DAYS = 5 * 86_400.0
MOMENTS = st.floats(0, 4e9)


@pytest.mark.parametrize(
    ("before", "now", "after"),
    [
        (GOOD, 10.0, Health(10.0)),
        (Health(10.0), 20.0, Health(10.0)),
        (Health(10.0), 10.0 + DAYS - 1, Health(10.0)),
        (Health(10.0), 10.0 + DAYS, Health(10.0, Ended.FAILING, 10.0 + DAYS)),
        (Health(1.0, Ended.GONE, 2.0), 9e9, Health(1.0, Ended.GONE, 2.0)),
    ],
)
def test_only_a_whole_span_of_failure_is_the_end(before: Health, now: float, after: Health) -> None:
    assert failed(before, now=now, patience=DAYS) == after


def test_gone_is_the_end_at_once_and_the_first_end_stays() -> None:
    assert gone(GOOD, now=5.0) == Health(None, Ended.GONE, 5.0)
    assert gone(Health(1.0, Ended.FAILING, 2.0), now=5.0) == Health(1.0, Ended.FAILING, 2.0)


@given(st.builds(Health, st.none() | MOMENTS, st.none() | st.sampled_from(Ended), st.none() | MOMENTS))
def test_a_record_reads_back_as_what_was_written(health: Health) -> None:
    assert load(dump(health)) == health


@pytest.mark.parametrize("text", [None, "", "{}", "[1]", '[1, "unheard of", 2]', "{"])
def test_what_is_no_record_is_good_health(text: str | None) -> None:
    assert load(text) == GOOD
    assert dump(GOOD) is None
