"""Credentials the upstream refused: each is stopped alone, and tried again now and then.

A token can be regenerated, a user made active again; so one request is let through when the pause is over.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from gateway.policy.faults import Fault, Kind
from gateway.policy.names import Partition

_FIRST_PAUSE = 60.0
_LONGEST_PAUSE = 3600.0
_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Refusal:
    pause: float
    until: float
    status: int


class RefusedCredentials:
    """Refusals by partition, bounded: the longest untouched is forgotten first. Times are epoch seconds."""

    def __init__(self) -> None:
        self._refusals: OrderedDict[Partition, _Refusal] = OrderedDict()

    def check(self, partition: Partition, now: float) -> None:
        """Raise `Fault` CREDENTIAL_REFUSED while this credential is stopped; the caller at the end is the probe."""
        refusal = self._refusals.get(partition)
        if refusal is None:
            return
        if now < refusal.until:
            raise Fault(
                Kind.CREDENTIAL_REFUSED,
                "the upstream refused this credential; correct the token, or wait for the next try",
                retry_after=refusal.until - now,
                status=refusal.status,
            )
        self._refusals[partition] = _Refusal(refusal.pause, now + refusal.pause, refusal.status)

    def refuse(self, partition: Partition, now: float, *, status: int = 401) -> float:
        """Stop a credential; the pause doubles with each refusal, from a minute to an hour. Tells the pause.

        Who asks meanwhile gets the `status` that the upstream gave.
        """
        known = self._refusals.pop(partition, None)
        pause = _FIRST_PAUSE if known is None else min(known.pause * 2, _LONGEST_PAUSE)
        self._refusals[partition] = _Refusal(pause, now + pause, status)
        while len(self._refusals) > _REMEMBERED:
            self._refusals.popitem(last=False)
        return pause

    def accept(self, partition: Partition) -> None:
        """Forget a refusal: the upstream took this credential."""
        self._refusals.pop(partition, None)
