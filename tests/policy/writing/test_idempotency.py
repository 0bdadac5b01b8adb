"""What a key is, what makes two requests the same, and how a request stands to what is recorded under its key."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.messages import Headers, Request, Response
from gateway.policy.writing import idempotency
from gateway.policy.writing.idempotency import KEPT, Again, Different, Free, Record, Running, Stage, Unknown
from tests.fakes.exchange import caller

NOW = 1_000_000.0
ANSWER = Response(201, Headers([("Content-Type", "application/json")]), b'{"id":"5"}')
DONE = Record(Stage.DONE, "same", "owner", NOW + 10, ANSWER)


def record(stage: Stage, left: float, answer: Response | None = None) -> Record:
    return Record(stage, "same", "owner", NOW + left, answer)


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ('"8e03978e-40d5-43dd-bc93-6894a57f9324"', "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
        (' "a b, c; d" ', "a b, c; d"),
        (r'"a\"b\\c"', 'a"b\\c'),
        ("YWJj+/==", "YWJj+/=="),
        ("a" * 255, "a" * 255),
        ('"' + "a" * 255 + '"', "a" * 255),
        ("a" * 256, None),
        ('"' + "a" * 256 + '"', None),
        ("", None),
        ('""', None),
        ("a, b", None),
        ('"a", "b"', None),
        ('"a";b=1', None),
        ('"a', None),
        ("é", None),
        ('"é"', None),
        ("a\tb", None),
        (r'"a\b"', None),
    ],
)
def test_a_key_is_a_string_or_what_clients_write_for_one(field: str, key: str | None) -> None:
    assert idempotency.key_of(field) == key


@given(st.text(max_size=300))
def test_any_field_is_a_key_or_none(field: str) -> None:
    key = idempotency.key_of(field)
    assert key is None or (0 < len(key) <= 255 and key.isascii() and key.isprintable())


@pytest.mark.parametrize(
    ("found", "standing"),
    [
        (None, Free()),
        (record(Stage.WAITING, 7), Running(7)),
        (record(Stage.WAITING, 0), Free()),
        (record(Stage.SENT, 7), Running(7)),
        (record(Stage.SENT, 0), Unknown()),
        (record(Stage.SENT, 1 - KEPT), Unknown()),
        (record(Stage.SENT, -KEPT), Free()),
        (record(Stage.LOST, 1), Unknown()),
        (record(Stage.LOST, 0), Free()),
        (record(Stage.DONE, 1, ANSWER), Again(ANSWER)),
        (record(Stage.DONE, 0, ANSWER), Free()),
    ],
)
def test_how_the_same_request_stands(found: Record | None, standing: idempotency.Standing) -> None:
    assert idempotency.decide(found, "same", NOW) == standing


@pytest.mark.parametrize("stage", list(Stage))
def test_another_request_is_different_as_long_as_anything_is_known(stage: Stage) -> None:
    assert idempotency.decide(record(stage, 1, ANSWER), "other", NOW) == Different()


def test_another_request_may_use_a_key_under_which_nothing_was_sent() -> None:
    assert idempotency.decide(record(Stage.WAITING, 0), "other", NOW) == Free()


stages = st.sampled_from(Stage)
records = st.builds(
    Record,
    stage=stages,
    digest=st.sampled_from(["same", "other"]),
    owner=st.text(),
    until=st.floats(-1e9, 1e9),
    answer=st.none()
    | st.builds(
        Response,
        status=st.integers(200, 599),
        headers=st.builds(Headers, st.lists(st.tuples(st.text(), st.text())).map(tuple)),
        body=st.binary(),
    ),
)


@given(records)
def test_a_record_survives_the_store(kept: Record) -> None:
    assert idempotency.load(idempotency.dump(kept)) == kept


@given(records, st.floats(-1e9, 1e9), st.floats(0, 1e6))
def test_what_may_have_been_sent_is_never_free_before_it_is_forgotten(kept: Record, now: float, later: float) -> None:
    free = isinstance(idempotency.decide(kept, "same", now), Free)
    assert free == idempotency.forgotten(kept, now)
    if free:
        assert isinstance(idempotency.decide(kept, "same", now + later), Free)
    if kept.stage is Stage.SENT and now < kept.until + KEPT:
        assert not free


@pytest.mark.parametrize("text", ["", "null", "[]", "[2]", '[1,"done","d","o",1,200]', '[1,"new","d","o",1]', "{}"])
def test_a_record_that_cannot_be_read_frees_nothing(text: str) -> None:
    assert idempotency.decide(idempotency.load(text), "same", 1e12) == Unknown()


def test_one_life_of_a_record() -> None:
    claimed = Record(Stage.WAITING, "same", "owner", NOW + 30)
    sent = claimed.sent(NOW + 60)
    assert (sent.stage, sent.until, sent.owner) == (Stage.SENT, NOW + 60, "owner")
    assert sent.waiting(NOW + 90) == replace(claimed, until=NOW + 90)
    assert sent.lost(NOW) == Record(Stage.LOST, "same", "owner", NOW + KEPT)
    assert sent.done(ANSWER, NOW) == Record(Stage.DONE, "same", "owner", NOW + KEPT, ANSWER)


def test_an_answer_is_kept_without_what_belongs_to_one_moment_and_without_cookies() -> None:
    fields = [("Set-Cookie", "a=1"), ("Date", "x"), ("Content-Length", "3"), ("Connection", "X-Hop"), ("X-Hop", "1")]
    answer = Response(200, Headers([*fields, ("X-Kept", "1")]), b"abc")
    kept = record(Stage.SENT, 1).done(answer, NOW).answer
    assert kept == Response(200, Headers([("X-Kept", "1")]), b"abc")


def test_an_answer_that_is_too_long_is_lost() -> None:
    longest = replace(ANSWER, body=b"x" * idempotency.LONGEST_ANSWER)
    assert record(Stage.SENT, 1).done(longest, NOW).answer == longest
    longer = replace(ANSWER, body=longest.body + b"x")
    assert record(Stage.SENT, 1).done(longer, NOW) == record(Stage.SENT, 1).lost(NOW)


@pytest.mark.parametrize(
    "changed",
    [{"method": "PUT"}, {"target": "/time/?x"}, {"body": b"other"}, {"target": "/time", "body": b"/body"}],
)
def test_method_target_and_body_make_a_request(changed: dict[str, Any]) -> None:
    one = Request("POST", "/time/", Headers(), b"body")
    assert idempotency.digest(one) != idempotency.digest(replace(one, **changed))
    assert idempotency.digest(one) == idempotency.digest(replace(one, headers=Headers([("X-A", "1")])))


def test_keys_are_an_apps_own() -> None:
    places = [
        idempotency.place("key", caller("a")),
        idempotency.place("key", caller("b")),
        idempotency.place("key", caller("a", account="globex")),
        idempotency.place("other", caller("a")),
        idempotency.place("key", caller("a", lent=False)),
        idempotency.place("key", caller("a", lent=False, token="another")),
    ]
    assert len(set(places)) == len(places)
    assert "key" not in places[0]


def test_a_renewed_token_of_the_account_leaves_its_keys_valid() -> None:
    assert idempotency.place("key", caller(token="old")) == idempotency.place("key", caller(token="new"))
