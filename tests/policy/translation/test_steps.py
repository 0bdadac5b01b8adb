from __future__ import annotations

from gateway.policy.translation.steps import BUDGET, Rendered, Steps, encoding, finish


def test_finish_drives_to_the_result() -> None:
    def work() -> Steps[int]:
        yield
        yield
        return 3

    assert finish(work()) == 3


def test_encoding_pauses_after_each_budget() -> None:
    piece = "é" * (BUDGET // 2)
    assert len(list(encoding([piece] * 6))) == 3
    assert finish(encoding([piece] * 6)) == (piece * 6).encode()
    assert finish(encoding([])) == b""


def test_nothing_is_replaced_unless_said() -> None:
    assert Rendered(b"x").replaced == 0
