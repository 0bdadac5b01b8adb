"""What may happen to a job, step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.policy.jobs import job as rules
from gateway.policy.jobs.job import ENDS, LONGEST_PAUSE, LONGEST_WAIT, MOST_TRIES, State
from tests.policy.jobs.making import job

NOW = 1000.0


@pytest.mark.parametrize(
    ("state", "holder", "becomes", "tries"),
    [
        (State.WAITING, None, State.WAITING, 0),
        (State.WAITING, "dead", State.WAITING, 1),
        (State.RUNNING, "dead", State.CHECKING, 1),
        (State.CHECKING, None, State.CHECKING, 0),
        (State.CHECKING, "dead", State.CHECKING, 1),
    ],
)
def test_what_the_dead_may_have_sent_is_looked_up_and_what_they_held_goes_on(
    state: State, holder: str | None, becomes: State, tries: int
) -> None:
    taken = rules.taken(job(state=state, holder=holder), "me")
    assert (taken.state, taken.holder, taken.tries) == (becomes, "me", tries)


def test_only_what_waits_can_be_cancelled() -> None:
    assert [state for state in State if job(state=state).cancellable] == [State.WAITING]
    assert {state for state in State if job(state=state).ended} == ENDS


def test_from_its_turn_on_it_may_have_been_sent() -> None:
    departed = rules.departing(job(holder="me", why="the day was spent"))
    assert (departed.state, departed.holder, departed.why) == (State.RUNNING, "me", None)


@pytest.mark.parametrize(
    ("state", "becomes"),
    [(State.WAITING, State.WAITING), (State.RUNNING, State.WAITING), (State.CHECKING, State.CHECKING)],
)
def test_what_was_refused_waits_again_and_tells_the_true_time(state: State, becomes: State) -> None:
    later = rules.deferred(job(state=state, holder="me"), "the day is spent", now=NOW, pause=5000.0)
    assert (later.state, later.holder, later.why, later.tries) == (becomes, None, "the day is spent", 0)
    assert later.due == NOW + LONGEST_PAUSE, "it is looked at before that"
    assert rules.retry_after(later, NOW) == 5000.0, "its caller is told the truth"


def test_a_short_pause_is_kept() -> None:
    assert rules.deferred(job(), "too fast", now=NOW, pause=7.0, lost=1).due == NOW + 7.0


def test_what_held_a_job_up_may_be_over_but_a_late_upstream_keeps_its_time() -> None:
    refused = rules.deferred(job(holder="me"), "refused", now=NOW, pause=3600.0)
    assert (rules.hastened(refused, now=NOW + 5).due, rules.hastened(refused, now=NOW + 5).back) == (NOW + 5, NOW + 5)
    doubted = rules.doubted(job(state=State.RUNNING, holder="me"), "the answer was lost", now=NOW)
    assert rules.hastened(doubted, now=NOW) == doubted
    assert rules.hastened(job(due=NOW - 1), now=NOW).due == NOW - 1, "it is due already"


def test_what_has_no_answer_is_looked_up() -> None:
    doubted = rules.doubted(job(state=State.RUNNING, holder="me"), "the answer was lost", now=NOW)
    assert (doubted.state, doubted.holder, doubted.why) == (State.CHECKING, None, "the answer was lost")
    assert doubted.due > NOW


@pytest.mark.parametrize("end", sorted(ENDS))
def test_an_end_tells_when_and_has_nothing_to_come_back_for(end: State) -> None:
    ended = rules.ended(job(state=State.RUNNING, holder="me"), end, now=NOW, why=None, status=202)
    assert (ended.state, ended.holder, ended.ended_at, ended.status) == (end, None, NOW, 202)
    assert rules.retry_after(ended, NOW) is None


def test_a_job_is_tried_for_a_week_and_a_few_times_without_a_word() -> None:
    fresh = job()
    assert not rules.exhausted(fresh, now=fresh.asked.at + LONGEST_WAIT)
    assert rules.exhausted(fresh, now=fresh.asked.at + LONGEST_WAIT + 1)
    assert not rules.exhausted(replace(fresh, tries=MOST_TRIES - 1), now=NOW)
    assert rules.exhausted(replace(fresh, tries=MOST_TRIES - 1), now=NOW, lost=1)


def test_a_caller_never_comes_back_at_once() -> None:
    assert rules.retry_after(job(back=NOW - 5), NOW) == 1.0


@pytest.mark.parametrize(
    ("resource", "member", "path", "name"),
    [
        ("task", "5", "/task/5", "/task/5"),
        ("task", "005", "/task/005/", "/task/5"),
        ("task", "0", "/task/0", "/task/0"),
        ("task", None, "/task/", "/task"),
        ("task", None, "/task", "/task"),
        ("other", None, "/odd//path/", "/odd//path"),
    ],
)
def test_paths_of_one_object_are_one(resource: str, member: str | None, path: str, name: str) -> None:
    assert rules.about(resource, member, path) == name


def test_reads_may_run_twice_and_writes_may_not() -> None:
    methods = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    assert [method for method in methods if job(method=method).asked.safe] == ["GET", "HEAD", "OPTIONS"]
