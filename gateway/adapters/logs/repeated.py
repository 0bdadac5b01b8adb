"""The access lines of hits that were given again: those of one first hit differ in five values, and so are filled in.

To render each from its record costs five times as much, half of what a hit costs in all.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import orjson

from gateway.adapters.logs.redaction import Redaction
from gateway.adapters.logs.rendering import Access, Render, access_record, as_json, moment
from gateway.policy.repetition import First, Repetition

_BLANKS = {"time": '"%s"', "request_id": '"%s"', "trace_id": '"%s"', "ttl": "%.3f", "spent_ms": "%.3f"}

_TEMPLATES = 4096
"""Forms that are kept: as many as the express lane remembers requests."""


class Repeated:
    """Renders them as they would be without a form; text for a person is rendered whole, nobody reads thousands."""

    def __init__(self, render: Render, redaction: Redaction) -> None:
        self._render = render
        self._redaction = redaction
        self._form = lru_cache(_TEMPLATES)(self._drawn_up)

    def __call__(self, it: Repetition) -> str:
        if self._render is not as_json or not (it.minted or self._harmless(it)):
            record = access_record(Access(it.at, it.trace(), it.first.target, it.first.size), self._redaction)
            return self._render(record)
        trace_id = it.traceparent[3:35]
        form = self._form(it.first, self._redaction.edition)
        return form % (moment(it.at), it.request_id, trace_id, it.ttl, it.spent * 1000)

    def _harmless(self, it: Repetition) -> bool:
        """May the ids that a caller sent be written as they are? Those kept are printable and without spaces."""
        sent = f"{it.request_id} {it.traceparent}"
        return '"' not in sent and "\\" not in sent and not self._redaction.found(sent)

    def _drawn_up(self, first: First, _edition: int) -> str:
        """The line of a first with its own values left out; an edition of what is secret never shows the next one's."""
        trace = replace(first.trace, minted=True, ttl=0.0)  # so that ids are not looked at, and there is a ttl
        record = access_record(Access(0.0, trace, first.target, first.size), self._redaction)
        pairs = (
            f'"{name}":{_BLANKS.get(name) or orjson.dumps(value).decode().replace("%", "%%")}'
            for name, value in record.items()
        )
        return f"{{{','.join(pairs)}}}"
