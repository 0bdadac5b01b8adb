from gateway.simulator.errors import ERRORS, REASONS, Refused


def test_twenty_codes_each_with_a_reason_phrase() -> None:
    assert list(ERRORS) == list(range(1, 21))
    assert all(status in REASONS and message for status, message in ERRORS.values())


def test_a_refusal_knows_its_status() -> None:
    assert (Refused(11).status, Refused(18, "said", status=411).status) == (400, 411)
    assert (Refused(18, "said").message, str(Refused(5))) == ("said", ERRORS[5][1])
