"""Journeys start what they need by factories; whatever they started is stopped after them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.journeys import house
from tests.journeys.house import OpenGateway, OpenHouse
from tests.journeys.program import Program, StartProgram


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """What is entered here is left at the end of the journey, the last first."""
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def open_house(stack: AsyncExitStack, tmp_path: Path) -> OpenHouse:
    """Start a gateway in front of a simulator: `house = await open_house(Setup(limit=100, period=2))`."""
    return partial(house.open_house, stack, tmp_path)


@pytest.fixture
def open_gateway(stack: AsyncExitStack, tmp_path: Path) -> OpenGateway:
    """Start one more gateway in front of the same simulator, with the same store if it is a file."""
    return partial(house.open_gateway, stack, tmp_path)


@pytest.fixture
def start_program(stack: AsyncExitStack) -> StartProgram:
    """Start the gateway as a process of its own: `program = await start_program(config)`."""

    async def start(config: Path) -> Program:
        program = await Program.start(config)
        stack.push_async_callback(program.kill)
        return program

    return start
