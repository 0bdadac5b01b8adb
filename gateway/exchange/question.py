"""One caller's read of a documented resource, with what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from gateway.policy import cachecontrol, cachekey
from gateway.policy.caller import Caller, patience
from gateway.policy.catalogue import Match
from gateway.policy.messages import Request
from gateway.policy.names import CacheKey


@dataclass(frozen=True)
class Question:
    """What is asked, by whom, under which rules."""

    request: Request
    caller: Caller
    match: Match

    @property
    def resource(self) -> str:
        return self.match.resource.name

    @cached_property
    def asked(self) -> cachecontrol.Directives:
        """The caller's request directives (RFC 9111 §5.2.1)."""
        return cachecontrol.of(self.request.headers)

    @cached_property
    def key(self) -> CacheKey:
        return cachekey.document_key(self.caller.partition, self.match, self.request.query)

    @cached_property
    def never_stored(self) -> bool:
        return self.match.resource.why_not_stored(member=self.match.member, query=self.request.query) is not None

    @cached_property
    def patience(self) -> float:
        return patience(self.request.headers.get("prefer"), self.caller.patience)

    @cached_property
    def whole(self) -> Question:
        """The same caller asking for the complete list of the resource."""
        rows = self.match.resource
        query = f"?{rows.unbounded}" if rows.unbounded else ""
        request = replace(self.request, target=f"/{rows.name}/{query}")
        return Question(request, self.caller, Match(rows, None))
