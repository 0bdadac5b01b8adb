import asyncio

from gateway.exchange.background import Background


async def test_a_death_nobody_awaits_is_told_with_its_name() -> None:
    deaths: list[tuple[str, str]] = []
    background = Background(lambda name, error: deaths.append((name, str(error))))

    async def dies() -> None:
        raise ValueError("broken")

    task = background.spawn(dies(), "fragile")
    await asyncio.wait((task,))
    await asyncio.sleep(0)
    assert deaths == [("fragile", "broken")]


async def test_draining_waits_for_what_ends_in_time_and_cancels_the_rest() -> None:
    background = Background(lambda name, error: None)
    ended: list[str] = []

    async def works(name: str, seconds: float) -> None:
        try:
            await asyncio.sleep(seconds)
            ended.append(name)
        except asyncio.CancelledError:
            ended.append(f"{name} cancelled")
            raise

    _ = background.spawn(works("short", 5), "short"), background.spawn(works("long", 50), "long")
    await background.drain(30)
    assert ended == ["short", "long cancelled"]
    await background.drain(30)
