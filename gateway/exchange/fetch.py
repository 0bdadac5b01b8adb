"""One request to the upstream: line up, send, settle what it cost, and act on what the answer says of limits.

It is sent once, and again only where `policy/writing/resending.py` knows that to be safe.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Protocol

from gateway.exchange.coalescer import Flight
from gateway.exchange.line.gate import Errand, Gate, Lease
from gateway.policy import contentcoding, outcome
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
from gateway.policy.quota.backlog import Priority
from gateway.policy.quota.refused import RefusedCredentials
from gateway.policy.trace import Call
from gateway.policy.writing import resending
from gateway.policy.writing.resending import Failure
from gateway.ports import Clock, CutOff, NeverSent, Send, Watch

_AT_LEAST = 1.0
"""Seconds that all have for trying again, however impatient: as for a turn that is due (`coalescer`)."""


class Crossing(Protocol):
    """Is told of the moments that matter to whoever must know whether a request may have arrived."""

    async def leaves(self) -> None:
        """The request leaves when this returns; a `Fault` keeps it back."""

    async def turned_back(self) -> None:
        """The request that left certainly was not done."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to fetch and for whom; `patience` is the seconds its first caller waits in line."""

    caller: Caller
    request: Request
    resource: str
    patience: float
    crossing: Crossing | None = None

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
class Arrival:
    """An upstream answer as it came. Times are epoch seconds, `queued` and `took` are spans in seconds."""

    response: Response
    verdict: outcome.Meaning
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

    async def __call__(self, order: Order, flight: Flight[Any]) -> Arrival:
        """Fetch an order as the given flight; raises `Fault` for every refusal, the gateway's or the upstream's.

        What is safe to send again is sent again, within the patience and each time with a lease of its own.
        """
        ticks = asyncio.get_running_loop().time
        began, tries, left = ticks(), 0, order.patience
        while True:
            tries += 1
            ended = await self._attempt(order, replace(order.errand, patience=left), flight)
            failure = _failure(ended)
            if failure in resending.NOT_DONE and order.crossing is not None:
                await order.crossing.turned_back()
            pause = resending.pause(failure, order.request.method, tries)
            spent = ticks() - began + (pause or 0.0)
            if pause is None or spent > max(order.patience, _AT_LEAST):
                return self._ended(ended)
            flight.sent, left = False, max(0.0, order.patience - spent)
            await asyncio.sleep(pause)

    def _ended(self, ended: Arrival | Fault) -> Arrival:
        if isinstance(ended, Fault):
            raise ended
        if isinstance(ended.verdict, TooFast):
            detail = "the upstream says that requests come too fast"
            raise Fault(Kind.TOO_FAST, detail, retry_after=self._gate.pause_left())
        return ended

    async def _attempt(self, order: Order, errand: Errand, flight: Flight[Any]) -> Arrival | Fault:
        """Line up and send once; a `Fault` that the sending ended in is returned, any other raised."""
        self._refused.check(order.caller.partition, self._clock())
        ticket = self._gate.line_up(errand)
        flight.lined_up = True
        flight.forecast = lambda: self._gate.wait_ahead(ticket)
        try:
            lease = await ticket.lease
            if order.caller.departing is not None:
                await order.caller.departing()
            flight.sent = True
            if order.crossing is not None:
                await order.crossing.leaves()
            return await self._sent(order, lease, flight)
        finally:
            self._gate.leave(ticket)  # nothing, unless the lease was never put to use

    async def _sent(self, order: Order, lease: Lease, flight: Flight[Any]) -> Arrival | Fault:
        caller, loop_time = order.caller, asyncio.get_running_loop().time
        began, requested_at = loop_time(), self._clock()
        left, status, code = True, 0, None
        try:
            response = await self._send(order.request)
            status = response.status
            if status >= 400:
                code = _api_code(response)
        except Fault as fault:
            left = not isinstance(fault.__cause__, NeverSent)
            self._watch.answered(caller.account, 0, None, order.resource, loop_time() - began)
            return fault
        finally:
            took = loop_time() - began
            if left:  # also when this task is cancelled half-way: the request may have arrived
                flight.cost += 1
                flight.calls += (Call(requested_at, lease.waited, took, order.request.method, status, code),)
                self._watch.sent(caller.account, caller.app, order.resource, order.request.method)
                await self._gate.settle(lease)
        self._watch.answered(caller.account, status, code, order.resource, took)
        arrival = Arrival(
            response=response,
            verdict=outcome.classify(status, code),
            api_code=code,
            requested_at=requested_at,
            received_at=self._clock(),
            queued=lease.waited,
            took=took,
        )
        return self._judged(order, arrival)

    def _judged(self, order: Order, arrival: Arrival) -> Arrival:
        """Act on what the answer says of the address, the account and the credential; refusals do not come back."""
        account, partition, status = order.caller.account, order.caller.partition, arrival.response.status
        match arrival.verdict:
            case Answer() | CallerMistake():
                self._refused.accept(partition)
                self._gate.answered(account)
            case TooFast():
                self._gate.pause(_retry_after(arrival.response))
            case DaySpent():
                raise self._gate.day_spent(account)
            case AccountClosed() as closed:
                raise self._gate.close_account(account, closed, status=status, api_code=arrival.api_code)
            case CredentialRefused():
                pause = self._refused.refuse(partition, self._clock(), status=status)
                detail = f"the upstream refuses this credential (status {status}, code {arrival.api_code})"
                raise Fault(Kind.CREDENTIAL_REFUSED, detail, retry_after=pause, status=status)
            case Failed():
                pass
        return arrival


def _failure(ended: Arrival | Fault) -> Failure | None:
    """Why an attempt brought nothing, as far as that tells whether to send again."""
    if isinstance(ended, Arrival):
        return Failure.TOO_FAST if isinstance(ended.verdict, TooFast) else None
    if isinstance(ended.__cause__, NeverSent):
        return Failure.NEVER_SENT if ended.kind is Kind.UPSTREAM_UNREACHABLE else Failure.UNSENDABLE
    return Failure.CUT_OFF if isinstance(ended.__cause__, CutOff) else None


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
