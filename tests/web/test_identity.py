import base64
import hashlib

import pytest

from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers
from gateway.policy.names import AccountName, AppName
from gateway.web.identity import App, Identity, basic

ACME = AccountName("acme")
KEY, OTHER = "fifteen-men-on-a-chest", "cl\u00e9-\U0001f511"
OWN = basic("own-token", "secret")
LENT = basic("account-token")


def app(name: str, key: str | None, *, passthrough: bool = False, token: str | None = "account-token") -> App:
    authorization = None if token is None else basic(token)
    caller = Caller(
        AppName(name),
        ACME,
        cachekey.partition(ACME, authorization),
        authorization,
        lent=authorization is not None,
        patience=30.0,
    )
    digest = None if key is None else hashlib.sha256(key.encode()).hexdigest()
    return App(caller, digest, passthrough, account_has_token=authorization is not None)


def recognise(*fields: tuple[str, str], apps: tuple[App, ...] = (app("tool", KEY), app("other", OTHER))) -> Caller:
    return Identity(apps).recognise(Headers(fields))


def refusal(*fields: tuple[str, str], apps: tuple[App, ...] = (app("tool", KEY),)) -> Fault:
    with pytest.raises(Fault) as caught:
        recognise(*fields, apps=apps)
    return caught.value


def encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


@pytest.mark.parametrize(
    "field",
    [
        ("Authorization", basic(KEY)),
        ("Authorization", basic(KEY, "")),
        ("authorization", f"basic {encoded(KEY.encode())}"),
        ("Authorization", f"BASIC  {encoded(f'{KEY}:a:b'.encode())} "),
        ("Authorization", f"Bearer {KEY}"),
        ("Authorization", f"bearer  {KEY} "),
        ("X-Api-Key", KEY),
        ("x-api-key", f" {KEY} "),
    ],
)
def test_a_key_is_recognised_in_each_of_its_places(field: tuple[str, str]) -> None:
    caller = recognise(field)
    assert (caller.app, caller.authorization, caller.lent) == ("tool", LENT, True)


@pytest.mark.parametrize("field", [("Authorization", basic(OTHER)), ("Authorization", f"Bearer {OTHER}")])
def test_a_key_may_be_any_text(field: tuple[str, str]) -> None:
    assert recognise(field).app == "other"


@pytest.mark.parametrize(
    ("fields", "kind", "status"),
    [
        ((), Kind.KEY_MISSING, 401),
        ((("Authorization", basic("wrong")),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", basic(KEY + "x")),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", f"Bearer {KEY[:-1]}"),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", KEY),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", ""),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", "Basic !!!"),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", f"Basic {encoded(bytes(range(128, 256)))}"),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", "Bearer "),), Kind.KEY_UNKNOWN, 401),
        ((("Authorization", "Digest username=x"),), Kind.KEY_UNKNOWN, 401),
        ((("X-Api-Key", "wrong"),), Kind.KEY_UNKNOWN, 401),
        ((("X-Api-Key", ""),), Kind.KEY_UNKNOWN, 401),
        ((("X-Api-Key", "wrong"), ("Authorization", basic(KEY))), Kind.KEY_UNKNOWN, 401),
        ((("X-Api-Key", KEY), ("X-Api-Key", KEY)), Kind.MALFORMED, 400),
        ((("Authorization", basic(KEY)), ("authorization", basic(KEY))), Kind.MALFORMED, 400),
    ],
)
def test_who_is_not_recognised(fields: tuple[tuple[str, str], ...], kind: Kind, status: int) -> None:
    fault = refusal(*fields)
    assert (fault.kind, fault.status) == (kind, status)
    assert "wrong" not in fault.detail
    assert KEY[:-1] not in fault.detail


def test_the_caller_is_as_configured_and_apps_of_one_token_share() -> None:
    tool, other = recognise(("X-Api-Key", KEY)), recognise(("Authorization", basic(OTHER)))
    assert (tool.account, tool.patience) == ("acme", 30.0)
    assert tool.partition == other.partition


@pytest.mark.parametrize(
    ("passthrough", "token", "fields", "authorization"),
    [
        (False, "account-token", (("X-Api-Key", KEY), ("Authorization", OWN)), LENT),
        (True, "account-token", (("X-Api-Key", KEY), ("Authorization", OWN)), OWN),
        (True, "account-token", (("X-Api-Key", KEY), ("Authorization", "Bearer own")), LENT),
        (True, "account-token", (("X-Api-Key", KEY),), LENT),
        (True, "account-token", (("Authorization", basic(KEY)),), LENT),
        (False, None, (("X-Api-Key", KEY), ("Authorization", OWN)), OWN),
        (False, None, (("X-Api-Key", KEY), ("Authorization", "Bearer own")), "Bearer own"),
        (False, None, (("X-Api-Key", KEY),), None),
        (False, None, (("Authorization", basic(KEY)),), None),
    ],
)
def test_whose_credential_goes_upstream(
    passthrough: bool, token: str | None, fields: tuple[tuple[str, str], ...], authorization: str | None
) -> None:
    caller = recognise(*fields, apps=(app("tool", KEY, passthrough=passthrough, token=token),))
    assert caller.authorization == authorization
    assert caller.lent is (authorization == LENT)
    assert caller.partition == cachekey.partition(ACME, authorization)
    assert caller.app == "tool"


def test_an_anonymous_app_takes_who_has_no_key_and_named_ones_come_first() -> None:
    apps = (app("tool", KEY), app("anyone", None))
    assert recognise(apps=apps).app == "anyone"
    assert recognise(("Authorization", basic(KEY)), apps=apps).app == "tool"
    assert recognise(("Authorization", OWN), apps=apps).authorization == LENT
    assert refusal(("X-Api-Key", "wrong"), apps=apps).kind is Kind.KEY_UNKNOWN


def test_the_app_key_never_goes_upstream() -> None:
    """Not even to an account without a token, which passes the caller's own Authorization through."""
    tokenless = (app("tool", KEY, token=None), app("anyone", None, token=None))
    assert recognise(("Authorization", basic(KEY)), apps=tokenless).authorization is None
    assert recognise(("Authorization", OWN), apps=tokenless).authorization == OWN


def test_no_secret_is_in_what_is_printed() -> None:
    known = app("tool", KEY)
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    for printed in (repr(known), repr(known.caller)):
        assert digest not in printed
        assert LENT.removeprefix("Basic ") not in printed


def test_the_service_takes_any_password() -> None:
    assert base64.b64decode(basic("token").removeprefix("Basic ")) == b"token:X"
