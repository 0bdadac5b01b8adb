"""What a metric is: a type, a name, labels with closed sets. Which there are is in `families.py`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.adapters.prometheus.labels import Label


class Type(StrEnum):
    """The metric types in use, by their OpenMetrics names."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric, its name without the prefix. Buckets are upper bounds in the family's unit."""

    name: str
    type: Type
    labels: tuple[Label, ...]
    help: str
    unit: str = ""
    buckets: tuple[float, ...] = ()
    at_zero: bool = False

    @property
    def stem(self) -> str:
        """The name that OpenMetrics gives the family; its samples carry the suffix."""
        return self.name.removesuffix("_total").removesuffix("_info")
