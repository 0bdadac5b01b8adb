"""Cells by their labels, the limit of a family, and exemplars."""

from __future__ import annotations

import pytest

from gateway.adapters.prometheus.families import Family, Type
from gateway.adapters.prometheus.labels import Label
from gateway.adapters.prometheus.tallies import Count, LabelSets, Spread, Tally, counters, gauges, histograms

SIZE = Label("size", "", ("small", "large"))
COLOUR = Label("colour", "")
FAMILY = Family("things_total", Type.COUNTER, (COLOUR, SIZE), "Things.")
DOMAINS = {"colour": {"red", "blue"}}


def tally(limit: int) -> Tally[Count]:
    made = Tally(FAMILY, Count)
    made.learn(DOMAINS, limit=limit)
    return made


@pytest.mark.parametrize(
    ("given", "folded"),
    [
        (("red", "small"), ("red", "small")),
        (("green", "small"), ("other", "small")),
        (("red", "RED"), ("red", "other")),
        (("", "none"), ("other", "other")),
    ],
)
def test_values_outside_their_set_are_folded(given: tuple[str, str], folded: tuple[str, str]) -> None:
    assert LabelSets(FAMILY, DOMAINS).fold(given) == folded


def test_labels_of_the_wrong_number_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        tally(9).at("red")


def test_begin_makes_every_combination() -> None:
    made = tally(9)
    made.begin(["red", "blue"], ["small"])
    assert set(made.cells) == {("red", "small"), ("blue", "small")}
    assert set(LabelSets(FAMILY, DOMAINS).product()) > set(made.cells)


def test_a_full_family_counts_the_rest_together() -> None:
    made = tally(2)
    for colour, size in [("red", "small"), ("red", "large"), ("blue", "small"), ("blue", "large"), ("red", "small")]:
        made.at(colour, size).value += 1
    assert {labels: cell.value for labels, cell in made.cells.items()} == {
        ("red", "small"): 2,
        ("red", "large"): 1,
        ("other", "other"): 2,
    }
    assert made.lost == 2
    assert made.overflows(made.cells["other", "other"])
    assert [sample.value for sample in counters(made).samples] == [2, 1, 2]


def test_gauges_carry_their_labels() -> None:
    family = Family("level", Type.GAUGE, (COLOUR,), "Level.")
    (sample,) = gauges(family, {("red",): 2.5}).samples
    assert (sample.name, sample.labels, sample.value) == ("intervals_gateway_level", {"colour": "red"}, 2.5)


@pytest.mark.parametrize("traceparent", ["", "00", "00-1-2-3", "a-b-c-d"])
def test_a_broken_traceparent_is_no_exemplar(traceparent: str) -> None:
    spread = Spread((1.0,))
    spread.exemplars[0] = (traceparent, 0.5, 1.0)
    assert spread.buckets() == [("1.0", 0), ("+Inf", 0)]


def test_a_bound_belongs_to_its_bucket() -> None:
    family = Family("wait_seconds", Type.HISTOGRAM, (), "Wait.", "seconds", (1.0, 2.0))
    made = Tally(family, lambda: Spread(family.buckets))
    made.learn({}, limit=1)
    for value in (1.0, 1.5, 9.0):
        made.at().add(value)
    assert made.at().buckets() == [("1.0", 1), ("2.0", 2), ("+Inf", 3)]
    assert [sample.value for sample in histograms(made).samples] == [1, 2, 3, 3, 11.5]
