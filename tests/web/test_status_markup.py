from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest

from gateway.web.status_markup import Html, cell, meter, section, span, table, time


def test_what_is_written_is_escaped_and_numbers_are_grouped() -> None:
    assert [cell("<a>"), cell(Html("<b/>")), cell(12_345)] == ["&lt;a&gt;", "<b/>", "12,345"]


def test_a_table_names_its_columns_its_rows_and_itself() -> None:
    wide = ET.fromstring(table("Some & more", ("App", "Sent", "Saved"), [("tool", 1, "two")], "None."))
    assert (wide.tag, wide.attrib["aria-label"], wide.attrib["tabindex"]) == ("div", "Some & more", "0")
    assert [it.attrib.get("scope") for it in wide.iter("th")] == ["col", "col", "col", "row"]
    assert [it.attrib.get("class") for it in wide.iter("td")] == ["number", None]
    assert ET.fromstring(table("Few", ("App", "Sent"), [("tool", 1)], "None.")).tag == "table", "it need not scroll"
    assert table("Few", ("App", "Sent"), [], "None.") == "<p>None.</p>"


def test_a_section_is_known_by_its_heading() -> None:
    made = ET.fromstring(section("line", "The line", "<p>x</p>", more=' class="wide"'))
    assert (made.attrib["aria-labelledby"], made[0].attrib["id"], made.attrib["class"]) == ("line", "line", "wide")


def test_without_a_limit_there_is_no_bar() -> None:
    assert "<svg" not in meter("Day", 5, 0, "5 used")
    assert 'aria-valuenow="5"' in meter("Day", 9, 5, "9 of 5")


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.0, "0 s"), (0.2, "1 s"), (65.0, "1 min 5 s"), (3_700.0, "1 h 1 min"), (math.inf, "for ever")],
)
def test_a_span_is_told_in_its_larger_units(seconds: float, told: str) -> None:
    assert span(seconds) == told


def test_a_moment_is_for_people_and_programs() -> None:
    assert time(1_728_043_199.0) == '<time datetime="2024-10-04T11:59:59Z">11:59:59</time>'
