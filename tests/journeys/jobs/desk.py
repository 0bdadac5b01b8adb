"""A tool that writes now and learns later, and what really arrived at the upstream."""

from __future__ import annotations

import asyncio
from typing import Any

from gateway.simulator.faults import FaultKind
from gateway.simulator.journal import Arrival
from gateway.simulator.requests import Request
from gateway.simulator.service import Reply
from tests.journeys.house import House
from tests.journeys.tool import JSON, Answer, Tool
from tests.journeys.waiting import back_at

LONG = 60.0
"""Seconds after which a journey has failed: a replica that died is believed alive for 12 of them."""


async def write(tool: Tool, method: str, target: str, body: object = None, accept: str = JSON, **fields: str) -> Answer:
    """Ask for it to be done later."""
    return await tool.ask(method, target, accept, body, prefer="respond-async", **fields)


async def accepted(tool: Tool, method: str, target: str, body: object = None, **fields: str) -> str:
    """Have a request accepted; tells where its job is."""
    answer = await write(tool, method, target, body, **fields)
    assert answer.status == 202, answer.body
    assert answer.headers["Preference-Applied"] == "respond-async"
    return answer.headers["Location"]


async def look(tool: Tool, location: str) -> dict[str, Any]:
    """What a job's page says."""
    answer = await tool.get(location)
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json["job"]
    return told


async def until(tool: Tool, location: str, *states: str) -> dict[str, Any]:
    """Come back when a job is in one of these states."""
    async with asyncio.timeout(LONG):
        while (told := await look(tool, location))["state"] not in states:
            await back_at(0.02)
    return told


async def ended(tool: Tool, location: str) -> dict[str, Any]:
    return await until(tool, location, "completed", "failed", "cancelled", "unknown")


def watched(house: House) -> list[tuple[str, str, bytes]]:
    """Method, target and body of what arrives at the upstream from now on, in order, also where no answer comes."""
    seen: list[tuple[str, str, bytes]] = []
    service = house.simulator.service
    answering = service.reply

    def reply(arrival: Arrival, request: Request, authorization: str | None, fault: FaultKind | None) -> Reply:
        seen.append((arrival.method, arrival.target, request.body))
        return answering(arrival, request, authorization, fault)

    service.reply = reply  # type: ignore[method-assign]  # the journal holds no bodies
    return seen
