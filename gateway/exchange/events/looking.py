"""One look for changes made past the gateway, in the way of its resource: by list, by date, or through all rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never
from urllib.parse import quote, urlencode

from gateway.exchange import rendering
from gateway.exchange.coalescer import Flight
from gateway.exchange.events.noticing import Noticing
from gateway.exchange.fetch import Arrival, Order
from gateway.exchange.pace import drive
from gateway.exchange.reading.lists import Lists
from gateway.exchange.reading.question import Question
from gateway.policy import contentcoding, outgoing
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.events import marks, polling
from gateway.policy.events.comparing import Rows
from gateway.policy.events.marks import Mark
from gateway.policy.events.noticeable import Way
from gateway.policy.events.noticing import Scope
from gateway.policy.events.seen import By
from gateway.policy.lists.collection import COUNT, NotWhole, collecting, is_flat, number_of
from gateway.policy.messages import Headers, Request
from gateway.policy.negotiation import Representation
from gateway.policy.records import Edit
from gateway.policy.translation.document import Document, Fields, discarding
from gateway.policy.translation.shapes import scalar_text
from gateway.ports import Records

_PAGE = 1000
"""Rows asked for at a time in a look by date."""

_ALL = "limit=2147483647"
"""No upper bound of a limit is documented or known."""


@dataclass(slots=True)
class _Found:
    """The rows of several requests, and between which moments they were looked at; `whole` when none can be missing."""

    rows: dict[str, Fields]
    began: float = 0.0
    ended: float = 0.0
    whole: bool = True


class Looking:
    """Looks at one resource of one account with the account's own token."""

    def __init__(
        self,
        *,
        noticing: Noticing,
        lists: Lists,
        fetch: Callable[[Order, Flight[Any]], Awaitable[Arrival]],
        catalogue: Catalogue,
        records: Records,
        form: Representation,
        interval: float,
        max_answer: int,
    ) -> None:
        self._noticing = noticing
        self._lists = lists
        self._fetch = fetch
        self.catalogue = catalogue
        self._records = records
        self._form = form
        self.interval = interval
        self._max_answer = max_answer

    async def __call__(self, scope: Scope, caller: Caller) -> None:
        """Look, and make known what has changed. Raises `Fault`, `Malformed`, `ValueError` or `RecordsAway`."""
        match scope.rules.way:
            case Way.LIST:
                await self._listed(scope, caller)
            case Way.MODIFIED:
                await self._modified(scope, caller)
            case Way.FULL:
                await self._full(scope, caller)
            case Way.WRITES:
                return
            case _:
                assert_never(scope.rules.way)

    async def _listed(self, scope: Scope, caller: Caller) -> None:
        """Have the whole list fetched anew if it is not young; whoever fetches it, its rows are compared."""
        age = f"max-age={polling.young_enough(self.interval)}"
        rows = self.catalogue.resources[scope.rules.resource]
        request = Request("GET", f"/{rows.name}/", Headers([("Cache-Control", age)]))
        if not await self._lists.renew(Question(request, caller, Match(rows, None)).whole):
            raise ValueError(f"/{rows.name}/ is not answered with a whole list now")

    async def _full(self, scope: Scope, caller: Caller) -> None:
        arrival, document = await self._ask(caller, scope.rules.resource, _ALL)
        collection = await drive(collecting(document, self.catalogue.resources[scope.rules.resource]))
        if isinstance(collection, NotWhole):
            raise ValueError(collection.reason)
        await drive(discarding(document))
        sight = await self._noticing.sight(By.POLL, began=arrival.requested_at, ended=arrival.received_at)
        await self._noticing.compare(scope, caller.partition, collection.rows, sight)

    async def _modified(self, scope: Scope, caller: Caller) -> None:
        (text,) = await self._records.read(marks.KIND, [scope.key])
        now, mark = await self._records.now(), marks.load(text, caller.partition)
        modified = marks.first(now) if mark is None else mark.modified
        top = await self._top(scope, caller) if mark is None else mark.top
        found = _Found({})
        for begin, end in marks.stretches(modified, scope.rules, now=now):
            bounds = {"datemodifiedbegin": begin, **({} if end is None else {"datemodifiedend": end})}
            await self._page_through(scope, caller, bounds, found)
        sight = await self._noticing.sight(By.POLL, began=found.began, ended=found.ended)
        undecided = await self._noticing.modified(scope, found.rows, sight, None if mark is None else top)
        if found.whole:
            moved = _moved(modified, found.rows, undecided, now=now)
            after = Mark(caller.partition, sight.ended, moved, top)
            await self._records.swap([Edit(marks.KIND, scope.key, text, after.text)])

    async def _top(self, scope: Scope, caller: Caller) -> int:
        _, document = await self._ask(caller, scope.rules.resource, "sortfield=id&sortdir=DESC&limit=1")
        return max([0, *(int(number) for number in _rows(document, scope.rules.resource))])

    async def _page_through(self, scope: Scope, caller: Caller, bounds: Mapping[str, str], found: _Found) -> None:
        """Take page after page, by ascending ids, so that what is modified meanwhile is at worst seen twice."""
        came: dict[str, Fields] = {}
        counts: set[str] = set()
        offset, full = 0, True
        while full:
            query = urlencode(
                {**bounds, "sortfield": "id", "sortdir": "ASC", "limit": _PAGE, "offset": offset}, quote_via=quote
            )
            arrival, document = await self._ask(caller, scope.rules.resource, query)
            page = _rows(document, scope.rules.resource)
            came.update(page)
            counts.add(_count(document))
            found.began, found.ended = found.began or arrival.requested_at, arrival.received_at
            offset, full = offset + _PAGE, len(page) == _PAGE
        found.rows.update(came)
        found.whole = found.whole and counts == {str(len(came))}

    async def _ask(self, caller: Caller, resource: str, query: str) -> tuple[Arrival, Document]:
        request = outgoing.read(f"/{resource}/?{query}", caller, self._form)
        order = Order(caller=caller, request=request, resource=resource, patience=caller.patience)
        arrival = await self._fetch(order, Flight())
        answer = contentcoding.decoded(arrival.response, limit=self._max_answer)
        if answer.status != 200:
            raise ValueError(f"GET {request.target} is answered with status {answer.status}, code {arrival.api_code}")
        return arrival, await rendering.document(answer)


def _rows(document: Document, resource: str) -> dict[str, Fields]:
    listed = document.fields.get(resource, [])
    rows: dict[str, Fields] = {}
    for row in listed if isinstance(listed, list) else []:
        if not is_flat(row) or (number := number_of(row)) is None:
            raise ValueError(f"a row of {resource} is not flat, or has no id")
        rows[number] = row
    return rows


def _count(document: Document) -> str:
    count = document.fields.get(COUNT)
    return "" if count is None or isinstance(count, list | dict) else scalar_text(count)


def _moved(modified: str, rows: Rows, undecided: frozenset[str], *, now: float) -> str:
    moments: dict[bool, list[str]] = {True: [], False: []}
    for number, row in rows.items():
        if isinstance(moment := row.get("datemodified"), str):
            moments[number in undecided].append(moment)
    return marks.moved(modified, moments[False], moments[True], now=now)
