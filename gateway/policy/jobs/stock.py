"""How many jobs an app has, how much they hold, and whether it may have one more.

One record for each app counts them. It changes in the same swap as the jobs it counts, and gives each job its place.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs import result as job_result
from gateway.policy.jobs.result import Result
from gateway.policy.names import AppName

MOST_KEPT = 100_000
"""Jobs of one app that are kept, ended ones among them; more are refused. All of a week's requests fit in."""

MOST_HELD = 512 * 1024 * 1024
"""Characters of one app's requests and results that are kept: no job is taken on beyond, and no result's body kept."""


class Stock(NamedTuple):
    """How many jobs an app ever had, how many of them ended, and how many were forgotten as of the last count.

    `held` counts the characters of the requests and results that are kept.
    """

    accepted: int = 0
    ended: int = 0
    forgotten: int = 0
    held: int = 0

    def check(self, app: AppName, *, most: int, request: str) -> None:
        """Raise `Fault` where an app may not have one more, with this request; `most` may be open."""
        if (waiting := self.accepted - self.ended) >= most:
            detail = f"{waiting} jobs of app {app} have not ended, and no more are taken on"
            raise Fault(Kind.TOO_MANY_JOBS, detail, retry_after=60.0)
        if (kept := self.accepted - self.forgotten) >= MOST_KEPT:
            detail = f"{kept} jobs of app {app} are kept, each for 7 days after its end, and no more are taken on"
            raise Fault(Kind.TOO_MANY_JOBS, detail, retry_after=3600.0)
        if self.held + len(request) > MOST_HELD:
            detail = f"what is kept of the jobs of app {app}, requests and results, is too much for one more"
            raise Fault(Kind.TOO_MANY_JOBS, detail, retry_after=3600.0)

    def one_more(self, request: str) -> Stock:
        """A job was accepted."""
        return self._replace(accepted=self.accepted + 1, held=self.held + len(request))

    def one_ended(self, request: str | None, result: Result | None) -> tuple[Stock, str | None]:
        """A job has ended; and the record of its result, without its body where there is no room for that."""
        held = max(0, self.held - len(request or ""))
        text = None if result is None else job_result.text(result)
        if result is not None and text is not None and held + len(text) > MOST_HELD:
            text = job_result.text(job_result.without_body(result))
        return self._replace(ended=self.ended + 1, held=held + len(text or "")), text

    def without(self, result: str) -> Stock:
        """A result is deleted."""
        return self._replace(held=max(0, self.held - len(result)))

    def counted(self, kept: int) -> Stock | None:
        """So many ended jobs were found to be kept; None where no job of the app is left."""
        if not kept and self.accepted == self.ended:
            return None
        return self._replace(forgotten=max(0, self.ended - kept))


def read(record: str | None) -> Stock:
    """Read a record; no record is an app without jobs."""
    return Stock() if record is None else Stock(*json.loads(record))


def text(stock: Stock) -> str:
    """Write a record."""
    return json.dumps(stock)
