"""A tool that pages through a list is noticed at its second page, and the rest is fetched in one request.

The pages that follow are cut from that answer and kept beside it: to the tool they are stored pages like any other.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace

from gateway.exchange import rendering
from gateway.exchange.cache import Cache
from gateway.exchange.pace import drive
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy import negotiation
from gateway.policy.lists import paging
from gateway.policy.lists.paging import Page
from gateway.policy.messages import Response
from gateway.policy.negotiation import Representation
from gateway.policy.trace import SELECTED, Trace
from gateway.policy.translation import json_codec
from gateway.policy.translation.document import Document, Value
from gateway.policy.translation.malformed import Malformed
from gateway.ports import Clock

_REMEMBERED = 4096
"""Lists whose last page is remembered."""


@dataclass(frozen=True, slots=True)
class _Seen:
    page: Page
    at: float


class Runs:
    """Fetches ahead for tools that page; at most `rows` rows at once, 0 for never. It may be set anew at any time."""

    def __init__(self, *, documents: Documents, cache: Cache, clock: Clock, rows: int) -> None:
        self._documents = documents
        self._cache = cache
        self._clock = clock
        self.rows = rows
        self._last: OrderedDict[Hashable, _Seen] = OrderedDict()

    async def answer(self, question: Question, trace: Trace) -> HeldAnswer | None:
        """Answer the second page of a run by fetching the rest; None for everything else. Raises `Fault`."""
        page = paging.page(question.match, question.request.query)
        if page is None or page.limit >= self.rows or question.never_stored:
            return None
        list_ = (question.caller.partition, question.resource, page.listed)
        now, seen = self._clock(), self._last.pop(list_, None)
        self._last[list_] = _Seen(page, now)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        if self._cache.peek(question.key) is not None or seen is None:
            return None
        if not page.follows(seen.page) or now - seen.at > question.match.resource.lifetimes.fresh:
            return None
        return await self._fetched(question, page, trace)

    async def _fetched(self, question: Question, page: Page, trace: Trace) -> HeldAnswer | None:
        rest = question.about(page.onwards(self.rows).query)
        generation = self._cache.generation(question.caller.account, question.resource)
        run = await self._documents.obtain(rest, trace)
        if run.entry.response.status != 200:
            return None
        try:
            parsed = await rendering.document(run.entry.response)
        except Malformed:
            return None
        rows = parsed.fields.get(question.resource)
        if not isinstance(rows, list):
            return None
        trace.detail = SELECTED
        first = await self._cut(question, parsed, rows[: page.limit], run, generation=generation)
        complete = len(rows) < self.rows
        following = page.next()
        while (start := following.offset - page.offset) < len(rows):
            cut = rows[start : start + page.limit]
            if len(cut) < page.limit and not complete:
                break
            await self._cut(question.about(following.query), parsed, cut, run, generation=generation)
            following = following.next()
        return first

    async def _cut(
        self, question: Question, parsed: Document, rows: list[Value], run: HeldAnswer, *, generation: int
    ) -> HeldAnswer:
        document = Document({name: rows if name == question.resource else it for name, it in parsed.fields.items()})
        rendered = await drive(json_codec.writing(document))
        headers = run.entry.response.headers.put("Content-Type", negotiation.content_type(Representation.JSON))
        response = Response(200, headers, rendered.body)
        entry = replace(run.entry, key=question.key, target=question.request.path, response=response)
        return self._cache.hold(entry, run, generation)
