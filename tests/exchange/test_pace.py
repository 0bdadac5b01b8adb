import asyncio
import time
from collections.abc import Generator

from gateway.exchange.pace import drive


def count(steps: int, seconds: float) -> Generator[None, None, int]:
    for _ in range(steps):
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            pass
        yield
    return steps


async def test_small_work_never_waits() -> None:
    others: list[str] = []
    asyncio.get_running_loop().call_soon(others.append, "ran")
    assert await drive(count(3, 0.0)) == 3
    assert others == []


async def test_others_run_between_the_slices_of_long_work() -> None:
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    await drive(count(10, 0.002))
    task.cancel()
    assert turns >= 3
