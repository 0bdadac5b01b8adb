"""An entry in memory with what was rendered from it, so that a hit renders nothing a second time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from weakref import ReferenceType

from gateway.policy.caching.entry import Entry
from gateway.policy.lists.collection import Collection
from gateway.policy.names import AccountName

RENDITION_WEIGHT = 350
"""Bytes that a rendition holds beside its body: the record, its tag, its place."""

Rendition = TypeVar("Rendition")


@dataclass(slots=True, eq=False, weakref_slot=True)
class Held(Generic[Rendition]):
    """One kept entry; the only mutable record of a cache. `weight` is in bytes and includes all that is kept beside it.

    Whoever adds to it reports the size to the store that holds it. `collection` holds the rows of a whole list once
    they were needed; `source` is the whole list that this entry was selected from, if it was; `uses` counts the answers
    that were selected from this one since it was fetched.
    """

    entry: Entry
    weight: int
    renditions: dict[str, Rendition] = field(default_factory=dict)
    collection: Collection | None = None
    source: ReferenceType[Held[Rendition]] | None = None
    uses: int = 0

    def lighten(self) -> None:
        """Let go of all that can be made again."""
        self.renditions.clear()
        self.collection = None


@dataclass(slots=True, eq=False)
class Changes:
    """Counts whatever may change what a question is answered from; "nothing has changed" is then one comparison.

    Whoever keeps, drops, weighs anew or no longer serves what is stored takes note of it here. Where that is a matter
    of time, such as how long ago others were heard of who can make it untrue, `current` tells it each time.
    """

    count: int = 0
    current: Callable[[], bool] | None = None

    def note(self) -> None:
        self.count += 1

    def none_since(self, count: int) -> bool:
        """Tell whether what was found at this count may be taken as found now."""
        return count == self.count and (self.current is None or self.current())


@dataclass(frozen=True, slots=True)
class Holding:
    """What is held of one resource of one account, counted: how much, and when (epoch seconds) it was received."""

    account: AccountName
    resource: str
    entries: int
    bytes: int
    renditions: int
    oldest: float
    newest: float

    @classmethod
    def of(cls, account: AccountName, resource: str, held: Sequence[Held[Any]]) -> Holding:
        """Sum up at least one record."""
        received = [it.entry.received_at for it in held]
        return cls(
            account=account,
            resource=resource,
            entries=len(held),
            bytes=sum(it.weight for it in held),
            renditions=sum(len(it.renditions) for it in held),
            oldest=min(received),
            newest=max(received),
        )
