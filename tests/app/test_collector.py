"""The garbage collector looks at new objects only."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from gateway.app import collector


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_was_there_before_is_left_alone() -> None:
    standing = [{"name": str(number)} for number in range(1000)]
    collector.spare()
    assert gc.get_freeze_count() > len(standing)
    assert gc.get_threshold()[0] == 50_000
