"""Whether a row tells that a write was done."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.policy import catalogue
from gateway.policy.jobs import readback
from gateway.policy.translation.document import Body, Number, Value

ROWS = catalogue.load()
ROW: dict[str, Value] = {
    "id": "5",
    "title": "A &amp; B",
    "active": "t",
    "amount": "10.00",
    "phone": "0123",
    "notes": None,
    "fax": "",
    "owners": ["1", "2"],
}


@pytest.mark.parametrize(
    ("method", "path", "query", "wrong"),
    [
        ("PUT", "/task/5/", "", None),
        ("POST", "/task/5", "", None),
        ("DELETE", "/client/12/", "", None),
        ("POST", "/task/", "", "leaves no key"),
        ("PUT", "/task/", "", "leaves no key"),
        ("PUT", "/task/abc/", "", "leaves no key"),
        ("PUT", "/odd/5/", "", "not documented"),
        ("PUT", "/document/5/download/", "", "not documented"),
        ("PUT", "/personcontact/5/", "", "does not show"),
        ("DELETE", "/projectteam/5/", "", "does not show"),
        ("PUT", "/timer/5/", "", "does not show"),
        ("PUT", "/invoice/5/", "", "does not show"),
        ("PUT", "/task/5/", "name=x", "the query"),
        ("PATCH", "/task/5/", "", "not documented"),
    ],
)
def test_what_can_be_looked_up(method: str, path: str, query: str, wrong: str | None) -> None:
    why = readback.why_not(ROWS.match(path), method, query)
    assert why is None if wrong is None else wrong in (why or "")


def test_every_resource_that_is_read_back_can_be_written_and_read() -> None:
    flagged = [row for row in ROWS.resources.values() if row.read_back]
    assert len(flagged) == 16
    assert all({"GET", "PUT", "DELETE"} <= set(row.member) for row in flagged)


@pytest.mark.parametrize(
    ("sent", "differs"),
    [
        ({"title": "A & B"}, []),
        ({"title": "A &amp; B"}, []),
        ({"title": "A &amp;amp; B"}, ["title"]),
        ({"active": True}, []),
        ({"active": "true"}, []),
        ({"active": "f"}, ["active"]),
        ({"amount": "10"}, []),
        ({"amount": Number("10.0")}, []),
        ({"amount": 10}, []),
        ({"amount": "11"}, ["amount"]),
        ({"phone": "123"}, ["phone"]),
        ({"phone": "0123"}, []),
        ({"notes": ""}, []),
        ({"fax": None}, []),
        ({"fax": "0"}, ["fax"]),
        ({"owners": ["1", "2"]}, []),
        ({"owners": "1,2"}, ["owners"]),
        ({"password": "x"}, ["password"]),
        ({"id": "6"}, []),
        ({}, []),
        (None, ["the body"]),
        ([{"title": "A & B"}], ["the body"]),
    ],
)
def test_a_row_is_alike_in_what_was_sent(sent: Any, differs: list[str]) -> None:
    body: Body | None = sent
    assert readback.unlike(body, ROW) == differs
