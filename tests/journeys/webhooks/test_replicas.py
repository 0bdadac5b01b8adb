"""Two gateways on one store share the work, and one reload is enough to change who is told."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.configuration import Setup
from tests.journeys.house import OpenGateway, OpenHouse
from tests.journeys.program import StartProgram
from tests.journeys.waiting import until
from tests.journeys.webhooks.receiver import Receiver
from tests.journeys.webhooks.telling import ask, notice, post, send_test, subscribed

PATHS = ("/ok", "/a", "/b", "/hang", "/flaky")


async def test_two_gateways_deliver_each_event_once(
    open_house: OpenHouse, open_gateway: OpenGateway, tmp_path: Path
) -> None:
    async with Receiver() as receiver:
        receiver.failing = False
        setup = subscribed(receiver, *PATHS, setup=Setup(store="sqlite"))
        one = await open_house(setup)
        other = await open_gateway(one, setup)
        await post(
            tmp_path / "gateway.db", [notice(number) for number in range(40)], *(path.strip("/") for path in PATHS)
        )
        quick = [path for path in PATHS if path != "/hang"]
        await until(lambda: all(len(receiver.counts(path)) == 40 for path in quick))
        assert {max(receiver.counts(path).values()) for path in quick} == {1}
        assert len(receiver.at("/hang")) <= 4
        await other.stop()
        await one.stop()


async def test_who_dies_leaves_its_work_to_the_other(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    async with Receiver() as receiver:
        setup = subscribed(receiver, "/hang", "/flaky", setup=Setup(store="sqlite"))
        dying = await start_program(setup.write(tmp_path, "http://127.0.0.1:9/"))
        await post(tmp_path / "gateway.db", [notice(1)], "hang")
        await until(lambda: receiver.at("/hang"))
        house = await open_house(setup)
        await dying.kill()
        await until(lambda: receiver.counts("/hang") == {notice(1).id: 2})
        await house.stop()


async def test_on_redis_who_dies_leaves_its_work_to_the_other(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path, redis_url: str
) -> None:
    async with Receiver() as receiver:
        receiver.failing = False
        setup = subscribed(receiver, "/hang", "/flaky", setup=Setup(store=redis_url))
        house = await open_house()
        config = setup.write(tmp_path, house.relay.url)
        one, other = await start_program(config), await start_program(config)
        names = [await send_test(house, "flaky", at=at) for at in (one.operations_url, other.operations_url) * 10]
        hanging = await send_test(house, "hang", at=one.operations_url)
        await until(lambda: receiver.at("/hang") and sorted(receiver.counts("/flaky")) == sorted(names))
        assert set(receiver.counts("/flaky").values()) == {1}
        await one.kill()
        await send_test(house, "flaky", at=other.operations_url)
        await until(lambda: len(receiver.at("/flaky")) == 21)
        await other.kill()
        third = await start_program(config)
        await until(lambda: receiver.counts("/hang")[hanging] >= 2)
        await third.kill()


async def test_a_reload_changes_who_is_told(open_house: OpenHouse, start_program: StartProgram, tmp_path: Path) -> None:
    async with Receiver() as receiver:
        house = await open_house()
        program = await start_program(subscribed(receiver, "/a").write(tmp_path, house.relay.url))
        at = program.operations_url
        await send_test(house, "a", at=at)
        await until(lambda: receiver.at("/a"))
        assert (await ask(house, "POST", "/b/test", at=at))[0] == 404
        subscribed(receiver, "/b").write(tmp_path, house.relay.url)
        async with house.session.post(f"{at}-/reload") as answer:
            told = await answer.json()
        assert told["changed"] == ["webhooks"], told
        await send_test(house, "b", at=at)
        await until(lambda: receiver.at("/b"))
        assert receiver.at("/b")[0].verified
        assert (await ask(house, "POST", "/a/test", at=at))[0] == 404
        await house.until_metric("webhook_deliveries_total", 1, at, subscription="b", result="delivered")
        assert await house.metric("webhook_deliveries_total", at, subscription="other", result="delivered") == 1
