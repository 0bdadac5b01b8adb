"""A read of a documented resource: from the whole list where there is one, else by itself."""

from __future__ import annotations

from gateway.exchange.cache import Cache
from gateway.exchange.coalescer import Coalescer
from gateway.exchange.documents import Documents
from gateway.exchange.fetch import Fetch
from gateway.exchange.landing import Landed
from gateway.exchange.question import Question
from gateway.exchange.rendering import HeldAnswer
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Match
from gateway.policy.messages import Request
from gateway.policy.negotiation import Representation
from gateway.policy.trace import Trace
from gateway.ports import Clock


class Reads:
    """Answers reads with as few upstream requests as the rules allow."""

    def __init__(
        self,
        *,
        cache: Cache,
        fetch: Fetch,
        coalescer: Coalescer[Landed],
        clock: Clock,
        form: Representation,
        max_body: int,
    ) -> None:
        self._documents = Documents(
            cache=cache, fetch=fetch, coalescer=coalescer, clock=clock, form=form, max_body=max_body
        )

    async def __call__(self, request: Request, caller: Caller, match: Match, trace: Trace) -> HeldAnswer:
        """Find or fetch the document of a target; what happened is in the trace."""
        return await self._documents.obtain(Question(request, caller, match), trace)
