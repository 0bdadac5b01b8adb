"""A long list for one caller does not hold up the others; `benchmarks/long_list.py` tells how long the loop pauses."""

from __future__ import annotations

import asyncio

from gateway.simulator import Canned
from tests.journeys.configuration import Setup
from tests.journeys.house import OpenHouse, options
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import until

_ROW = (
    '{"id":"%d","localid":"%05d","name":"Caf\\u00e9 &amp; Co","summary":"<p>caf\\u00e9 \\/ bar<\\/p>",'
    '"note":null,"tag":""}'
)


def long_list(rows: int) -> bytes:
    """A list of tasks in the service's JSON."""
    listed = ",".join(_ROW % (number, number) for number in range(rows))
    return f'{{"personid":1,"status":"OK","code":200,"listcount":{rows},"task":[{listed}]}}'.encode()


async def test_other_callers_are_served_while_a_10_mb_list_is_translated(open_house: OpenHouse) -> None:
    body = long_list(90_000)
    assert len(body) > 9_000_000
    canned = {"/task/": Canned(body, 200, {"Content-Type": JSON})}
    house = await open_house(Setup(timeout=60), upstream=options(canned=canned))
    await house.tool().get("/client/")
    long_one = asyncio.create_task(house.tool().get("/task/?limit=0", XML, accept_encoding="identity"))
    await until(lambda: house.arrivals(resource="task"))
    served = 0
    while not long_one.done():
        answer = await house.tool("invoices").get("/client/", XML)
        assert (answer.status, answer.cost) == (200, 0)
        served += 1
    assert served > 20, "the others had to wait for the long list"
    answer = await long_one
    assert answer.status == 200
    assert answer.body.count(b"<item>") == 90_000
    assert answer.body.count(b"<note/><tag></tag>") == 90_000


async def test_many_who_want_the_same_long_list_have_it_translated_once(open_house: OpenHouse) -> None:
    canned = {"/task/": Canned(long_list(5_000), 200, {"Content-Type": JSON})}
    house = await open_house(upstream=options(canned=canned))
    answers = await asyncio.gather(*(house.tool().get("/task/?limit=0", XML) for _ in range(20)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len(house.arrivals()) == 1
