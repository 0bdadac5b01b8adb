from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.segments import climbs, resolved


@pytest.mark.parametrize(
    "path",
    [
        "/time/../client/",
        "/time/..",
        "/time/.",
        "/./client/",
        "/time/%2e%2e/client/",
        "/time/%2E./client/",
        "/time/%252e%252e/client/",
        "/time/..%2Fclient/",
        "/time/..%5cclient/",
        "/time/..\\client/",
        "/time/..;/client/",
        "/time/..;a=b/client/",
        "/time/..%3b/client/",
    ],
)
def test_what_somebody_reads_as_going_up(path: str) -> None:
    assert climbs(path)


@pytest.mark.parametrize(
    "path", ["/", "/client/", "/client/5/", "/file.txt", "/...", "/a../b", "/%2e%2ea/", "/%zz/", "/%ff/", "/client/5;a"]
)
def test_what_nobody_does(path: str) -> None:
    assert not climbs(path)


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/client/5/", ["client", "5"]),
        ("//client//", ["client"]),
        ("/time/../client/5", ["client", "5"]),
        ("/time/..;x/%63lient", ["client"]),
        ("/../../client", ["client"]),
        ("/client/./", ["client"]),
        ("/", []),
    ],
)
def test_what_is_left(path: str, left: list[str]) -> None:
    assert resolved(path) == left


@given(st.lists(st.sampled_from(["a", "..", ".", "", "%2e%2e", "..%2f", "b;c", "..;"])))
def test_nothing_is_left_to_climb(parts: list[str]) -> None:
    assert not climbs("/".join(resolved("/".join(parts))))
