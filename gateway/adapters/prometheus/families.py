"""Which metrics there are: one table. `docs/metrics.md` is generated from it, and nothing else makes a family.

A label takes its values from a closed set; any other value is counted as `other`, so that no caller, path
or upstream answer can add a series. Label sets that are small start at zero (`at_zero`).
"""

from __future__ import annotations

from gateway.adapters.prometheus.family import Family, Type
from gateway.adapters.prometheus.labels import (
    ACCOUNT,
    ANSWER,
    API_CODE,
    APP,
    BUDGET,
    CAUSE,
    CLOSED,
    CODE,
    DELIVERED,
    EGRESS,
    EVICTED,
    FARES,
    FORMAT,
    JOB,
    KIND,
    LEDGER,
    METHOD,
    NOTICED,
    OUTCOME,
    OUTSTANDING,
    PRIORITY,
    REFUSED,
    RESOURCE,
    SOURCE,
    SUBSCRIPTION,
    VERIFIED,
    WAITED,
    WINDOW,
)

PREFIX = "intervals_gateway_"

__all__ = ["BY_NAME", "FAMILIES", "PREFIX", "Family", "Type"]

_ANSWER_TIMES = (0.0005, 0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 60.0)
_WAITS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
_UPSTREAM_TIMES = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

FAMILIES: tuple[Family, ...] = (
    Family(
        "requests_total", Type.COUNTER, (APP, RESOURCE, METHOD, CODE), "Requests received from callers.", "requests"
    ),
    Family(
        "request_duration_seconds",
        Type.HISTOGRAM,
        (APP, OUTCOME),
        "Time from a request's arrival to its answer, waiting included; exemplars carry the trace id.",
        "seconds",
        _ANSWER_TIMES,
    ),
    Family(
        "cache_answers_total",
        Type.COUNTER,
        (RESOURCE, ANSWER, FORMAT),
        "Reads by how the cache answered; only miss and bypass spend quota.",
    ),
    Family("cache_entries", Type.GAUGE, (), "Entries stored now.", "entries", at_zero=True),
    Family("cache_bytes", Type.GAUGE, (), "Bytes the stored entries hold now.", "bytes", at_zero=True),
    Family("cache_evictions_total", Type.COUNTER, (EVICTED,), "Entries that left the store, by why.", at_zero=True),
    Family(
        "invalidations_total", Type.COUNTER, (RESOURCE, CAUSE), "Times a resource's entries were dropped as untrue."
    ),
    Family(
        "verifications_total",
        Type.COUNTER,
        (RESOURCE, VERIFIED),
        "Answers selected from whole lists that were also asked of the upstream, by how they compared.",
    ),
    Family(
        "upstream_requests_total",
        Type.COUNTER,
        (ACCOUNT, APP, RESOURCE, METHOD),
        "Requests sent to the upstream: the quota spent, by whom and on what.",
        "requests",
    ),
    Family(
        "upstream_responses_total",
        Type.COUNTER,
        (ACCOUNT, CODE, API_CODE),
        "Answers of the upstream by status and its own error code.",
    ),
    Family(
        "upstream_duration_seconds",
        Type.HISTOGRAM,
        (RESOURCE,),
        "Time from sending a request to the upstream to the end of its answer.",
        "seconds",
        _UPSTREAM_TIMES,
    ),
    Family("quota_limit_requests", Type.GAUGE, (BUDGET, WINDOW), "Requests a window allows.", "requests"),
    Family(
        "quota_used_requests", Type.GAUGE, (BUDGET, WINDOW, SOURCE), "Requests counted in the window now.", "requests"
    ),
    Family(
        "quota_reset_timestamp_seconds", Type.GAUGE, (ACCOUNT,), "When the account's day ends, epoch time.", "seconds"
    ),
    Family(
        "quota_exhaustion_timestamp_seconds",
        Type.GAUGE,
        (ACCOUNT,),
        "When the account's day is forecast to be spent, epoch time; +Inf when it lasts until its reset.",
        "seconds",
    ),
    Family(
        "quota_foreign_requests_total",
        Type.COUNTER,
        (ACCOUNT,),
        "Requests the upstream counted that the gateway did not send.",
        "requests",
        at_zero=True,
    ),
    Family(
        "ledger_state",
        Type.GAUGE,
        (LEDGER,),
        "1 for how the record of what was spent is kept now, else 0; while it is away only a safe share is sent.",
        at_zero=True,
    ),
    Family(
        "egress_pause_seconds",
        Type.GAUGE,
        (EGRESS,),
        "Time for which nothing is sent yet, because the upstream said that requests come too fast.",
        "seconds",
        at_zero=True,
    ),
    Family(
        "upstream_in_flight_requests",
        Type.GAUGE,
        (EGRESS,),
        "Requests sent and not answered yet.",
        "requests",
        at_zero=True,
    ),
    Family("queue_requests", Type.GAUGE, (EGRESS, PRIORITY), "Requests waiting in line.", "requests", at_zero=True),
    Family(
        "queue_wait_seconds",
        Type.HISTOGRAM,
        (APP, WAITED),
        "Time spent in line by the requests that lined up.",
        "seconds",
        _WAITS,
    ),
    Family(
        "refusals_total",
        Type.COUNTER,
        (APP, REFUSED),
        "Requests that ended in a fault; the reasons that say not now start at zero.",
        at_zero=True,
    ),
    Family(
        "account_closed",
        Type.GAUGE,
        (ACCOUNT, CLOSED),
        "1 while the account is closed for this reason, else 0.",
        at_zero=True,
    ),
    Family("notices_total", Type.COUNTER, (ACCOUNT, NOTICED), "Events made known, however many subscribe to them."),
    Family("jobs", Type.GAUGE, (JOB,), "Jobs that wait, run or are kept after their end.", "jobs", at_zero=True),
    Family(
        "telemetry_dropped_total",
        Type.COUNTER,
        (KIND,),
        "Log lines and spans that were lost, and observations counted as other because a family was full.",
        at_zero=True,
    ),
    Family(
        "config_last_reload_successful",
        Type.GAUGE,
        (),
        "1 if the configuration was right when it was last read, 0 if it was refused and the one before is in force.",
        at_zero=True,
    ),
    Family(
        "config_last_reload_success_timestamp_seconds",
        Type.GAUGE,
        (),
        "When the configuration in force was read, epoch time.",
        "seconds",
        at_zero=True,
    ),
    Family(
        "webhook_deliveries_total",
        Type.COUNTER,
        (SUBSCRIPTION, DELIVERED),
        "Attempts to deliver a webhook by how they ended, and deliveries that were given up.",
        at_zero=True,
    ),
    Family(
        "webhook_backlog_deliveries",
        Type.GAUGE,
        (OUTSTANDING,),
        "Deliveries in the outbox, and dead letters.",
        "deliveries",
        at_zero=True,
    ),
    Family(
        "webhook_subscriptions",
        Type.GAUGE,
        (SUBSCRIPTION, FARES),
        "Subscriptions by how they fare; those made while running are counted together.",
        "subscriptions",
        at_zero=True,
    ),
    Family(
        "webhook_oldest_seconds",
        Type.GAUGE,
        (),
        "Age of the oldest event that waits to be delivered; 0 when none does.",
        "seconds",
        at_zero=True,
    ),
    Family("build_info", Type.INFO, (), "Version of the gateway and of its Python.", at_zero=True),
)

BY_NAME = {family.name: family for family in FAMILIES}
