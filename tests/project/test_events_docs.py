"""`docs/events.md` tells of every resource how its changes are found, and of every quota event."""

from __future__ import annotations

import re

import pytest

from gateway.policy.events import noticeable
from gateway.policy.events.noticeable import Way
from gateway.policy.events.quotaevents import Occurrence
from tests.project.tree import ROOT

PAGE = (ROOT / "docs/events.md").read_text(encoding="utf-8")
ROWS = {
    Way.LIST: "the whole list",
    Way.MODIFIED: "`datemodifiedbegin`",
    Way.FULL: "all rows in one request, in every twelfth interval",
    Way.WRITES: "nothing:",
}


@pytest.mark.parametrize("way", list(Way))
def test_every_resource_is_listed_with_its_way(way: Way) -> None:
    (listed,) = re.findall(rf"(?m)^\| ([a-z, ]+) \| {re.escape(ROWS[way])}", PAGE)
    assert listed.split(", ") == sorted(name for name, rules in noticeable.load().items() if rules.way is way)
    assert way is not Way.FULL or {it.every for it in noticeable.load().values() if it.way is way} == {12}


@pytest.mark.parametrize("occurrence", list(Occurrence))
def test_every_quota_event_is_told(occurrence: Occurrence) -> None:
    assert f"- `{occurrence.type}`" in PAGE or f"and `{occurrence.type}`" in PAGE
