"""What may be asked about usage, and that every way to group it tells the same total."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.quota.usage import Counts, Heading, Row
from gateway.policy.quota.usage_report import Dimension, Group, Question, asked, report

WAYS = [way for length in range(1, 6) for way in permutations(Dimension, length)]
NUMBERS = st.integers(0, 1000)
ROWS = st.lists(
    st.builds(
        Row,
        st.sampled_from(["2024-10-03", "2024-10-04"]),
        st.builds(Heading, *[st.sampled_from(["a", "b", "other"])] * 4),
        st.builds(Counts, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    )
)


@given(ROWS, st.sampled_from(WAYS))
def test_the_sum_over_the_groups_is_the_total(rows: list[Row], by: tuple[Dimension, ...]) -> None:
    found = report(rows, by)
    groups, whole = Counts(), Counts()
    for group in found.groups:
        groups.add(group.counts)
    for row in rows:
        whole.add(row.counts)
    assert groups == found.total == whole
    assert groups.saved == sum(group.counts.saved for group in found.groups)
    assert len({group.names for group in found.groups}) == len(found.groups)


def row(day: str, app: str, sent: int) -> Row:
    return Row(day, Heading("acme", app, "client", "GET"), Counts(received=2 * sent, sent=sent))


def test_who_sent_most_comes_first_and_days_stay_in_order() -> None:
    rows = [row("2024-10-04", "a", 1), row("2024-10-03", "b", 5), row("2024-10-04", "b", 1)]
    assert report(rows, [Dimension.APP]).groups == (Group(("b",), Counts(12, 6)), Group(("a",), Counts(2, 1)))
    days = report(rows, [Dimension.DAY, Dimension.APP]).groups
    assert [group.names for group in days] == [("2024-10-03", "b"), ("2024-10-04", "a"), ("2024-10-04", "b")]
    assert report([], [Dimension.DAY]).total == Counts()


@pytest.mark.parametrize(
    ("parameters", "question"),
    [
        ([], Question(7, (Dimension.APP, Dimension.RESOURCE))),
        ([("since", "400d")], Question(400, (Dimension.APP, Dimension.RESOURCE))),
        ([("by", "day,method"), ("since", "1d")], Question(1, (Dimension.DAY, Dimension.METHOD))),
    ],
)
def test_what_may_be_asked(parameters: list[tuple[str, str]], question: Question) -> None:
    assert asked(parameters) == question


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ([("sinc", "7d")], "'sinc' is no parameter of usage; did you mean 'since'?"),
        ([("x", "7d")], "'x' is no parameter of usage; known are since, by"),
        ([("by", "app"), ("by", "day")], "by is given more than once"),
        ([("by", "app,app")], "by names app more than once"),
        ([("by", "apps")], "by 'apps' is nothing to group by; did you mean 'app'?"),
        ([("by", "")], "by '' is nothing to group by; known are account, app, resource, method, day"),
        *(
            (
                [("since", text)],
                f"since {text!r} is no number of days; such as 1d (today), 7d or 30d, at most 400d",
            )
            for text in ("", "7", "0d", "401d", "7h", "-7d", "٧d", "2024-10-04")
        ),
    ],
)
def test_what_cannot_be_asked_is_told_with_what_would_be_right(parameters: list[tuple[str, str]], said: str) -> None:
    assert asked(parameters) == said
