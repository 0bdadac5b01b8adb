from __future__ import annotations

import pytest

from gateway.policy.events import noticeable, polling
from gateway.policy.events.polling import Day

RULES = noticeable.load()
DAY = 86_400.0


@pytest.mark.parametrize(
    ("polled", "day", "pause"),
    [
        (["client"], Day(0, 0, DAY), 300.0),  # no limit
        (["client"], Day(6000, 0, DAY), 300.0),  # 300 of 6000 are one look in 288 s
        (["client", "project"], Day(6000, 0, DAY), 576.0),
        (["client", "expense"], Day(6000, 0, DAY), 312.0),  # the latter is looked at in every twelfth interval
        (["client"], Day(1200, 0, DAY), 1440.0),
        (["client"], Day(6000, 280, DAY / 4), 1080.0),
        (["client"], Day(6000, 100, 60.0), 300.0),
        (["client"], Day(6000, 300, DAY / 4), None),
        (["client"], Day(6000, 400, DAY / 4), None),
    ],
)
def test_looks_last_the_day(polled: list[str], day: Day, pause: float | None) -> None:
    rules = [RULES[name] for name in polled]
    assert polling.pause(rules[0], rules, day, interval=300.0, share=0.05) == pause


def test_a_day_of_looks_fits_into_its_part() -> None:
    rules = [RULES[name] for name in ("client", "project", "task", "time", "expense")]
    due = dict.fromkeys(range(len(rules)), 0.0)
    spent, now = 0, 0.0
    while now < DAY:
        which = min(due, key=lambda it: due[it])
        now = due[which]
        pause = polling.pause(rules[which], rules, Day(6000, spent, DAY - now), interval=60.0, share=0.05)
        assert pause is not None or now > DAY * 0.95
        spent += pause is not None
        due[which] = now + (pause or DAY)
    assert 280 <= spent <= 300


@pytest.mark.parametrize(
    ("retry_after", "interval", "pause"), [(None, 300, 60), (120, 300, 120), (9999, 300, 300), (None, 5, 5)]
)
def test_a_look_that_failed_is_tried_again_no_later_than_the_next(
    retry_after: float | None, interval: float, pause: float
) -> None:
    assert polling.retry(retry_after, interval=interval) == pause


def test_a_list_of_half_the_interval_is_young_enough() -> None:
    assert polling.young_enough(300.0) == 150
