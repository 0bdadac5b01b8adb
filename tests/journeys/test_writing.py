"""What a tool writes is what the upstream gets and what everybody reads afterwards, in either format."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from gateway.simulator.service import Service
from tests.journeys.configuration import ADMIN, RESOURCE, Setup
from tests.journeys.house import House, OpenHouse, options
from tests.journeys.tool import JSON, XML
from tests.journeys.waiting import until
from tests.simulator.asking import ask


def rows(house: House, table: str) -> dict[str, dict[str, str | None]]:
    """A table of the upstream's own, as it stands."""
    return house.simulator.service.world("acme").tables[table]


@pytest.mark.parametrize("wrote", [JSON, XML])
@pytest.mark.parametrize("reads", [JSON, XML])
async def test_write_then_read_is_the_new_value_for_every_app_and_format(
    open_house: OpenHouse, wrote: str, reads: str
) -> None:
    house = await open_house()
    readers = [house.tool("timesheets"), house.tool("invoices"), house.tool("own", ADMIN), house.tool("own", RESOURCE)]
    targets = ["/client/4501/", "/client/?limit=0"]
    for reader in readers:
        for target in targets:
            assert b"Renamed" not in (await reader.get(target, reads)).body
    body = b'{"name":"Renamed &amp; new"}' if wrote == JSON else b"<client><name>Renamed &amp;amp; new</name></client>"
    written = await house.tool().ask("PUT", "/client/4501/", reads, body, content_type=wrote)
    assert (written.status, written.cost) == (202, 1)
    assert b"Renamed" in written.body
    for reader in readers:
        for target in targets:
            assert b"Renamed" in (await reader.get(target, reads)).body, "it reads the old name"
    assert len(house.arrivals("PUT")) == 1


async def test_a_renamed_client_is_renamed_in_its_projects_invoices_and_time_entries(open_house: OpenHouse) -> None:
    house = await open_house(Setup(limit=0))
    tool, other = house.tool("timesheets"), house.tool("invoices")
    for number in rows(house, "client"):
        targets = [f"/project/?clientid={number}&limit=0", f"/invoice/?clientid={number}&limit=0"]
        targets += [f"/time/?clientid={number}&limit=0", f"/expense/?clientid={number}&limit=0"]
        for target in targets:
            await tool.get(target)
        await other.ask("POST", f"/client/{number}", JSON, {"name": f"Renamed {number}"})
        for target in targets:
            for accept in (JSON, XML):
                answer = await tool.get(target, accept)
                assert answer.body == house.truth(target, accept).body, target
    assert not house.simulator.refused


async def test_what_is_deleted_is_gone_for_everybody(open_house: OpenHouse) -> None:
    house = await open_house()
    tool, other = house.tool("timesheets"), house.tool("invoices")
    assert (await other.get("/time/900001/", XML)).status == 200
    assert (await tool.ask("DELETE", "/time/900001/")).status == 200
    gone = await other.get("/time/900001/", XML)
    assert (gone.status, gone.body) == (404, house.truth("/time/900001/", XML).body)
    assert b"900001" not in (await other.get("/time/?limit=0")).body


_SAME = [
    ("PUT", "/client/4501/", b"<client><phone/></client>", {"phone": None}),
    ("PUT", "/client/4501/", b"<client><phone></phone></client>", {"phone": ""}),
    ("POST", "/client/4501", b"<client><email/><phone></phone></client>", {"email": None, "phone": ""}),
    (
        "POST",
        "/client/",
        b"<client><name>M&#252;ller &lt;b&gt;</name><datecreated>2025-06-16</datecreated></client>",
        {"name": "Müller <b>", "datecreated": "2025-06-16"},
    ),
    ("PUT", "/client", b"<client><id>4502</id><fax>007</fax></client>", {"id": "4502", "fax": "007"}),
    ("PUT", "/client/4501/", b"<client><name> two  spaces </name></client>", {"name": " two  spaces "}),
    (
        "POST",
        "/client",
        '<?xml version="1.0"?>\n<client>\n  <name><![CDATA[R&D <é>]]></name>\n'
        "  <datecreated>2025-06-16</datecreated>\n</client>\n".encode(),
        {"name": "R&D <é>", "datecreated": "2025-06-16"},
    ),
    (
        "POST",
        "/projectteam/11001/",
        b"<projectteam><item><personid>2007</personid></item><item><personid>2008</personid></item></projectteam>",
        [{"personid": "2007"}, {"personid": "2008"}],
    ),
    (
        "POST",
        "/projectteam/11001/",
        b"<projectteam><item><personid>2007</personid></item></projectteam>",
        [{"personid": "2007"}],
    ),
    (
        "POST",
        "/projectteam",
        b"<projectteam><projectid>11001</projectid><personid>2007</personid></projectteam>",
        {"projectid": "11001", "personid": "2007"},
    ),
]


@pytest.mark.parametrize(("method", "target", "xml", "value"), _SAME)
async def test_an_xml_body_does_what_the_same_json_does_when_sent_directly(
    open_house: OpenHouse, method: str, target: str, xml: bytes, value: object
) -> None:
    house = await open_house()
    twin = Service(options())
    wanted = ask(twin, target, method=method, body=value)
    assert wanted.status in {201, 202}
    answer = await house.tool().ask(method, target, JSON, xml, content_type=XML)

    assert (answer.status, answer.body) == (wanted.status, wanted.body)
    told, here = twin.world("acme"), house.simulator.service.world("acme")
    assert here.tables["client"] == told.tables["client"]
    assert here.teams == told.teams


async def test_json_bodies_reach_the_upstream_byte_for_byte(open_house: OpenHouse) -> None:
    house = await open_house()
    twin = Service(options())
    body = b'{ "name" : "Caf\\u00e9 \\/ Bar", "phone":"", "fax": null,\n"datecreated":"2025-06-16"}'
    wanted = ask(twin, "/client", method="POST", body=body, accept=XML)
    answer = await house.tool().ask("POST", "/client", XML, body)
    assert (answer.status, answer.body) == (201, wanted.body)


async def test_people_are_taken_off_a_team_by_the_body_of_a_delete(open_house: OpenHouse) -> None:
    house = await open_house()
    add, remove = [{"personid": "2007"}], b"<projectteam><item><personid>2007</personid></item></projectteam>"
    await house.tool().ask("POST", "/projectteam/11001/", JSON, add)
    before = await house.tool("invoices").get("/projectteam/?projectid=11001")
    assert b"2007" in before.body
    answer = await house.tool().ask("DELETE", "/projectteam/11001/", XML, remove, content_type=XML)
    assert answer.status == 200
    after = await house.tool("invoices").get("/projectteam/?projectid=11001")
    assert b'"2007"' not in after.body
    assert after.body == house.truth("/projectteam/?projectid=11001").body


_WRONG = [
    ("POST", "/client/", {"phone": "1"}),  # 400/18: a required field is missing
    ("PUT", "/client/4501", {"nonsense": "1"}),  # 400/17
    ("PUT", "/client/999999999", {"name": "X"}),  # 404/14
    ("DELETE", "/invoiceterm/1", None),  # 400/16
    ("GET", "/time/999999999", None),
    ("GET", "/client/?nonsense=1", None),
    ("GET", "/client/?offset=minus", None),
    ("GET", "/invoiceitem/", None),  # 400/18: a required filter is missing
    ("GET", "/nothing/", None),  # 400/13
    ("GET", "/client/4501/dance", None),  # 400/15
]


@pytest.mark.parametrize(("method", "target", "body"), _WRONG)
async def test_mistakes_of_the_caller_are_answered_in_the_simulators_own_words(
    open_house: OpenHouse, method: str, target: str, body: object
) -> None:
    house = await open_house()
    for accept in (JSON, XML):
        wanted = house.truth(target, accept, method=method, body=body)
        assert wanted.api_code
        answer = await house.tool().ask(method, target, accept, body)
        assert (answer.status, answer.body) == (wanted.status, wanted.body)
        assert answer.headers["Content-Type"].startswith(accept)
    assert len(house.arrivals()) == 2, "an error is not stored"


async def test_a_resource_users_forbidden_write_is_the_upstreams_403(open_house: OpenHouse) -> None:
    house = await open_house()
    wanted = house.truth("/client/4501", XML, method="PUT", token="acmeresou01", body={"name": "X"})
    answer = await house.tool("staff").ask("PUT", "/client/4501", XML, {"name": "X"})
    assert (answer.status, answer.body) == (403, wanted.body)


async def test_a_write_whose_answer_is_lost_drops_what_it_may_have_changed(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.tool().get("/client/4501")
    house.simulator.fail_next("apply_then_reset")
    lost = await house.tool().ask("PUT", "/client/4501", JSON, {"name": "Renamed"})
    assert (lost.status, lost.problem) == (502, "upstream_unreachable")
    assert (await house.tool("invoices").get("/client/4501")).json["client"]["name"] == "Renamed"
    assert [arrival.method for arrival in house.arrivals()] == ["GET", "PUT", "GET"]


async def test_a_caller_who_hangs_up_after_the_write_was_sent_still_has_written(open_house: OpenHouse) -> None:
    house = await open_house()
    await house.tool().get("/client/4501")
    house.relay.hold()
    write = asyncio.create_task(house.tool().ask("PUT", "/client/4501", JSON, {"name": "Renamed"}))
    await until(lambda: house.arrivals("PUT"))
    write.cancel()
    with suppress(asyncio.CancelledError):
        await write
    house.relay.release()
    await house.until_metric("invalidations_total", 1, resource="client", cause="write")
    assert (await house.tool("invoices").get("/client/4501")).json["client"]["name"] == "Renamed"
    assert len(house.arrivals("PUT")) == 1
