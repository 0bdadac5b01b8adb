"""The order of ties that answers of the upstream have shown, for the questions they answered (`policy/sorting`).

It outlives the list it was learnt from: the next list with the same rows tied answers the same question alike.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from gateway.policy.lists.sorting import NOTHING, Shown
from gateway.policy.names import CacheKey

_MOST_QUESTIONS = 256
_MOST_ROWS = 1000
"""Rows tied for one question: with the number of questions this bounds the memory to some 30 MB at the very worst."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    whole: CacheKey
    purges: int
    shown: Shown


class Orders:
    """What was shown, by the key of the question; the longest unused goes first."""

    def __init__(self) -> None:
        self._learnt: OrderedDict[CacheKey, _Learnt] = OrderedDict()

    def shown(self, question: CacheKey, purges: int) -> Shown:
        """What is known for a question; nothing from before the last purge by an operator."""
        learnt = self._learnt.get(question)
        if learnt is None or learnt.purges != purges:
            return NOTHING
        self._learnt.move_to_end(question)
        return learnt.shown

    def learn(self, question: CacheKey, whole: CacheKey, purges: int, shown: Shown) -> None:
        """Keep what an answer showed in place of what was known; `whole` is the key of the list with the rows."""
        self._learnt.pop(question, None)
        if not shown or sum(map(len, shown)) > _MOST_ROWS:
            return
        self._learnt[question] = _Learnt(whole, purges, shown)
        if len(self._learnt) > _MOST_QUESTIONS:
            self._learnt.popitem(last=False)

    def forget(self, whole: CacheKey) -> None:
        """Forget all that was learnt with the rows of a list."""
        for question in [key for key, learnt in self._learnt.items() if learnt.whole == whole]:
            del self._learnt[question]
