"""Labels are closed: each has its set, or takes names of the configuration and the catalogue."""

from __future__ import annotations

import pytest

from gateway.adapters.prometheus import labels
from gateway.adapters.prometheus.labels import Label
from gateway.adapters.prometheus.readings import Names

LABELS = [it for it in vars(labels).values() if isinstance(it, Label)]
NAMED = Names(frozenset(), frozenset(), frozenset(), frozenset()).domains()


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.name)
def test_a_label_has_a_closed_set_and_says_what_it_means(label: Label) -> None:
    assert label.meaning
    assert bool(label.values) != (label.name in NAMED)
    assert len(set(label.values)) == len(label.values)
