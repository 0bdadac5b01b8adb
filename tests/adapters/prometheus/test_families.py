"""The table keeps to the naming rules of Prometheus and to the closed sets of the policy."""

from __future__ import annotations

import pytest

from gateway.adapters.prometheus.families import FAMILIES, PREFIX, Family, Type


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_a_family_is_named_by_the_rules(family: Family) -> None:
    assert family.name.endswith("_total") == (family.type is Type.COUNTER)
    assert family.name.endswith("_info") == (family.type is Type.INFO)
    assert not family.unit or family.stem.endswith(f"_{family.unit}") or family.stem == family.unit
    assert bool(family.buckets) == (family.type is Type.HISTOGRAM)
    assert list(family.buckets) == sorted(set(family.buckets))
    assert family.help.endswith(".")
    assert not family.name.startswith(PREFIX)


def test_names_are_unique() -> None:
    assert len({family.stem for family in FAMILIES}) == len(FAMILIES)
