"""What passes a lenient parser is judged by five things."""

from __future__ import annotations

import pytest

from gateway.policy.wellformed import misread


@pytest.mark.parametrize("version", [(1, 0), (1, 1)])
@pytest.mark.parametrize("target", ["/", "/client/?a=%23", "http://gateway/me/", "*", "/%zz//"])
@pytest.mark.parametrize("hosts", [[], [""], ["gateway"], ["gateway:80"], ["[::1]:8080"], ["10.0.0.1 "], ["a_b"]])
@pytest.mark.parametrize("codings", [[], ["chunked"], [" Chunked"]])
def test_what_is_well_formed(version: tuple[int, int], target: str, hosts: list[str], codings: list[str]) -> None:
    assert misread(version=version, target=target, hosts=hosts, codings=codings, fields=65_536) is None


@pytest.mark.parametrize(
    ("changed", "status", "says"),
    [
        ({"version": (0, 9)}, 505, "HTTP/0.9"),
        ({"version": (1, 2)}, 505, "HTTP/1.1 and HTTP/1.0 are"),
        ({"version": (2, 0)}, 505, "HTTP/2.0"),
        ({"target": "/me/#top"}, 400, "%23"),
        ({"hosts": ["a b"]}, 400, "Host"),
        ({"hosts": ["a/b"]}, 400, "Host"),
        ({"hosts": ["user@a"]}, 400, "Host"),
        ({"hosts": ["a:b"]}, 400, "Host"),
        ({"hosts": ["[::1"]}, 400, "Host"),
        ({"codings": ["identity, chunked"]}, 501, "chunked is"),
        ({"codings": ["gzip"]}, 501, "Transfer-Encoding"),
        ({"codings": ["chunked", "chunked"]}, 501, "Transfer-Encoding"),
        ({"fields": 65_537}, 431, "65536 bytes"),
    ],
)
def test_what_is_not(changed: dict[str, object], status: int, says: str) -> None:
    well: dict[str, object] = {"version": (1, 1), "target": "/", "hosts": ["gateway"], "codings": [], "fields": 0}
    found = misread(**(well | changed))  # type: ignore[arg-type] # a table of columns
    assert found is not None
    assert found.status == status
    assert says in found.wrong
