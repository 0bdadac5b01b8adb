"""What is sent again, how often, and what never is."""

from __future__ import annotations

import pytest

from gateway.policy.writing.resending import NOT_DONE, Failure, pause


def pauses(failure: Failure, method: str) -> list[float]:
    """The pauses between all attempts at a request that always fails in the same way."""
    found: list[float] = []
    while (next_one := pause(failure, method, len(found) + 1)) is not None:
        found.append(next_one)
    return found


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
def test_a_connection_that_was_never_made_is_tried_twice_more_with_growing_pauses(method: str) -> None:
    found = pauses(Failure.NEVER_SENT, method)
    assert len(found) == 2
    assert 0 < found[0] < found[1]


@pytest.mark.parametrize(
    ("method", "again"),
    [("GET", 1), ("HEAD", 1), ("POST", 0), ("PUT", 0), ("PATCH", 0), ("DELETE", 0), ("OPTIONS", 0), ("odd", 0)],
)
def test_only_a_read_is_sent_again_when_it_may_have_arrived(method: str, again: int) -> None:
    assert len(pauses(Failure.CUT_OFF, method)) == again


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_too_fast_is_tried_once_more_when_the_line_says_so(method: str) -> None:
    assert pauses(Failure.TOO_FAST, method) == [0.0]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_cannot_be_sent_cannot_be_sent_again(method: str) -> None:
    assert pauses(Failure.UNSENDABLE, method) == []
    assert pause(None, method, 1) is None


def test_what_may_have_arrived_is_never_said_not_to_be_done() -> None:
    assert frozenset(Failure) - {Failure.CUT_OFF} == NOT_DONE
