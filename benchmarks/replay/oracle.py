"""What other caches would have asked the upstream for, had they answered the same requests.

Each design is reduced to one question: which requests can one upstream answer serve? Those have one *topic*. A request
whose topic was asked for within its lifetime costs nothing, any other costs one. Nothing waits here, nothing is
evicted, and requests at the same moment share one answer, so all designs are shown a little better than they could be
built. Lifetimes, what is never stored, and what a write may change are for all of them those of
`gateway/data/resources.toml`. Writes, answers that must not be stored and refusals by the service cost one each.

**Per URL.** One entry for each credential, canonical URL (order of parameters and final slash do not matter) and
format: an ordinary HTTP cache that keys by Authorization and Accept. A write makes its own URL invalid and no other
(RFC 9111 section 4.4), so it goes on serving answers from before the write; how often is counted as `untrue`.
**Per URL, heeding writes.** The same, but a write drops everything it may have changed: what a per-URL cache would
have to do to be right.

**The oracle** knows all requests of the day, and of the API what the gateway knows: the rows of `resources.toml`.
 - A resource that is kept whole costs one request for all that its rows can decide as far as the question tells
   (`selection.answerable`). Where only the values of the rows show that they do not decide (a tie in a sort, a row on a
   bound), the oracle is taken to know the answer. A whole list costs no more than a single row, so it is always taken.
 - Pages of one list of any other resource cost one request together, however far they reach, because the first
   request can be as long as the day's last page needs.
 - A write's answer serves reads of the written row, for free. The whole list it belongs to stays, for the credential
   that wrote and, unless the row is new, for others. Everything else that it may change is dropped.
It asks exactly when a topic is first needed after its lifetime or a drop. Later would be too late; and an answer asked
for earlier is not of use for longer, for its lifetime ends earlier and a drop ends both. So for each topic the count is
the least possible, and topics share nothing: it is a lower bound for every cache with these lifetimes and this
knowledge. Stale service does not lower it, because a stale answer starts a request (RFC 5861 section 3).

**The floor** lifts the limit of knowledge: any answer about a resource serves every question about it, and a write
never drops the list of its own resource. Nothing with these lifetimes and this map of what writes change can ask for
less. It is not a goal: it would fetch every task and time entry of an account and guess at undocumented filters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from gateway.policy.caching import cachekey
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.lists import paging
from gateway.policy.lists.selection import answerable
from gateway.policy.names import CacheKey, Partition

WHOLE = "all of it"

Topic: TypeAlias = tuple[str, str, object]
"""Credential, resource, and what of the resource."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a caller. `at` is when a read was asked or a write was answered, in seconds; 0 is no status."""

    at: float
    owner: str
    method: str
    match: Match
    query: str
    xml: bool
    status: int

    @property
    def resource(self) -> str:
        return self.match.resource.name

    @property
    def key(self) -> CacheKey:
        """The name of its document, whoever asks and in whichever format."""
        return cachekey.document_key(Partition(""), self.match, self.query)

    @property
    def stored(self) -> bool:
        """Whether it is a read whose answer may be stored."""
        rules = self.match.resource
        moves = rules.why_not_stored(member=self.match.member, query=self.query) is not None
        return self.method == "GET" and self.status == 200 and not moves and rules.lifetimes.fresh > 0


@dataclass(frozen=True, slots=True)
class Design:
    """How a cache works: its topics; whether writes drop what they may change; whether their answers are used."""

    name: str
    topic: Callable[[Asked], Topic]
    heeds: bool = True
    learns: bool = False


@dataclass(slots=True)
class Spent:
    """Upstream requests by topic; `untrue` counts answers from before a write that may have changed them."""

    by_topic: Counter[Topic] = field(default_factory=Counter)
    untrue: int = 0

    @property
    def total(self) -> int:
        return self.by_topic.total()


def must_be_sent(asked: Asked) -> Topic:
    """The topic of what no cache saves: writes, what is never stored, refusals by the service."""
    return (asked.owner, asked.resource, None)


def per_url(asked: Asked) -> Topic:
    return (asked.owner, asked.resource, (asked.key, asked.xml))


def known(asked: Asked) -> Topic:
    """The topic by what the gateway knows of the API."""
    rules, member = asked.match.resource, asked.match.member
    if rules.whole and answerable(rules, member, asked.query):
        return (asked.owner, asked.resource, WHOLE)
    page = paging.page(asked.match, asked.query)
    return (asked.owner, asked.resource, asked.key if page is None else page.listed)


def anything(asked: Asked) -> Topic:
    return (asked.owner, asked.resource, WHOLE)


PER_URL = Design("a plain cache, per URL", per_url, heeds=False)
PER_URL_TRUE = Design("per URL, heeding writes", per_url)
ORACLE = Design("the oracle", known, learns=True)
FLOOR = Design("the floor", anything, learns=True)


class _Store:
    """What a design has stored: for each topic since when and until when."""

    def __init__(self, design: Design, rows: Catalogue) -> None:
        self.design = design
        self.rows = rows
        self.held: dict[Topic, tuple[float, float]] = {}
        self.learnt: dict[tuple[str, CacheKey], tuple[str, float]] = {}
        self.written: dict[str, float] = {}

    def read(self, asked: Asked, spent: Spent) -> None:
        """Answer a read, or note what it costs."""
        if self.learnt.get((asked.owner, asked.key), ("", 0.0))[1] > asked.at:
            return
        topic = self.design.topic(asked)
        since, until = self.held.get(topic, (0.0, 0.0))
        if asked.at < until:
            spent.untrue += self.written.get(asked.resource, -1.0) >= since
            return
        self.held[topic] = (asked.at, asked.at + asked.match.resource.lifetimes.fresh)
        spent.by_topic[topic] += 1

    def write(self, asked: Asked) -> None:
        """Drop what a write that was done may have changed, as far as the design heeds it; learn what it answers."""
        changed = self.rows.changed_by(asked.resource)
        self.written |= dict.fromkeys(changed, asked.at)
        if not self.design.heeds:
            dropped = [topic for topic in self.held if topic[2] in {(asked.key, True), (asked.key, False)}]
        else:
            dropped = [topic for topic in self.held if topic[1] in changed and not self._patched(topic, asked)]
        for topic in dropped:
            del self.held[topic]
        self.learnt = {name: known for name, known in self.learnt.items() if known[0] not in changed}
        if self.design.learns and asked.match.member is not None and asked.method != "DELETE":
            until = asked.at + asked.match.resource.lifetimes.fresh
            self.learnt[asked.owner, asked.key] = (asked.resource, until)

    def _patched(self, topic: Topic, asked: Asked) -> bool:
        mine = topic[0] == asked.owner or asked.status != 201
        return topic[1:] == (asked.resource, WHOLE) and mine


def spent(requests: Iterable[Asked], design: Design, rows: Catalogue) -> Spent:
    """Count what a cache of this design asks for, `requests` being in the order of time."""
    store, counted = _Store(design, rows), Spent()
    for asked in requests:
        if asked.stored:
            store.read(asked, counted)
            continue
        counted.by_topic[must_be_sent(asked)] += 1
        if asked.method != "GET" and 200 <= asked.status < 300:
            store.write(asked)
    return counted
