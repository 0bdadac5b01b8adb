"""Which events there are, and which patterns can match one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.events import noticeable, vocabulary
from gateway.policy.events.noticing import Event, Scope
from gateway.policy.names import AccountName
from gateway.policy.translation.shapes import LISTS
from gateway.policy.webhooks.subscription import matches


def test_every_event_that_a_row_can_make_is_known() -> None:
    scopes = [Scope(AccountName("acme"), rules) for name, rules in noticeable.load().items() if name not in LISTS]
    assert vocabulary.of_rows() == {scope.type(event) for scope in scopes for event in Event}
    assert len(vocabulary.types() - vocabulary.of_rows()) == 4 + 7 + 2, "ends of jobs, the quota, webhooks themselves"


@given(st.sampled_from(sorted(vocabulary.types())), st.data())
def test_an_event_can_come_however_it_is_written(event: str, data: st.DataObject) -> None:
    words = [data.draw(st.sampled_from((word, "*"))) for word in event.split(".")]
    pattern = ".".join(words)
    assert vocabulary.can_come(pattern)
    assert vocabulary.can_come(".".join([*words[: data.draw(st.integers(0, len(words) - 1))], "*"]))


@pytest.mark.parametrize(
    ("pattern", "meant"),
    [
        ("intervals.clients.*", "intervals.client.*"),
        ("intervals.client.create", "intervals.client.created"),
        ("intervals.projects.update", "intervals.project.updated"),
        ("intervals.task_note.*", "intervals.tasknote.*"),
        ("interval.client.*", "intervals.client.*"),
        ("client.*", "intervals.client.*"),
        ("clients", "intervals.client.*"),
        ("*.deleted", "intervals.*.deleted"),
        ("intervals.client", "intervals.client.*"),
        ("job.*", "intervals.job.*"),
        ("quota", "quota.*"),
        ("quotas.*", "quota.*"),
        ("quota.warn", "quota.warning"),
        ("webhooks.*", "webhook.*"),
    ],
)
def test_what_was_probably_meant_is_told(pattern: str, meant: str) -> None:
    assert not vocabulary.can_come(pattern)
    assert vocabulary.right(pattern) == f"did you mean {meant!r}?"
    assert vocabulary.can_come(meant)


@pytest.mark.parametrize(
    "pattern",
    ["foo", "updated", "job.done", "intervals.client.removed", "quota.*.*", "*.*.*.*", "intervals.client.a.b"],
)
def test_where_nothing_is_near_all_events_are_told(pattern: str) -> None:
    assert not vocabulary.can_come(pattern)
    assert "intervals.RESOURCE.created" in vocabulary.right(pattern)


def test_an_endless_pattern_is_compared_with_nothing() -> None:
    assert "intervals.RESOURCE.created" in vocabulary.right(f"intervals.client{'s' * 1_000_000}.*")


@pytest.mark.parametrize("pattern", ["intervals.projectteam.*", "intervals.projectteam.updated"])
def test_a_write_of_several_rows_is_told_by_no_event(pattern: str) -> None:
    assert not vocabulary.can_come(pattern)
    assert vocabulary.right(pattern) == "changes of projectteam cannot be told"


@given(st.from_regex(r"(\*|[a-z_]{1,12})(\.(\*|[a-z_]{1,12})){0,4}", fullmatch=True))
def test_a_pattern_is_refused_only_where_it_matches_nothing(pattern: str) -> None:
    matched = [event for event in vocabulary.types() if matches(pattern, event)]
    assert vocabulary.can_come(pattern) == bool(matched)
    assert vocabulary.right(pattern)


@pytest.mark.parametrize(
    ("pattern", "unlikely"),
    [
        ("intervals.me.*", True),
        ("intervals.quota.*", True),
        ("intervals.contactdescriptor.created", True),
        ("intervals.client.*", False),
        ("intervals.timer.*", False),
        ("intervals.document.deleted", False),
        ("*", False),
        ("*.*.updated", False),
        ("quota.*", False),
    ],
)
def test_what_nothing_is_known_to_make_is_unlikely(pattern: str, unlikely: bool) -> None:
    assert (vocabulary.why_unlikely(pattern) is not None) == unlikely


def test_who_asks_for_changes_of_a_row_named_as_the_quota_learns_of_the_quotas_events() -> None:
    assert "'quota.*'" in (vocabulary.why_unlikely("intervals.quota.updated") or "")
