import pytest

from gateway.policy import catalogue
from gateway.policy.lists import paging
from gateway.policy.lists.paging import Page

ROWS = catalogue.load()


def page(query: str, path: str = "/task/") -> Page | None:
    match = ROWS.match(path)
    assert match is not None
    return paging.page(match, query)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Page((), 0, 10, spelled=False)),
        ("offset=20", Page((), 20, 10, spelled=False)),
        ("limit=50&offset=100", Page((), 100, 50, spelled=True)),
        ("statusid=1%2C2&offset=5", Page((("statusid", "1,2"),), 5, 10, spelled=False)),
        ("limit=0", None),
        ("limit=-1", None),
        ("offset=x", None),
        ("offset=1&offset=2", None),
        ("limit=", None),
    ],
)
def test_page(query: str, expected: Page | None) -> None:
    assert page(query) == expected


def test_members_and_lists_that_are_kept_whole_are_not_paged() -> None:
    assert page("offset=10", "/task/5") is None
    assert page("offset=10", "/client/") is None


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("offset=0", "offset=10", True),
        ("", "offset=10", True),
        ("limit=5", "limit=5&offset=5", True),
        ("limit=5", "limit=10&offset=5", False),
        ("offset=0", "offset=20", False),
        ("statusid=1", "offset=10", False),
        ("a=1&b=2", "b=2&a=1&offset=10", True),
    ],
)
def test_follows(before: str, after: str, expected: bool) -> None:
    first, second = page(before), page(after)
    assert first is not None
    assert second is not None
    assert second.follows(first) is expected


def test_the_query_of_a_page_is_spelled_as_the_tool_spells_it() -> None:
    first = page("b=2&a=1%2C3&offset=10")
    assert first is not None
    assert first.next().query == "a=1%2C3&b=2&offset=20"
    assert first.onwards(500).query == "a=1%2C3&b=2&offset=10&limit=500"
