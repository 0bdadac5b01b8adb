"""The end of a job: written once, in one swap with its result and with the deliveries that tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

from gateway.exchange.jobs.store import JobStore
from gateway.policy.jobs import callback
from gateway.policy.jobs.job import Job, State, ended
from gateway.policy.jobs.notice import notice
from gateway.policy.jobs.verdict import Ended
from gateway.policy.names import AppName
from gateway.policy.records import Edit
from gateway.ports import Outbox, Tell

Callbacks = Callable[[AppName], Sequence[str]]
"""Where the callbacks of an app may go, as prefixes; nowhere for one that is not configured (any more)."""


class JobEnds:
    """Ends jobs, whoever decides it: the runner that has the answer, or a caller who cancels.

    `kept` counts the ended jobs that are kept, by state; the runner counts anew when it sweeps.
    """

    def __init__(self, store: JobStore, *, outbox: Outbox, callbacks: Callbacks, tell: Tell) -> None:
        self._store = store
        self._outbox = outbox
        self._callbacks = callbacks
        self._tell = tell
        self.kept: Counter[State] = Counter()

    async def __call__(self, job: Job, verdict: Ended) -> bool:
        """End a job as it stands; False if it does not stand so any more. Raises `RecordsAway`."""
        status = None if verdict.result is None else verdict.result.status
        after = ended(job, verdict.state, now=await self._store.now(), why=verdict.why, status=status)
        if not await self._store.end(job, after, verdict.result, partial(self._telling, after, verdict)):
            return False
        self.kept[after.state] += 1
        self._outbox.wake()
        self._tell(
            "job_ended",
            job=job.id,
            app=job.app,
            account=job.account,
            resource=job.asked.resource,
            method=job.asked.method,
            state=after.state.value,
            status=status,
            request_id=job.asked.request_id,
        )
        return True

    def _telling(self, job: Job, verdict: Ended) -> Sequence[Edit]:
        """The event for all who subscribe to it, and the callback unless the configuration has come to forbid it."""
        told, url = notice(job, verdict.result), job.asked.callback
        edits = list(self._outbox.posting(told))
        if url is not None and callback.allowed(url, self._callbacks(job.app)):
            edits += self._outbox.calling_back(told, app=job.app, url=url)
        return edits
