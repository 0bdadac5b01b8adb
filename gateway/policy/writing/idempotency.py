"""May a request with an Idempotency-Key be sent, or was it sent before? (draft-ietf-httpapi-idempotency-key-header-07)

Under its key a request leaves one record, which is made, and changed, before what it tells of happens:

    waiting   claimed, and not sent; free again when it is over, however it ends, or at `until`
    sent      it may have left; it has ended by `until` in any case, so from then on what came of it is unknown
    done      answered; the answer is given again until `until`
    lost      it may have arrived, and the answer never came; said so until `until`

Who sends goes from waiting to sent by a swap, so that one whose claim ran out meanwhile, and was taken by another,
cannot send any more. All times are those of the store.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from gateway.policy.caller import Caller
from gateway.policy.messages import Headers, Request, Response

FIELD = "idempotency-key"
KIND = "idempotency"
"""The kind of the records."""

METHODS = frozenset({"POST", "PUT", "PATCH"})
"""The methods whose key is heeded; the others can be repeated as they are (RFC 9110 §9.2.2), or read."""

KEPT = 86_400.0
"""Seconds for which an answer is given again."""

LONGEST_ANSWER = 1024 * 1024
"""Bytes of the longest body that is kept; an element of this service is a few kilobytes."""

_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])+)"')  # RFC 9651 §3.3.3
_BARE = re.compile(r"[!#-+\--:<-\[\]-~]+")  # what many clients send: visible characters but `"`, `,`, `;` and `\`
_LONGEST_KEY = 255
_UNREADABLE = ""
_NOT_KEPT = frozenset({"content-length", "set-cookie", "date"})


class Stage(StrEnum):
    """How far a request has come."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Record:
    """What is known under a key. `owner` tells one claim from another, `until` is epoch seconds of the store.

    `answer` is there when it is done; one that is too long to be kept is lost.
    """

    stage: Stage
    digest: str
    owner: str
    until: float
    answer: Response | None = None

    def sent(self, until: float) -> Record:
        return replace(self, stage=Stage.SENT, until=until)

    def waiting(self, until: float) -> Record:
        return replace(self, stage=Stage.WAITING, until=until)

    def lost(self, now: float) -> Record:
        return replace(self, stage=Stage.LOST, until=now + KEPT)

    def done(self, answer: Response, now: float) -> Record:
        """The answer, without what belongs to the connection or to one moment, and without cookies."""
        if len(answer.body) > LONGEST_ANSWER:
            return self.lost(now)
        kept = replace(answer, headers=answer.headers.end_to_end().without(_NOT_KEPT))
        return replace(self, stage=Stage.DONE, until=now + KEPT, answer=kept)


class Free(NamedTuple):
    """Nothing was sent under this key: claim it."""


class Running(NamedTuple):
    """The same request is under way, for at most so many seconds more."""

    left: float


class Different(NamedTuple):
    """The key belongs to another request."""


class Unknown(NamedTuple):
    """The same request was sent, and nobody knows its answer."""


class Again(NamedTuple):
    """The same request was answered so."""

    answer: Response


Standing = Free | Running | Different | Unknown | Again


def decide(record: Record | None, digest: str, now: float) -> Standing:
    """Say how a request with this digest stands to what is recorded under its key."""
    if record is None or forgotten(record, now):
        return Free()
    if record.digest not in (digest, _UNREADABLE):
        return Different()
    match record.stage:
        case Stage.WAITING:
            return Running(record.until - now)
        case Stage.SENT if record.until > now:
            return Running(record.until - now)
        case Stage.DONE if record.answer is not None:
            return Again(record.answer)
        case _:
            return Unknown()


def forgotten(record: Record, now: float) -> bool:
    """Does a record say nothing any more?"""
    kept = record.until + KEPT if record.stage is Stage.SENT else record.until
    return kept <= now


def key_of(field: str) -> str | None:
    """The key in a field value: a String (draft §2.1), or bare as many clients write it. None: malformed."""
    value = field.strip(" \t")
    if found := _STRING.fullmatch(value):
        key = re.sub(r"\\(.)", r"\1", found[1])
    elif _BARE.fullmatch(value):
        key = value
    else:
        return None
    return key if len(key) <= _LONGEST_KEY else None


def place(key: str, caller: Caller) -> str:
    """Where the record of a caller's key is. Keys are an app's own; credentials brought along have theirs apart.

    The account's own token is not part of it: it may be renewed between a request and its repetition.
    """
    credential = "" if caller.lent else caller.partition
    return _hashed(caller.account, caller.app, credential, key)


def digest(sent: Request) -> str:
    """What makes a request the same: method, target, and body."""
    return _hashed(sent.method, sent.target, hashlib.sha256(sent.body).hexdigest())


def dump(record: Record) -> str:
    """Write a record as text."""
    fields: list[object] = [1, record.stage.value, record.digest, record.owner, record.until]
    if record.answer is not None:
        answer = record.answer
        fields += [answer.status, list(answer.headers), base64.b64encode(answer.body).decode()]
    return json.dumps(fields, separators=(",", ":"))


def load(text: str) -> Record:
    """Read a record. What no version so far has written is a request of which nothing is known."""
    try:
        version, stage, request, owner, until, *answer = json.loads(text)
        if version != 1:
            raise ValueError(version)
        kept = Response(answer[0], Headers(map(tuple, answer[1])), base64.b64decode(answer[2])) if answer else None
        return Record(Stage(stage), request, owner, float(until), kept)
    except (IndexError, TypeError, ValueError):
        return Record(Stage.LOST, _UNREADABLE, "", math.inf)


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
