"""What is configured of events."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.files import MINIMAL, loaded, mistakes


def test_the_defaults_cost_little(tmp_path: Path) -> None:
    rules = loaded(tmp_path).events
    assert (float(rules.interval), rules.share, rules.warn) == (300.0, 0.05, (0.8, 0.95))


@pytest.mark.parametrize("key", ["share = 1.5", "warn = [0.5, 1.0]", "warn = [0.0]", 'interval = "often"'])
def test_what_is_out_of_bounds_is_told(tmp_path: Path, key: str) -> None:
    [told] = mistakes(tmp_path, f"{MINIMAL}[events]\n{key}\n")
    assert told.startswith(f"events.{key.partition(' ')[0]}")
