"""Which ids of callers are kept, and what is minted."""

from __future__ import annotations

import pytest

from gateway.web import correlation

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_what_is_minted_would_be_kept_and_never_comes_twice() -> None:
    minted = [correlation.mint() for _ in range(100)]
    assert all(correlation.is_request_id(it) and correlation.is_traceparent(parent) for it, parent in minted)
    assert len({text for pair in minted for text in pair}) == 200


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-1", True), ("x" * 128, True), ("x" * 129, False), ("", False), ("a b", False), ("é", False)],
)
def test_request_ids(sent: str, kept: bool) -> None:
    assert correlation.is_request_id(sent) is kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (PARENT, True),
        (f"cc{PARENT[2:]}-what-a-later-version-adds", True),
        (PARENT.upper(), False),
        (f"ff{PARENT[2:]}", False),
        (PARENT.replace("b7ad6b7169203331", "0" * 16), False),
        (PARENT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32), False),
        (PARENT[:-1], False),
        ("", False),
    ],
)
def test_trace_contexts(sent: str, kept: bool) -> None:
    assert correlation.is_traceparent(sent) is kept
