"""Counts kept as plain integers and turned into samples only at scrape: a cached hit pays for additions, no more.

Everything here is changed and read on the event loop's thread alone, hence no lock.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import accumulate, product
from typing import Generic, TypeVar

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, Exemplar, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString

from gateway.adapters.prometheus.families import PREFIX, Family
from gateway.adapters.prometheus.labels import OTHER

Domains = Mapping[str, Collection[str]]
"""The values of the labels that have no set of their own: names of the configuration and of the catalogue."""


class LabelSets:
    """The closed sets of a family's labels."""

    def __init__(self, family: Family, domains: Domains) -> None:
        self._values = [label.values or tuple(sorted(domains[label.name])) for label in family.labels]
        self._sets = [frozenset(values) for values in self._values]

    def fold(self, values: Iterable[str]) -> tuple[str, ...]:
        """Replace every value outside its label's set by `other`."""
        return tuple(value if value in known else OTHER for value, known in zip(values, self._sets, strict=True))

    def product(self) -> Iterable[tuple[str, ...]]:
        """Every combination there can be: for families whose sets are small."""
        return product(*self._values)


class Count:
    """A counter."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value = 0


class Spread:
    """A histogram: one count for each bucket (not cumulative), the sum, and the latest exemplar of each bucket.

    An exemplar is kept as (traceparent, value, epoch seconds) and read only at scrape.
    """

    __slots__ = ("bounds", "counts", "exemplars", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0
        self.exemplars: list[tuple[str, float, float] | None] = [None] * (len(bounds) + 1)

    def add(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def add_all(self, values: Iterable[tuple[str, float, float]]) -> None:
        """Add values that come as exemplars; the last in each bucket stays as its exemplar."""
        bounds, counts, exemplars = self.bounds, self.counts, self.exemplars
        for it in values:
            bucket = bisect_left(bounds, it[1])
            counts[bucket] += 1
            self.total += it[1]
            exemplars[bucket] = it

    def buckets(self) -> list[tuple[str, float] | tuple[str, float, Exemplar]]:
        """The cumulative buckets as prometheus_client takes them, `+Inf` last."""
        names = [*map(floatToGoString, self.bounds), "+Inf"]
        rows: list[tuple[str, float] | tuple[str, float, Exemplar]] = []
        for name, count, latest in zip(names, accumulate(self.counts), self.exemplars, strict=True):
            exemplar = _exemplar(*latest) if latest is not None else None
            rows.append((name, count) if exemplar is None else (name, count, exemplar))
        return rows


Cell = TypeVar("Cell", Count, Spread)


class Tally(Generic[Cell]):
    """The cells of one family by their label values.

    A family grows to `limit` series; an observation that would need one more is counted in the series whose
    labels are all `other`, and in `lost`.
    """

    def __init__(self, family: Family, make: Callable[[], Cell]) -> None:
        self.family = family
        self.lost = 0
        self.cells: dict[tuple[str, ...], Cell] = {}
        self._make: Callable[[], Cell] = make
        self._overflow: Cell | None = None

    def learn(self, domains: Domains, *, limit: int) -> None:
        """Take the names of a configuration; series of names that are gone keep their counts."""
        self.sets = LabelSets(self.family, domains)
        self._limit = limit

    def at(self, *values: str) -> Cell:
        """Find or make the cell of these label values."""
        key = self.sets.fold(values)
        cell = self.cells.get(key)
        if cell is None and len(self.cells) < self._limit:
            cell = self.cells[key] = self._make()
        return cell or self._overflowing(key)

    def overflows(self, cell: Cell) -> bool:
        """Tell whether this cell stands for label values that found no room."""
        return cell is self._overflow

    def begin(self, *values: Iterable[str]) -> None:
        """Start every combination of these values at zero."""
        for combination in product(*values):
            self.at(*combination)

    def _overflowing(self, key: tuple[str, ...]) -> Cell:
        self.lost += 1
        if self._overflow is None:
            self._overflow = self.cells.setdefault((OTHER,) * len(key), self._make())
        return self._overflow


def counters(tally: Tally[Count]) -> Metric:
    """Render a family of counters."""
    family = tally.family
    names = [label.name for label in family.labels]
    metric = CounterMetricFamily(PREFIX + family.name, family.help, labels=names, unit=family.unit)
    for labels, cell in tally.cells.items():
        metric.add_metric(labels, cell.value)
    return metric


def histograms(tally: Tally[Spread]) -> Metric:
    """Render a family of histograms."""
    family = tally.family
    names = [label.name for label in family.labels]
    metric = HistogramMetricFamily(PREFIX + family.name, family.help, labels=names, unit=family.unit)
    for labels, cell in tally.cells.items():
        metric.add_metric(labels, cell.buckets(), cell.total)
    return metric


def gauges(family: Family, readings: Mapping[tuple[str, ...], float]) -> Metric:
    """Render a family of gauges."""
    names = [label.name for label in family.labels]
    metric = GaugeMetricFamily(PREFIX + family.name, family.help, labels=names, unit=family.unit)
    for labels, value in readings.items():
        metric.add_metric(labels, value)
    return metric


def _exemplar(traceparent: str, value: float, at: float) -> Exemplar | None:
    """Point to a trace by the id in its traceparent (W3C Trace Context §3.2.2); None where that is not one."""
    parts = traceparent.split("-")
    if len(parts) < 4 or len(parts[1]) != 32:
        return None
    return Exemplar({"trace_id": parts[1]}, value, at)
