import json
from xml.etree import ElementTree as ET

import pytest

from gateway.policy.faults import VERDICTS, Fault, Kind
from gateway.policy.negotiation import Representation
from gateway.web.problems import problem

NS = "{urn:ietf:rfc:7807}"


@pytest.mark.parametrize("kind", Kind)
def test_every_fault_is_the_same_problem_in_both_formats(kind: Kind) -> None:
    fault = Fault(kind, 'a < b & "c" \N{SNOWMAN}', retry_after=2.0)
    as_json = problem(fault, Representation.JSON, "r1")
    members = json.loads(as_json.body)
    assert members == {
        "type": f"urn:intervals-gateway:{kind.value}",
        "title": VERDICTS[kind].title,
        "status": VERDICTS[kind].status,
        "detail": 'a < b & "c" \N{SNOWMAN}',
        "instance": "urn:request:r1",
        "retry_after": 2,
    }
    as_xml = problem(fault, Representation.XML, "r1")
    root = ET.fromstring(as_xml.body)
    assert root.tag == f"{NS}problem"
    assert {child.tag.removeprefix(NS): child.text for child in root} == {
        name: str(value) for name, value in members.items()
    }
    assert as_json.status == as_xml.status == VERDICTS[kind].status
    assert as_json.headers.get("content-type") == "application/problem+json"
    assert as_xml.headers.get("content-type") == "application/problem+xml; charset=utf-8"
    for response in (as_json, as_xml):
        assert response.headers.get("cache-control") == "no-store"


@pytest.mark.parametrize(
    ("retry_after", "said"),
    [(None, None), (0.0, "1"), (0.2, "1"), (1.0, "1"), (40.0001, "41"), (43_200.5, "43201"), (float("inf"), None)],
)
def test_the_time_to_come_back_is_whole_and_never_early(retry_after: float | None, said: str | None) -> None:
    response = problem(Fault(Kind.TOO_FAST, "slower", retry_after=retry_after), Representation.JSON, "r")
    assert response.headers.get("retry-after") == said
    assert json.loads(response.body).get("retry_after") == (None if said is None else int(said))


@pytest.mark.parametrize("status", [401, 402, 418, 503])
def test_an_account_state_keeps_the_upstreams_status(status: int) -> None:
    response = problem(Fault(Kind.ACCOUNT_CLOSED, "closed", status=status), Representation.JSON, "r")
    assert (response.status, json.loads(response.body)["status"]) == (status, status)


@pytest.mark.parametrize(
    ("fault", "challenged"),
    [(Fault(kind, ""), kind in (Kind.KEY_MISSING, Kind.KEY_UNKNOWN, Kind.CREDENTIAL_REFUSED)) for kind in Kind]
    + [(Fault(Kind.CREDENTIAL_REFUSED, "", status=403), False), (Fault(Kind.ACCOUNT_CLOSED, "", status=401), True)],
)
def test_every_401_has_a_challenge(fault: Fault, challenged: bool) -> None:
    """RFC 9110 §15.5.2: MUST."""
    response = problem(fault, Representation.JSON, "r")
    assert ("www-authenticate" in response.headers) is challenged


@pytest.mark.parametrize("odd", ["\x00\x1b[2J", "\ud800", "]]>", "\ufffe"])
@pytest.mark.parametrize("form", Representation)
def test_whatever_a_caller_wrote_the_problem_can_be_read(odd: str, form: Representation) -> None:
    body = problem(Fault(Kind.MALFORMED, f"before {odd} after"), form, "r").body
    if form is Representation.JSON:
        assert json.loads(body)["detail"].startswith("before ")
    else:
        assert (ET.fromstring(body).findtext(f"{NS}detail") or "").startswith("before ")
