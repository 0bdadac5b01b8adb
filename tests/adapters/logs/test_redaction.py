"""No spelling of a secret gets through, and little else is lost."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.logs import Redaction

SECRET = 'k3y/"ä+2f9a81'
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=12, max_size=40)


@pytest.mark.parametrize(
    "spelling", [SECRET, quote(SECRET, safe=""), json.dumps(SECRET), repr(SECRET)], ids=["plain", "url", "json", "repr"]
)
def test_a_secret_is_replaced_in_every_spelling(spelling: str) -> None:
    redaction = Redaction([SECRET])
    assert redaction.found(f"before {spelling} after")
    assert redaction(f"before {spelling} after").replace('"', "").replace("'", "") == "before [redacted] after"


@given(secret=KEYS, before=st.text(max_size=9), after=st.text(max_size=9))
def test_a_secret_within_base64_is_found(secret: str, before: str, after: str) -> None:
    coded = base64.b64encode(f"{before}{secret}{after}".encode()).decode()
    assert Redaction([secret]).found(coded)


@given(st.lists(KEYS, min_size=1, max_size=9), st.text(max_size=30))
def test_none_of_many_is_left(secrets: list[str], between: str) -> None:
    redaction = Redaction(secrets[:1])
    redaction.add(secrets[1:])
    written = redaction(between.join(secrets))
    assert not any(secret in written for secret in secrets)


def test_without_secrets_nothing_is_changed() -> None:
    redaction = Redaction([""])
    assert redaction("as it was") == "as it was"
    assert not redaction.found("")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("GET /client/?email=a@b.c&limit=5 failed", "GET /client/?email=[redacted]&limit=[redacted] failed"),
        ("Authorization: Basic dXNlcjpwYXNz=", "Authorization: Basic [redacted]"),
        ("authorization: bearer abc123.def456", "authorization: bearer [redacted]"),
        ("at '/client/?limit=5&Anna%20Smith'", "at '/client/?limit=[redacted]&[redacted]'"),
        ("ValueError: anna.smith+x@mail.example.org is no number", "ValueError: [redacted] is no number"),
        ("at anna%40example.org, 5 @ 10.", "at [redacted], 5 @ 10."),
        ("basic authentication is missing", "basic authentication is missing"),
        ("why? because", "why? because"),
    ],
)
def test_prose_loses_credentials_and_parameter_values(text: str, written: str) -> None:
    assert Redaction().prose(text) == written


def test_work_grows_with_the_text_and_no_faster() -> None:
    """What an upstream says in its error may be long; anything quadratic would take minutes."""
    assert Redaction().prose("a" * 200_000) == "a" * 200_000
