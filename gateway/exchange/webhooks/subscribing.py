"""What operators do with subscriptions while the gateway runs: make, remove, test and enable them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from enum import StrEnum
from typing import NoReturn

from gateway.exchange.webhooks.endurance import Endurance
from gateway.exchange.webhooks.subscriptions import Listed, Subscriptions
from gateway.policy.events.vocabulary import TEST
from gateway.policy.names import AccountName
from gateway.policy.notices import Notice
from gateway.policy.records import Edit
from gateway.policy.webhooks import delivery, health, signing, subscription
from gateway.policy.webhooks.subscription import KIND, MADE, Origin, Subscription
from gateway.ports import Records, Tell

MOST = 200
"""Subscriptions that can be made while running."""


class Wrong(StrEnum):
    """What is wrong with what an operator asks for."""

    REQUEST = "request"
    CONTENT = "content"
    UNKNOWN = "unknown"
    STATE = "state"


class Unfit(Exception):
    """What an operator asks for cannot be done; its text says why and what would be right."""

    def __init__(self, wrong: Wrong, detail: str) -> None:
        super().__init__(detail)
        self.wrong = wrong


class Subscribing:
    """Changes subscriptions. `secret` derives that of a name; `reach` raises `Unfit` where deliveries may not go."""

    def __init__(
        self,
        records: Records,
        subscriptions: Subscriptions,
        endurance: Endurance,
        *,
        accounts: Callable[[], Collection[str]],
        secret: Callable[[str], str],
        reach: Callable[[str], Awaitable[None]],
        new_id: Callable[[], str],
        wake: Callable[[], None],
        tell: Tell,
    ) -> None:
        self._records = records
        self._subscriptions = subscriptions
        self._endurance = endurance
        self._accounts = accounts
        self._secret = secret
        self._reach = reach
        self._new_id = new_id
        self._wake = wake
        self._tell = tell
        self._turn = asyncio.Lock()

    async def make(self, url: str, *, events: Sequence[str], account: str) -> tuple[Listed, str]:
        """Make one, and show its secret: this once, for it is kept nowhere."""
        if account not in self._accounts():
            raise Unfit(Wrong.REQUEST, f"account {account!r} is not configured; accounts are: {self._known()}")
        await self._reach(url)
        name = MADE + self._new_id()
        secret = self._secret(name)
        made = Subscription(name, url, tuple(events), AccountName(account), Origin.API, signing.fingerprint(secret))
        async with self._turn:  # of many that come at once no more are made than may be
            if sum(it.subscription.origin is Origin.API for it in self._subscriptions.listed()) >= MOST:
                raise Unfit(Wrong.STATE, f"there are {MOST} subscriptions already; remove one")
            await self._records.swap([Edit(KIND, name, None, subscription.dump(made))])
            await self._subscriptions.refresh()
        self._tell("webhook_made", subscription=name, account=account)
        return await self._found(name), secret

    async def remove(self, name: str) -> None:
        """Remove one that was made while running; what waits for it becomes dead letters."""
        listed = await self._found(name)
        if listed.subscription.origin is Origin.CONFIGURATION:
            raise Unfit(Wrong.STATE, f"{name} is configured: take it out of the configuration file")
        edits = [Edit(KIND, name, subscription.dump(listed.subscription), None)]
        if listed.written is not None:
            edits.append(Edit(health.KIND, name, listed.written, None))
        await self._settle(edits)
        self._tell("webhook_removed", subscription=name, account=listed.subscription.account)

    async def test(self, name: str) -> str:
        """Post a test event to one subscription alone, and tell its id."""
        listed = await self._found(name)
        if not listed.is_open:
            raise Unfit(Wrong.STATE, f"{name} has ended ({listed.health.ended}); enable it first")
        if listed.sealed:
            raise Unfit(Wrong.STATE, f"{name} cannot be verified: its secret has changed; enable it to see the new one")
        now = await self._records.now()
        notice = Notice(self._new_id(), TEST, listed.subscription.account, now, {"id": name})
        await self._records.swap([delivery.added(delivery.to_subscription(notice, name), now)])
        self._wake()
        return notice.id

    async def enable(self, name: str) -> str | None:
        """Deliver to one again; where its secret is another now, show that, this once."""
        listed = await self._found(name)
        await self._endurance.revive(name)
        shown = await self._unseal(listed.subscription) if listed.sealed else None
        self._tell("webhook_enabled", subscription=name, account=listed.subscription.account)
        self._wake()
        return shown

    async def _unseal(self, it: Subscription) -> str:
        secret = self._secret(it.id)
        changed = Subscription(it.id, it.url, it.events, it.account, it.origin, signing.fingerprint(secret))
        await self._settle([Edit(KIND, it.id, subscription.dump(it), subscription.dump(changed))])
        return secret

    async def _settle(self, edits: Sequence[Edit]) -> None:
        swapped = await self._records.swap(edits)
        await self._subscriptions.refresh()
        self._wake()
        if not swapped:
            raise Unfit(Wrong.STATE, "somebody else has just changed it; look again")

    async def _found(self, name: str) -> Listed:
        await self._subscriptions.refresh()  # another replica may have made it
        return self._subscriptions.find(name) or self._unknown(name)

    def _unknown(self, name: str) -> NoReturn:
        known = ", ".join(it.subscription.id for it in self._subscriptions.listed()) or "none"
        raise Unfit(Wrong.UNKNOWN, f"there is no subscription {name!r}; subscriptions are: {known}")

    def _known(self) -> str:
        return ", ".join(sorted(self._accounts())) or "none"
