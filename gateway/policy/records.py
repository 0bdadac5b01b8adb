"""What is kept beyond a request and is no stored response: jobs, deliveries, answers given, rows last seen.

A record is a text under a kind and a key. Every change names what it must find, so that of two replicas that change
the same record one wins; changes that belong together are made together, or not at all.
"""

from __future__ import annotations

from typing import NamedTuple


class Edit(NamedTuple):
    """One record as it must be and as it shall be; None is no record."""

    kind: str
    key: str
    before: str | None
    after: str | None
