"""What goes through the gate: the errand, the ticket that waits for it, the lease that lets it leave."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.policy.names import AccountName, AppName
from gateway.policy.quota.arithmetic import Daily
from gateway.policy.quota.backlog import Priority
from gateway.policy.quota.backlog import Ticket as Place
from gateway.policy.quota.shares import Sharing


@dataclass(frozen=True, slots=True)
class EgressRule:
    """The limit of one client address as the upstream sees it: `limit` per sliding `period` seconds, 0 for none."""

    name: str
    limit: int
    period: float

    @property
    def budget(self) -> str:
        return f"egress:{self.name}"


@dataclass(frozen=True, slots=True)
class AccountRule:
    """The limit of one account and how it is divided.

    `per_day` are requests per GMT day, None or 0 for no limit, until the upstream has told another if it `learns`;
    `shares` are the guaranteed parts by app, `reserve` the part that only interactive errands may spend.
    """

    per_day: int | None = None
    learns: bool = False
    shares: Mapping[str, float] = field(default_factory=dict)
    reserve: float = 0.0

    @property
    def window(self) -> Daily:
        return Daily(self.per_day or 0, self.learns)

    @property
    def sharing(self) -> Sharing:
        return Sharing(self.shares, self.reserve)


class Lane(NamedTuple):
    """What the line passes over as a whole: an account's errands, those that cost nothing of its day apart."""

    account: AccountName
    free_of_day: bool

    @property
    def budget(self) -> str:
        return f"account:{self.account}"


@dataclass(frozen=True, slots=True)
class Errand:
    """One upstream request to be made. `patience` is in seconds; `free_of_day` is charged to the egress only."""

    account: AccountName
    app: AppName
    priority: Priority = Priority.NORMAL
    weight: float = 1.0
    patience: float = 30.0
    free_of_day: bool = False

    @property
    def interactive(self) -> bool:
        return self.priority is Priority.INTERACTIVE


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one request, once, so that it has ended by `deadline`. Times are the loop's, in seconds."""

    id: str
    account: AccountName
    budgets: tuple[str, ...]
    granted: float
    deadline: float
    waited: float
    probe: bool = False


@dataclass(eq=False)
class Ticket(Place[Lane]):
    """A place in the line. `lease` is resolved, or fails with a `Fault`; to cancel it is to leave."""

    errand: Errand
    joined: float
    lease: asyncio.Future[Lease] = field(repr=False)
    granted: Lease | None = None

    @classmethod
    def of(cls, errand: Errand, *, joined: float) -> Ticket:
        return cls(
            account=Lane(errand.account, errand.free_of_day),
            app=errand.app,
            priority=errand.priority,
            weight=errand.weight,
            errand=errand,
            joined=joined,
            lease=asyncio.get_running_loop().create_future(),
        )

    def patience_left(self, now: float) -> float:
        return self.joined + self.errand.patience - now
