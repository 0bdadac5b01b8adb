"""One notice on its way to one receiver: its record in the outbox, and where it stands there.

A delivery is in one of three states, and the state is its place: *waiting* under `WAITING`, with the moment it is due
in its key, so that the store's own order is the order of work; *dead* under `DEAD`, when its plan is at an end; and
*delivered*, when there is no record any more. No record holds a secret: it names the lane or app whose secret signs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from urllib.parse import urlsplit

from gateway.policy.names import AccountName, AppName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.policy.webhooks import payload

WAITING = "delivery"
DEAD = "dead_delivery"

_APP = "@"  # no subscription's name begins so
_END = "0"  # the character after "/"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is delivered, where and how often it was tried. `app` and `url` are of callbacks only.

    A lane is one receiver, which nothing in another lane waits for. `subject` is the object that an event is about.
    """

    id: str
    lane: str
    type: str
    account: str
    at: float
    subject: str
    body: str
    app: str | None = None
    url: str | None = None
    attempts: int = 0
    last: str | None = None


def to_subscription(notice: Notice, subscription: str) -> Delivery:
    """Make the delivery of a notice to a subscription."""
    return _delivery(notice, subscription)


def to_callback(notice: Notice, *, app: AppName, url: str) -> Delivery:
    """Make the delivery of a notice to an address that an app named."""
    parts = urlsplit(url)
    origin = sha256(f"{parts.scheme}://{parts.netloc}".lower().encode()).hexdigest()[:12]
    return _delivery(notice, f"{_APP}{app}@{origin}", app=app, url=url)


def added(delivery: Delivery, due: float) -> Edit:
    """The edit that puts a delivery into the outbox."""
    return Edit(WAITING, key(delivery, due), None, dump(delivery))


def key(delivery: Delivery, due: float) -> str:
    """Sort by lane, then by what is due first, then by when it happened."""
    return f"{delivery.lane}/{_micros(due)}/{_micros(delivery.at)}/{delivery.id}"


def buried(delivery: Delivery, *, why: str, now: float) -> Edit:
    """The edit that keeps a delivery as a dead letter: under a name that can stand in a URL, the oldest first."""
    name = sha256(key(delivery, 0.0).encode()).hexdigest()[:12]
    return Edit(DEAD, f"{_micros(now)}-{name}", None, dump(replace(delivery, last=why)))


def died_before(moment: float) -> str:
    """A key above those of all dead letters of before that moment, and below the others."""
    return _micros(moment)


def lane_of(record_key: str) -> str:
    """Read the lane in a key."""
    return record_key.partition("/")[0]


def due_at(record_key: str) -> float:
    """Read when a waiting delivery is due, in epoch seconds."""
    return _moment(record_key, 1)


def happened_at(record_key: str) -> float:
    """Read when the event of a waiting delivery happened, in epoch seconds."""
    return _moment(record_key, 2)


def died_at(record_key: str) -> float:
    """Read when a dead letter died, in epoch seconds."""
    return int(record_key.partition("-")[0]) / 1e6


def before(lane: str) -> str:
    """A key below all of a lane's, and above those of every earlier lane."""
    return lane + "/"


def beyond(lane: str) -> str:
    """A key above all of a lane's, and below those of every later lane."""
    return lane + _END


def is_callback(lane: str) -> bool:
    """Whether a lane is of an app's callbacks, and of no subscription."""
    return lane.startswith(_APP)


def dump(delivery: Delivery) -> str:
    """Write a record."""
    return json.dumps(
        {name: value for name, value in asdict(delivery).items() if value is not None}, separators=(",", ":")
    )


def load(record: str) -> Delivery | None:
    """Read a record; None where another version, or somebody else, wrote something else."""
    try:
        return Delivery(**json.loads(record))
    except (TypeError, ValueError):
        return None


def _moment(record_key: str, place: int) -> float:
    """Read a moment in a key; a key of another kind is as old as can be, so that it stops nobody."""
    try:
        return int(record_key.split("/")[place]) / 1e6
    except (IndexError, ValueError):
        return 0.0


def _micros(moment: float) -> str:
    return f"{round(max(0.0, moment) * 1e6):017d}"


def _delivery(notice: Notice, lane: str, *, app: str | None = None, url: str | None = None) -> Delivery:
    return Delivery(
        id=notice.id,
        lane=lane,
        type=notice.type,
        account=AccountName(notice.account),
        at=notice.at,
        subject=_subject(notice),
        body=payload.render(notice),
        app=app,
        url=url,
    )


def batch(due: Sequence[Delivery], *, most: int) -> Sequence[int]:
    """Choose by position what goes at the same time, of what is due in one lane: no two of one subject, so that first
    attempts keep their order."""
    first: dict[str, int] = {}
    for position, it in enumerate(due):
        first.setdefault(it.subject, position)
    return list(first.values())[:most]


def _subject(notice: Notice) -> str:
    """Name the object: the type without what happened to it, and the id of the row or job where there is one."""
    name = next((notice.data[key] for key in ("id", "job") if key in notice.data), "")
    return f"{notice.type.rpartition('.')[0]} {name}"
