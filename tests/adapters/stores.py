"""What the tests of every store need: entries to store and an ear for events."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.policy.caching.entry import Entry
from gateway.policy.messages import Headers, Response
from gateway.policy.names import AccountName, CacheKey

SECRET = b"a secret of the gateway"
NOW = 1_900_000_000.0


def entry(
    key: str = "k",
    *,
    account: str = "acme",
    resource: str = "client",
    body: bytes = b"{}",
    lifetime: float = 600.0,
    received_at: float = NOW,
) -> Entry:
    headers = Headers([("Content-Type", "application/json"), ("Link", "<a>"), ("Link", "<b>")])
    return Entry(
        key=CacheKey(key),
        account=AccountName(account),
        resource=resource,
        target=f"/{resource}/?limit=10",
        response=Response(200, headers, body),
        requested_at=received_at - 0.25,
        received_at=received_at,
        initial_age=0.5,
        lifetime=lifetime,
        stale_while_revalidate=60.0,
        stale_if_error=3600.0,
        vary=(("accept-language", None), ("x-tone", "low")),
    )


def modes(directory: Path) -> dict[str, int]:
    """The files of a directory with who may do what to them."""
    return {file.name: file.stat().st_mode & 0o777 for file in directory.iterdir()}


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """Let no file of this process grow beyond `largest` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass
class Events:
    """Collects what a store reports."""

    heard: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, event: str, detail: str) -> None:
        self.heard.append((event, detail))

    @property
    def names(self) -> list[str]:
        return [event for event, _ in self.heard]
