"""The figures of the limiting benchmark, on runs whose truth is known; and its control."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from benchmarks.limiting.bucket import TokenBucket
from benchmarks.limiting.measuring import Heard, jain, quantile, result, table, worst_window


def arrival(at: float, *, status: int = 200, code: int = 0) -> dict[str, Any]:
    return {"at": at, "status": status, "api_code": code}


def test_a_run_is_judged_by_the_upstreams_journal_and_the_callers_waits() -> None:
    arrivals = [arrival(float(at)) for at in range(20)] + [arrival(5.5, status=400, code=12)]
    heard = [Heard("a" if at % 4 else "b", float(at), 2.0, 200) for at in range(1, 21)] + [Heard("a", 5.5, 9.0, 400)]
    found = result(heard, arrivals, apps=["a", "b"], since=4.0, until=14.0, limit=5, period=5.0)
    assert (found.utilisation, found.overruns, found.worst_window, found.failed) == (1.0, 1, 6, 1)
    assert found.fairness == jain([8, 2])
    assert found.waits == (2.0, 2.0, 2.0)
    assert "| it | 100.0% | 1 | 6 | 0.735 | 2.0 | 2.0 | 2.0 | 1 |" in table({"it": found})


def test_a_window_ends_with_its_end_and_begins_after_its_beginning() -> None:
    assert worst_window([0.0, 5.0, 10.0], 5.0) == 1
    assert worst_window([0.1, 5.0, 5.0], 5.0) == 3
    assert worst_window([], 5.0) == 0


@pytest.mark.parametrize(("part", "value"), [(0.0, 1.0), (0.5, 3.0), (0.95, 4.0), (1.0, 4.0)])
def test_quantiles(part: float, value: float) -> None:
    assert quantile([1.0, 2.0, 3.0, 4.0], part) == value
    assert quantile([], part) == 0.0


async def test_the_control_is_a_token_bucket() -> None:
    bucket = TokenBucket(size=3, rate=100.0)
    clock = asyncio.get_running_loop().time
    began = clock()
    for _ in range(3):
        await bucket.take()
    assert clock() - began < 0.02, "a full bucket is spent at once"
    for _ in range(5):
        await bucket.take()
    assert clock() - began >= 0.045
