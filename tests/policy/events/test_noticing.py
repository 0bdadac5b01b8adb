"""What each source may claim of a row, as a table; `tests/exchange/events/` mixes them at random."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.policy.events import noticeable, noticing, seen
from gateway.policy.events.noticing import UNDECIDED, Event, Finding, Judged, Scope, Unknown
from gateway.policy.events.seen import By, Seen, Sight
from gateway.policy.names import AccountName, AppName
from gateway.policy.writing.change import Change, Created, Deleted, Updated

TASKS = Scope(AccountName("acme"), noticeable.load()["task"])
A = {"id": "7", "title": "A", "actual": "1", "datemodified": "2026-01-01 10:00:00"}
B = {**A, "title": "B"}
MOVED = {**A, "actual": "2", "datemodified": "2026-01-01 11:00:00"}
GONE = None


def record(row: dict[str, Any] | None, told: int = 0, by: By = By.LIST) -> str:
    """A record of a row that was looked at from 10 to 20."""
    return Seen(row, 10, 20, by, told).text


def sight(began: float, ended: float, by: By = By.LIST) -> Sight:
    return Sight(by, began, ended, AppName("tool") if by is By.WRITE else None)


def brief(judged: Judged) -> str | None:
    """The last word of what is told; `silent` where it is only written down, `undecided`, or None."""
    if not isinstance(judged, Finding):
        return "undecided" if judged is UNDECIDED else None
    return "silent" if judged.notice is None else judged.notice.type.rpartition(".")[2]


@pytest.mark.parametrize(
    ("before", "row", "unknown", "later", "overlapping", "earlier"),
    [
        (None, A, Unknown.BASELINE, "silent", "silent", "silent"),
        (None, A, Unknown.CREATED, "created", "created", "created"),
        (None, A, Unknown.UPDATED, "updated", "updated", "updated"),
        (None, GONE, Unknown.CREATED, None, None, None),
        (record(A), A, Unknown.CREATED, None, None, None),
        (record(A), MOVED, Unknown.CREATED, None, None, None),
        (record(A), B, Unknown.CREATED, "updated", "undecided", None),
        (record(A), B, Unknown.UPDATED, "updated", "undecided", None),
        (record(A), B, Unknown.BASELINE, "silent", "undecided", None),
        (record(A), GONE, Unknown.CREATED, "deleted", "undecided", None),
        (record(A), GONE, Unknown.BASELINE, "silent", "undecided", None),
        (record(GONE, 1), A, Unknown.CREATED, "created", "undecided", None),
        (record(GONE, 1), GONE, Unknown.CREATED, None, None, None),
    ],
)
def test_what_a_read_tells(
    before: str | None,
    row: dict[str, Any] | None,
    unknown: Unknown,
    later: str | None,
    overlapping: str | None,
    earlier: str | None,
) -> None:
    spans = [(20, 21), (15, 25), (5, 10)]
    judged = [noticing.read(TASKS, "7", before, row, sight=sight(*span), unknown=unknown) for span in spans]
    assert [brief(it) for it in judged] == [later, overlapping, earlier]


CREATE, UPDATE, DELETE = Created("7", {**A}), Updated("7", {**B}, frozenset({"title"})), Deleted("7")


@pytest.mark.parametrize(
    ("before", "change", "later", "overlapping", "earlier"),
    [
        (None, CREATE, "created", "created", "created"),
        (None, UPDATE, "updated", "updated", "updated"),
        (None, DELETE, "deleted", "deleted", "deleted"),
        (record(A), CREATE, "created", "created", "created"),  # remembered by a first look, told to nobody
        (record(A, 1), CREATE, None, None, None),
        (record(A, 1), UPDATE, "updated", None, None),  # what the list shows may be what came after it
        (record(A, 1, By.WRITE), UPDATE, "updated", "updated", None),
        (record(B, 1), UPDATE, None, None, None),
        (record(A, 1), DELETE, "deleted", "deleted", None),
        (record(GONE, 2), CREATE, None, None, None),
        (record(GONE, 2), UPDATE, None, None, None),
        (record(GONE, 2), DELETE, None, None, None),
    ],
)
def test_what_a_write_tells(
    before: str | None, change: Change, later: str | None, overlapping: str | None, earlier: str | None
) -> None:
    spans = [(20, 21), (15, 25), (5, 10)]
    judged = [noticing.written(TASKS, before, change, sight=sight(*span, By.WRITE)) for span in spans]
    assert [brief(it) for it in judged] == [later, overlapping, earlier]


def test_a_notice_carries_the_row_and_what_has_changed() -> None:
    finding = noticing.read(TASKS, "7", record(A, 3), B, sight=sight(30, 31), unknown=Unknown.CREATED)
    assert isinstance(finding, Finding)
    assert finding.notice is not None
    assert finding.notice.at == 31
    assert finding.notice.data == {
        "resource": "task",
        "id": "7",
        "sequence": 4,
        "row": B,
        "changed": {"title": {"old": "A", "new": "B"}},
        "seen": {"by": "list"},
    }


def test_of_a_write_without_a_record_the_old_values_are_not_known() -> None:
    finding = noticing.written(TASKS, None, UPDATE, sight=sight(1, 2, By.WRITE))
    assert finding is not None
    assert finding.notice is not None
    assert finding.notice.data["changed"] == {"title": {"new": "B"}}
    assert finding.notice.data["seen"] == {"by": "write", "app": "tool"}


def test_a_deletion_carries_the_row_as_it_was_last_seen() -> None:
    known = noticing.written(TASKS, record(A), DELETE, sight=sight(30, 31, By.WRITE))
    unknown = noticing.written(TASKS, None, DELETE, sight=sight(30, 31, By.WRITE))
    assert [it and it.notice and it.notice.data["row"] for it in (known, unknown)] == [A, None]


def test_columns_that_one_sight_does_not_show_are_no_change_and_are_kept() -> None:
    less = {"id": "7", "title": "A"}
    assert noticing.read(TASKS, "7", record(A), less, sight=sight(30, 31), unknown=Unknown.CREATED) is None
    finding = noticing.read(
        TASKS, "7", record(A), {**less, "title": "C", "more": "x"}, sight=sight(30, 31), unknown=Unknown.CREATED
    )
    assert isinstance(finding, Finding)
    assert finding.after is not None
    assert finding.after.row == {**A, "title": "C", "more": "x"}


def test_the_same_change_of_the_same_record_has_the_same_id_whoever_finds_it() -> None:
    def found(before: str, row: dict[str, Any], by: By) -> str:
        finding = noticing.read(TASKS, "7", before, row, sight=sight(30, 31, by), unknown=Unknown.CREATED)
        assert isinstance(finding, Finding)
        assert finding.notice is not None
        return finding.notice.id

    assert found(record(A), B, By.LIST) == found(record(A), B, By.POLL)
    others = {found(record(A), B, By.LIST), found(record(A, 1), B, By.LIST), found(record(A), {**B, "x": "y"}, By.LIST)}
    assert len(others) == 3
    assert found(record(A), {**A, "title": "C"}, By.LIST) not in others
    other = Seen(A, 12, 20, By.LIST, 0).text
    assert found(other, B, By.LIST) not in others


def test_notices_of_a_row_are_in_order_even_if_their_writes_overlapped() -> None:
    first = noticing.written(TASKS, None, UPDATE, sight=sight(10, 20, By.WRITE))
    assert first is not None
    assert first.after is not None
    again = Updated("7", {**B, "title": "C"}, frozenset({"title"}))
    second = noticing.written(TASKS, first.after.text, again, sight=sight(11, 19, By.WRITE))
    assert second is not None
    assert second.notice is not None
    assert first.notice is not None
    assert second.notice.at > first.notice.at


def test_the_record_of_what_is_long_gone_ends() -> None:
    assert noticing.forgotten("7", record(GONE, 2), sight=sight(20 + 86_400, 20 + 86_401)) == Finding(
        "7", record(GONE, 2), None, None
    )
    for before in (None, record(A), record(GONE)):
        assert noticing.forgotten("7", before, sight=sight(30, 31)) is None
    assert noticing.forgotten("7", record(A), sight=sight(90_000, 90_001)) is None


def test_types_and_kinds_name_the_resource() -> None:
    assert (TASKS.kind, TASKS.key) == ("seen:acme:task", "acme:task")
    assert [TASKS.type(event) for event in Event] == [
        "intervals.task.created",
        "intervals.task.updated",
        "intervals.task.deleted",
    ]
    assert seen.load(record(A)).row == A
