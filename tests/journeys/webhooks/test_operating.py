"""What operators do while the gateway runs: subscribe, rotate, reload, replay."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from pathlib import Path

import pytest

from gateway.cli import main
from tests.journeys.configuration import Setup
from tests.journeys.house import OpenGateway, OpenHouse
from tests.journeys.waiting import until
from tests.journeys.webhooks.receiver import SECRET, Receiver
from tests.journeys.webhooks.telling import ask, notice, post, send_test, state, subscribed

NEW = f"whsec_{b64encode(b'n' * 32).decode()}"
LISTED = '[webhook_delivery]\nreceivers = ["127.0.0.0/8"]\n'


def stored(folder: Path) -> bytes:
    """All that a gateway has left on the disk."""
    return b"".join(path.read_bytes() for path in folder.glob("gateway.db*"))


async def test_a_subscription_made_while_running_outlives_the_gateway_and_its_secret_is_stored_nowhere(
    open_house: OpenHouse, open_gateway: OpenGateway, tmp_path: Path
) -> None:
    async with Receiver() as receiver:
        setup = Setup(store="sqlite", more=LISTED)
        house = await open_house(setup)
        wanted = {"url": receiver.url("/ok"), "account": "acme", "events": ["quota.*"]}
        status, made = await ask(house, "POST", json=wanted)
        assert status == 201
        receiver.secret = made["secret"]
        await send_test(house, made["id"])
        await until(lambda: receiver.at("/ok"))
        await house.stop()
        again = await open_gateway(house, setup)
        await send_test(again, made["id"])
        await until(lambda: len(receiver.at("/ok")) == 2)
        assert all(it.verified for it in receiver.arrived)
        await again.until_metric("webhook_deliveries_total", 1, subscription="api", result="delivered")
        assert (await ask(again, "DELETE", f"/{made['id']}"))[0] == 200
        await again.stop()
        for written in (stored(tmp_path), b"".join(house.lines + again.lines)):
            assert made["secret"].removeprefix("whsec_").encode() not in written


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("http://169.254.169.254/latest", "is not on the list of receivers"),
        ("http://localhost:9/", "is not on the list of receivers"),
        ("http://0x7f.1:9/", "is not on the list of receivers"),
        ("http://[::ffff:127.0.0.1]:9/", "is not on the list of receivers"),
        ("ftp://tool.internal/", "does not start with http"),
        ("http://user:word@tool.internal/", "holds a user name"),
    ],
)
async def test_nobody_subscribes_for_a_receiver_that_is_not_listed(open_house: OpenHouse, url: str, wrong: str) -> None:
    house = await open_house()
    status, told = await ask(house, "POST", json={"url": url, "account": "acme", "events": ["*"]})
    assert status == 400
    assert wrong in told["detail"]


async def test_while_a_secret_is_replaced_receivers_with_either_verify(open_house: OpenHouse) -> None:
    async with Receiver() as old, Receiver(NEW) as new:
        rows = "".join(
            f'[[webhooks]]\nurl = "{receiver.url("/ok")}"\nevents = ["*"]\naccount = "acme"\nname = "{name}"\n'
            f'secret = "{NEW}"\nprevious_secret = "{SECRET}"\n'
            for name, receiver in (("old", old), ("new", new))
        )
        house = await open_house(Setup(more=rows))
        for name in ("old", "new"):
            await send_test(house, name)
        await until(lambda: old.arrived and new.arrived)
        assert all(it.verified for it in (*old.arrived, *new.arrived))


async def test_events_of_an_ended_subscription_are_not_kept_and_a_replay_brings_what_was(
    open_house: OpenHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with Receiver() as receiver:
        house = await open_house(subscribed(receiver, "/gone", setup=Setup(store="sqlite")))
        await post(tmp_path / "gateway.db", [notice(number) for number in range(20)], "gone")
        await house.until_metric("webhook_deliveries_total", 20, result="dead")
        monkeypatch.setenv("GATEWAY_OPERATIONS__PORT", house.gateway.operations_url.split(":")[-1].strip("/"))

        async def command(*words: str) -> str:
            words = ("webhooks", *words, "--config", str(tmp_path / "config.toml"))
            assert await asyncio.to_thread(main, words) == 0
            return capsys.readouterr().out

        assert "gone  gone" in await command("list")
        assert len((await command("dead")).splitlines()) == 21
        assert await command("enable", "gone") == "enabled gone\n"
        assert await command("replay") == "replayed 20 dead letters\n"
        await house.until_metric("webhook_deliveries_total", 40, result="dead")
        assert set(receiver.counts("/gone")) <= {notice(number).id for number in range(20)}
        assert (await state(house, "gone"))["state"] == "gone"
        await house.stop()
        names = [json.loads(line).get("event") for lines in house.lines for line in lines.splitlines()]
        assert names.count("webhook_disabled") == 2
        assert names.count("delivery_dead") == 40
