"""What came of one run: from the upstream's own journal and from what the callers saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as its caller saw it: the app, when it was answered (epoch seconds), how long it took, the status."""

    app: str
    at: float
    waited: float
    status: int


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    utilisation: float
    overruns: int
    worst_window: int
    fairness: float
    waits: tuple[float, float, float]
    failed: int


def result(
    heard: Sequence[Heard],
    arrivals: Sequence[Mapping[str, Any]],
    *,
    apps: Sequence[str],
    since: float,
    until: float,
    limit: int,
    period: float,
) -> Result:
    """Judge a run. Overruns and the worst window are of the whole run, all else of the time between two moments."""
    served = [it for it in arrivals if it["status"] == 200 and since < it["at"] <= until]
    answered = [it for it in heard if it.status == 200 and since < it.at <= until]
    waits = sorted(it.waited for it in answered)
    return Result(
        utilisation=len(served) / (limit * (until - since) / period),
        overruns=sum(it["api_code"] == 12 for it in arrivals),
        worst_window=worst_window([it["at"] for it in arrivals], period),
        fairness=jain([sum(it.app == app for it in answered) for app in apps]),
        waits=(quantile(waits, 0.5), quantile(waits, 0.95), waits[-1] if waits else 0.0),
        failed=sum(it.status != 200 for it in heard),
    )


def worst_window(stamps: Sequence[float], period: float) -> int:
    """The most stamps in any window (t - period, t]."""
    ordered, first, most = sorted(stamps), 0, 0
    for position, stamp in enumerate(ordered):
        while ordered[first] <= stamp - period:
            first += 1
        most = max(most, position - first + 1)
    return most


def jain(rates: Sequence[float]) -> float:
    """Jain's index: 1 where all are equal, 1/n where one has everything."""
    squares = sum(rate * rate for rate in rates)
    return sum(rates) ** 2 / (len(rates) * squares) if squares else 0.0


def quantile(ordered: Sequence[float], part: float) -> float:
    """The value that so large a part does not exceed."""
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def table(results: Mapping[str, Result]) -> str:
    """All results as Markdown."""
    lines = [
        "| | utilisation | overruns | worst window | Jain's index | wait p50 s | p95 s | longest s | failed |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, it in results.items():
        median, high, longest = it.waits
        lines.append(
            f"| {name} | {it.utilisation:.1%} | {it.overruns} | {it.worst_window} | {it.fairness:.3f} "
            f"| {median:.1f} | {high:.1f} | {longest:.1f} | {it.failed} |"
        )
    return "\n".join([*lines, ""])
