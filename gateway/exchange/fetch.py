"""One request to the upstream: line up, send once, settle what it cost, and act on what the answer says of limits."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from gateway.exchange.coalescer import Flight
from gateway.exchange.gate import Errand, Gate, Lease
from gateway.policy import contentcoding, outcome
from gateway.policy.backlog import Priority
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Request, Response
from gateway.policy.outcome import (
    AccountClosed,
    Answer,
    CallerMistake,
    CredentialRefused,
    DaySpent,
    Failed,
    TooFast,
)
from gateway.policy.refused import RefusedCredentials
from gateway.ports import Clock, NeverSent, Send, Watch

_TOO_FAST_TRIES = 2
"""Times a request is sent when the upstream says "too fast": it was refused, so sending it again is safe."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to fetch and for whom; `patience` is the seconds its first caller waits in line."""

    caller: Caller
    request: Request
    resource: str
    patience: float

    @property
    def errand(self) -> Errand:
        return Errand(
            account=self.caller.account,
            app=self.caller.app,
            priority=Priority(self.caller.priority),
            weight=self.caller.weight,
            patience=self.patience,
            free_of_day=self.resource == "quota" and self.request.method == "GET",
        )


@dataclass(frozen=True, slots=True)
class Landing:
    """An upstream answer as it came. Times are epoch seconds, `queued` and `took` are spans in seconds."""

    response: Response
    verdict: outcome.Outcome
    api_code: int | None
    requested_at: float
    received_at: float
    queued: float
    took: float


class Fetch:
    """Spends quota: everything that reaches the upstream for a caller goes through `__call__`."""

    def __init__(self, *, gate: Gate, send: Send, clock: Clock, watch: Watch) -> None:
        self._gate = gate
        self._send = send
        self._clock = clock
        self._watch = watch
        self._refused = RefusedCredentials()

    async def __call__(self, order: Order, flight: Flight[Any]) -> Landing:
        """Fetch an order as the given flight; raises `Fault` for every refusal, the gateway's or the upstream's."""
        for _ in range(_TOO_FAST_TRIES):
            landing = await self._attempt(order, flight)
            if not isinstance(landing.verdict, TooFast):
                return landing
            flight.sent = False
        raise Fault(Kind.TOO_FAST, "the upstream says that requests come too fast", retry_after=self._gate.pause_left())

    async def _attempt(self, order: Order, flight: Flight[Any]) -> Landing:
        self._refused.check(order.caller.partition, self._clock())
        ticket = self._gate.line_up(order.errand)
        flight.forecast = lambda: self._gate.wait_ahead(ticket)
        try:
            lease = await ticket.lease
            if order.caller.departing is not None:
                await order.caller.departing()
            flight.sent = True
            return await self._sent(order, lease, flight)
        finally:
            self._gate.leave(ticket)  # nothing, unless the lease was never put to use

    async def _sent(self, order: Order, lease: Lease, flight: Flight[Any]) -> Landing:
        caller, loop_time = order.caller, asyncio.get_running_loop().time
        began, requested_at = loop_time(), self._clock()
        left = True
        try:
            response = await self._send(order.request)
        except Fault as fault:
            left = not isinstance(fault.__cause__, NeverSent)
            self._watch.answered(caller.account, 0, None, order.resource, loop_time() - began)
            raise
        finally:
            if left:  # also when this task is cancelled half-way: the request may have arrived
                flight.cost += 1
                self._watch.sent(caller.account, caller.app, order.resource, order.request.method)
                await self._gate.settle(lease)
        took, code = loop_time() - began, None
        if response.status >= 400:
            code = _api_code(response)
        self._watch.answered(caller.account, response.status, code, order.resource, took)
        landing = Landing(
            response=response,
            verdict=outcome.classify(response.status, code),
            api_code=code,
            requested_at=requested_at,
            received_at=self._clock(),
            queued=lease.waited,
            took=took,
        )
        return self._judged(order, landing)

    def _judged(self, order: Order, landing: Landing) -> Landing:
        """Act on what the answer says of the address, the account and the credential; refusals do not come back."""
        account, partition, status = order.caller.account, order.caller.partition, landing.response.status
        match landing.verdict:
            case Answer() | CallerMistake():
                self._refused.accept(partition)
                self._gate.answered(account)
            case TooFast():
                self._gate.pause(_retry_after(landing.response))
            case DaySpent():
                raise self._gate.day_spent(account)
            case AccountClosed() as closed:
                raise self._gate.close_account(account, closed, status=status, api_code=landing.api_code)
            case CredentialRefused():
                pause = self._refused.refuse(partition, self._clock(), status=status)
                detail = f"the upstream refuses this credential (status {status}, code {landing.api_code})"
                raise Fault(Kind.CREDENTIAL_REFUSED, detail, retry_after=pause, status=status)
            case Failed():
                pass
        return landing


def _api_code(response: Response) -> int | None:
    """The code in an error body; none where its content coding cannot be undone."""
    try:
        answer = contentcoding.decoded(response, limit=outcome.LONGEST_ERROR_BODY)
    except Fault:
        return None
    return outcome.api_code(answer.body, answer.headers.get("content-type"))


def _retry_after(response: Response) -> float | None:
    """The seconds an upstream's Retry-After asks for; its date form is not known from this service."""
    value = (response.headers.get("retry-after") or "").strip()
    return float(value[:9]) if value.isascii() and value.isdigit() else None
