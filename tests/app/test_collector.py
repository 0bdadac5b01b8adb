from __future__ import annotations

import gc

from gateway.app import collector


def test_old_objects_are_left_alone_and_new_ones_looked_at_less_often() -> None:
    before = gc.get_threshold()
    try:
        collector.spare()
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == 50_000
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
