import pytest

from gateway.policy.caller import Caller, patience
from gateway.policy.names import AccountName, AppName, Partition


def caller(*allow: str) -> Caller:
    return Caller(AppName("a"), AccountName("x"), Partition("p"), "Basic secret", lent=True, patience=30.0, allow=allow)


@pytest.mark.parametrize(
    ("pattern", "method", "path", "expected"),
    [
        ("* *", "DELETE", "/client/5/", True),
        ("GET *", "GET", "/client/5/", True),
        ("GET *", "HEAD", "/client/5/", True),
        ("GET *", "POST", "/client/", False),
        ("POST time", "POST", "/time/", True),
        ("POST time", "POST", "/time/5/", True),
        ("POST time", "POST", "/timer/", False),
        ("PUT time", "POST", "/time/5/", False),
        ("GET customer/*", "GET", "/customer/5/", True),
    ],
)
def test_allow(pattern: str, method: str, path: str, expected: bool) -> None:
    resource = path.split("/")[1]
    assert caller(pattern).may(method, resource, path) is expected


def test_no_pattern_allows_nothing() -> None:
    assert not caller().may("GET", "client", "/client/")


@pytest.mark.parametrize(
    ("prefer", "expected"),
    [
        (None, 30.0),
        ("wait=5", 5.0),
        ("respond-async, wait=10", 10.0),
        ('wait="7"; x=1', 7.0),
        ("WAIT=3", 3.0),
        ("wait=900", 30.0),
        ("wait=0", 0.0),
        ("wait=-1", 30.0),
        ("wait=abc", 30.0),
        ("wait", 30.0),
        ("wait=99999999999999999999999999", 30.0),
    ],
)
def test_the_shorter_patience_holds(prefer: str | None, expected: float) -> None:
    assert patience(prefer, 30.0) == expected


def test_a_callers_credential_is_not_in_its_text() -> None:
    assert "secret" not in repr(caller())
