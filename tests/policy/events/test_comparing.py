from __future__ import annotations

import pytest

from gateway.policy.events import comparing, noticeable, seen
from gateway.policy.events.noticing import Finding, Scope, Unknown
from gateway.policy.events.seen import By, Seen, Sight
from gateway.policy.names import AccountName
from gateway.policy.translation.document import Fields
from gateway.policy.translation.steps import finish

SCOPE = Scope(AccountName("acme"), noticeable.load()["client"])
ROWS: dict[str, Fields] = {str(number): {"id": str(number), "name": f"n{number}"} for number in range(1, 301)}
LATER = Sight(By.LIST, 100, 101)


def record(number: str, **row: str) -> tuple[str, str]:
    return number, Seen({**seen.plain(ROWS.get(number, {})), **row}, 1, 2, By.LIST, 0).text


def test_only_records_that_differ_are_judged() -> None:
    records = [record(number) for number in ROWS]
    assert finish(comparing.differing(ROWS, records)) == []
    changed, gone = record("7", name="x"), record("999", id="999")
    assert finish(comparing.differing(ROWS, [*records[:6], changed, *records[7:], gone])) == [changed, gone]


def test_long_lists_are_compared_in_steps() -> None:
    steps = comparing.differing(ROWS, [record(number) for number in ROWS])
    assert sum(1 for _ in steps) == 300 // 32


@pytest.mark.parametrize(
    ("number", "before", "event"),
    [
        ("7", None, "intervals.client.created"),
        ("7", record("7", name="x")[1], "intervals.client.updated"),
        ("999", record("999", id="999")[1], "intervals.client.deleted"),
        ("7", record("7")[1], None),
    ],
)
def test_what_a_list_does_not_show_is_gone(number: str, before: str | None, event: str | None) -> None:
    judged = comparing.judge(SCOPE, ROWS, LATER, Unknown.CREATED)(number, before)
    assert (judged.notice and judged.notice.type if isinstance(judged, Finding) else None) == event


def test_the_record_of_what_is_long_gone_is_ended() -> None:
    gone = Seen(None, 1, 2, By.WRITE, 3).text
    assert comparing.judge(SCOPE, ROWS, LATER, Unknown.CREATED)("999", gone) is None
    tomorrow = Sight(By.LIST, 90_000, 90_001)
    assert comparing.judge(SCOPE, ROWS, tomorrow, Unknown.CREATED)("999", gone) == Finding("999", gone, None, None)


def test_rows_without_a_record_come_in_the_order_of_the_list() -> None:
    known = {number for number in ROWS if number not in ("7", "30", "200")} | {"999"}
    assert finish(comparing.unknown(ROWS, known)) == [("7", None), ("30", None), ("200", None)]
    assert finish(comparing.unknown(ROWS, set(ROWS))) == []


def test_slices_hold_so_many_at_most() -> None:
    records = [(str(number), None) for number in range(7)]
    assert [len(piece) for piece in comparing.slices(records, 3)] == [3, 3, 1]
    assert list(comparing.slices([], 3)) == []
