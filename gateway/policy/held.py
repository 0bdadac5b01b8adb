"""An entry in memory with what was rendered from it, so that a hit renders nothing a second time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gateway.policy.entry import Entry

Rendition = TypeVar("Rendition")


@dataclass(slots=True, eq=False)
class Held(Generic[Rendition]):
    """One kept entry; the only mutable record of a cache. `weight` is in bytes and includes the renditions.

    Whoever adds a rendition reports its size to the store that holds it.
    """

    entry: Entry
    weight: int
    renditions: dict[str, Rendition] = field(default_factory=dict)
