"""The result goes where the caller said, signed, when the job has ended; also when the gateway died meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.simulator.faults import FaultKind
from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse
from tests.journeys.jobs.desk import accepted, ended, look
from tests.journeys.program import StartProgram
from tests.journeys.waiting import until
from tests.journeys.webhooks.receiver import SECRET, Receiver

KEY = "caller-1f2e3d4c5b6a7988"


def calling(receiver: Receiver, setup: Setup) -> Setup:
    """An app that may be called back."""
    more = (
        f'[apps.caller]\naccount = "acme"\nkey = "{KEY}"\n'
        f'callbacks = ["{receiver.url("/ok")}"]\nsecret = "{SECRET}"\n'
        f'[[webhooks]]\nurl = "{receiver.url("/all")}"\nevents = ["intervals.job.*"]\naccount = "acme"\n'
        f'name = "all"\nsecret = "{SECRET}"\n'
    )
    return replace(setup, more=more)


@pytest.mark.parametrize("store", ["memory://", "sqlite"])
async def test_whatever_the_end_the_caller_is_called_back(open_house: OpenHouse, store: str) -> None:
    async with Receiver() as receiver:
        house = await open_house(calling(receiver, Setup(store=store)))
        tool, url = house.tool_with(KEY), receiver.url("/ok/5")
        done = await accepted(tool, "PUT", "/client/4501/", {"name": "Done"}, callback_url=url)
        wrong = await accepted(tool, "PUT", "/client/4502/", {"nosuchfield": "x"}, callback_url=url)
        await ended(tool, done)
        await ended(tool, wrong)
        house.simulator.fail_next(FaultKind.APPLY_THEN_RESET)
        lost = await accepted(tool, "POST", "/client/", {"name": "Lost", "datecreated": "2025-06-16"}, callback_url=url)
        await ended(tool, lost)
        await until(lambda: len(receiver.at("/ok/5")) == 3)
        told = {it.told["data"]["location"]: it for it in receiver.at("/ok/5")}
        types = ["intervals.job.completed", "intervals.job.failed", "intervals.job.unknown"]
        assert [told[where].type for where in (done, wrong, lost)] == types
        assert all(it.verified for it in told.values())
        assert told[done].told["data"]["result"]["body"]["client"]["name"] == "Done"
        assert told[wrong].told["data"]["result"]["status"] == 400
        assert "leaves no key" in told[lost].told["data"]["detail"]
        await until(lambda: len(receiver.at("/all")) == 3)
        assert receiver.counts("/all") == receiver.counts("/ok/5"), "who subscribes is told the same"


async def test_a_cancelled_job_is_told_too(open_house: OpenHouse) -> None:
    async with Receiver() as receiver:
        house = await open_house(calling(receiver, Setup(limit=1, period=600)))
        tool = house.tool_with(KEY)
        await tool.get("/client/4501/")
        location = await accepted(tool, "DELETE", "/client/4501/", callback_url=receiver.url("/ok"))
        assert (await tool.ask("DELETE", location)).status == 204
        await until(lambda: receiver.at("/ok"))
        assert [it.type for it in receiver.at("/ok")] == ["intervals.job.cancelled"]


async def test_a_job_that_a_dead_gateway_left_is_run_and_told(
    open_house: OpenHouse, start_program: StartProgram, tmp_path: Path
) -> None:
    async with Receiver() as receiver:
        house = await open_house()
        config = calling(receiver, Setup(store="sqlite", limit=1, period=10)).write(tmp_path, house.relay.url)
        program = await start_program(config)
        tool = replace(house.tool_with(KEY), url=program.url)
        await tool.get("/time/900001/")
        location = await accepted(tool, "PUT", "/client/4501/", {"name": "After"}, callback_url=receiver.url("/ok"))
        assert (await look(tool, location))["state"] == "waiting"
        await program.kill()
        program = await start_program(config)
        tool = replace(tool, url=program.url)
        assert (await ended(tool, location))["state"] == "completed"
        await until(lambda: receiver.at("/ok"))
        assert [it.type for it in receiver.at("/ok")] == ["intervals.job.completed"]
        assert len(house.arrivals("PUT")) == 1
