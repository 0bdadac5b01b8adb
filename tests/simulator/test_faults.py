import socket
from typing import Any
from unittest.mock import Mock

import pytest

from gateway.simulator.faults import FaultKind, FaultQueue, abort


def test_faults_strike_in_order() -> None:
    faults = FaultQueue()
    faults.add("reset", times=2)
    faults.add(FaultKind.ERROR)
    assert [faults.strike() for _ in range(4)] == [FaultKind.RESET, FaultKind.RESET, FaultKind.ERROR, None]
    with pytest.raises(ValueError, match="nonsense"):
        faults.add("nonsense")


def test_an_abort_is_a_reset_on_the_wire() -> None:
    transport: Any = Mock()
    abort(transport)
    level, option, value = transport.get_extra_info.return_value.setsockopt.call_args.args
    assert (level, option, value[:4]) == (socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00")
    transport.abort.assert_called_once()
    abort(None)
