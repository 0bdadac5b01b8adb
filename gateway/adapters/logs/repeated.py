"""The access lines of hits that were given again: those of one first hit differ in five values, and so are filled in.

To render each from its record costs six times as much, which was a third of what a hit cost in all. A form is filled in
twice: with the time and what was left of the entry's life, once for all hits in one millisecond; then for each hit.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import orjson

from gateway.adapters.logs.redaction import Redaction
from gateway.adapters.logs.rendering import Access, Render, access_record, as_json, moment
from gateway.policy.caching.repetition import First, Repetition

_BLANKS = {"time": '"%s"', "ttl": "%.3f", "request_id": '"%%s"', "trace_id": '"%%s"', "spent_ms": "%%.3f"}

_FIRSTS = 4096
"""As many as the express lane remembers."""

_DATED = 64
"""As many as are asked for in one millisecond."""


class Repeated:
    """Renders them as they would be without a form; text for a person is rendered whole, nobody reads thousands."""

    def __init__(self, render: Render, redaction: Redaction) -> None:
        self._render = render
        self._redaction = redaction
        self._form = lru_cache(_FIRSTS)(self._drawn_up)
        self._dated = lru_cache(_DATED)(self._filled_in)

    def __call__(self, it: Repetition) -> str:
        first, at, spent, request_id, traceparent, minted = it
        if self._render is not as_json or not (minted or self._harmless(it)):
            record = access_record(Access(at, it.trace(), first.target, first.size), self._redaction)
            return self._render(record)
        line = self._dated(first, int(at * 1000), self._redaction.edition)
        return line % (request_id, traceparent[3:35], spent * 1000)

    def _harmless(self, it: Repetition) -> bool:
        """May the ids that a caller sent be written as they are? Those kept are printable and without spaces."""
        sent = f"{it.request_id} {it.traceparent}"
        return '"' not in sent and "\\" not in sent and not self._redaction.found(sent)

    def _filled_in(self, first: First, millisecond: int, edition: int) -> str:
        at = millisecond / 1000
        return self._form(first, edition) % (moment(at), first.ttl(at))

    def _drawn_up(self, first: First, _edition: int) -> str:
        """The line of a first, with blanks; drawn up anew for each edition of what must not be shown."""
        trace = replace(first.trace, minted=True, ttl=0.0)  # its ids are not shown, and there is a ttl
        record = access_record(Access(0.0, trace, first.target, first.size), self._redaction)
        pairs = (
            f'"{name}":{_BLANKS.get(name) or orjson.dumps(value).decode().replace("%", "%%%%")}'
            for name, value in record.items()
        )
        return f"{{{','.join(pairs)}}}"
