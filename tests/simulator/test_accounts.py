import base64

import pytest

from gateway.simulator.accounts import USERS, authenticate, token_of
from gateway.simulator.errors import Refused
from gateway.simulator.options import Options
from gateway.simulator.service import Service
from tests.simulator.asking import ask, basic, error


def test_tokens_look_like_the_service_s() -> None:
    assert all(len(token) == 11 and token.isalnum() and token == token.lower() for token in USERS)


@pytest.mark.parametrize(
    ("field", "token"),
    [
        (basic("acmeadmin01", "x"), "acmeadmin01"),
        (basic("acmeadmin01", ""), "acmeadmin01"),
        (basic("acmeadmin01", "a:b"), "acmeadmin01"),
        ("basic " + base64.b64encode(b"acmeadmin01").decode(), "acmeadmin01"),
        (basic("", "x"), None),
        (None, None),
        ("", None),
        ("Bearer acmeadmin01", None),
        ("Basic !!!", None),
        ("Basic " + base64.b64encode(b"\xff:x").decode(), None),
    ],
)
def test_the_token_stands_before_the_first_colon(field: str | None, token: str | None) -> None:
    assert token_of(field) == token


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("notfoundac1", (401, 2)),
        ("inactiveac1", (401, 3)),
        ("suspended01", (503, 4)),
        ("bannedacct1", (418, 5)),
        ("unpaidacct1", (402, 6)),
        ("nobodyknows", (401, 7)),
        ("inactiveus1", (401, 8)),
        ("", (401, 9)),
    ],
)
def test_every_state_has_its_error(readable: Service, token: str, expected: tuple[int, int]) -> None:
    assert error(readable, "/client/", token=token) == expected
    assert ("WWW-Authenticate" in ask(readable, "/client/", token=token).headers) == (expected[0] == 401)


def test_states_can_be_set_from_outside() -> None:
    options = Options(account_states={"acme": "unpaid"}, user_states={"globexadm01": "unknown"})
    for token, code in (("acmeadmin01", 6), ("globexadm01", 7)):
        with pytest.raises(Refused) as refused:
            authenticate(token, options)
        assert refused.value.code == code
    assert authenticate("globexres01", options).account == "globex"
