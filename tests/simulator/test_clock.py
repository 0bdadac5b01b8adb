from datetime import date

from gateway.simulator.clock import Clock, seconds_of
from gateway.simulator.options import Options
from tests.simulator.asking import NOON


def test_the_calendar_can_be_moved_and_stopped_but_not_the_stamps() -> None:
    options = Options(now=lambda: NOON)
    clock = Clock(options)
    assert (clock.timestamp_text(), clock.today()) == ("2025-06-16 12:00:00", date(2025, 6, 16))
    assert (clock.next_midnight(), clock.days_ago(7)) == ("2025-06-17 00:00:00", "2025-06-09 12:00:00")
    options.clock_offset = 12 * 3600
    assert (clock.timestamp_text(), clock.stamp()) == ("2025-06-17 00:00:00", NOON)
    options.frozen = NOON - 1
    assert (clock.timestamp_text(), clock.stamp()) == ("2025-06-16 11:59:59", NOON)


def test_day_numbers_change_at_midnight_gmt() -> None:
    options = Options(frozen=86400 * 5 - 0.001)
    assert Clock(options).day_number() == 4
    options.frozen = 86400 * 5
    assert Clock(options).day_number() == 5


def test_seconds_of_stored_text() -> None:
    assert seconds_of("2025-06-16 12:00:00") == NOON
    assert seconds_of("2025-06-16") == NOON - 12 * 3600
