"""What is noted of a write before it leaves, so that what it may have changed is dropped even if the gateway dies.

The note is made before the first byte is sent and deleted when the write has taken effect on what is stored. One that
is found at a start is of a gateway that died: its write may have been done, or may be done until `until`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from gateway.policy.names import AccountName

KIND = "departure"
"""The kind of the records."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A write to a resource (`other`: to an undocumented path). It has ended by `until`, epoch seconds of the store."""

    account: AccountName
    resource: str
    until: float


def dump(departure: Departure) -> str:
    return json.dumps(asdict(departure))


def load(text: str) -> Departure | None:
    """Read a note; None where it is none."""
    try:
        found = json.loads(text)
        return Departure(AccountName(str(found["account"])), str(found["resource"]), float(found["until"]))
    except (ValueError, TypeError, KeyError):
        return None
