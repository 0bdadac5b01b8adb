from __future__ import annotations

import pytest

from gateway.policy import catalogue, explaining_reads
from gateway.policy.explaining_reads import Asked, Terms, span
from gateway.policy.negotiation import Representation

TERMS = Terms(Representation.JSON, read_ahead=1000, warm=0, overridden={})
ROWS = catalogue.load()


def told(target: str, terms: Terms = TERMS, rows: catalogue.Catalogue = ROWS, method: str = "GET") -> dict[str, str]:
    path = target.partition("?")[0]
    match = rows.match(path)
    assert match is not None
    asked = Asked(method, target, match, rows.label(path))
    return {title: "\n".join(lines) for title, lines in explaining_reads.explained(asked, match, terms).items()}


@pytest.mark.parametrize(
    ("target", "upstream", "answered"),
    [
        ("/client/", "/client/?limit=2147483647", "from the whole list of client"),
        ("/client/?active=t&limit=3", "/client/?limit=2147483647", "from the whole list of client"),
        ("/client/5", "/client/?limit=2147483647", "a member that the list lacks is asked for by itself"),
        ("/contacttype/", "/contacttype/", "from the whole list of contacttype"),
        ("/client/?active=t&search=a", "/client/?active=t&search=a", "search: which columns, and how they are matched"),
        ("/client/?active=perhaps", "/client/?active=perhaps", "decide it:\nactive is not t, f, true or false"),
        ("/client/?nonsense=1", "/client/?nonsense=1", "nonsense: a parameter is not documented for this list"),
        (
            "/client/?active=&limit=x",
            "/client/?active=&limit=x",
            "active: a parameter is empty or repeated\nlimit is no count",
        ),
        ("/client/?sortfield=id", "/client/?limit=2147483647", "forwarded if more than one row remains"),
        ("/client/?sortdir=up", "/client/?sortdir=up", "decide it:\nsortfield and sortdir are not a documented column"),
        ("/client/?sortfield=name&sortdir=ASC", "/client/?limit=2147483647", "forwarded if more than one row remains"),
        ("/client/?sortfield=id&sortdir=ASC", "/client/?limit=2147483647", "two rows have the same, or one has none"),
        ("/client/5?a=1", "/client/5?a=1", "what parameters mean for a member is not documented"),
        ("/client/x", "/client/x", "x is no number as the service writes it"),
        ("/task/7", "/task/7", "task is not kept as a whole list"),
    ],
)
def test_from_what_a_read_is_answered_and_what_is_asked_for_it(target: str, upstream: str, answered: str) -> None:
    sections = told(target)
    assert sections["upstream"] == f"GET {upstream}, for JSON"
    assert answered in sections["answered"]


def test_what_only_the_rows_can_show_is_told_beforehand() -> None:
    forced = next(row for row in ROWS.resources.values() if any(it.kind == "forced" for it in row.filters.values()))
    name = next(name for name, it in forced.filters.items() if it.kind == "forced")
    assert "forwarded if no row has an f" in told(f"/{forced.name}/?{name}=f")["answered"]
    assert "forwarded" not in told(f"/{forced.name}/?{name}=t")["answered"]
    dated = next(row for row in ROWS.resources.values() if any(it.kind == "begin" for it in row.filters.values()))
    name = next(name for name, it in dated.filters.items() if it.kind == "begin")
    assert "forwarded if a row lies on that very day" in told(f"/{dated.name}/?{name}=2026-01-31")["answered"]


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("/quota/", "never: the counter moves with every request"),
        ("/task/?overdue=t", "never: overdue depends on the current date"),
        ("/tasknote/", "never: without a task the answer is the last seven days"),
    ],
)
def test_what_is_never_stored_costs_a_request_each_time(target: str, why: str) -> None:
    sections = told(target)
    assert sections["stored"] == why
    assert sections["cost"].startswith("1 upstream request each time")
    assert not sections.keys() & {"answered", "lifetimes", "paging"}


@pytest.mark.parametrize(
    ("target", "costs"),
    [
        ("/client/", ["1 upstream request when nothing is stored", "0 while it is fresh, and 0 with 1 behind it"]),
        ("/client/5/", ["1 more for a member that the list lacks"]),
        ("/task/", ["1 upstream request when nothing is stored", "0 while it is fresh"]),
    ],
)
def test_what_a_read_costs(target: str, costs: list[str]) -> None:
    cost = told(target)["cost"]
    assert all(it in cost for it in costs)
    assert ("behind" in cost) is (target != "/task/")


def test_lifetimes_say_who_set_them() -> None:
    rows = catalogue.load({"client": {"fresh": 5400.0}})
    terms = Terms(Representation.XML, 1000, 0, {"client": frozenset({"fresh"})})
    sections = told("/client/", terms, rows)
    assert "fresh 90m (set in [resources.client])" in sections["lifetimes"]
    assert "stale_if_error 1d (gateway/data)" in sections["lifetimes"]
    assert sections["upstream"].endswith("for XML")


def test_what_is_never_fresh_is_kept_only_by_its_own_word() -> None:
    assert "fresh is 0s" in told("/client/", rows=catalogue.load({"client": {"fresh": 0.0}}))["stored"]


@pytest.mark.parametrize(
    ("target", "read_ahead", "paging"),
    [
        ("/task/", 1000, "GET /task/?offset=10&limit=1000 fetches"),
        ("/task/?limit=20&offset=40&projectid=4", 500, "GET /task/?projectid=4&offset=60&limit=500 fetches"),
        ("/task/?limit=500", 500, "nothing is read ahead: a page of 500 rows, and cache.read_ahead is 500"),
        ("/task/?limit=x", 500, "nothing is read ahead: this is not read as a page"),
        ("/task/5/", 500, ""),
        ("/client/", 500, ""),
    ],
)
def test_what_is_read_ahead(target: str, read_ahead: int, paging: str) -> None:
    said = told(target, Terms(Representation.JSON, read_ahead, 0, {}))["paging"]
    assert paging in said
    assert bool(paging) is bool(said)


def test_warming_and_head_are_told() -> None:
    warm = Terms(Representation.JSON, 1000, 8, {})
    assert "one of the 8 most used lists" in told("/client/", warm)["answered"]
    assert "most used" not in told("/client/?search=a", warm)["answered"]
    assert told("/client/?search=a", method="HEAD")["upstream"] == "GET /client/?search=a, for JSON"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (90, "90s"), (900, "15m"), (86_400, "1d"), (0.5, "0.5s")])
def test_spans_read_as_in_the_configuration(seconds: float, text: str) -> None:
    assert span(seconds) == text
