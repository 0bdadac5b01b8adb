"""The ledger's time: never faster than real seconds, and back with the wall clock as soon as that is harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.sqlite.clock import DAY, LedgerClock, Mark, boot_id, reckon, seconds_since_boot

QUIET = 600.0


@pytest.mark.parametrize(
    ("what", "uptime", "wall", "quiet", "now"),
    [
        ("in step", 110.0, 5010.0, False, 5010.0),
        ("wall clock set forward an hour", 110.0, 8610.0, False, 5010.0),
        ("set forward, and quiet", 110.0, 8610.0, True, 8610.0),
        ("set back an hour: half speed", 110.0, 1410.0, False, 5005.0),
        ("set back a little: until they agree", 110.0, 5008.0, False, 5008.0),
        ("set back, and quiet", 110.0, 1410.0, True, 5005.0),
        ("no time passed", 100.0, 5000.0, False, 5000.0),
    ],
)
def test_the_rule(what: str, uptime: float, wall: float, quiet: bool, now: float) -> None:
    assert reckon(Mark("boot", 100.0, 5000.0), uptime=uptime, wall=wall, quiet=quiet) == now, what


def test_an_hour_set_forward_is_followed_once_nothing_was_swapped_for_long() -> None:
    world = World()
    clock = world.clock()
    stored = clock.read(None)
    world.run(10.0, step=3600.0)
    assert clock.read(stored).epoch == stored.epoch + 10.0
    world.run(QUIET - 11.0)
    assert clock.read(stored).epoch == stored.epoch + QUIET - 1.0
    world.run(1.0)
    assert clock.read(stored).epoch == world.wall


class World:
    """A machine whose clocks a test can move."""

    def __init__(self) -> None:
        self.uptime, self.wall, self.boot = 100.0, 1_000_000.0, "one"

    def clock(self) -> LedgerClock:
        return LedgerClock(wall=lambda: self.wall, uptime=lambda: self.uptime, boot=self.boot, quiet=QUIET)

    def run(self, seconds: float, *, step: float = 0.0) -> None:
        self.uptime += seconds
        self.wall += seconds + step


EVENTS = st.tuples(
    st.floats(0, QUIET / 2),  # seconds that pass
    st.sampled_from([0.0, 0.0, 0.0, 1.0, -1.0, 3600.0, -3600.0, 40_000.0, -40_000.0]),  # by which the wall clock is off
    st.sampled_from(["swap", "swap", "read", "restart"]),
)


@given(st.lists(EVENTS, max_size=40))
def test_between_swaps_it_never_runs_faster_than_real_seconds_nor_back(events: list[tuple[float, float, str]]) -> None:
    world = World()
    clock, stored = world.clock(), None
    now, read_at = clock.read(None).epoch, world.uptime
    swapped_at = world.uptime
    off = 0.0
    for seconds, then_off, event in events:
        world.run(seconds, step=then_off - off)
        off = then_off
        if event == "restart":
            clock = world.clock()
            now, read_at = (stored.epoch, swapped_at) if stored is not None else (0.0, 0.0)
        mark = clock.read(stored)
        if stored is not None and world.uptime - swapped_at < QUIET:
            assert now <= mark.epoch <= now + (world.uptime - read_at) + 1e-6
        now, read_at = mark.epoch, world.uptime
        if event == "swap":
            stored, swapped_at = mark, world.uptime


def test_a_clock_set_right_before_the_first_swap_is_followed_after_a_quiet_start() -> None:
    world = World()
    clock = world.clock()
    start = clock.read(None)
    for _ in range(3):
        world.run(QUIET / 3 - 1.0, step=3600.0)
        assert clock.read(None).epoch == start.epoch + world.uptime - start.uptime
    world.run(3.0)
    assert clock.read(None).epoch == world.wall


def test_after_a_reboot_it_is_the_wall_clock_but_not_before_the_last_swap() -> None:
    world = World()
    stored = world.clock().read(None)
    world.boot, world.uptime, world.wall = "two", 3.0, stored.epoch + 40.0
    assert world.clock().read(stored).epoch == stored.epoch + 40.0
    world.wall = stored.epoch - 40.0
    assert world.clock().read(stored).epoch == stored.epoch


@pytest.mark.parametrize("boot", ["one", "two"])
def test_a_mark_from_a_clock_that_was_wrong_by_years_is_not_followed(boot: str) -> None:
    world = World()
    wrong = Mark("one", 90.0, world.wall + 400 * DAY)
    world.boot = boot
    clock = world.clock()
    assert clock.read(wrong).epoch == world.wall
    world.run(10.0)
    assert clock.read(wrong).epoch == world.wall


def test_real_clocks() -> None:
    uptime = seconds_since_boot()
    assert 0 < uptime() <= uptime()
    assert boot_id() == boot_id()
    assert LedgerClock().read(None).boot == boot_id()
