"""Who gets what over hundreds of seconds, against an oracle, and against a line without fairness as the control."""

from __future__ import annotations

import pytest

from tests.exchange.fairness.oracle import jain
from tests.exchange.fairness.scenario import LIMIT, REACHABLE, Crowd, play

SECONDS = 300.0

TOLERANCE = 0.08
"""The part by which chance may differ from what is fair: thinking and latencies are random."""

EQUALS = [Crowd("many", 120), Crowd("some", 40), Crowd("few", 20)]
WEIGHTS = [Crowd("heavy", 40, weight=3), Crowd("light", 100, weight=1), Crowd("half", 20, weight=0.5)]
LITTLE = [Crowd("greedy", 150), Crowd("modest", 12, think=20.0), Crowd("rare", 3, think=50.0)]
CLASSES = [Crowd("screen", 30, priority="interactive"), Crowd("sync", 60), Crowd("export", 120, priority="batch")]
CALM = [
    Crowd("screen", 20, think=15.0, priority="interactive"),
    Crowd("sync", 50),
    Crowd("export", 90, priority="batch"),
]
ACCOUNTS = [
    *(Crowd(f"a{number}", 25) for number in range(3)),
    Crowd("b", 90, account="globex"),
    Crowd("c", 2, think=5.0, account="initech"),
]
COMING_AND_GOING = [
    Crowd("always", 80),
    Crowd("later", 30, begins=130.0),
    Crowd("earlier", 30, ends=230.0),
    Crowd("between", 30, weight=2, begins=130.0, ends=310.0),
]
SCENARIOS = {
    "equal apps with crowds of different size": EQUALS,
    "weights": WEIGHTS,
    "who asks for little gets it": LITTLE,
    "classes under full load": CLASSES,
    "calm screens before a backlog": CALM,
    "accounts are equals": ACCOUNTS,
    "coming and going": COMING_AND_GOING,
}


@pytest.mark.parametrize("name", SCENARIOS)
async def test_everybody_gets_what_is_fair_and_the_limit_is_used(name: str) -> None:
    played = await play(SCENARIOS[name], seconds=SECONDS)
    assert played.unfair(TOLERANCE) == {}
    assert played.worst_window <= LIMIT
    assert played.utilisation >= 0.98 * REACHABLE


@pytest.mark.parametrize("name", SCENARIOS)
async def test_control_first_come_first_served_is_unfair(name: str) -> None:
    """The same crowds, the same gate, the same oracle: what is seen above is the line's doing."""
    played = await play(SCENARIOS[name], seconds=SECONDS / 2, fair_line="first come")
    assert len(played.unfair(TOLERANCE)) >= 2
    assert played.worst_window <= LIMIT


async def test_equal_apps_are_equal_and_would_not_be() -> None:
    names = [crowd.app for crowd in EQUALS]
    fair, control = await play(EQUALS, seconds=SECONDS), await play(EQUALS, seconds=SECONDS, fair_line="first come")
    assert jain([fair.served[name] for name in names]) > 0.999
    assert jain([control.served[name] for name in names]) < 0.7


@pytest.mark.parametrize("seed", [2, 3])
async def test_replicas_on_one_ledger_are_fair_to_apps_that_use_both(seed: int) -> None:
    played = await play(EQUALS, seconds=SECONDS, seed=seed, gates=2)
    assert played.unfair(TOLERANCE) == {}
    assert played.worst_window <= LIMIT
