"""One service for tests that only read, and a fresh one for tests that write."""

import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import small


@pytest.fixture(scope="session")
def readable() -> Service:
    """A service that nobody writes to."""
    return Service(small())


@pytest.fixture
def service() -> Service:
    """A service of the test's own."""
    return Service(small())
