"""Who subscribes now: those of the configuration, and those made while running, which all replicas share.

What is asked at every event is answered from memory; `refresh` reads what other replicas have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.exchange.pages import pages
from gateway.policy.records import Edit
from gateway.policy.webhooks import health, subscription
from gateway.policy.webhooks.health import GOOD, Health
from gateway.policy.webhooks.subscription import Origin, Subscription
from gateway.ports import Records


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription and how it fares. `sealed`: its secret is not the one that was shown when it was made."""

    subscription: Subscription
    health: Health
    written: str | None
    sealed: bool

    @property
    def is_open(self) -> bool:
        """Whether events are kept for it."""
        return self.health.ended is None

    def becoming(self, changed: Health) -> Edit:
        """The edit that records how it fares from now on."""
        return Edit(health.KIND, self.subscription.id, self.written, health.dump(changed))


class Subscriptions:
    """Knows every subscription. `fingerprint` tells that of the secret which would sign for a name now."""

    def __init__(
        self, records: Records, configured: Sequence[Subscription], *, fingerprint: Callable[[str], str]
    ) -> None:
        self._records = records
        self._fingerprint = fingerprint
        self._listed: dict[str, Listed] = {}
        self.follow(configured)

    def follow(self, configured: Sequence[Subscription]) -> None:
        """Go by this configuration from now on; how those fare that are new in it is read by the next `refresh`."""
        self._configured = tuple(configured)
        known = self._listed
        made = {
            name: replace(it, sealed=self._is_sealed(it.subscription))
            for name, it in known.items()
            if it.subscription.origin is Origin.API
        }
        new = {
            it.id: replace(known[it.id], subscription=it) if it.id in known else Listed(it, GOOD, None, sealed=False)
            for it in self._configured
        }
        self._listed = {**new, **made}

    def listed(self) -> Sequence[Listed]:
        """All of them: those of the configuration first."""
        return list(self._listed.values())

    def open(self) -> Sequence[Subscription]:
        """Those for which events are kept."""
        return [it.subscription for it in self._listed.values() if it.is_open]

    def find(self, name: str) -> Listed | None:
        return self._listed.get(name)

    async def refresh(self) -> None:
        """Read what is shared. Raises `RecordsAway`; what was known before then holds on."""
        configured = self._configured
        made = [
            found
            async for rows in pages(self._records, subscription.KIND)
            for name, record in rows
            if (found := subscription.load(name, record)) is not None
        ]
        listed = await self._fares({it.id: it for it in (*configured, *made)})
        if configured is not self._configured:  # a reload came in between
            await self.refresh()
        else:
            self._listed = listed

    async def _fares(self, every: Mapping[str, Subscription]) -> dict[str, Listed]:
        written = await self._records.read(health.KIND, list(every))
        return {
            name: Listed(it, health.load(record), record, sealed=self._is_sealed(it))
            for (name, it), record in zip(every.items(), written, strict=True)
        }

    def _is_sealed(self, it: Subscription) -> bool:
        return it.origin is Origin.API and it.fingerprint != self._fingerprint(it.id)
