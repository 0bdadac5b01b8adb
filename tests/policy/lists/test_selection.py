import pytest

from gateway.policy.catalogue import Resource
from gateway.policy.lists.collection import Collection
from gateway.policy.lists.selection import Declined, Selected, may_show_order, select
from gateway.policy.lists.sorting import NOTHING
from gateway.policy.translation.document import Scalar
from tests.policy.listing import MODULE, PROJECT, ROWS, rows, whole

DAYS: list[Scalar] = ["2024-01-10", "2024-01-20", "2024-01-30", None]
LISTED = rows(
    12,
    localid=["0012", "0007", "1000"],
    clientid=["5", None, "6", "5", "", "0"],
    active=["t", "t", "f"],
    datestart=DAYS,
    name=["b", "a"],
)
STORED = whole(PROJECT, LISTED)


def found(query: str, stored: Collection = STORED, resource: Resource = PROJECT) -> list[str] | str:
    """The ids of the selected page, or the reason why there is none."""
    answer = select(stored, resource, None, query, NOTHING)
    if isinstance(answer, Declined):
        return answer.reason
    listed = answer.document.fields[resource.name]
    assert isinstance(listed, list)
    return [str(row["id"]) for row in listed if isinstance(row, dict)]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", "1 2 3 4 5 6 7 8 9 10"),
        ("offset=10", "11 12"),
        ("offset=12", ""),
        ("limit=3&offset=2", "3 4 5"),
        ("limit=0&offset=9", "10 11 12"),
        ("localid=12", "1 4 7 10"),
        ("localid=0007&limit=2", "2 5"),
        ("clientid=5", "1 4 7 10"),
        ("clientid=-1", "2 5 6 8 11 12"),
        ("clientid=6,-1&active=f", "3 6 9 12"),
        ("active=true&clientid=5", "1 4 7 10"),
        ("datestart=2024-01-20", "2 6 10"),
        ("datestartbegin=2024-01-15&datestartend=2024-01-25", "2 6 10"),
        ("datestartend=2024-01-25", "1 2 5 6 9 10"),
        ("datestartbegin=2024-01-20&clientid=6", "3"),  # the rows on the bound have other clients
        ("sortfield=id&sortdir=DESC&limit=2", "12 11"),
        ("sortfield=id&sortdir=ASC&offset=9", "10 11 12"),
        ("sortfield=name&sortdir=ASC&localid=12&clientid=6", ""),  # nothing to put in order
    ],
)
def test_rows_are_selected(query: str, ids: str) -> None:
    assert found(query) == ids.split()


@pytest.mark.parametrize(("query", "count"), [("clientid=5&limit=1", 4), ("offset=500", 12), ("clientid=77", 0)])
def test_listcount_is_what_matches_before_the_page_is_cut(query: str, count: int) -> None:
    answer = select(STORED, PROJECT, None, query, NOTHING)
    assert isinstance(answer, Selected)
    assert answer.document.fields["listcount"] == count


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("datestartbegin=2024-01-20", "includes its day"),
        ("datestartend=2024-01-10", "includes its day"),
        ("billable=t", "do not show billable"),
        ("dateendbegin=2024-01-01", "do not show dateend"),
        ("sortfield=name&sortdir=ASC", "not certain"),
        ("sortfield=localid&sortdir=ASC", "not certain"),  # ties
        ("sortfield=datestart&sortdir=ASC&clientid=-1", "not certain"),  # a null
        ("search=a", "the service's own"),
    ],
)
def test_what_is_not_certain_is_declined(query: str, reason: str) -> None:
    assert reason in found(query)


@pytest.mark.parametrize(
    ("column", "values", "query"),
    [
        ("active", ["t", None], "active=t"),
        ("active", [1], "active=t"),
        ("clientid", ["5,6"], "clientid=5"),
        ("clientid", ["005"], "clientid=5"),
        ("datestart", ["2024-01-10 00:00:00"], "datestart=2024-01-10"),
        ("datestart", ["0000-00-00"], "datestartend=2024-01-10"),
    ],
)
def test_a_column_that_holds_anything_unexpected_decides_nothing(column: str, values: list[Scalar], query: str) -> None:
    assert "to compare" in found(query, whole(PROJECT, rows(4, **{column: values})))


def test_padded_numbers_of_several_lengths_have_no_certain_order() -> None:
    alike = whole(PROJECT, rows(3, localid=["0030", "0002", "0001"]))
    assert found("sortfield=localid&sortdir=ASC", alike) == ["3", "2", "1"]
    mixed = whole(PROJECT, rows(3, localid=["10000", "0002", "0001"]))
    assert "not certain" in found("sortfield=localid&sortdir=ASC", mixed)


def test_numbers_are_ordered_by_value_and_days_by_day() -> None:
    stored = whole(PROJECT, rows(3, clientid=["10", "9", "100"], datestart=["2024-02-01", "2023-12-31", "2024-01-01"]))
    assert found("sortfield=clientid&sortdir=ASC", stored) == ["2", "1", "3"]
    assert found("sortfield=datestart&sortdir=DESC", stored) == ["1", "3", "2"]


def test_inactive_parts_are_asked_for_only_where_the_list_shows_that_active_is_not_forced() -> None:
    forced = whole(MODULE, rows(4, projectid=["1", "2"], active=["t"]))
    free = whole(MODULE, rows(4, projectid=["1", "2"], active=["t", "f"]))
    assert found("active=t&projectid=1", forced, MODULE) == ["1", "3"]
    assert "forced" in found("active=f", forced, MODULE)
    assert found("active=f&projectid=1", free, MODULE) == []


def test_a_member_is_its_row_in_the_envelope() -> None:
    answer = select(STORED, PROJECT, "3", "", NOTHING)
    assert isinstance(answer, Selected)
    assert answer.document == STORED.element(LISTED[2])


@pytest.mark.parametrize(
    ("resource", "member", "query", "reason"),
    [
        (PROJECT, "99", "", "not in the list"),
        (PROJECT, "003", "", "plain read"),
        (PROJECT, "%33", "", "plain read"),
        (PROJECT, "3", "active=t", "plain read"),
        (ROWS.resources["contacttype"], "3", "", "plain read"),  # only its list can be read
    ],
)
def test_other_members_are_declined(resource: Resource, member: str, query: str, reason: str) -> None:
    answer = select(STORED, resource, member, query, NOTHING)
    assert isinstance(answer, Declined)
    assert reason in answer.reason


@pytest.mark.parametrize(
    ("query", "may"),
    [
        ("sortfield=name&sortdir=ASC", True),
        ("sortfield=name&limit=3", True),
        ("", False),
        ("clientid=5", False),
        ("search=a&sortfield=name", False),  # which rows these are is not known
        ("sortfield=nothing", False),
    ],
)
def test_only_answers_in_an_order_may_show_one(query: str, may: bool) -> None:
    assert may_show_order(PROJECT, query) is may
