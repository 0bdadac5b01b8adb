import pytest

from gateway.policy import cachecontrol, storing
from gateway.policy.catalogue import Lifetimes
from gateway.policy.messages import Headers, Request, Response
from gateway.policy.storing import Storable

ROW = Lifetimes(60.0, 10.0, 100.0)


@pytest.mark.parametrize(
    ("asked", "status", "said", "why_not", "expected"),
    [
        ("", 200, "", None, Lifetimes(60.0, 10.0, 100.0)),
        ("", 200, "max-age=5", None, Lifetimes(5.0, 10.0, 100.0)),
        ("", 200, "max-age=5, stale-while-revalidate=1, stale-if-error=2", None, Lifetimes(5.0, 1.0, 2.0)),
        ("", 200, "private", None, Lifetimes(60.0, 10.0, 100.0)),
        ("", 200, "no-store", None, None),
        ("no-store", 200, "", None, None),
        ("", 404, "", None, None),
        ("", 200, "", "moves with the clock", None),
    ],
)
def test_document(asked: str, status: int, said: str, why_not: str | None, expected: Lifetimes | None) -> None:
    answer = Response(status, Headers([("Cache-Control", said)] if said else []))
    verdict = storing.document(cachecontrol.read(asked), answer, ROW, why_not)
    assert (verdict.lifetimes if isinstance(verdict, Storable) else None) == expected


@pytest.mark.parametrize(
    ("method", "sent", "status", "said", "lent", "stored"),
    [
        ("GET", [], 200, [("Cache-Control", "max-age=5")], False, True),
        ("GET", [], 200, [], False, False),
        ("GET", [], 500, [("Cache-Control", "max-age=5")], False, False),
        ("POST", [], 200, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [], 200, [("Cache-Control", "max-age=5, private")], False, False),
        ("GET", [], 200, [("Cache-Control", "max-age=5"), ("Vary", "*")], False, False),
        ("GET", [("Authorization", "x")], 200, [("Cache-Control", "max-age=5")], False, False),
        ("GET", [("Authorization", "x")], 200, [("Cache-Control", "max-age=5")], True, True),
        ("GET", [("Authorization", "x")], 200, [("Cache-Control", "max-age=5, public")], False, True),
        ("GET", [("Cache-Control", "no-store")], 200, [("Cache-Control", "max-age=5")], False, False),
    ],
)
def test_plain(
    method: str, sent: list[tuple[str, str]], status: int, said: list[tuple[str, str]], lent: bool, stored: bool
) -> None:
    verdict = storing.plain(Request(method, "/x", Headers(sent)), Response(status, Headers(said)), lent=lent)
    assert isinstance(verdict, Storable) is stored
