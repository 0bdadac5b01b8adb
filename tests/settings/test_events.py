"""What is configured of events."""

from __future__ import annotations

from pathlib import Path

from tests.settings.files import MINIMAL, loaded


def test_the_defaults(tmp_path: Path) -> None:
    events = loaded(tmp_path).events
    assert (events.interval, events.share, events.warn) == (300.0, 0.05, (0.8, 0.95))


def test_looks_and_warnings_can_be_left_out(tmp_path: Path) -> None:
    events = loaded(tmp_path, MINIMAL + '[events]\ninterval = "0s"\nwarn = []\n').events
    assert (events.interval, events.warn) == (0.0, ())
