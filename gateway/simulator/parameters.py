"""A query string, checked against the documented filters of a resource."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gateway.simulator import values
from gateway.simulator.catalogue import Filter, Resource
from gateway.simulator.errors import Refused

Wanted = str | frozenset[str]
"""A filter's value: ids as a set, everything else as text in the service's own form."""

_DEFAULT_LIMIT = 10
_PAGING = frozenset({"sortfield", "sortdir", "offset", "limit"})
_READERS: Mapping[str, Callable[[str], str | None]] = {
    "boolean": values.boolean,
    "date": values.day,
    "datetime": values.moment,
    "string": str,
}


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for. `limit` None is all rows; `sort` None is the resource's own order."""

    filters: Mapping[str, Wanted]
    sort: str | None
    descending: bool
    offset: int
    limit: int | None


def read_query(resource: Resource, pairs: Iterable[tuple[str, str]], *, strict: bool) -> Query:
    """Check the parameters of a list; of a repeated one the last counts, an empty one counts as not given.

    Raises Refused 17 for an unknown parameter (if `strict`), 18 for a wrong or missing value, naming it.
    """
    given = known_parameters(resource, pairs, strict=strict)
    for spec in resource.filters.values():
        if spec.required and spec.name not in given:
            raise Refused(18, f"{spec.name} is required.")
    named = {name: read_filter(resource.filters[name], text) for name, text in given.items() if name not in _PAGING}
    sort = given.get("sortfield", _default(resource, "sortfield"))
    direction = given.get("sortdir", _default(resource, "sortdir") or "ASC").upper()
    if direction not in {"ASC", "DESC"}:
        raise Refused(18, "sortdir must be ASC or DESC.")
    limit = _count("limit", given.get("limit", str(_DEFAULT_LIMIT))) if resource.paged else 0
    return Query(
        filters=named,
        sort=None if sort is None else _sort_column(resource, sort),
        descending=direction == "DESC",
        offset=_count("offset", given.get("offset", "0")),
        limit=limit or None,
    )


def known_parameters(resource: Resource, pairs: Iterable[tuple[str, str]], *, strict: bool) -> dict[str, str]:
    """The documented parameters that carry a value. Raises Refused 17 for others (if `strict`)."""
    given: dict[str, str] = {}
    for name, text in pairs:
        if name in resource.filters:
            given[name] = text
        elif strict:
            raise Refused(17, f"The parameter {name} was not recognised.")
    return {name: text for name, text in given.items() if text}


def read_filter(spec: Filter, text: str) -> Wanted:
    """One filter's value. Raises Refused 18 naming it where the text is not of its type."""
    if spec.type == "integer":
        numbers = values.integers(text)
        if numbers is None or (len(numbers) > 1 and not spec.multi):
            raise Refused(18, f"{spec.name} expects {'integers in CSV' if spec.multi else 'an integer'}.")
        return frozenset(numbers)
    value = _READERS[spec.type](text)
    if value is None:
        raise Refused(18, f"{spec.name} expects a {spec.type}.")
    return value


def _default(resource: Resource, name: str) -> str | None:
    return resource.filters[name].default if name in resource.filters else None


def _sort_column(resource: Resource, wanted: str) -> str:
    """The column behind a documented sort field, with or without its table alias (t.date, sev.priority)."""
    columns = {name.rpartition(".")[2] for name in resource.sort}
    column = wanted.rpartition(".")[2]
    if column not in columns:
        raise Refused(18, f"sortfield must be one of {', '.join(resource.sort)}.")
    return column


def _count(name: str, text: str) -> int:
    number = values.integer(text)
    if number is None or int(number) < 0:
        raise Refused(18, f"{name} expects a number that is not negative.")
    return int(number)
