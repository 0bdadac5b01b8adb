"""What the metrics are given: the names that may be labels, and what is so at the moment of a scrape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Names:
    """The label values that the configuration and the catalogue give."""

    apps: frozenset[str]
    accounts: frozenset[str]
    egresses: frozenset[str]
    resources: frozenset[str]
    subscriptions: frozenset[str] = frozenset()

    def domains(self) -> dict[str, frozenset[str]]:
        return {
            "app": self.apps,
            "account": self.accounts,
            "egress": self.egresses,
            "budget": self.accounts | self.egresses,
            "resource": self.resources,
            "subscription": self.subscriptions,
        }

    def limit(self) -> int:
        """How many series a family may have: far more than real traffic needs, 1,000 with 10 apps."""
        return 200 + 80 * len(self.apps)


@dataclass(frozen=True, slots=True)
class Gauges:
    """What is so now and what others have counted, read at scrape. Fields are named after their families.

    Keys are the label values in the order of the family's labels, a plain string where there is one label. Times
    are epoch seconds (`math.inf`: never). `account_closed` and `ledger_state` need only what is so, each with 1.
    """

    cache_entries: int = 0
    cache_bytes: int = 0
    cache_evictions_total: Mapping[str, int] = field(default_factory=dict)
    queue_requests: Mapping[tuple[str, str], int] = field(default_factory=dict)
    quota_limit_requests: Mapping[tuple[str, str], int] = field(default_factory=dict)
    quota_used_requests: Mapping[tuple[str, str, str], int] = field(default_factory=dict)
    quota_reset_timestamp_seconds: Mapping[str, float] = field(default_factory=dict)
    quota_exhaustion_timestamp_seconds: Mapping[str, float] = field(default_factory=dict)
    account_closed: Mapping[tuple[str, str], int] = field(default_factory=dict)
    ledger_state: Mapping[str, int] = field(default_factory=dict)
    egress_pause_seconds: Mapping[str, float] = field(default_factory=dict)
    upstream_in_flight_requests: Mapping[str, int] = field(default_factory=dict)
    config_last_reload_successful: int = 1
    config_last_reload_success_timestamp_seconds: float = 0.0
    telemetry_dropped_total: Mapping[str, int] = field(default_factory=dict)
    webhook_deliveries_total: Mapping[tuple[str, str], int] = field(default_factory=dict)
    webhook_backlog_deliveries: Mapping[str, int] = field(default_factory=dict)
    webhook_subscriptions: Mapping[tuple[str, str], int] = field(default_factory=dict)
    webhook_oldest_seconds: float = 0.0
    jobs: Mapping[str, int] = field(default_factory=dict)
