import pytest

from gateway.policy.catalogue import Match
from gateway.policy.translation.document import Body, Document, Fields
from gateway.policy.writing.change import Change, Created, Deleted, Updated, written
from tests.policy.listing import PROJECT, ROWS

ROW: Fields = {"id": "5", "name": "Website", "active": "t"}
ANSWER = Document({"personid": 1, "status": "Accepted", "code": 202, "project": ROW})
UPDATED = Updated("5", ROW, frozenset({"name"}))


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("member", "query", "body", "status", "expected"),
    [
        (None, "", {"name": "Website"}, 201, Created("5", ROW)),
        (None, "", [{"name": "Website"}], 201, Created("5", ROW)),
        (None, "", {"id": None, "name": "Website"}, 201, Created("5", ROW)),
        ("5", "", {"name": "Website"}, 202, UPDATED),
        ("5", "", {"name": "Website"}, 200, UPDATED),
        ("005", "", {"name": "Website"}, 202, UPDATED),
        ("5", "", {"id": "5", "name": "Website"}, 202, UPDATED),
        (None, "", {"id": "5", "name": "Website"}, 202, UPDATED),
        (None, "", {"id": 5, "name": "Website"}, 202, UPDATED),
        (None, "id=5", {"name": "Website"}, 202, UPDATED),
        ("5", "", None, 202, Updated("5", ROW, frozenset())),
        # what does not fit together
        (None, "", {"name": "Website"}, 202, None),
        ("5", "", {"name": "Website"}, 201, None),
        ("6", "", {"name": "Website"}, 202, None),
        ("5", "", {"id": "6", "name": "Website"}, 202, None),
        (None, "", {"id": ["5"], "name": "Website"}, 202, None),
        ("x", "", {"name": "Website"}, 202, None),
        ("5", "", [{"name": "a"}, {"name": "b"}], 202, None),
        ("5", "", ["name"], 202, None),
        ("5", "", {"name": ""}, 400, None),
    ],
)
def test_a_save_is_told_by_its_ids_and_its_status(
    method: str, member: str | None, query: str, body: Body | None, status: int, expected: Change | None
) -> None:
    match = Match(PROJECT, member)
    assert written(match, method, query=query, body=body, status=status, document=ANSWER) == expected


@pytest.mark.parametrize(
    "document",
    [
        None,
        Document({"code": 202}),
        Document({"code": 202, "project": [ROW]}),
        Document({"code": 202, "project": {"name": "Website"}}),
        Document({"code": 202, "project": {"id": "5", "people": ["1"]}}),
        Document({"code": 202, "client": ROW}),
    ],
)
def test_an_answer_without_the_element_tells_nothing(document: Document | None) -> None:
    assert written(Match(PROJECT, "5"), "PUT", query="", body={}, status=202, document=document) is None


@pytest.mark.parametrize(
    ("member", "status", "expected"),
    [("5", 200, Deleted("5")), ("5", 204, Deleted("5")), ("5", 404, None), (None, 200, None), ("x", 200, None)],
)
def test_a_delete_needs_no_answer_but_its_status(member: str | None, status: int, expected: Change | None) -> None:
    assert written(Match(PROJECT, member), "DELETE", query="", body=None, status=status, document=None) == expected


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_a_team_is_never_told_as_a_row(method: str) -> None:
    match = Match(ROWS.resources["projectteam"], "5")
    answer = Document({"code": 200, "projectteam": {"projectid": "5", "id": "5"}})
    assert written(match, method, query="", body=[{"personid": "1"}], status=200, document=answer) is None


def test_other_methods_tell_nothing() -> None:
    assert written(Match(PROJECT, "5"), "PATCH", query="", body={}, status=202, document=ANSWER) is None
