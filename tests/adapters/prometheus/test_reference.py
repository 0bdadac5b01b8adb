"""The reference page says all that the table holds."""

from __future__ import annotations

from gateway.adapters.prometheus.families import FAMILIES, PREFIX
from gateway.adapters.prometheus.reference import reference


def test_every_family_and_label_is_described() -> None:
    page = reference()
    for family in FAMILIES:
        assert f"`{PREFIX}{family.name}`" in page
        assert family.help in page
        for label in family.labels:
            assert f"| `{label.name}`" in page
            assert label.meaning in page


def test_long_sets_are_not_listed() -> None:
    assert "`599`" not in reference()
    assert "`quota_spent`" in reference()
