"""A read of a documented resource: from the whole list where there is one, from a run of pages, else by itself."""

from __future__ import annotations

from gateway.exchange import rendering
from gateway.exchange.pace import drive
from gateway.exchange.reading.checking import Checking
from gateway.exchange.reading.documents import Documents
from gateway.exchange.reading.lists import Lists
from gateway.exchange.reading.question import Question
from gateway.exchange.reading.runs import Runs
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caching.held import Changes
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Match
from gateway.policy.messages import Request
from gateway.policy.trace import Outcome, Trace
from gateway.policy.translation.document import discarding
from gateway.policy.translation.malformed import Malformed


class Reads:
    """Answers reads with as few upstream requests as the rules allow."""

    def __init__(self, *, documents: Documents, lists: Lists, runs: Runs, checking: Checking) -> None:
        self._documents = documents
        self._lists = lists
        self._runs = runs
        self._checking = checking

    @property
    def changes(self) -> Changes:
        """Counts what may change `at_hand`."""
        return self._lists.changes

    async def __call__(self, request: Request, caller: Caller, match: Match, trace: Trace) -> HeldAnswer:
        """Find or fetch the document of a target; what happened is in the trace."""
        question = Question(request, caller, match)
        held = await self._lists.answer(question, trace)
        if held is not None:
            if trace.outcome is Outcome.SELECTED:
                self._checking.consider(question, held)
            return held
        held = await self._runs.answer(question, trace) or await self._documents.obtain(question, trace)
        if trace.cost and self._lists.learns(question):
            await self._learn(question, held)
        return held

    def at_hand(self, question: Question, outcome: Outcome) -> HeldAnswer | None:
        """What a read with this outcome, asked again while it is fresh, would be answered from without a wait."""
        selecting = self._lists.decides(question)
        if selecting is not (outcome is Outcome.SELECTED):
            return None
        return (self._lists if selecting else self._documents).at_hand(question)

    def repeated(self, question: Question, held: HeldAnswer, *, times: int) -> None:
        """Take note that a selected answer was given again: each time uses its list, and may be the one checked."""
        self._lists.given(held, times)
        self._checking.consider(question, held, times=times)

    async def _learn(self, question: Question, held: HeldAnswer) -> None:
        try:
            answer = await rendering.document(held.entry.response)
        except Malformed:
            return
        self._lists.learn(question, answer)
        await drive(discarding(answer))
