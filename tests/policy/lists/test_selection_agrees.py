"""What is answered from a stored whole list is, byte for byte, what the simulator itself answers, after any writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from gateway.policy import catalogue
from gateway.policy.catalogue import Kind, Match, Resource
from gateway.policy.lists import collection, patching, selection
from gateway.policy.lists.collection import Collection
from gateway.policy.lists.selection import Declined, Selected
from gateway.policy.lists.sorting import NOTHING, Shown
from gateway.policy.translation import json_codec
from gateway.policy.translation.malformed import Limits
from gateway.policy.writing import change
from gateway.simulator.service import Service
from tests.simulator.asking import ask, small

ROWS = catalogue.load()
WHOLE = sorted(name for name, row in ROWS.resources.items() if row.whole)
WRITABLE = [name for name in WHOLE if "POST" in ROWS.resources[name].collection]
TOKENS = ("acmeadmin01", "acmemanag01", "acmeresou01", "acmeexecu01", "acmerestr01")
QUICK = [phase for phase in Phase if phase is not Phase.explain]
LIMITS = Limits(size=1 << 24)
SERVICE = Service(small())
Lists = dict[tuple[str, str], Collection]


def fetched(service: Service, token: str, resource: Resource) -> Collection | None:
    reply = ask(service, f"/{resource.name}/?{resource.unbounded}", token=token)
    taken = collection.of(json_codec.read(reply.body, limits=LIMITS), resource)
    return taken if isinstance(taken, Collection) else None


def all_lists(service: Service) -> Lists:
    found = {(token, name): fetched(service, token, ROWS.resources[name]) for token in TOKENS for name in WHOLE}
    return {key: taken for key, taken in found.items() if taken is not None}


LISTS = all_lists(SERVICE)


def values(draw: st.DrawFn, kind: Kind, seen: list[str]) -> str:
    """A value that rows have, or one near to it, in several spellings."""
    one = st.sampled_from(seen or ["1"])
    match kind:
        case Kind.BOOLEAN | Kind.FORCED:
            return draw(st.sampled_from(["t", "f", "true", "false", "TRUE", "1", "0", "yes"]))
        case Kind.DATE | Kind.BEGIN | Kind.END:
            return draw(one | st.dates().map(str) | st.sampled_from(["2025-02-30", "2025/01/01", "today"]))
        case _:
            near = one | st.integers(-1, 60).map(str) | one.map(lambda text: text.lstrip("0")) | one.map("00{}".format)
            return ",".join(draw(st.lists(near, min_size=1, max_size=3)))


@st.composite
def queries(draw: st.DrawFn, stored: Collection, resource: Resource) -> str:
    """Any parameters, most of them documented, decidable and of the right form."""
    pairs: list[tuple[str, str]] = []
    known = [*resource.filters.values()]
    for rule in draw(st.lists(st.sampled_from(known), max_size=3, unique_by=id)) if known else []:
        seen = [text for row in stored.rows.values() if (text := row.get(rule.column)) and isinstance(text, str)]
        pairs.append((rule.name, values(draw, rule.kind, seen)))
    if draw(st.booleans()) and resource.sorts:
        pairs.append(("sortfield", draw(st.sampled_from(list(resource.sorts)))))
        pairs += draw(st.sampled_from([[("sortdir", "ASC")], [("sortdir", "DESC")], [("sortdir", "asc")], []]))
    paging = draw(st.lists(st.sampled_from(["limit", "offset"]), unique=True))
    pairs += [(name, str(draw(st.integers(0, 40)))) for name in paging]
    if draw(st.integers(0, 9)) == 0:
        pairs.append((draw(st.sampled_from([*resource.undecided, "page", "limit", "active", "id"])), "1"))
    spelled = draw(st.permutations([f"{name}={quote_plus(text)}" for name, text in pairs]))
    return "&".join(spelled)


def check(
    service: Service,
    stored: Collection,
    resource: Resource,
    token: str,
    path: tuple[str | None, str],
    shown: Shown = NOTHING,
) -> bool:
    """Whether a question was answered, and if so as the simulator does."""
    member, query = path
    answer = selection.select(stored, resource, member, query, shown)
    if not isinstance(answer, Selected):
        return False
    target = f"/{resource.name}/" + ("" if member is None else f"{member}/") + (f"?{query}" if query else "")
    assert json_codec.write(answer.document) == ask(service, target, token=token).body, target
    return True


@pytest.mark.parametrize("inclusive", [True, False])
@settings(max_examples=300, deadline=None)
@given(drawn=st.data())
def test_a_selected_list_is_the_upstreams_own(inclusive: bool, drawn: st.DataObject) -> None:
    token, name = drawn.draw(st.sampled_from(sorted(LISTS)))
    resource, stored = ROWS.resources[name], LISTS[token, name]
    SERVICE.options.inclusive_ends = inclusive
    answered = check(SERVICE, stored, resource, token, (None, drawn.draw(queries(stored, resource))))
    event(f"answered: {answered}")


@settings(max_examples=200, deadline=None)
@given(drawn=st.data())
def test_an_order_that_was_shown_once_is_the_upstreams_own(drawn: st.DataObject) -> None:
    token, name = drawn.draw(st.sampled_from([key for key in sorted(LISTS) if ROWS.resources[key[1]].sorts]))
    resource, stored = ROWS.resources[name], LISTS[token, name]
    sort = drawn.draw(st.sampled_from(list(resource.sorts)))
    direction = drawn.draw(st.sampled_from(["&sortdir=ASC", "&sortdir=DESC", ""]))
    offset, limit = (drawn.draw(st.integers(0, 40)) for _ in range(2))
    query = f"sortfield={sort}{direction}&offset={offset}&limit={limit}"
    reply = ask(SERVICE, f"/{name}/?{query}", token=token)
    shown = selection.order_shown(stored, resource, query, json_codec.read(reply.body, limits=LIMITS))
    if shown is None:
        assert isinstance(selection.select(stored, resource, None, query, NOTHING), Declined), (
            "the rows lack the column"
        )
    else:
        assert check(SERVICE, stored, resource, token, (None, query), shown)
    event(f"shown: {shown is not None}")


@pytest.mark.parametrize(("token", "name"), sorted(LISTS))
def test_a_selected_member_is_the_upstreams_own(token: str, name: str) -> None:
    stored, resource = LISTS[token, name], ROWS.resources[name]
    documented = "GET" in resource.member
    assert all(check(SERVICE, stored, resource, token, (number, "")) is documented for number in stored.rows)
    assert not any(check(SERVICE, stored, resource, token, (member, "")) for member in ("0", "99999999", "x", "-1"))


@pytest.mark.parametrize(("token", "name"), sorted(LISTS))
def test_every_row_and_both_boolean_spellings_are_found_by_each_filter(token: str, name: str) -> None:
    stored, resource = LISTS[token, name], ROWS.resources[name]
    for rule in resource.filters.values():
        for text in {row[rule.column] for row in stored.rows.values() if rule.column in row} - {None, ""}:
            for spelling in (text, {"t": "true", "f": "false"}.get(str(text), text)):
                answered = check(SERVICE, stored, resource, token, (None, f"{rule.name}={spelling}&limit=0"))
                assert answered or rule.kind in {Kind.BEGIN, Kind.END}


TRUTH = st.sampled_from(["t", "f"])
SENT: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "client": st.fixed_dictionaries(
        {"name": st.sampled_from(["Ace & Sons", "Zoo <b>"]), "datecreated": st.just("2025-01-02"), "active": TRUTH},
        optional={"phone": st.sampled_from([None, "", "1/2"])},
    ),
    "milestone": st.fixed_dictionaries(
        {"title": st.just("Beta"), "datedue": st.dates().map(str)},
        optional={"complete": TRUTH, "description": st.just("<p>soon</p>")},
    ),
    "person": st.fixed_dictionaries(
        {"firstname": st.just("Ida"), "lastname": st.sampled_from(["Low", "High"]), "private": TRUTH, "active": TRUTH},
        optional={"title": st.just("Dev/Ops")},
    ),
    "project": st.fixed_dictionaries(
        {"name": st.just("Website"), "datestart": st.dates().map(str), "billable": st.just("t"), "active": TRUTH},
        optional={"labelid": st.sampled_from(["1", None])},
    ),
    "projectmodule": st.fixed_dictionaries({"active": TRUTH, "description": st.just("New")}),
    "projectworktype": st.fixed_dictionaries({"active": TRUTH, "hourlyrate": st.just("99")}),
}
LINKS = {
    "client": {},
    "milestone": {"projectid": "project", "ownerid": "person"},
    "person": {"clientid": "client"},
    "project": {"clientid": "client", "managerid": "person"},
    "projectmodule": {"projectid": "project", "moduleid": "module"},
    "projectworktype": {"projectid": "project", "worktypeid": "worktype"},
}
ADMIN, MANAGER = TOKENS[:2]
OWNERS = {str(stored.envelope["personid"]) for stored in LISTS.values()}
"""The people behind the tokens: a deleted one asks no more."""


def write(service: Service, lists: Lists, drawn: st.DataObject) -> tuple[str, Resource, change.Change | None]:
    """Send one write in one of its forms, and tell what the gateway makes of the answer."""
    resource = ROWS.resources[drawn.draw(st.sampled_from(WRITABLE))]
    token = drawn.draw(st.sampled_from([ADMIN, MANAGER] if resource.name == "milestone" else [ADMIN]))
    method = drawn.draw(st.sampled_from(["POST", "PUT", "DELETE"]))
    id_in = "path" if method == "DELETE" else drawn.draw(st.sampled_from(["", "path", "body"]))
    numbers = [number for number in lists[token, resource.name].rows if number not in OWNERS]
    number = drawn.draw(st.sampled_from(numbers))
    body = {} if method == "DELETE" else drawn.draw(SENT[resource.name])
    for field, table in LINKS[resource.name].items() if method != "DELETE" else ():
        if not id_in or drawn.draw(st.integers(0, 3)) == 0:
            body[field] = drawn.draw(st.sampled_from(sorted(lists[ADMIN, table].rows)))
    if id_in == "body":
        body["id"] = number
    match = Match(resource, number if id_in == "path" else None)
    target = f"/{resource.name}/" + (f"{number}/" if match.member else "")
    reply = ask(service, target, method=method, token=token, body=body)
    answer = json_codec.read(reply.body, limits=LIMITS)
    told = change.written(match, method, query="", body=body, status=reply.status, document=answer)
    assert (told is not None) is (reply.status < 300), reply.body
    event(f"{method} {resource.name}, id in {id_in or 'nothing'}: {reply.status}")
    return token, resource, told


def kept(stored: Collection, resource: Resource, told: change.Change, *, own: bool) -> Collection | None:
    patch = patching.patched_for_writer if own else patching.patched_for_others
    patched = patch(stored, resource, told)
    event(f"{'own' if own else 'other'} list: {getattr(patched, 'reason', 'patched')}")
    return patched if isinstance(patched, Collection) else None


@settings(max_examples=60, deadline=None, phases=QUICK)
@given(drawn=st.data())
def test_patched_lists_are_the_upstreams_own(drawn: st.DataObject) -> None:
    service = Service(small())
    lists = all_lists(service)
    for _ in range(drawn.draw(st.integers(1, 4))):
        writer, written, told = write(service, lists, drawn)
        dropped = ROWS.changed_by(written.name) if told is not None else frozenset()
        for (token, name), stored in lists.items():
            fresh = fetched(service, token, ROWS.resources[name])
            assert fresh is not None
            patched: Collection | None = stored
            if told is not None and name == written.name:
                patched = kept(stored, written, told, own=token == writer)
            elif name in dropped:
                patched = None
            if patched is not None:
                assert json_codec.write(patched.document) == json_codec.write(fresh.document)
            lists[token, name] = patched or fresh
    token, name = drawn.draw(st.sampled_from(sorted(lists)))
    resource, stored = ROWS.resources[name], lists[token, name]
    check(service, stored, resource, token, (None, drawn.draw(queries(stored, resource))))
