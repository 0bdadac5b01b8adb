"""Every request that arrived: when, from whom, for what, and how it was answered."""

import json
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Arrival:
    """One request. `at` is the stamp of its arrival in seconds; `account` and `token_name` are empty while unknown;
    `status` and `api_code` are 0 until it is answered (and stay so if the connection was cut)."""

    at: float
    address: str
    account: str
    token_name: str
    method: str
    target: str
    accept: str
    status: int = 0
    api_code: int = 0

    @property
    def resource(self) -> str:
        """First segment of the path."""
        return self.target.partition("?")[0].strip("/").partition("/")[0]


class Journal(deque[Arrival]):
    """The last arrivals, oldest first; never more than its `maxlen`."""

    def __init__(self, bound: int = 200_000) -> None:
        super().__init__(maxlen=bound)

    def select(self, method: str | None = None, resource: str | None = None) -> list[Arrival]:
        """Arrivals of one method, of one resource, or both."""
        return [
            arrival for arrival in self if method in {None, arrival.method} and resource in {None, arrival.resource}
        ]

    @property
    def refused(self) -> list[Arrival]:
        """Arrivals refused by a limit (api code 11 or 12)."""
        return [arrival for arrival in self if arrival.api_code in {11, 12}]

    def worst_window(self, period: float) -> int:
        """The most requests, refused ones among them, that came from one address in any window (t - period, t]."""
        stamps: dict[str, list[float]] = {}
        for arrival in self:
            stamps.setdefault(arrival.address, []).append(arrival.at)
        return max((most_within(sorted(times), period) for times in stamps.values()), default=0)

    def summary(self, period: float, last: int) -> str:
        """The journal as JSON, with the last arrivals in full."""
        shown = list(self)[-last:] if last > 0 else []
        return json.dumps(
            {
                "requests": len(self),
                "worst_window": {"period": period, "requests": self.worst_window(period)},
                "by_resource": _counted(arrival.resource for arrival in self),
                "by_method": _counted(arrival.method for arrival in self),
                "by_account": _counted(arrival.account for arrival in self),
                "by_address": _counted(arrival.address for arrival in self),
                "by_status": _counted(str(arrival.status) for arrival in self),
                "refused": [asdict(arrival) for arrival in self.refused],
                "arrivals": [asdict(arrival) for arrival in shown],
            }
        )


def most_within(stamps: list[float], period: float) -> int:
    """The most of these sorted stamps in any window (t - period, t]."""
    most = first = 0
    for position, stamp in enumerate(stamps):
        while stamps[first] <= stamp - period:
            first += 1
        most = max(most, position - first + 1)
    return most


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())
