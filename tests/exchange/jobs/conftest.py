"""A house that runs jobs, for the tests of the runner."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.fakes.exchange import Exchange
from tests.fakes.jobs import JobHouse


@pytest.fixture
async def house() -> AsyncIterator[JobHouse]:
    async with Exchange() as exchange, JobHouse(exchange) as made:
        yield made
