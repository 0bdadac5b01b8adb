"""Which jobs are taken up next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.jobs import turns as job_turns
from gateway.policy.jobs.job import Job, State
from gateway.policy.jobs.turns import AT_ONCE, OF_ONE_APP
from gateway.policy.names import AppName
from tests.policy.jobs.making import job

NOW = 1000.0


def up(
    jobs: Sequence[Job],
    *,
    living: Collection[str] = (),
    mine: Collection[str] = (),
    paused: Mapping[AppName, float] | None = None,
) -> list[str]:
    chosen = job_turns.next_up(jobs, now=NOW, living=living, mine=mine, paused=paused or {})
    return [it.id for it in chosen]


def test_of_one_object_only_the_oldest_is_taken_up_and_others_beside_it() -> None:
    jobs = [job(3), job(2), job(1), job(4, about="/task/6"), job(1, app="other")]
    assert up(jobs) == ["other1", "tool1", "tool4"]


def test_who_is_behind_one_at_work_waits() -> None:
    assert up([job(1, state=State.RUNNING, holder="me"), job(2)], mine=["tool1"]) == []
    assert up([job(1, state=State.RUNNING, holder="she"), job(2)], living=["she"]) == []


def test_who_is_behind_one_that_has_to_wait_waits_too() -> None:
    assert up([job(1, due=NOW + 1), job(2)]) == []
    assert up([job(1, state=State.CHECKING, due=NOW), job(2)]) == ["tool1"]


def test_what_the_dead_held_is_taken_over() -> None:
    assert up([job(1, holder="dead", state=State.RUNNING)], living=["she"]) == ["tool1"]


def test_an_app_that_was_refused_is_left_alone_and_others_are_not() -> None:
    jobs = [job(1), job(1, app="other")]
    assert up(jobs, paused={AppName("tool"): NOW + 1}) == ["other1"]
    assert up(jobs, paused={AppName("tool"): NOW}) == ["other1", "tool1"]


def test_what_has_ended_holds_nobody_up() -> None:
    assert up([job(1, state=State.FAILED), job(2)]) == ["tool2"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 40), st.sampled_from("xyzuvw")), max_size=80),
    st.integers(0, AT_ONCE),
)
def test_few_at_once_none_twice_fair_between_apps(made: list[tuple[str, int, str]], busy: int) -> None:
    places: Counter[str] = Counter()
    jobs = []
    for app, _, about in made:
        places[app] += 1
        jobs.append(job(places[app], app=app, about=f"/{about}"))
    mine = [it.id for it in job_turns.heads(jobs)][:busy]
    chosen = job_turns.next_up(jobs, now=NOW, living=(), mine=mine, paused={})
    assert len(mine) + len(chosen) <= AT_ONCE
    assert not {it.id for it in chosen} & set(mine)
    lanes = [(it.app, it.asked.about) for it in chosen]
    assert len(set(lanes)) == len(lanes)
    at_work = Counter(it.app for it in jobs if it.id in mine) + Counter(it.app for it in chosen)
    assert all(number <= max(OF_ONE_APP, busy) for number in at_work.values())
    for it in chosen:
        assert not [
            older
            for older in jobs
            if (older.app, older.asked.about) == (it.app, it.asked.about) and older.asked.place < it.asked.place
        ]
    idle = {it.app for it in job_turns.heads(jobs) if it.id not in {*mine, *(one.id for one in chosen)}}
    if chosen and idle:
        assert min(at_work[app] for app in idle) >= max(Counter(it.app for it in chosen).values()) - 1 or busy
