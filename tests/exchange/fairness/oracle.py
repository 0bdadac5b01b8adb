"""What each should get: weighted max-min fairness, worked out by filling, without any line, ticket or clock.

Nobody gets more than it asks for; what one leaves is divided among the others by weight; so nobody can get more
without taking it from one who has less for its weight (Bertsekas and Gallager, Data Networks, §6.5.2).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

CLASSES = {"interactive": 16.0, "normal": 4.0, "batch": 1.0}
"""The parts of the classes, as the documentation promises them."""


def max_min(capacity: float, demands: Mapping[K, float], weights: Mapping[K, float]) -> dict[K, float]:
    """Divide a capacity: raise everybody's level together, by weight, until its demand or the capacity is met."""
    shares: dict[K, float] = {}
    left, open_ones = capacity, set(demands)
    while open_ones:
        level = left / sum(weights[name] for name in open_ones)
        content = {name for name in open_ones if demands[name] <= level * weights[name]}
        if not content:
            return shares | {name: level * weights[name] for name in open_ones}
        shares |= {name: demands[name] for name in content}
        left -= sum(demands[name] for name in content)
        open_ones -= content
    return shares


@dataclass(frozen=True)
class Claimant:
    """An app as the oracle sees it: where it stands, what it weighs, and how much it could use."""

    app: str
    demand: float
    account: str = "acme"
    priority: str = "normal"
    weight: float = 1.0


@dataclass
class _Node:
    demand: float = 0.0
    children: dict[str, _Node] = field(default_factory=dict)
    weight: float = 1.0


def fair_shares(capacity: float, claimants: list[Claimant]) -> dict[str, float]:
    """Divide a capacity among classes, in a class among accounts, in an account among apps. Apps are named once."""
    root = _Node()
    for claimant in claimants:
        group = root.children.setdefault(claimant.priority, _Node(weight=CLASSES[claimant.priority]))
        account = group.children.setdefault(claimant.account, _Node())
        account.children[claimant.app] = _Node(claimant.demand, weight=claimant.weight)
        for node in (root, group, account):
            node.demand += claimant.demand
    return _divided(capacity, root, "")


def _divided(capacity: float, node: _Node, name: str) -> dict[str, float]:
    if not node.children:
        return {name: capacity}
    shares = max_min(
        capacity,
        {key: child.demand for key, child in node.children.items()},
        {key: child.weight for key, child in node.children.items()},
    )
    found: dict[str, float] = {}
    for key, child in node.children.items():
        found |= _divided(shares[key], child, key)
    return found


def jain(rates: list[float]) -> float:
    """Jain's index: 1 where all are equal, 1/n where one has everything."""
    return sum(rates) ** 2 / (len(rates) * sum(rate * rate for rate in rates))
