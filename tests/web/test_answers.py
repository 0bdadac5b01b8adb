"""Operators get JSON that nobody stores; what is wrong is a problem with the members of RFC 9457."""

from __future__ import annotations

import json

from aiohttp import web

from gateway.web import answers


def read(answer: web.Response) -> object:
    assert isinstance(answer.body, bytes)
    return json.loads(answer.body)


def test_a_document_is_not_stored() -> None:
    answer = answers.told({"alive": True}, status=202)
    assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (
        202,
        "application/json",
        "no-store",
    )
    assert answer.body == b'{"alive":true}\n'


def test_a_problem_says_what_is_wrong() -> None:
    answer = answers.problem(404, "accounts are: acme")
    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert read(answer) == {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "accounts are: acme"}


def test_a_problem_may_have_members_of_its_own_and_needs_no_detail() -> None:
    answer = answers.problem(422, title="Wrong", more={"mistakes": ["one"]}, headers={"Allow": "GET"})
    assert read(answer) == {"type": "about:blank", "title": "Wrong", "status": 422, "mistakes": ["one"]}
    assert (answer.headers["Allow"], answer.headers["Cache-Control"]) == ("GET", "no-store")
