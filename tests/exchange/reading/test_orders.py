"""What is remembered of shown orders: for one question, within bounds, until somebody has reason to doubt it."""

from __future__ import annotations

from gateway.exchange.reading.orders import Orders
from gateway.policy.lists.sorting import NOTHING, Seen
from gateway.policy.names import CacheKey

WHOLE, OTHER = CacheKey("whole"), CacheKey("other")
QUESTION = CacheKey("question")
SHOWN = {frozenset({("1", "a"), ("2", "a")}): Seen(0, ("2", "1"))}


def test_an_order_is_kept_for_its_question_until_another_is_shown() -> None:
    orders = Orders()
    orders.learn(QUESTION, WHOLE, 0, SHOWN)
    assert orders.shown(QUESTION, 0) == SHOWN
    assert orders.shown(CacheKey("another"), 0) == NOTHING
    orders.learn(QUESTION, WHOLE, 0, NOTHING)
    assert orders.shown(QUESTION, 0) == NOTHING


def test_a_purge_and_a_distrusted_list_end_it() -> None:
    orders = Orders()
    orders.learn(QUESTION, WHOLE, 0, SHOWN)
    assert orders.shown(QUESTION, 1) == NOTHING
    orders.forget(OTHER)
    assert orders.shown(QUESTION, 0) == SHOWN
    orders.forget(WHOLE)
    assert orders.shown(QUESTION, 0) == NOTHING


def test_the_longest_unused_goes_first_and_long_ties_are_not_kept() -> None:
    orders = Orders()
    names = [CacheKey(str(number)) for number in range(257)]
    for name in names[:256]:
        orders.learn(name, WHOLE, 0, SHOWN)
    assert orders.shown(names[0], 0) == SHOWN
    orders.learn(names[256], WHOLE, 0, SHOWN)
    assert [orders.shown(name, 0) == SHOWN for name in names[:3]] == [True, False, True]
    orders.learn(QUESTION, WHOLE, 0, {frozenset((str(number), "a") for number in range(1001)): Seen(0, ("1",))})
    assert orders.shown(QUESTION, 0) == NOTHING
