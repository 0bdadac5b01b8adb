"""The record of a delivery, and its place in the outbox."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Json, Notice
from gateway.policy.webhooks import delivery
from gateway.policy.webhooks.delivery import DEAD, WAITING

NAMES = st.from_regex(r"@?[A-Za-z0-9][A-Za-z0-9._@-]{0,10}", fullmatch=True)
MOMENTS = st.floats(0, 4e9)


def notice(event: str = "intervals.client.updated", /, **content: Json) -> Notice:
    return Notice("evt_1", event, AccountName("acme"), 0.0, content)


def test_a_record_reads_back_as_what_was_written() -> None:
    made = delivery.to_callback(notice(id=5), app=AppName("timesheets"), url="https://tool.internal/done")
    tried = replace(made, attempts=3, last="status 500")
    assert delivery.load(delivery.dump(made)) == made
    assert delivery.load(delivery.dump(tried)) == tried


@pytest.mark.parametrize("text", ["", "{}", "[]", "1", '{"id":"a"}', '{"id":"a","unknown":1}', "{"])
def test_what_is_no_record_reads_as_none(text: str) -> None:
    assert delivery.load(text) is None


def test_a_delivery_is_put_where_nothing_was() -> None:
    edit = delivery.added(delivery.to_subscription(notice(id=5), "tool"), 1.5)
    assert (edit.kind, edit.key, edit.before) == (WAITING, "tool/00000000001500000/00000000000000000/evt_1", None)
    assert json.loads(edit.after or "")["lane"] == "tool"
    assert DEAD != WAITING


@pytest.mark.parametrize(
    ("event", "content", "subject"),
    [
        ("intervals.client.updated", {"id": 5}, "intervals.client 5"),
        ("intervals.client.deleted", {"id": "5"}, "intervals.client 5"),
        ("intervals.job.completed", {"job": "j1", "state": "completed"}, "intervals.job j1"),
        ("quota.spent", {}, "quota "),
    ],
)
def test_the_subject_is_the_object_whatever_happened_to_it(event: str, content: dict[str, Json], subject: str) -> None:
    assert delivery.to_subscription(notice(event, **content), "tool").subject == subject


def callback_lane(url: str, app: str = "timesheets") -> str:
    return delivery.to_callback(notice(), app=AppName(app), url=url).lane


def test_callbacks_of_one_receiver_share_a_lane_that_no_subscription_has() -> None:
    lane = callback_lane("https://tool.internal/a?b")
    assert lane == callback_lane("https://TOOL.internal/c")
    assert lane != callback_lane("https://tool.internal:8443/a")
    assert lane != callback_lane("https://tool.internal/a", app="exports")
    assert delivery.is_callback(lane)
    assert not delivery.is_callback("tool")


@given(NAMES, NAMES, MOMENTS, MOMENTS)
def test_keys_are_in_the_order_of_work(one: str, other: str, first: float, second: float) -> None:
    a, b = (
        delivery.key(delivery.to_subscription(notice(), lane), due) for lane, due in ((one, first), (other, second))
    )
    assert delivery.lane_of(a) == one
    assert delivery.due_at(a) == pytest.approx(first, abs=1e-5)
    if one == other:
        assert (a < b) == (round(first * 1e6) < round(second * 1e6))
    elif a < b:
        assert a < delivery.beyond(one) < b


@given(MOMENTS, MOMENTS)
def test_a_key_tells_when_it_is_due_and_when_it_happened(at: float, due: float) -> None:
    key = delivery.key(replace(delivery.to_subscription(notice(), "tool"), at=at), due)
    assert delivery.due_at(key) == pytest.approx(due, abs=1e-5)
    assert delivery.happened_at(key) == pytest.approx(at, abs=1e-5)
    assert delivery.before("tool") < key < delivery.beyond("tool")


@pytest.mark.parametrize("key", ["tool", "tool/", "tool/soon/later/evt_1"])
def test_a_key_of_another_kind_is_due(key: str) -> None:
    assert (delivery.lane_of(key), delivery.due_at(key), delivery.happened_at(key)) == ("tool", 0.0, 0.0)


def test_dead_letters_are_in_the_order_of_their_deaths_and_can_stand_in_a_url() -> None:
    it = delivery.to_subscription(notice(id=5), "tool")
    early, late = (delivery.buried(it, why="status 500", now=now) for now in (10.0, 20.0))
    assert early.key < delivery.died_before(15.0) < late.key
    assert delivery.died_at(late.key) == 20.0
    assert late.key.replace("-", "").isalnum()
    assert delivery.load(late.after or "") == replace(it, last="status 500")


@pytest.mark.parametrize(
    ("ids", "chosen"),
    [([1, 2, 3], [0, 1, 2]), ([1, 1, 2], [0, 2]), ([1, 1, 1], [0]), ([1, 2, 3, 4, 5], [0, 1, 2, 3]), ([], [])],
)
def test_no_two_of_one_object_go_at_once(ids: list[int], chosen: list[int]) -> None:
    due = [delivery.to_subscription(notice(id=number), "tool") for number in ids]
    assert list(delivery.batch(due, most=4)) == chosen
