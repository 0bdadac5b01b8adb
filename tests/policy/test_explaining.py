from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.policy import catalogue
from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.explaining import METHODS, Party, explain
from gateway.policy.explaining_reads import Asked, Terms
from gateway.policy.names import AccountName, AppName
from gateway.policy.negotiation import Representation

ROWS = catalogue.load()
ACME = AccountName("acme")
SECRET = "Basic c2VjcmV0dG9rZW46WA=="


def party(app: str = "tool", *, passthrough: bool = False, share: float = 0.0, **changes: Any) -> Party:
    caller = Caller(AppName(app), ACME, cachekey.partition(ACME, SECRET), SECRET, lent=True, patience=30.0)
    return Party(replace(caller, **changes), passthrough, share, 6000)


def told(method: str, target: str, *parties: Party) -> dict[str, str]:
    path = target.partition("?")[0]
    asked = Asked(method, target, ROWS.match(path), ROWS.label(path))
    sections = explain(asked, parties or [party()], Terms(Representation.JSON, 1000, 0, {}), ROWS)
    return {section.title: "\n".join(section.lines) for section in sections}


@pytest.mark.parametrize(
    ("method", "target", "titles"),
    [
        ("GET", "/client/", "resource allowed credential format upstream answered lifetimes stored cost line"),
        ("GET", "/task/", "resource allowed credential format upstream answered lifetimes stored paging cost line"),
        ("GET", "/timer/", "resource allowed credential format upstream stored cost line"),
        ("PUT", "/client/5/", "resource allowed credential format upstream drops keeps cost line"),
        ("OPTIONS", "/client/", "resource allowed cost"),
        ("GET", "/document/5/download/", "resource allowed credential upstream stored cost line"),
        ("POST", "/elsewhere", "resource allowed credential upstream drops cost line"),
        ("OPTIONS", "/elsewhere", "resource allowed credential upstream cost line"),
    ],
)
def test_what_matters_is_told_in_its_order(method: str, target: str, titles: str) -> None:
    assert " ".join(told(method, target)) == titles


@pytest.mark.parametrize(
    ("target", "resource"),
    [
        ("/client/", "client, the list; documented methods: GET, POST, PUT"),
        ("/client/5", "client, the member 5; documented methods: GET, POST, PUT, DELETE"),
        ("/contacttype/5", "contacttype, the member 5; documented methods: none\nGET is not documented here"),
        ("/elsewhere", "no documented resource: passed through"),
        ("/document/5/download", "no documented resource (only the records of document are"),
    ],
)
def test_a_path_is_known_or_passed_through(target: str, resource: str) -> None:
    assert told("GET", target)["resource"].startswith(resource)


@pytest.mark.parametrize(
    ("allow", "method", "said"),
    [
        (("* *",), "DELETE", "yes, by '* *'"),
        (("POST time", "GET *"), "HEAD", "yes, by 'GET *'"),
        (("POST time", "GET *"), "POST", "no, refused with 403 at no cost: `allow` is 'POST time', 'GET *'"),
        ((), "GET", "no, refused with 403 at no cost: `allow` is nothing"),
    ],
)
def test_whether_the_app_may(allow: tuple[str, ...], method: str, said: str) -> None:
    assert told(method, "/client/5/", party(allow=allow))["allowed"] == said


def test_a_credential_is_named_and_never_shown() -> None:
    own = told("GET", "/client/", party(passthrough=True))
    assert cachekey.partition(ACME, SECRET)[:8] in own["credential"]
    assert "in a partition of its own" in own["credential"]
    assert "has no token" in told("GET", "/client/", party(authorization=None, lent=False))["credential"]
    for method in METHODS:
        for target in ("/client/", "/elsewhere", "/quota/", "/projectteam/4/"):
            text = "\n".join(told(method, target).values())
            assert SECRET not in text
            assert "secrettoken" not in text
            assert cachekey.partition(ACME, SECRET) not in text


@pytest.mark.parametrize(
    ("method", "target", "drops", "keeps"),
    [
        ("POST", "/client/", "client, ", "the whole list of client, patched in place"),
        ("PUT", "/client/5/", "client, ", "the written element"),
        ("DELETE", "/client/5/", "client, ", "the whole list of client, patched in place"),
        ("PATCH", "/client/5/", "client, ", "nothing: what it changes cannot be told"),
        ("PUT", "/projectteam/5/", "projectteam", "nothing: what it changes cannot be told"),
        ("POST", "/time/", "time, timer", "the written element"),
    ],
)
def test_what_a_write_drops_and_keeps(method: str, target: str, drops: str, keeps: str) -> None:
    sections = told(method, target)
    assert drops in sections["drops"]
    assert set(ROWS.changed_by(target.split("/")[1])) <= set(sections["drops"].replace(",", " ").split())
    assert keeps in sections["keeps"]
    assert "written element" not in sections["keeps"] or method != "DELETE"
    assert sections["upstream"] == f"{method} {target}"


def test_a_write_that_passes_below_a_resource_drops_it_too() -> None:
    assert "everything stored of " in told("PUT", "/document/5/download/")["drops"]
    assert "everything stored of " not in told("PUT", "/elsewhere")["drops"]


@pytest.mark.parametrize(
    ("it", "said"),
    [
        (party(), "priority normal, weight 1; waits at most 30s, less with Prefer: wait=N\nno guaranteed share"),
        (party(share=0.4, weight=2.5), "weight 2.5"),
        (party(share=0.4), "2,400 of the account's 6,000 requests a day guaranteed"),
        (replace(party(share=0.25), per_day=None), "25% of the account's day guaranteed"),
    ],
)
def test_the_place_in_the_line(it: Party, said: str) -> None:
    assert said in told("GET", "/client/", it)["line"]


def test_the_upstream_s_own_count_is_free_of_the_day() -> None:
    assert "not to the account's day" in told("GET", "/quota/")["line"]
    assert "not to the account's day" not in told("GET", "/client/")["line"]


def test_several_apps_are_told_apart() -> None:
    sections = told("POST", "/client/", party("one", allow=("GET *",)), party("two"))
    first, second = sections["allowed"].splitlines()
    assert first.startswith("one: no, refused")
    assert second == "two: yes, by '* *'"
