"""A `Watch` that remembers what it was told."""

from __future__ import annotations

from gateway.policy.names import AccountName, AppName


class FakeWatch:
    """`requests` are (account, app, resource, method), `answers` (status, code), `drops` (resource, cause).

    `foreigners` are (account, n).
    """

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, str, str]] = []
        self.answers: list[tuple[int, int | None]] = []
        self.drops: list[tuple[str, str]] = []
        self.checks: list[tuple[str, str]] = []
        self.foreigners: list[tuple[str, int]] = []
        self.notices: list[tuple[str, str]] = []

    def sent(self, account: AccountName, app: AppName, resource: str, method: str) -> None:
        self.requests.append((account, app, resource, method))

    def answered(self, account: AccountName, code: int, api_code: int | None, resource: str, seconds: float) -> None:
        self.answers.append((code, api_code))

    def foreign(self, account: AccountName, n: int) -> None:
        self.foreigners.append((account, n))

    def invalidated(self, resource: str, cause: str) -> None:
        self.drops.append((resource, cause))

    def verified(self, resource: str, result: str) -> None:
        self.checks.append((resource, result))

    def noticed(self, account: str, event: str) -> None:
        self.notices.append((account, event))
