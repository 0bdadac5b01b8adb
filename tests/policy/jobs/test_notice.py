"""What the callback of a job says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.jobs.job import ENDS, State
from gateway.policy.jobs.notice import LONGEST_BODY, location, notice
from gateway.policy.jobs.result import Result
from gateway.policy.messages import Headers, Response
from tests.policy.jobs.making import job

ENDED = job(state=State.COMPLETED, ended_at=500.0, why=None)
JSON = Headers([("Content-Type", "application/json")])


def result(body: bytes) -> Result:
    return Result.of(Response(202, JSON, body), cost=1)


def test_it_tells_how_the_job_ended_and_its_result() -> None:
    told = notice(ENDED, result(b'{"task": {"id": "5"}}'))
    assert (told.id, told.type, told.account, told.at) == ("job-tool1", "intervals.job.completed", "acme", 500.0)
    assert told.data == {
        "job": "tool1",
        "state": "completed",
        "method": "PUT",
        "target": "/task/5/",
        "location": "/-/jobs/tool1",
        "detail": None,
        "result": {"status": 202, "content-type": "application/json", "body": {"task": {"id": "5"}}},
    }


@pytest.mark.parametrize("end", sorted(ENDS))
def test_each_end_is_an_event_of_its_own(end: State) -> None:
    assert notice(replace(ENDED, state=end), None).type == f"intervals.job.{end.value}"
    assert notice(replace(ENDED, state=end), None).data["result"] is None


@pytest.mark.parametrize(
    ("body", "said"), [(b"plain", "plain"), (b"\xff", None), (b"", ""), ("é".encode(), "é"), (b"[1]", [1])]
)
def test_a_body_is_told_as_what_it_is(body: bytes, said: object) -> None:
    told = notice(ENDED, result(body)).data["result"]
    assert isinstance(told, dict)
    assert told["body"] == said


def test_the_payload_is_bounded() -> None:
    long = notice(ENDED, result(b'"' + b"x" * LONGEST_BODY + b'"')).data
    assert len(json.dumps(dict(long))) < 1000
    assert isinstance(long["result"], dict)
    assert long["result"]["omitted"] == LONGEST_BODY + 2


def test_a_fault_is_told_by_its_kind() -> None:
    told = notice(ENDED, Result.refused(Fault(Kind.MALFORMED, "wrong"), cost=0)).data["result"]
    assert told == {"status": 400, "problem": "malformed"}


def test_where_a_job_is() -> None:
    assert location("abc") == "/-/jobs/abc"
