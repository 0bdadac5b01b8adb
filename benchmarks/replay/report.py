"""What a replayed day tells, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from benchmarks.replay import oracle
from benchmarks.replay.oracle import WHOLE, Asked, Spent, Topic
from benchmarks.replay.playing import Played
from gateway.policy.catalogue import Catalogue

AT_MOST = 1.15
"""The goal: upstream requests of the gateway for one of the oracle's."""

AT_LEAST = 5.0
"""The goal: upstream requests of the plain cache for one of the gateway's."""

GATEWAY = "the gateway"
_DESIGNS = (oracle.PER_URL, oracle.PER_URL_TRUE, oracle.ORACLE, oracle.FLOOR)
_WORTH_A_LINE = 100
"""Requests of a resource that is listed though the gateway asks no more for it than the oracle."""

_UNDECIDED = "asked singly: the rows left it open"
_CLASSES = ("must be sent", "kept whole", "by document")


def report(played: Played, rows: Catalogue) -> Iterator[str]:
    """The lines of the report."""
    counted = {design.name: oracle.spent(played.asked, design, rows) for design in _DESIGNS}
    ours = Spent(Counter(map(_topic, played.sent)))
    yield from _mix(played)
    yield ""
    yield from _designs({**counted, GATEWAY: ours}, played, rows)
    yield ""
    yield from _excess(played.sent, ours, counted[oracle.ORACLE.name])
    yield ""
    yield from _truth(played)


def _topic(asked: Asked) -> Topic:
    return oracle.known(asked) if asked.stored else oracle.must_be_sent(asked)


def _mix(played: Played) -> Iterator[str]:
    calls, asked = played.calls, played.asked
    writes = sum(call.method != "GET" for call in calls)
    tools = played.day.tools
    xml = sum(tools[call.tool].xml for call in calls)
    parts = f"{writes / len(calls):.1%} writes, {xml / len(calls):.0%} in XML"
    yield f"{played.day.what}: {len(calls):,} requests of {len(tools)} tools, {parts}"
    by_tool = Counter(call.tool for call in calls)
    for name, tool in tools.items():
        yield f"  {name:<11}{by_tool[name]:6,}  {tool.what}"
    classes = Counter(map(_class, asked))
    told = ", ".join(f"{classes[name] / len(asked):.0%} {name}" for name in _CLASSES)
    yield f"  by what they ask for: {told}"
    resources = Counter(one.resource for one in asked).most_common(8)
    yield "  by resource: " + ", ".join(f"{name} {number / len(asked):.0%}" for name, number in resources)


def _class(asked: Asked) -> str:
    if not asked.stored:
        return _CLASSES[0]
    return _CLASSES[1] if asked.match.resource.whole else _CLASSES[2]


def _designs(counted: dict[str, Spent], played: Played, rows: Catalogue) -> Iterator[str]:
    requests = len(played.asked)
    heads = "".join(f"{name:>14}" for name in _CLASSES)
    yield f"{'upstream requests per 1,000':<28}{'all':>8}{heads}    untrue"
    counted["no cache"] = Spent(Counter(map(_topic, played.asked)))
    for name in ("no cache", *(design.name for design in _DESIGNS[:2]), GATEWAY, oracle.ORACLE.name, oracle.FLOOR.name):
        split = _by_class(counted[name], rows)
        columns = "".join(f"{split[kind] * 1000 / requests:14.1f}" for kind in _CLASSES)
        untrue = f"{counted[name].untrue:10,}" if name == oracle.PER_URL.name else ""
        yield f"{name:<28}{split.total() * 1000 / requests:8.1f}{columns}{untrue}"
    ours, plain, least, floor = (
        counted[name].total for name in (GATEWAY, oracle.PER_URL.name, oracle.ORACLE.name, oracle.FLOOR.name)
    )
    judged = "met" if ours <= AT_MOST * least else "missed"
    yield f"  the gateway asks {ours / least:.3f} times as often as the oracle: goal at most {AT_MOST}, {judged}"
    judged = "met" if plain >= AT_LEAST * ours else "missed"
    yield f"  the plain cache {plain / ours:.2f} times as often as the gateway: goal at least {AT_LEAST:g}, {judged}"
    yield f"  and {plain / least:.2f} times as often as the oracle, {plain / floor:.2f} times as often as the floor"
    yield "  untrue: answers of the plain cache from before a write that may have changed them"


def _by_class(counted: Spent, rows: Catalogue) -> Counter[str]:
    split: Counter[str] = Counter()
    for (_, resource, what), number in counted.by_topic.items():
        whole = rows.resources[resource].whole
        split[_CLASSES[0] if what is None else _CLASSES[1] if whole else _CLASSES[2]] += number
    return split


def _excess(sent: Iterable[Asked], ours: Spent, least: Spent) -> Iterator[str]:
    """Where the gateway asks for more than the oracle, by resource and cause."""
    singly = Counter(map(_topic, filter(_is_undecided, sent)))
    causes: dict[str, Counter[str]] = {}
    for topic in ours.by_topic.keys() | least.by_topic.keys():
        more = ours.by_topic[topic] - least.by_topic[topic]
        found = causes.setdefault(topic[1], Counter())
        found[_UNDECIDED] += singly[topic]
        found[_cause(topic)] += more - singly[topic]
    yield f"{'requests upstream':<18}{'oracle':>8}{'gateway':>8}{'excess':>8}   of which"
    for resource in sorted(causes, key=lambda name: (-causes[name].total(), name)):
        total = [sum(n for topic, n in side.by_topic.items() if topic[1] == resource) for side in (least, ours)]
        if not any(causes[resource].values()) and total[0] < _WORTH_A_LINE:
            continue
        told = ", ".join(f"{number:+} {cause}" for cause, number in causes[resource].most_common() if number)
        yield f"{resource:<18}{total[0]:8,}{total[1]:8,}{total[1] - total[0]:+8,}   {told}".rstrip()
    yield f"{'all':<18}{least.total:8,}{ours.total:8,}{ours.total - least.total:+8,}"


def _is_undecided(asked: Asked) -> bool:
    """Was it asked by itself, although the question could have been answered by the whole list?"""
    topic = _topic(asked)
    return topic[2] == WHOLE and (asked.match.member is not None or asked.query != asked.match.resource.unbounded)


def _cause(topic: Topic) -> str:
    if topic[2] is None:
        return "must be sent"
    if topic[2] == WHOLE:
        return "whole lists fetched more often"
    return "pages in several requests" if isinstance(topic[2], tuple) else "single documents"


def _truth(played: Played) -> Iterator[str]:
    witness = played.witness
    yield f"answers judged: {witness.verdicts.total():,}"
    for verdict, number in witness.verdicts.most_common():
        yield f"  {number:7,}  {verdict}"
    oldest = ", ".join(f"{name} {age / 60:.1f} min" for name, age in sorted(witness.oldest.items()))
    yield f"  oldest by resource: {oldest or 'none'}"
    yield from (f"  wrong: {what}" for what in witness.wrong[:20])
    told = ", ".join(f"{name} {number:,}" for name, number in played.outcomes.most_common())
    yield f"outcomes: {told}; refused by the gateway: {len(played.refused)}; by the service's limits: {played.overruns}"
