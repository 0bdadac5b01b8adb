"""How a case of the cache table is written: what is asked, what the origin would tell, and who must have answered.

Fields are one text, " | " between them. `@` and a number is an HTTP-date so many seconds from now, so that ages come
from arithmetic and nobody waits: a response stored with `Age: 90` and `max-age=60` is stale at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from typing import Any

_DATE = re.compile(r"@([+-]?\d+)")


class By(StrEnum):
    """Who has to answer a step."""

    ORIGIN = "origin"
    STORE = "store"
    NOBODY = "nobody"  # the origin is not asked, and what is stored is not used either
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class Step:
    """One request. `told` is the origin's answer, should it be asked: "404 | ETag: ..." or "close".

    `has`, `lacks`, `sent`, `unsent` are fields of the response and of the request at the origin. `marks` are
    parameters of Cache-Status. `body` None: the body of the step that was answered by the origin last.
    """

    by: By
    asked: str = ""
    told: str = ""
    method: str = "GET"
    path: str = ""
    status: int = 200
    body: str | None = None
    has: str = ""
    lacks: str = ""
    sent: str = ""
    unsent: str = ""
    marks: str = ""
    settles: int = 0  # requests in the background that have to arrive after the answer


@dataclass(frozen=True, slots=True)
class Case:
    """One behaviour; `must` is a requirement of the section named first, otherwise the RFC allows other ways too."""

    name: str
    steps: tuple[Step, ...] = field(repr=False)
    must: bool = True


def must(name: str, *steps: Step) -> Case:
    """A behaviour that the section demands."""
    return Case(name, steps)


def may(name: str, *steps: Step) -> Case:
    """A behaviour that the section allows, and that saves the upstream a request or the caller a failure."""
    return Case(name, steps, must=False)


def miss(told: str = "", asked: str = "", **more: Any) -> Step:
    """The origin answers."""
    return Step(By.ORIGIN, asked, told, **more)


def hit(asked: str = "", **more: Any) -> Step:
    """What is stored answers."""
    return Step(By.STORE, asked, **more)


def fields(text: str, now: float) -> list[tuple[str, str]]:
    """Read fields written as one text."""
    dated = _DATE.sub(lambda found: formatdate(now + int(found[1]), usegmt=True), text)
    pairs = (line.partition(": ") for line in dated.split(" | ") if line)
    return [(name.rstrip(":"), value) for name, _, value in pairs]
