"""Which rules hold for a request, and why: told from the configuration and the catalogue alone.

What a running gateway has learnt (a list that proved incomplete, a spent day, a line that is long) is not known here.
Nothing told here is a secret: of a credential there is only the beginning of its partition's hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.policy import explaining_reads
from gateway.policy.caller import Caller
from gateway.policy.catalogue import Catalogue, Match
from gateway.policy.explaining_reads import Asked, Terms
from gateway.policy.translation.shapes import LISTS

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
_HASH = 8


@dataclass(frozen=True, slots=True)
class Party:
    """An app that may ask: its caller as it is with the account's token, and what else is configured of it.

    `share` is its guaranteed part of the account's `per_day` requests (None: learnt).
    """

    caller: Caller
    passthrough: bool
    share: float
    per_day: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """One question with its answers."""

    title: str
    lines: tuple[str, ...]


def explain(asked: Asked, parties: Sequence[Party], terms: Terms, rows: Catalogue) -> list[Section]:
    """Tell what holds for a request of these apps, in the order in which it matters."""
    sections = {"resource": _resource(asked), "allowed": _each(parties, lambda it: _allowed(asked, it))}
    if asked.match is not None and asked.method == "OPTIONS":
        return _told(sections | {"cost": ["0 upstream requests: the gateway answers from its catalogue"]})
    sections["credential"] = _each(parties, _credential)
    if asked.match is None:
        sections |= _passed_through(asked, rows)
    elif asked.reads:
        sections |= explaining_reads.explained(asked, asked.match, terms)
    else:
        sections |= _writing(asked, asked.match, rows)
    sections["line"] = _each(parties, _line)
    if asked.label == "quota" and asked.method == "GET":
        sections["line"].append("charged to the client address only, not to the account's day")
    return _told(sections)


def _told(sections: dict[str, list[str]]) -> list[Section]:
    return [Section(title, tuple(lines)) for title, lines in sections.items() if lines]


def _each(parties: Sequence[Party], tell: Callable[[Party], Iterator[str]]) -> list[str]:
    if len(parties) == 1:
        return list(tell(parties[0]))
    return [f"{it.caller.app}: {line}" for it in parties for line in tell(it)]


def _resource(asked: Asked) -> list[str]:
    match = asked.match
    if match is None:
        below = "" if asked.label == "other" else f" (only the records of {asked.label} are, not what is below them)"
        return [f"no documented resource{below}: passed through byte for byte, cached only as RFC 9111 says"]
    what = "the list" if match.member is None else f"the member {match.member}"
    lines = [f"{match.resource.name}, {what}; documented methods: {', '.join(match.methods) or 'none'}"]
    if asked.method not in {*match.methods, "OPTIONS"} and not (asked.method == "HEAD" and "GET" in match.methods):
        lines.append(f"{asked.method} is not documented here; it is sent on all the same")
    return lines


def _allowed(asked: Asked, party: Party) -> Iterator[str]:
    caller = party.caller
    for pattern in caller.allow:
        if replace(caller, allow=(pattern,)).may(asked.method, asked.label, asked.path):
            yield f"yes, by {pattern!r}"
            return
    patterns = ", ".join(repr(pattern) for pattern in caller.allow) or "nothing"
    yield f"no, refused with 403 at no cost: `allow` is {patterns}"


def _credential(party: Party) -> Iterator[str]:
    caller = party.caller
    if caller.authorization is None:
        yield f"the caller's own Authorization: account {caller.account} has no token; each credential is a partition"
        return
    partition = caller.partition[:_HASH]
    yield f"the token of account {caller.account}; shares what is stored with all of partition {partition}"
    if party.passthrough:
        yield "with X-Api-Key, a Basic credential of the caller's own goes out instead, in a partition of its own"


def _line(party: Party) -> Iterator[str]:
    caller = party.caller
    if not party.share:
        share = "no guaranteed share of the day"
    elif party.per_day is None:
        share = f"{party.share:.0%} of the account's day guaranteed"
    else:
        share = f"{party.share * party.per_day:,.0f} of the account's {party.per_day:,} requests a day guaranteed"
    patience = f"waits at most {explaining_reads.span(caller.patience)}, less with Prefer: wait=N"
    yield f"priority {caller.priority}, weight {caller.weight:g}; {patience}"
    yield share


def _writing(asked: Asked, match: Match, rows: Catalogue) -> dict[str, list[str]]:
    resource = match.resource
    affected = ", ".join(sorted(rows.changed_by(resource.name)))
    lines = [f"everything stored of {affected}, for every credential of the account", "nothing, if it is refused (4xx)"]
    if resource.grants:
        rights = ", ".join(sorted(resource.grants))
        lines.insert(
            1, f"everything stored for the account, if it changes {rights}, or deletes somebody: rights change"
        )
    return {
        "format": ["the body in JSON or XML by its Content-Type; the answer by Accept"],
        "upstream": [f"{asked.method} {asked.target}"],
        "drops": lines,
        "keeps": list(_kept(match, asked.method)),
        "cost": ["1 upstream request; it is never sent again by itself"],
    }


def _kept(match: Match, method: str) -> Iterator[str]:
    resource = match.resource
    if method not in {"POST", "PUT", "DELETE"} or resource.name in LISTS:
        yield "nothing: what it changes cannot be told from its answer"
        return
    if resource.whole:
        yield f"the whole list of {resource.name}, patched in place where the answer tells exactly what has changed"
    storable = resource.why_not_stored(member="1", query="") is None and resource.lifetimes.fresh > 0
    if method != "DELETE" and "GET" in resource.member and storable:
        yield "the written element, so that reading it next costs nothing"


def _passed_through(asked: Asked, rows: Catalogue) -> dict[str, list[str]]:
    sent = {"upstream": [f"{asked.method} {asked.target}, with the caller's own fields"]}
    if asked.reads:
        lasting = "for as long as its own fields say, and not without a lifetime or a validator"
        return sent | {
            "stored": [f"the answer to a GET, {lasting}; not if private, no-store or Vary: *"],
            "cost": ["1 upstream request when nothing is stored or it has to be validated, 0 while it is fresh"],
        }
    lines = ["what is stored of this target, of its Location and Content-Location, and of the groups the answer names"]
    if (meant := rows.meant(asked.path)) in rows.resources:
        lines.append(f"everything stored of {', '.join(sorted(rows.changed_by(meant)))}")
    return sent | {"drops": [] if asked.method == "OPTIONS" else lines, "cost": ["1 upstream request"]}
