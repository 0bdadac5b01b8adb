import pytest

from gateway.policy.caching.entry import Entry, Selector
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey

ENTRY = Entry(
    key=CacheKey("k"),
    account=AccountName("acme"),
    resource="client",
    target="/client/",
    response=Response(200, Headers([("Content-Type", "application/json")]), b"x" * 1000),
    requested_at=0.0,
    received_at=0.0,
    initial_age=0.0,
    lifetime=60.0,
)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(), True),
        (Selector(account=AccountName("acme")), True),
        (Selector(account=AccountName("globex")), False),
        (Selector(resources=frozenset({"client", "task"})), True),
        (Selector(resources=frozenset()), False),
        (Selector(key=CacheKey("k")), True),
        (Selector(account=AccountName("acme"), resources=frozenset({"task"})), False),
    ],
)
def test_all_conditions_that_are_given_must_hold(selector: Selector, expected: bool) -> None:
    assert selector.covers(ENTRY) is expected


def test_an_entry_weighs_at_least_its_body() -> None:
    assert 1000 < ENTRY.weight < 3000


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (Selector(), None),
        (Selector(account=AccountName("acme")), None),
        (Selector(resources=frozenset({"task"})), None),
        (
            Selector(account=AccountName("acme"), resources=frozenset({"time", "task"})),
            [("acme", "task"), ("acme", "time")],
        ),
        (Selector(key=CacheKey("k")), []),
        (Selector(account=AccountName("acme"), key=CacheKey("k")), [("acme", "other")]),
    ],
)
def test_a_drop_tells_whose_answers_under_way_are_outdated(
    selector: Selector, expected: list[tuple[str, str]] | None
) -> None:
    outdated = selector.outdates()
    assert (None if outdated is None else list(outdated)) == expected
