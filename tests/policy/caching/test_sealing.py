"""Sealed entries come back as they were, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.caching.entry import Entry
from gateway.policy.caching.sealing import seal, unseal, useful_until
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey

SECRET = b"secret"
TEXT = st.text(st.characters(exclude_categories=()), max_size=20)  # lone surrogates too: they stand for raw bytes
SPAN = st.floats(min_value=0, allow_nan=False)

ENTRIES = st.builds(
    Entry,
    key=TEXT.map(CacheKey),
    account=TEXT.map(AccountName),
    resource=TEXT,
    target=TEXT,
    response=st.builds(
        Response, st.integers(100, 999), st.lists(st.tuples(TEXT, TEXT), max_size=5).map(Headers), st.binary()
    ),
    requested_at=SPAN,
    received_at=SPAN,
    initial_age=SPAN,
    lifetime=SPAN,
    stale_while_revalidate=SPAN,
    stale_if_error=SPAN,
    vary=st.lists(st.tuples(TEXT, st.none() | TEXT), max_size=3).map(tuple),
)

ENTRY = Entry(
    key=CacheKey("k"),
    account=AccountName("acme"),
    resource="client",
    target="/client/",
    response=Response(200, Headers([("ETag", '"x"')]), b"body"),
    requested_at=1.0,
    received_at=2.0,
    initial_age=0.5,
    lifetime=60.0,
    stale_while_revalidate=5.0,
    stale_if_error=30.0,
)


@given(ENTRIES, st.binary())
def test_unsealing_gives_the_entry_back(entry: Entry, secret: bytes) -> None:
    assert unseal(seal(entry, secret), secret, entry.key) == entry


@given(st.data())
def test_one_changed_byte_is_refused(data: st.DataObject) -> None:
    sealed = bytearray(seal(ENTRY, SECRET))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    assert unseal(bytes(sealed), SECRET, ENTRY.key) is None


@given(st.binary())
def test_other_bytes_are_refused(other: bytes) -> None:
    assert unseal(other, SECRET, ENTRY.key) is None


@given(st.integers(0, 200))
def test_a_part_is_refused(length: int) -> None:
    assert unseal(seal(ENTRY, SECRET)[:length], SECRET, ENTRY.key) is None


def test_another_secret_is_refused() -> None:
    assert unseal(seal(ENTRY, SECRET), b"another", ENTRY.key) is None


def test_another_key_is_refused() -> None:
    assert unseal(seal(ENTRY, SECRET), SECRET, CacheKey("another account's")) is None


def test_fields_of_another_version_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.policy.caching.sealing._PLAIN", ("key", "account"))
    assert unseal(seal(ENTRY, SECRET), SECRET, ENTRY.key) is None


@pytest.mark.parametrize(
    ("entry", "until"),
    [
        (ENTRY, 92.0),
        (replace(ENTRY, stale_while_revalidate=100.0), 162.0),
        (replace(ENTRY, stale_while_revalidate=0.0, stale_if_error=0.0), 62.0),
    ],
)
def test_useful_until_the_last_stale_answer(entry: Entry, until: float) -> None:
    assert useful_until(entry) == until
