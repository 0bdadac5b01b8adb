"""Which jobs are taken up next: in order for each app and object, fair between apps, few at once.

Of the jobs that one app sent about one object only the oldest may be at work; different objects run side by side.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from gateway.policy.jobs.job import Job
from gateway.policy.names import AppName

AT_ONCE = 16
"""Jobs that stand in the gate's line, or are under way, for one replica: thousands that wait do not fill the line."""

OF_ONE_APP = 8
"""How many of them may be one app's."""


def heads(jobs: Iterable[Job]) -> list[Job]:
    """The oldest of the jobs that have not ended, for each app and object."""
    first: dict[tuple[AppName, str], Job] = {}
    for job in jobs:
        lane = (job.app, job.asked.about)
        if not job.ended and (lane not in first or job.asked.place < first[lane].asked.place):
            first[lane] = job
    return list(first.values())


def next_up(
    jobs: Iterable[Job],
    *,
    now: float,
    living: Collection[str],
    mine: Collection[str],
    paused: Mapping[AppName, float],
) -> list[Job]:
    """The jobs to take up now, in order.

    `living` are the other replicas that hold jobs, `mine` the ids of the jobs at work here; `paused` holds for each app
    the time until which none of its jobs is tried.
    """
    waiting: defaultdict[AppName, list[Job]] = defaultdict(list)
    at_work: Counter[AppName] = Counter()
    for job in heads(jobs):
        if job.id in mine:
            at_work[job.app] += 1
        elif job.holder not in living and job.due <= now and paused.get(job.app, now) <= now:
            waiting[job.app].append(job)
    for line in waiting.values():
        line.sort(key=lambda job: job.asked.place, reverse=True)
    chosen: list[Job] = []
    while len(mine) + len(chosen) < AT_ONCE:
        able = [app for app, line in waiting.items() if line and at_work[app] < OF_ONE_APP]
        if not able:
            break
        app = min(able, key=lambda name: (at_work[name], name))
        at_work[app] += 1
        chosen.append(waiting[app].pop())
    return chosen
