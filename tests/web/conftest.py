"""Virtual time for the tests that have no socket."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from tests.exchange.conftest import VirtualTimeLoop

_WITHOUT_SOCKETS = frozenset({"test_connection.py", "test_express.py", "test_known.py"})


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"virtual": VirtualTimeLoop} if item.path.name in _WITHOUT_SOCKETS else {"real": asyncio.new_event_loop}
