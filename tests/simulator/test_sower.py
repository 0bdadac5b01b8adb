from gateway.simulator.sower import Sower
from gateway.simulator.tables import World
from tests.simulator.asking import TODAY, clock, small


def sower(**changed: object) -> Sower:
    return Sower(World("acme", clock(), small(**changed)))


def test_numbers_follow_the_scale_but_never_fall_to_nothing() -> None:
    assert len(sower(scale=0.5).many(240, 12)) == 120
    assert len(sower(scale=0.0).many(240, 12)) == 12


def test_days_lie_before_the_epoch() -> None:
    drawn = sower()
    assert all("2025-06-06" <= drawn.day(10) <= TODAY for _ in range(200))
    assert all("2025-06-15" <= drawn.moment(1, 1) < TODAY for _ in range(20))
    assert {drawn.day(0, -1) for _ in range(50)} == {TODAY, "2025-06-17"}


def test_without_an_epoch_it_is_the_clock_s_today() -> None:
    assert str(sower(epoch=None).epoch) == TODAY
