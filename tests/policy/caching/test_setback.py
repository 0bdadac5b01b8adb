import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching import setback
from gateway.policy.caching.setback import Setback


@pytest.mark.parametrize(
    ("before", "now", "pause"),
    [
        (None, 100.0, 10.0),
        (Setback(100.0, 10.0), 100.0, 20.0),
        (Setback(100.0, 20.0), 159.0, 40.0),
        (Setback(100.0, 40.0), 100.0, 60.0),
        (Setback(100.0, 60.0), 100.0, 60.0),
        (Setback(100.0, 60.0), 160.0, 10.0),
    ],
)
def test_after(before: Setback | None, now: float, pause: float) -> None:
    assert setback.after(before, now) == Setback(now + pause, pause)


def test_what_is_over_has_no_say_in_the_next_pause() -> None:
    known = Setback(100.0, 60.0)
    assert (setback.over(known, 159.9), setback.over(known, 160.0)) == (False, True)


@given(st.lists(st.floats(0.0, 1000.0), max_size=30))
def test_an_hour_of_failures_costs_few_requests(reads: list[float]) -> None:
    """However readers come, who is asked within a pause is not the upstream, and no pause is above a minute."""
    known, now = None, 1e9
    for later in reads:
        now += later
        if known is None or now >= known.until:
            known = setback.after(known, now)
        assert now < known.until <= now + 60.0
