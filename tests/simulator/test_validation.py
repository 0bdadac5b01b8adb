import json

import pytest

from gateway.simulator.service import Service
from tests.simulator.asking import ask, error, got, small

TASK = {
    "statusid": 1, "projectid": 11001, "moduleid": 1, "title": "T", "dateopen": "2025-06-01", "ownerid": "2001,2002",
    "priorityid": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"title": None}, "title is required"),
        ({"title": ""}, "title is required"),
        ({"title": "x" * 256}, "255 characters"),
        ({"statusid": "one"}, "statusid expects a value of type integer"),
        ({"statusid": 99}, "Invalid status"),
        ({"ownerid": "2001,9"}, "ownerid 9"),
        ({"ownerid": "2001,x"}, "integers in CSV"),
        ({"assigneeid": 1.5}, "assigneeid expects"),
        ({"dateopen": "soon"}, "dateopen expects"),
        ({"dateopen": "2025-02-30"}, "dateopen expects"),
        ({"estimate": "1,5"}, "estimate expects"),
        ({"milestoneid": 5}, "Invalid milestone"),
        ({"title": ["a"]}, "title must be a single value"),
    ],
)
def test_a_mistake_is_named(service: Service, changed: dict[str, object], named: str) -> None:
    reply = ask(service, "/task/", method="POST", body=TASK | changed)
    assert (reply.status, reply.api_code) == (400, 18)
    assert named in json.loads(reply.body)["error"]["message"]


@pytest.mark.parametrize("name", TASK)
def test_every_required_field_is_required(service: Service, name: str) -> None:
    reply = ask(service, "/task/", method="POST", body={key: value for key, value in TASK.items() if key != name})
    assert json.loads(reply.body)["error"]["message"] == f"{name} is required."


def test_unknown_fields_are_refused_unless_lenient(service: Service) -> None:
    assert error(service, "/task/", method="POST", body=TASK | {"colour": 1}) == (400, 17)
    service.options.strict = False
    assert ask(service, "/task/", method="POST", body=TASK | {"colour": 1}).status == 201
    assert ask(service, "/task/?nonsense=1").status == 200


def test_an_element_can_be_sent_back_whole(service: Service) -> None:
    whole = got(service, "/client/4501")["client"]
    assert got(service, "/client/4501", method="PUT", body=whole)["client"] == whole


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("A & B <c>", "A &amp; B &lt;c&gt;"),
        ("A &amp; B", "A &amp; B"),
        ("caf&eacute; &#39;x&#x27;", "caf&eacute; &#39;x&#x27;"),
        ('né / "q"', 'né / "q"'),
    ],
)
def test_plain_text_is_escaped_once(service: Service, sent: str, kept: str) -> None:
    assert got(service, "/task/", method="POST", body=TASK | {"title": sent})["task"]["title"] == kept


def test_escaping_can_be_left_out() -> None:
    service = Service(small(escape_text=False))
    assert got(service, "/task/", method="POST", body=TASK | {"title": "A & B"})["task"]["title"] == "A & B"


def test_html_keeps_its_elements_but_those_that_run(service: Service) -> None:
    body = TASK | {"summary": "<p>a &amp; b</p><script>alert(1)</script>"}
    assert got(service, "/task/", method="POST", body=body)["task"]["summary"] == "<p>a &amp; b</p>"


@pytest.mark.parametrize("sent", ["t", "true", True, "1"])
def test_booleans_in_all_the_ways_clients_send_them(service: Service, sent: object) -> None:
    assert got(service, "/client/4508", method="PUT", body={"active": sent})["client"]["active"] == "t"
    assert error(service, "/client/4508", method="PUT", body={"active": "yes"}) == (400, 18)
