"""Signatures of deliveries, by Standard Webhooks ("Signature scheme"): HMAC-SHA256 over id, time and body."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence

PREFIX = "whsec_"


def fields(message_id: str, body: bytes, *, secrets: Sequence[str], now: float) -> list[tuple[str, str]]:
    """Write the header fields of one attempt. Several secrets, while one replaces another, give several signatures."""
    timestamp = str(int(now))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return [
        ("webhook-id", message_id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", " ".join(f"v1,{_signature(secret, signed)}" for secret in secrets)),
    ]


def derived(master: bytes, subscription: str) -> str:
    """Make the secret of a subscription that was made while running: the same again from the same master."""
    octets = hmac.digest(master, f"webhook subscription {subscription}".encode(), "sha256")
    return PREFIX + b64encode(octets).decode()


def fingerprint(secret: str) -> str:
    """Tell by what a secret can be recognised again; nothing can be signed or found out with it."""
    return hmac.digest(_key(secret), b"fingerprint of a signing secret", "sha256").hex()[:16]


def _signature(secret: str, signed: bytes) -> str:
    return b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(PREFIX))
