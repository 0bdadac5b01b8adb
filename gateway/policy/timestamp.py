"""Moments as RFC 3339 writes them, in UTC and to the second: for people and programs that are told of something."""

from __future__ import annotations

from datetime import UTC, datetime


def timestamp(seconds: float) -> str:
    """Write epoch seconds; what is left of a second is cut off."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
