"""One caller's read of a documented resource, with what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from gateway.policy.caching import cachecontrol, cachekey
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Match
from gateway.policy.lists.selection import answerable
from gateway.policy.messages import Headers, Request
from gateway.policy.names import CacheKey
from gateway.policy.preference import patience

_PATIENCE_BEHIND_ALL = 300.0
"""Seconds that what nobody waits for may wait in line."""


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
    def selectable(self) -> bool:
        """Could a whole list answer this at all, as far as the question alone tells?"""
        rows = self.match.resource
        return rows.whole and answerable(rows, self.match.member, self.request.query)

    @cached_property
    def patience(self) -> float:
        return patience(self.request.headers.get("prefer"), self.caller.patience)

    def about(self, query: str) -> Question:
        """The same caller asking for the same list with another query."""
        target = f"/{self.resource}/" + (f"?{query}" if query else "")
        return replace(self, request=replace(self.request, target=target))

    def behind_all(self) -> Question:
        """The same asked of the upstream at the end of the line, whatever is stored."""
        headers = Headers([("Cache-Control", "no-cache")])
        caller = replace(self.caller, priority="batch", patience=_PATIENCE_BEHIND_ALL)
        return Question(replace(self.request, method="GET", headers=headers, body=b""), caller, self.match)

    @cached_property
    def whole(self) -> Question:
        """The same caller asking for the complete list of the resource."""
        return replace(self, match=Match(self.match.resource, None)).about(self.match.resource.unbounded)
