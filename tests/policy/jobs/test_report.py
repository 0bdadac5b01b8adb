"""Jobs as their callers read them, in both formats."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.jobs import report as job_report
from gateway.policy.jobs.job import State
from gateway.policy.jobs.report import Embedded, Member
from gateway.policy.negotiation import Representation
from tests.policy.jobs.making import job

WAITING = job()
ENDED = job(state=State.FAILED, ended_at=500.0, why='a "<b>" & more', status=400, callback="https://tool.internal/?a&b")


def test_what_is_told_of_a_job() -> None:
    assert job_report.members(WAITING) == {
        "id": "tool1",
        "state": "waiting",
        "location": "/-/jobs/tool1",
        "method": "PUT",
        "target": "/task/5/",
        "accepted": "1970-01-01T00:01:40Z",
    }
    told = job_report.members(ENDED)
    assert (told["ended"], told["status"], told["detail"]) == ("1970-01-01T00:08:20Z", 400, 'a "<b>" & more')


def test_both_formats_say_the_same() -> None:
    told = job_report.members(ENDED)
    as_json = json.loads(job_report.written("job", told, Representation.JSON))["job"]
    as_xml = ET.XML(job_report.written("job", told, Representation.XML))
    assert as_json == told
    assert {it.tag: it.text for it in as_xml} == {name: str(value) for name, value in told.items()}


def test_a_page_of_jobs() -> None:
    page = job_report.page([WAITING, ENDED], more="after=tool1")
    as_json = json.loads(job_report.written("jobs", page, Representation.JSON))["jobs"]
    as_xml = ET.XML(job_report.written("jobs", page, Representation.XML))
    assert [it["id"] for it in as_json["job"]] == [it.findtext("id") for it in as_xml.findall("job")] == ["tool1"] * 2
    assert as_json["next"] == as_xml.findtext("next") == "/-/jobs/?after=tool1"
    empty = job_report.page([], more=None)
    assert json.loads(job_report.written("jobs", empty, Representation.JSON)) == {"jobs": {"job": []}}
    assert list(ET.XML(job_report.written("jobs", empty, Representation.XML))) == []


def test_what_is_written_already_is_put_in_as_it_is() -> None:
    assert job_report.written("a", {"b": Embedded("[1.10]")}, Representation.JSON) == b'{"a":{"b":[1.10]}}\n'
    assert b"<b><c/></b>" in job_report.written("a", {"b": Embedded("<c/>")}, Representation.XML)


def test_fields_are_named_by_an_attribute() -> None:
    told: dict[str, Member] = {"fields": {"content-type": "text/plain; a=<b>"}}
    (field,) = ET.XML(job_report.written("result", told, Representation.XML)).iter("field")
    assert (field.get("name"), field.text) == ("content-type", "text/plain; a=<b>")


@given(st.text(max_size=30))
def test_any_text_is_well_formed(text: str) -> None:
    told: dict[str, Member] = {"detail": text, "fields": {text: text}}
    ET.XML(job_report.written("job", told, Representation.XML))
    json.loads(job_report.written("job", told, Representation.JSON))
