"""How a read of a documented resource is answered, told for people: from what, for how long, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from gateway.policy.catalogue import Kind, Match, Resource, Sort
from gateway.policy.lists import listquery, paging
from gateway.policy.lists.collection import is_number
from gateway.policy.lists.listquery import Undecided
from gateway.policy.lists.selection import answerable
from gateway.policy.negotiation import Representation

_UNITS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
_SPANS = ("fresh", "stale_while_revalidate", "stale_if_error")
_TOGETHER = frozenset({"sortfield", "sortdir"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The request to explain. `label` is the documented resource or "other"; `match` is None where it is passed on."""

    method: str
    target: str
    match: Match | None
    label: str

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def reads(self) -> bool:
        return self.method in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the configuration says for all apps.

    `form` is what the upstream is asked for, `read_ahead` in rows, `warm` in lists, `overridden` the names of the
    lifetimes that `[resources.NAME]` sets, by resource.
    """

    form: Representation
    read_ahead: int
    warm: int
    overridden: Mapping[str, frozenset[str]]


def explained(asked: Asked, match: Match, terms: Terms) -> dict[str, list[str]]:
    """The sections of a read, in order."""
    resource, query = match.resource, asked.query
    why_not = resource.why_not_stored(member=match.member, query=query)
    selected = resource.whole and answerable(resource, match.member, query)
    target = _list(resource, resource.unbounded) if selected else asked.target
    sections = {
        "format": [
            "JSON or XML by Accept (none: XML; */*: JSON; neither fits: 406), both from one document",
            "other media, where Accept prefers them, are passed through and cached only as RFC 9111 says",
        ],
        "upstream": [f"GET {target}, for {terms.form.value.upper()}"],
    }
    if why_not is not None:
        return sections | {
            "stored": [f"never: {why_not}"],
            "cost": ["1 upstream request each time, shared by those who ask at the same moment"],
        }
    return sections | {
        "answered": list(_answered(match, query, terms)),
        "lifetimes": list(_lifetimes(resource, terms)),
        "stored": [_stored(resource)],
        "paging": list(_paging(match, query, terms)),
        "cost": list(_cost(match, selected=selected)),
    }


def span(seconds: float) -> str:
    """Write a duration as the configuration does."""
    name, size = next((unit for unit in _UNITS if seconds >= unit[1] and seconds % unit[1] == 0), _UNITS[-1])
    return f"{seconds / size:g}{name}"


def _list(resource: Resource, query: str) -> str:
    return f"/{resource.name}/" + (f"?{query}" if query else "")


def _answered(match: Match, query: str, terms: Terms) -> Iterator[str]:
    resource, member = match.resource, match.member
    if not resource.whole:
        yield f"from a stored answer to this very question: {resource.name} is not kept as a whole list"
        return
    reasons = list(_reasons(match, query))
    if reasons:
        yield "from a stored answer to this very question; the whole list does not decide it:"
        yield from reasons
        return
    yield f"from the whole list of {resource.name}, which answers members, filters, sorts and pages alike"
    if member is not None:
        yield "a member that the list lacks is asked for by itself"
    else:
        yield from _provisos(resource, query)
    if terms.warm:
        yield f"renewed before it expires while it is one of the {terms.warm} most used lists (cache.warm)"


def _reasons(match: Match, query: str) -> Iterator[str]:
    """Why the whole list does not answer, parameter by parameter."""
    resource, member = match.resource, match.member
    if member is not None:
        if "GET" not in resource.member:
            yield f"reading a member of {resource.name} is not documented"
        if not is_number(member):
            yield f"{member} is no number as the service writes it"
        if query:
            yield "what parameters mean for a member is not documented"
        return
    pairs = parse_qsl(query, keep_blank_values=True)
    for name in dict.fromkeys("sortfield" if name in _TOGETHER else name for name, _ in pairs):
        alone = [pair for pair in pairs if pair[0] == name or {pair[0], name} <= _TOGETHER]
        try:
            listquery.read(resource, urlencode(alone))
        except Undecided as undecided:
            reason = str(undecided)
            yield reason if reason.startswith(name) else f"{name}: {reason}"


def _provisos(resource: Resource, query: str) -> Iterator[str]:
    """What only the rows themselves can show to be undecided."""
    asked = listquery.read(resource, query)
    for condition in asked.conditions:
        name = condition.rule.name
        if condition.rule.kind in {Kind.BEGIN, Kind.END}:
            yield f"{name}: forwarded if a row lies on that very day, because whether it counts is not documented"
        elif condition.rule.kind is Kind.FORCED and "f" in condition.wanted:
            yield f"{name}: forwarded if no row has an f, because the service may have forced it to t"
    if asked.sort is not None:
        column, order = asked.sort
        unknown = order in {Sort.TEXT, Sort.FIGURE}
        when = "more than one row remains" if unknown else "two rows have the same, or one has none"
        yield f"sortfield={column}: forwarded if {when}, because their order is not documented;"
        yield "then in the order that this answer showed, for this question, while those rows and their keys stay"


def _lifetimes(resource: Resource, terms: Terms) -> Iterator[str]:
    overridden = terms.overridden.get(resource.name, frozenset())
    for name in _SPANS:
        origin = f"set in [resources.{resource.name}]" if name in overridden else "gateway/data"
        yield f"{name} {span(getattr(resource.lifetimes, name))} ({origin})"
    yield "an answer's own Cache-Control or Expires comes first"


def _stored(resource: Resource) -> str:
    if resource.lifetimes.fresh <= 0:
        return "only answers that state a lifetime of their own: fresh is 0s"
    return "answers with status 200, unless the caller or the answer itself says no-store"


def _paging(match: Match, query: str, terms: Terms) -> Iterator[str]:
    page = paging.page(match, query)
    if not match.resource.pages or match.member is not None:
        return
    if page is None:
        yield "nothing is read ahead: this is not read as a page"
    elif page.limit >= terms.read_ahead:
        yield f"nothing is read ahead: a page of {page.limit} rows, and cache.read_ahead is {terms.read_ahead}"
    else:
        rest = _list(match.resource, page.next().onwards(terms.read_ahead).query)
        yield f"if the next page is asked for after this one, GET {rest} fetches it with what follows"


def _cost(match: Match, *, selected: bool) -> Iterator[str]:
    more = ", and 1 more for a member that the list lacks" if selected and match.member is not None else ""
    yield f"1 upstream request when nothing is stored{more}"
    behind = ", and 0 with 1 behind it while stale_while_revalidate lasts"
    yield f"0 while it is fresh{behind if match.resource.lifetimes.stale_while_revalidate else ''}"
