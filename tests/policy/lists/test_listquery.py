import pytest

from gateway.policy.catalogue import Sort
from gateway.policy.lists.listquery import ListQuery, Undecided, read
from gateway.simulator.catalogue import catalogue as documented
from tests.policy.listing import PROJECT, ROWS

PAGING = {"limit", "offset", "sortfield", "sortdir"}
WHOLE = sorted(name for name, row in ROWS.resources.items() if row.whole)


@pytest.mark.parametrize("name", WHOLE)
def test_every_documented_filter_is_either_decided_or_undecided_with_a_reason(name: str) -> None:
    row, filters = ROWS.resources[name], documented()[name].filters
    assert sorted([*row.filters, *row.undecided]) == sorted(filters.keys() - PAGING)
    assert all(row.undecided.values())
    assert bool(row.unbounded) is ("limit" in filters) is ("offset" in filters)
    assert set(row.sorts) == set(documented()[name].sort)
    assert bool(row.sorts) is ("sortfield" in filters)
    assert {rule.name for rule in row.filters.values() if rule.csv} == {
        filters[rule].name for rule in row.filters if filters[rule].multi
    }


@pytest.mark.parametrize("name", sorted(ROWS.resources))
def test_a_list_with_a_required_filter_is_never_whole_and_columns_are_documented(name: str) -> None:
    row, fields = ROWS.resources[name], documented()[name].fields
    assert not (row.whole and any(rule.required for rule in documented()[name].filters.values()))
    assert not row.whole or row.why_not_stored(member=None, query=row.unbounded) is None
    assert {rule.column for rule in row.filters.values()} | row.visible_by | row.proves_visible <= fields.keys()


def asked(query: str) -> ListQuery:
    return read(PROJECT, query)


def test_a_plain_list_is_the_first_ten_rows() -> None:
    assert asked("") == ListQuery((), None, False, 0, 10)
    assert asked("limit=0&offset=30") == ListQuery((), None, False, 30, None)
    assert asked("limit=2147483647").limit == 2147483647


def test_a_list_without_a_documented_limit_has_no_pages() -> None:
    assert read(ROWS.resources["group"], "").limit is None
    with pytest.raises(Undecided):
        read(ROWS.resources["group"], "limit=10")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("localid=0012", {"12"}),
        ("localid=12", {"12"}),
        ("localid=0012,7", {"12", "7"}),
        ("localid=12%2C7", {"12", "7"}),
        ("clientid=5,-1", {"5", "-1"}),
        ("%63lientid=%35", {"5"}),
        ("active=t", {"t"}),
        ("active=true", {"t"}),
        ("active=f&", {"f"}),
        ("&billable=false", {"f"}),
        ("datestartbegin=2024-02-29", {"2024-02-29"}),
    ],
)
def test_values_are_read_in_every_certain_spelling(query: str, wanted: set[str]) -> None:
    assert [condition.wanted for condition in asked(query).conditions] == [wanted]


@pytest.mark.parametrize(
    "query",
    [
        *("page=2", "active=t&active=t", "active", "active=", "active[]=t", "Active=t", "_=17"),
        *("active=1", "active=TRUE", "active=+t", "active=%20t", "active=t%00", "active=t;billable=t"),
        *("clientid=0", "clientid=005", "clientid=5,", "clientid=5, 7", "clientid=5+7", "clientid=-2", "clientid=x"),
        *("labelid=-1", "localid=-1", "localid=0", "localid=%D9%A1%D9%A2", "clientid=9999999999999999"),
        *(
            "datestart=2024-02-30",
            "datestart=2024/02/01",
            "datestart=2024-2-1",
            "datestart=20240201",
            "datestart=today",
        ),
        *("limit=-1", "limit=010", "limit=", "limit=all", "limit=2147483648", "offset=1.5", "limit=10&limit=20"),
        *("sortdir=ASC", "sortfield=id&sortdir=asc", "sortfield=id&sortdir=", "sortfield=p.id&sortdir=ASC"),
        *("search=a", "managerid=5", "name=Website", "personid=5"),
    ],
)
def test_whatever_the_upstream_may_read_otherwise_is_undecided(query: str) -> None:
    with pytest.raises(Undecided):
        asked(query)


def test_a_reason_repeats_nothing_a_caller_wrote() -> None:
    with pytest.raises(Undecided, match="not documented for this list") as caught:
        asked("x%0D%0AInjected:1=2")
    assert "Injected" not in str(caught.value)


def test_a_sort_without_a_direction_puts_no_two_rows_in_order() -> None:
    assert asked("sortfield=id").sort == ("id", Sort.TEXT)


def test_a_sort_has_a_documented_column_and_a_direction() -> None:
    found = asked("sortfield=localid&sortdir=DESC")
    assert (found.sort, found.descending) == (("localid", Sort.PADDED), True)
    assert asked("sortdir=ASC&sortfield=name").sort == ("name", Sort.TEXT)
