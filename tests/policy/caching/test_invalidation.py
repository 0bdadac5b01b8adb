import pytest

from gateway.policy.caching import invalidation
from gateway.policy.messages import Headers, Request, Response

ORIGIN = "https://api.example/v1/"


@pytest.mark.parametrize(
    ("method", "unsafe"),
    [("GET", False), ("HEAD", False), ("OPTIONS", False), ("POST", True), ("M-SEARCH", True), ("get", True)],
)
def test_a_method_that_is_not_known_is_not_safe(method: str, unsafe: bool) -> None:
    """RFC 9110 §9.2.1, RFC 9111 §4.4."""
    assert invalidation.unsafe(method) is unsafe


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([], ["/a/b?c"]),
        ([("Location", "/x")], ["/a/b?c"]),
        ([("Location", "/v1/x")], ["/a/b?c", "/x"]),
        ([("Location", "x?y=1#z")], ["/a/b?c", "/a/x?y=1"]),
        ([("Location", "../x")], ["/a/b?c", "/x"]),
        ([("Content-Location", "https://API.example:443/v1/x")], ["/a/b?c"]),
        ([("Content-Location", "https://API.example/v1/x")], ["/a/b?c", "/x"]),
        ([("Location", "https://other.example/v1/x")], ["/a/b?c"]),
        ([("Location", "http://api.example/v1/x")], ["/a/b?c"]),
        ([("Location", "//api.example/v1/x")], ["/a/b?c", "/x"]),
        ([("Location", "http://[")], ["/a/b?c"]),
        ([("Location", "/v1/x"), ("Content-Location", "/v1/y")], ["/a/b?c", "/x", "/y"]),
        ([("Location", "/v1/a/b?c")], ["/a/b?c"]),
    ],
)
def test_targets(told: list[tuple[str, str]], expected: list[str]) -> None:
    """RFC 9111 §4.4: the target, and what the answer names at the same origin."""
    assert invalidation.targets(Request("POST", "/a/b?c"), Response(201, Headers(told)), ORIGIN) == expected


def test_where_the_origin_is_not_known_only_paths_are_believed() -> None:
    asked = Request("PUT", "/a")
    assert invalidation.targets(asked, Response(200, Headers([("Location", "/b")])), "") == ["/a", "/b"]
    assert invalidation.targets(asked, Response(200, Headers([("Location", "http://h/b")])), "") == ["/a"]


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("OPTIONS", 204), ("POST", 400), ("POST", 500)])
def test_safe_requests_and_failures_invalidate_nothing(method: str, status: int) -> None:
    asked, told = Request(method, "/a"), Response(status, Headers([("Cache-Group-Invalidation", '"g"')]))
    assert invalidation.targets(asked, told, ORIGIN) == []
    assert invalidation.invalidated_groups(asked, told) == frozenset()


@pytest.mark.parametrize(
    ("method", "status", "location", "expected"),
    [
        ("POST", 200, "/v1/a", True),
        ("POST", 200, "https://api.example/v1/a", True),
        ("POST", 201, "/v1/a", False),
        ("PUT", 200, "/v1/a", False),
        ("POST", 200, "/v1/b", False),
        ("POST", 200, "", False),
    ],
)
def test_a_post_whose_answer_is_also_gets(method: str, status: int, location: str, expected: bool) -> None:
    """RFC 9110 §9.3.3."""
    told = Response(status, Headers([("Content-Location", location)]))
    assert invalidation.describes_its_target(Request(method, "/a"), told, ORIGIN) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('"a", "b"', {"a", "b"}),
        ('"a";x=1', {"a"}),
        ("a", set()),
        ('"a", b', {"a"}),
        ('"a",', set()),
        ("", set()),
        (", ".join(f'"{number}"' for number in range(99)), {str(number) for number in range(64)}),
    ],
)
def test_groups(value: str, expected: set[str]) -> None:
    """RFC 9875 §2: a List of Strings; malformed is none."""
    assert invalidation.groups(Headers([("Cache-Groups", value)])) == expected
    told = Response(200, Headers([("Cache-Group-Invalidation", value)]))
    assert invalidation.invalidated_groups(Request("POST", "/"), told) == expected
