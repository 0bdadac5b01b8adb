"""What the callers saw, counted from the fields of the answers alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_QUEUED = re.compile(r"queue;dur=([\d.]+)")

_A_WAIT = 0.1
"""Seconds in line from which a request counts as one that waited."""


@dataclass(slots=True)
class Tally:
    """One app's requests, or all of them. `spent` is what the answers say they cost upstream (Quota-Cost)."""

    requests: int = 0
    hits: int = 0
    selected: int = 0
    collapsed: int = 0
    spent: int = 0
    waited: int = 0
    refused: int = 0
    writes: int = 0
    xml: int = 0
    longest_wait: float = 0.0
    unexpected: Counter[str] = field(default_factory=Counter)

    @property
    def answered(self) -> int:
        """Requests that got what they asked for."""
        return self.requests - self.refused - self.unexpected.total()

    def answer(self, status: int, fields: Mapping[str, str], *, method: str, xml: bool) -> None:
        """Count one answer by its status, Cache-Status (RFC 9211), Quota-Cost and Server-Timing."""
        self.requests += 1
        self.xml += xml
        self.spent += int(fields.get("Quota-Cost", "0"))
        if status == 429:
            self.refused += 1
            return
        if not 200 <= status < 300:
            self.unexpected[f"{method} answered {status}"] += 1
            return
        told = fields.get("Cache-Status", "").split("; ")
        self.hits += "hit" in told
        self.selected += "detail=selected" in told
        self.collapsed += "collapsed" in told
        self.writes += method != "GET"
        timing = _QUEUED.search(fields.get("Server-Timing", ""))
        wait = float(timing[1]) / 1000 if timing else 0.0
        self.waited += wait >= _A_WAIT
        self.longest_wait = max(self.longest_wait, wait)

    def fail(self, what: str) -> None:
        """Count a request that got no answer."""
        self.requests += 1
        self.unexpected[what] += 1


def total(tallies: Iterable[Tally]) -> Tally:
    """Add up the tallies of several apps."""
    whole = Tally()
    for one in tallies:
        for name in ("requests", "hits", "selected", "collapsed", "spent", "waited", "refused", "writes", "xml"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.longest_wait = max(whole.longest_wait, one.longest_wait)
        whole.unexpected += one.unexpected
    return whole
