"""Jobs as records: the same both ways, in the order of lists, and without a secret."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.jobs import record as job_record
from gateway.policy.jobs.job import Job, State
from gateway.policy.messages import Headers, Request
from gateway.policy.names import AppName
from tests.policy.jobs.making import job

TIMES = st.floats(0, 4e9, allow_nan=False)
JOBS = st.builds(
    job,
    st.integers(1, 10**9),
    method=st.sampled_from(["GET", "POST"]),
    callback=st.none() | st.just("https://tool.internal/done"),
    state=st.sampled_from(State),
    holder=st.none() | st.text(min_size=1),
    due=TIMES,
    back=TIMES,
    tries=st.integers(0, 9),
    why=st.none() | st.text(min_size=1),
    status=st.none() | st.integers(100, 599),
    ended_at=st.none() | TIMES.filter(bool),
)


@given(JOBS)
def test_a_job_is_read_as_it_was_written_and_always_written_the_same(it: Job) -> None:
    assert job_record.read(job_record.text(it)) == it
    assert job_record.text(job_record.read(job_record.text(it))) == job_record.text(it)


@given(st.integers(1, 10**12 - 1), st.integers(1, 10**12 - 1))
def test_of_two_ids_the_newer_sorts_first(one: int, other: int) -> None:
    ids = [job_record.new_id(place, "f") for place in (one, other)]
    assert (ids[0] < ids[1]) is (one > other)
    assert all(it.isalnum() for it in ids)


def test_the_jobs_of_an_app_lie_together() -> None:
    keys = sorted(job_record.key(AppName(app), "5") for app in ("a", "a-b", "a.b", "ab", "a"))
    assert [key.startswith("a/") for key in keys].count(True) == 2
    assert keys.index("a/5") + 1 == keys.index("a/5", keys.index("a/5") + 1)


SECRETS = ["Authorization", "X-Api-Key", "Cookie", "Proxy-Authorization", "X-Auth-Token", "X-Session", "Api-Secret"]
OURS = ["Prefer", "Callback-URL", "Content-Length", "Host", "Expect", "Connection", "Transfer-Encoding"]
KEPT = ["Content-Type", "Accept", "Idempotency-Key", "X-Request-Id", "User-Agent", "If-Match", "X-Odd"]


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_is_kept(name: str) -> None:
    request = Request("PUT", "/task/5/", Headers([(name, "hunter2")]), b"{}")
    assert "hunter2" not in job_record.request_text(job_record.keepable(request))


@pytest.mark.parametrize("name", OURS)
def test_what_spoke_to_the_gateway_is_not_kept(name: str) -> None:
    assert name not in job_record.keepable(Request("PUT", "/task/5/", Headers([(name, "x")]))).headers


@given(st.binary(max_size=30))
def test_all_else_is_kept_as_it_came(body: bytes) -> None:
    request = Request("POST", "/task/?a=%20", Headers((name, "value") for name in KEPT), body)
    assert job_record.keepable(request) == request
    assert job_record.read_request(job_record.request_text(request)) == request


def test_what_says_nothing_takes_no_room() -> None:
    assert "holder" not in job_record.text(job())
    assert "callback" not in job_record.text(replace(job(), why="x"))
