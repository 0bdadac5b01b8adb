"""Self-checking: a small part of what whole lists answered is also asked of the upstream, and compared.

A difference may be age: somebody changed a row elsewhere since the list was fetched. So the list is fetched anew and
asked again; what still differs is a mistake of the selection, which then stops for that list.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from gateway.exchange import rendering
from gateway.exchange.background import Background
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.lists import Lists
from gateway.exchange.reading.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.faults import Fault
from gateway.policy.names import AccountName, CacheKey
from gateway.policy.translation.document import Document
from gateway.policy.translation.malformed import Malformed
from gateway.ports import Clock, Watch

_logger = logging.getLogger("gateway.selection")


_SPACING = 3600.0
"""Seconds between two checks of one list: thousands of hits a second must not turn into a stream of checks."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many selected answers are checked: a part of them by `chance`, while the account's quota is `plentiful`."""

    part: float
    chance: Callable[[], float]
    plentiful: Callable[[AccountName], bool]


class Checking:
    """Checks selected answers in the background, one at a time. `sampling` may be set anew at any time."""

    def __init__(
        self,
        *,
        documents: Documents,
        lists: Lists,
        background: Background,
        watch: Watch,
        sampling: Sampling,
        clock: Clock,
    ) -> None:
        self._documents = documents
        self._lists = lists
        self._background = background
        self._watch = watch
        self.sampling = sampling
        self._clock = clock
        self._busy = False
        self._next: dict[CacheKey, float] = {}

    def consider(self, question: Question, selected: HeldAnswer, *, times: int = 1) -> None:
        """Check this answer, perhaps; it was given so many times, and each of them may be the one that is checked."""
        sampling, now = self.sampling, self._clock()
        if self._busy or self._next.get(question.whole.key, 0.0) > now:
            return
        if sampling.chance() >= 1 - (1 - sampling.part) ** times:
            return
        if not sampling.plentiful(question.caller.account):
            return
        self._busy, self._next[question.whole.key] = True, now + _SPACING
        _ = self._background.spawn(self._check(question, selected), "check of a selected answer")

    async def _check(self, question: Question, selected: HeldAnswer) -> None:
        try:
            result = await self._compared(question.behind_all(), selected)
        except (Fault, Malformed):
            result = "unknown"
        finally:
            self._busy = False
        self._watch.verified(question.resource, result)

    async def _compared(self, question: Question, selected: HeldAnswer) -> str:
        asked = await rendering.document(await self._documents.ask(question))
        if asked == await rendering.document(selected.entry.response):
            return "same"
        again = await self._lists.again(question)
        if again is not None and asked == again:
            return "age"
        await self._lists.distrust(question)
        names = sorted({part.partition("=")[0] for part in question.request.query.split("&")})
        _logger.warning(
            "the whole list of %s answered %s otherwise than the upstream; differing: %s; it answers no more until it "
            "is fetched anew",
            question.resource,
            "a member" if question.match.member else f"a query with {names}",
            "unknown" if again is None else _differing(asked, again),
        )
        return "different"


def _differing(asked: Document, selected: Document) -> list[str]:
    """The names of the envelope's fields that differ; never their values."""
    names = asked.fields.keys() | selected.fields.keys()
    return sorted(name for name in names if asked.fields.get(name) != selected.fields.get(name))
