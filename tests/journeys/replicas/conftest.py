"""Replicas are started by a factory, as everything is that a journey needs."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.redis_server import require_redis
from tests.journeys.replicas import fleet
from tests.journeys.replicas.fleet import OpenFleet


@pytest.fixture
def open_fleet(stack: AsyncExitStack, tmp_path: Path) -> OpenFleet:
    """Start replicas: `fleet = await open_fleet(2, Setup(limit=20, period=2))`."""
    require_redis()
    return partial(fleet.open_fleet, stack, tmp_path)
