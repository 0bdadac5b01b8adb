"""Who asks: one app of the configuration, with the credential its requests go out under."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Literal

from gateway.policy import segments
from gateway.policy.names import AccountName, AppName, Partition

Departing = Callable[[], Awaitable[None]]
"""Is awaited when the turn of a request has come, before its first byte leaves. If it raises, nothing leaves."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One app asking now. `lent`: the credential is the account's own, not one the caller brought along.

    `patience` is in seconds, and the longest the configuration grants. `departing` is what has to be durable before a
    request leaves.
    """

    app: AppName
    account: AccountName
    partition: Partition
    authorization: str | None = field(repr=False)
    lent: bool
    patience: float
    priority: Literal["interactive", "normal", "batch"] = "normal"
    weight: float = 1.0
    allow: Sequence[str] = ("* *",)
    departing: Departing | None = field(default=None, repr=False, compare=False)

    def may(self, method: str, resource: str, path: str) -> bool:
        """Do the app's `allow` patterns ("GET *", "POST time", "GET project/*") cover this request?

        A path that may be read as another one is covered only where all paths are.
        """
        target = None if segments.climbs(path) else path.strip("/")
        for pattern in self.allow:
            methods, _, wanted = pattern.partition(" ")
            wanted = (wanted or "*").strip().strip("/")
            if methods not in ("*", method) and not (methods == "GET" and method == "HEAD"):
                continue
            if wanted == "*" or (target is not None and (wanted == resource or fnmatchcase(target, wanted))):
                return True
        return False
