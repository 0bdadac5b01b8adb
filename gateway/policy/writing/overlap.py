"""Did two writes to one row overlap in time? Then nobody knows whose answer shows the row as it is now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

_MOST = 1000
"""Rows remembered: far more than the upstream's limits let anybody write while one request is under way."""


class Overlaps:
    """When the last write to each row was answered; the row written longest ago is forgotten first."""

    def __init__(self) -> None:
        self._ended: OrderedDict[Hashable, float] = OrderedDict()

    def met(self, row: Hashable, *, began: float, ended: float) -> bool:
        """Note a write that was sent and answered at these moments; tell whether the one before was still under way."""
        before = self._ended.pop(row, float("-inf"))
        self._ended[row] = max(before, ended)
        if len(self._ended) > _MOST:
            self._ended.popitem(last=False)
        return before > began
