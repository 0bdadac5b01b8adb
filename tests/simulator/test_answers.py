from gateway.simulator.answers import Answer, refusal
from gateway.simulator.errors import Refused


def test_the_status_is_the_reason_phrase() -> None:
    assert [Answer(1, status=status).reason for status in (200, 201, 202)] == ["OK", "Created", "Accepted"]


def test_a_refusal_names_nobody() -> None:
    answer = refusal(Refused(14, "There is no task 5."))
    assert (answer.person, answer.resource, answer.status) == (0, "error", 404)
    assert answer.content == {"code": 14, "message": "There is no task 5."}
