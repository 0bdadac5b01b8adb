"""One caller's request for something that is no documented record, with what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from gateway.exchange.fetch import Order
from gateway.exchange.writing.idempotency import Claim
from gateway.policy import outgoing
from gateway.policy.caching import cachecontrol, choices, conditional, freshening
from gateway.policy.caching.entry import Entry
from gateway.policy.caller import Caller
from gateway.policy.messages import Headers, Request
from gateway.policy.names import CacheKey
from gateway.policy.preference import patience

_OF_THE_CALLER = frozenset({"traceparent", "tracestate", "x-request-id"})
"""Fields that name the request for its caller. Any other may change the answer as long as its Vary is not known."""

_OF_ONE_READ = conditional.FOR_CACHES | {"cache-control", "if-range", "pragma", "range"}


@dataclass(frozen=True)
class Inquiry:
    """What is asked, and by whom; `resource` is its label in metrics, `claim` its hold on an Idempotency-Key."""

    request: Request
    caller: Caller
    resource: str
    claim: Claim | None = None

    @cached_property
    def reads(self) -> bool:
        """May a stored response answer it? Not where only the origin can tell (RFC 9111 §4.3.2)."""
        request = self.request
        for_origin = any(name in request.headers for name in conditional.FOR_THE_ORIGIN)
        return request.method in ("GET", "HEAD") and not request.body and not for_origin

    @cached_property
    def key(self) -> CacheKey:
        return choices.key(self.caller.account, self.request.target)

    @cached_property
    def asked(self) -> cachecontrol.Directives:
        """The caller's request directives (RFC 9111 §5.2.1)."""
        return cachecontrol.of(self.request.headers)

    @cached_property
    def sent(self) -> Request:
        """The request as it goes to the upstream."""
        return outgoing.plain(self.request, self.caller)

    @cached_property
    def alike(self) -> tuple[object, ...]:
        """All that makes two answers differ while their Vary is not known."""
        return (self.key, self.caller.partition, self.sent.method, self.sent.headers.without(_OF_THE_CALLER))

    @cached_property
    def patience(self) -> float:
        return patience(self.request.headers.get("prefer"), self.caller.patience)

    def order(self, stored: Entry | None) -> Order:
        """The fetch of it; with the validators of a stored response, if there is one to validate."""
        sent = self.sent
        if stored is not None:
            sent = replace(sent, headers=freshening.asking(sent.headers, stored.response))
        return Order(
            caller=self.caller, request=sent, resource=self.resource, patience=self.patience, crossing=self.claim
        )

    def for_the_store(self) -> Inquiry:
        """The same question asked for those who come later: for the whole, and without this caller's conditions."""
        headers = Headers(self.request.headers.without(_OF_ONE_READ))
        return Inquiry(Request("GET", self.request.target, headers), self.caller, self.resource)
