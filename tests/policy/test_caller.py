import pytest

from gateway.policy.caller import Caller
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
        ("* *", "GET", "/time/../client/", True),
        ("GET *", "GET", "/time/%2e%2e/client/", True),
        ("POST time", "POST", "/time/../client/", False),
        ("POST time", "POST", "/time/..%2fclient/", False),
        ("GET time/*", "GET", "/time/../client", False),
        ("GET time/*", "GET", "/time/..;/client", False),
    ],
)
def test_allow(pattern: str, method: str, path: str, expected: bool) -> None:
    resource = path.split("/")[1]
    assert caller(pattern).may(method, resource, path) is expected


def test_no_pattern_allows_nothing() -> None:
    assert not caller().may("GET", "client", "/client/")


def test_a_callers_credential_is_not_in_its_text() -> None:
    assert "secret" not in repr(caller())
