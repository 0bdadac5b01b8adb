"""`docs/metrics.md` is what the table of metrics says today."""

from __future__ import annotations

from gateway.adapters.prometheus.reference import reference
from tests.project.tree import ROOT


def test_the_page_of_metrics_is_up_to_date() -> None:
    assert (ROOT / "docs/metrics.md").read_text(encoding="utf-8") == reference(), "run: make docs"
