"""A state survives its text, and text that is no state is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.quota.budget import Stamp, State, dump, load
from gateway.policy.quota.closure import Closure, Reason

times = st.floats(0, 1e11)
wholes = st.integers(0, 10**6)
counts = st.dictionaries(st.text(), wholes, max_size=4)
closures = st.builds(
    Closure,
    reason=st.sampled_from(Reason),
    status=wholes,
    api_code=st.none() | wholes,
    since=times,
    until=st.none() | times,
    probe_at=st.none() | times,
    attempts=wholes,
)
states = st.builds(
    State,
    stamps=st.lists(st.builds(Stamp, lease=st.text(), ends=times, app=st.text()), max_size=5).map(tuple),
    day=wholes,
    used=wholes,
    closed=st.none() | closures,
    paused_until=times,
    pauses=wholes,
    foreign=wholes,
    spent=counts,
    lent=counts,
    told=st.none() | wholes,
    plan=wholes,
    asked_at=times,
)


@given(states)
def test_a_state_survives_its_text(state: State) -> None:
    assert load(dump(state)) == state


def test_what_was_never_written_or_is_missing_has_its_default() -> None:
    assert load(None) == load("{}") == State()
    assert load('{"used": 3, "from_a_later_version": 1}') == State(used=3)
    assert load('{"stamps": [["l", 5.0]]}') == State(stamps=(Stamp("l", 5.0),)), (
        "as texts were before apps were counted"
    )


@given(st.text() | st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_nothing_but_a_value_error_comes_of_garbage(text: str) -> None:
    with pytest.raises(ValueError, match="budget state"):
        load(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "object"),
        ('{"stamps": {}}', "stamps"),
        ('{"stamps": [["a"]]}', "stamp"),
        ('{"stamps": [["a", "b"]]}', "stamps"),
        ('{"stamps": [["a", NaN]]}', "stamps"),
        ('{"stamps": [["a", true]]}', "stamps"),
        ('{"used": -1}', "used"),
        ('{"used": 1.5}', "used"),
        ('{"day": true}', "day"),
        ('{"paused_until": Infinity}', "paused_until"),
        ('{"closed": 1}', "closed"),
        ('{"closed": {"reason": "bored"}}', "bored"),
        ('{"closed": {"reason": "banned", "until": "noon"}}', "until"),
    ],
)
def test_the_field_that_does_not_fit_is_named(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        load(text)
