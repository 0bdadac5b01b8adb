"""Signatures, checked with the library that receivers use."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.policy.webhooks import signing

NEW = "whsec_" + b64encode(b"n" * 24).decode()
OLD = "whsec_" + b64encode(b"o" * 64).decode()
BODY = b'{"type":"webhook.test"}'


def signed(body: bytes = BODY, message_id: str = "evt_1", secrets: tuple[str, ...] = (NEW,)) -> dict[str, str]:
    return dict(signing.fields(message_id, body, secrets=secrets, now=datetime.now(UTC).timestamp()))


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789_-.", min_size=1), st.dictionaries(st.text(), st.text()))
def test_the_maintained_library_verifies_it(message_id: str, content: dict[str, str]) -> None:
    body = json.dumps(content).encode()
    assert Webhook(NEW).verify(body, signed(body, message_id)) == content


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_while_a_secret_is_replaced_both_verify_it(secret: str) -> None:
    fields = signed(secrets=(NEW, OLD))
    assert len(fields["webhook-signature"].split(" ")) == 2
    assert Webhook(secret).verify(BODY, fields)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body", "secret"])
def test_nothing_of_it_can_be_changed(changed: str) -> None:
    fields = signed()
    secret = OLD if changed == "secret" else NEW
    body = BODY + b" " if changed == "body" else BODY
    if changed in fields:
        fields[changed] = str(int(fields[changed]) - 1) if changed == "webhook-timestamp" else "evt_2"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, fields)


def test_a_derived_secret_is_one_of_standard_webhooks_and_the_same_again() -> None:
    secret = signing.derived(b"master", "api-1")
    assert secret == signing.derived(b"master", "api-1")
    assert secret not in (signing.derived(b"master", "api-2"), signing.derived(b"another", "api-1"))
    assert Webhook(secret).verify(BODY, signed(secrets=(secret,)))


def test_a_fingerprint_tells_secrets_apart_without_holding_them() -> None:
    assert signing.fingerprint(NEW) == signing.fingerprint(NEW) != signing.fingerprint(OLD)
    assert len(signing.fingerprint(NEW)) == 16
