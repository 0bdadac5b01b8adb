"""Who is told of finished requests: the metrics, usage, the access log, and spans where traces are exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.adapters.logs import Log
from gateway.adapters.prometheus import Metrics
from gateway.app.tracing import Spans
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.messages import Request, Response
from gateway.policy.quota.usage import Usage
from gateway.policy.trace import Trace


@dataclass(frozen=True, slots=True)
class Observing:
    """Tells all of each request once; `again` does the same for hits that were given again, many at a time."""

    metrics: Metrics
    usage: Usage
    log: Log
    spans: Spans | None

    def __call__(self, trace: Trace, request: Request | None, response: Response | None) -> None:
        self.metrics.observe(trace)
        self.usage.add(trace)
        size = 0 if response is None else len(response.body)
        self.log.access(trace, target="" if request is None else request.target, size=size)
        if self.spans is not None:
            self.spans.observe(trace)

    def again(self, first: First, times: Sequence[Repetition]) -> None:
        self.metrics.observe_again(first.trace, times)
        self.usage.add(first.trace, times=len(times))
        self.log.access_again(times)
        if self.spans is not None:
            for it in times:
                self.spans.observe(it.trace())
