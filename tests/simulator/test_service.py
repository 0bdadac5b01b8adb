"""Where the vendor's rules meet: who is asked first, what is counted, what is written."""

import json

import pytest

from gateway.simulator.faults import FaultKind
from gateway.simulator.options import Canned
from gateway.simulator.service import Service
from tests.simulator.asking import NOON, ask, error, got, small


def test_quota(service: Service) -> None:
    got(service, "/client/")
    got(service, "/quota")
    assert got(service, "/quota/") == {
        "personid": 2001,
        "status": "OK",
        "code": 200,
        "quota": {"quota": "6000", "used": "1", "next_reset": "2025-06-17 00:00:00", "exceeded": "f"},
    }
    xml = ask(service, "/quota/", accept="application/xml").body
    assert b'personid="2001"><quota><quota>6000</quota><used>1</used>' in xml
    service.options.quota_style = "2022"
    old = {"quota": 6000, "used": 1, "business_day": "2025-06-16", "exceeded": "f"}
    assert got(service, "/quota/")["quota"] == old
    assert error(service, "/quota/?x=1") == (400, 17)


def test_a_spent_day_is_refused_but_for_the_quota(service: Service) -> None:
    service.options.per_day = 2
    for _ in range(2):
        assert ask(service, "/client/").status == 200
    assert error(service, "/client/") == (400, 11)
    assert error(service, "/me/", token="acmeresou01") == (400, 11)
    assert ask(service, "/client/", token="globexadm01").status == 200
    assert got(service, "/quota/")["quota"]["exceeded"] == "t"
    service.options.clock_offset = 12 * 3600
    assert ask(service, "/client/").status == 200


def test_the_minute_counts_everything_also_the_quota_and_bad_tokens() -> None:
    service = Service(small(limit=3))
    assert ask(service, "/quota/").status == 200
    assert error(service, "/client/", token="nobodyknows") == (401, 7)
    assert ask(service, "/client/").status == 200
    assert error(service, "/client/") == (400, 12)
    assert ask(service, "/client/", address="127.0.0.2").status == 200
    service.options.now = lambda: NOON + 59.9
    assert error(service, "/client/") == (400, 12)
    service.options.now = lambda: NOON + 60
    assert ask(service, "/client/").status == 200


@pytest.mark.parametrize(("accept", "start"), [("application/json", b"{"), ("", b"<?xml"), ("*/*", b"{")])
def test_errors_are_written_in_the_format_asked_for(readable: Service, accept: str, start: bytes) -> None:
    reply = ask(readable, "/task/?page=2", accept=accept)
    assert (reply.status, reply.api_code) == (400, 17)
    assert reply.body.startswith(start)


def test_the_bodies_of_an_error(readable: Service) -> None:
    said = "The parameter page was not recognised."
    expected = {"personid": 0, "status": "Bad Request", "code": 400, "error": {"code": 17, "message": said}}
    assert got(readable, "/task/?page=2") == expected
    assert (
        ask(readable, "/task/?page=2", accept="text/xml").body
        == (
            '<?xml version="1.0" encoding="UTF-8"?>\n<intervals status="Bad Request" code="400" personid="0">'
            f"<error><code>17</code><message>{said}</message></error></intervals>"
        ).encode()
    )


@pytest.mark.parametrize(
    ("fault", "expected"),
    [(FaultKind.ERROR, (500, 1)), (FaultKind.DATABASE, (500, 19)), (FaultKind.OFFLINE, (502, 20))],
)
def test_faults_with_an_answer(readable: Service, fault: FaultKind, expected: tuple[int, int]) -> None:
    assert error(readable, "/task/", fault=fault) == expected


def test_offline(service: Service) -> None:
    service.options.offline = True
    assert error(service, "/task/") == (502, 20)


def test_head_and_options(readable: Service) -> None:
    assert ask(readable, "/task/", method="HEAD").body == ask(readable, "/task/").body
    reply = ask(readable, "/task/", method="OPTIONS")
    assert (reply.status, reply.headers["Allow"]) == (200, "GET, HEAD, POST, PUT, DELETE, OPTIONS")


def test_canned_answers_and_accounts_apart(service: Service) -> None:
    service.options.canned["/client/"] = Canned(b"own", 203, {"Cache-Control": "max-age=5"})
    reply = ask(service, "/client/?limit=1")
    assert (reply.status, reply.body, reply.headers) == (203, b"own", {"Cache-Control": "max-age=5"})
    assert service.days.used("acme") == 1
    acme, globex = (got(service, "/project/", token=token)["project"] for token in ("acmeadmin01", "globexadm01"))
    assert {row["id"] for row in acme}.isdisjoint(row["id"] for row in globex)


def test_unsupported_media_can_be_refused() -> None:
    reply = ask(Service(small(unsupported_accept="406")), "/task/", accept="text/html")
    assert (reply.status, json.loads(reply.body)["status"]) == (406, "Not Acceptable")
