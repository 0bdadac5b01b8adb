"""Metrics in the Prometheus formats: the table of families, plain counts, and the page they are scraped from."""

from gateway.adapters.prometheus.metrics import Metrics, Page
from gateway.adapters.prometheus.readings import Gauges, Names

__all__ = ["Gauges", "Metrics", "Names", "Page"]
