"""The readings name the families that they fill."""

from __future__ import annotations

from dataclasses import fields

from gateway.adapters.prometheus import Gauges
from gateway.adapters.prometheus.families import BY_NAME, FAMILIES, Type
from tests.adapters.prometheus.making import NAMES


def test_every_gauge_has_its_reading() -> None:
    readings = {field.name for field in fields(Gauges)}
    assert {family.name for family in FAMILIES if family.type is Type.GAUGE} <= readings <= BY_NAME.keys()


def test_a_budget_is_the_egress_or_an_account() -> None:
    assert NAMES.domains()["budget"] == {"acme", "office"}


def test_the_limit_grows_with_the_apps() -> None:
    assert NAMES.limit() == 360
