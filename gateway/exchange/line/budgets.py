"""What was spent, as this process knows it: a mirror of the ledger, and every change on its way into it.

A change (a lease ended, an account closed) is a function of a state. It is applied to the mirror at once and owed to
the ledger; the next trip writes all that is owed together with what is taken. A trip reads, plans on what it read,
and swaps; when another replica was faster it plans again. A process that dies owing something leaves its stamps until
their latest end, so nothing that is lost here can lead to an overrun.

When the ledger is away the mirror is all there is. Once all that others may have sent has passed (a period and a
hold), the same arithmetic goes on with a share of each limit so small that all replicas together stay within it,
and what was taken is owed. A ledger that has forgotten is told what is known here (policy/quota/recalling.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from gateway.exchange.line.draft import Change, Draft, judged, safe
from gateway.policy.quota import arithmetic, recalling
from gateway.policy.quota.arithmetic import Sliding, Window
from gateway.policy.quota.budget import State, dump, load
from gateway.policy.quota.shares import Allowed, Refused, Sharing, Standing
from gateway.ports import Ledger, LedgerAway, Reading

T = TypeVar("T")

_RACES = 8
"""Swaps to lose in a row before giving other work a turn."""

RETRY_AWAY = 1.0
"""Seconds without asking a ledger that was away."""


def ticks() -> float:
    """The loop's own monotonic time in seconds."""
    return asyncio.get_running_loop().time()


@dataclass(frozen=True, slots=True)
class _Owed:
    budget: str
    at: float
    change: Change


class Budgets:
    """The states of all budgets of this process, and the trips to the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        windows: Mapping[str, Sequence[Window]],
        sharing: Mapping[str, Sharing],
        *,
        hold: float,
        safe_share: float,
        settling: float,
        on_ledger: Callable[[str | None], None],
    ) -> None:
        self.hold = hold
        self._ledger = ledger
        self._windows = dict(windows)
        self._sharing = dict(sharing)
        self._safe_share = safe_share
        self._settling = settling
        self._on_ledger = on_ledger
        self._mirror: dict[str, State] = {name: State() for name in windows}
        self._known: dict[str, State] = {}  # as last seen in the ledger
        self._owed: list[_Owed] = []
        self._lead = self._most_lead = 0.0
        self._lost_at: dict[str, State] | None = None
        self._away_until = 0.0
        self.last_trip = float("-inf")

    def follow(self, budget: str, windows: Sequence[Window], sharing: Sharing) -> None:
        """Keep to other limits from now on; a budget that is new is read with the next trip."""
        self._windows[budget], self._sharing[budget] = windows, sharing
        if budget not in self._mirror:
            self._mirror[budget] = State()
            if self._lost_at is not None:
                self._lost_at[budget] = State()
            self.owe(budget, _nothing)

    @property
    def away(self) -> bool:
        return self._lost_at is not None

    @property
    def owed_since(self) -> float | None:
        """When the oldest unwritten change came about, in ticks; later while the ledger is not asked."""
        return max(self._owed[0].at, self._away_until) if self._owed else None

    def now(self) -> float:
        """The ledger's time, estimated: never ahead of it, behind by one trip at most."""
        return ticks() + self._lead

    def state(self, budget: str) -> State:
        return self._mirror[budget]

    def windows(self, budget: str) -> Sequence[Window]:
        """What this process keeps to: the limits, or its safe share of them."""
        state = self._mirror[budget]
        windows = self._in_force(budget, state)
        if self._lost_at is None:
            return windows
        return [safe(window, self._safe_share, state=state, lost=self._lost_at[budget]) for window in windows]

    def day(self, budget: str) -> Standing:
        """How an account's day stands, by the mirror."""
        (window,) = self.windows(budget)
        return Standing.of(self._mirror[budget], window.limit, now=self.now())

    def sharing(self, budget: str) -> Sharing:
        return self._sharing[budget]

    def divided(self, budget: str) -> bool:
        """Is there anything that may keep one app from spending what another may?"""
        rule = self._sharing[budget]
        return self.limited(budget) and bool(rule.shares or rule.reserve or self._mirror[budget].foreign)

    def may_spend(self, budget: str, app: str, *, interactive: bool, ahead: int) -> Allowed | Refused:
        """May an app spend of this account's day, by the mirror, when so many others did before?"""
        state, windows, rule = self._mirror[budget], self.windows(budget), self._sharing[budget]
        return judged(state, windows, rule, app, interactive=interactive, now=self.now(), ahead=ahead)

    def limited(self, budget: str) -> bool:
        return any(window.limit for window in self._windows[budget])

    def owe(self, budget: str, change: Change) -> None:
        """Change a state now and write it with the next trip."""
        self._owed.append(_Owed(budget, ticks(), change))
        self._mirror[budget] = change(self._mirror[budget], ticks() + self._most_lead)

    async def trip(self, budgets: Collection[str], plan: Callable[[Draft], Sequence[T]]) -> Sequence[T]:
        """Read these budgets, plan on them, write what was planned and owed; returns the plan's result.

        The plan may run several times; only its last run counts. Empty when too many races were lost.
        """
        if not self.away or ticks() >= self._away_until:
            try:
                return await self._with_ledger(sorted({*budgets, *(owed.budget for owed in self._owed)}), plan)
            except LedgerAway as error:
                self._lose(str(error))
        return self.alone(budgets, plan)

    def alone(self, budgets: Collection[str], plan: Callable[[Draft], Sequence[T]]) -> Sequence[T]:
        """Plan on the mirror only, and owe what was planned."""
        self.last_trip, now = ticks(), self.now()
        states = {name: self._current(name, self._mirror[name], now) for name in budgets}
        draft = Draft(states, {name: self.windows(name) for name in budgets}, self._sharing, self.hold, now)
        result = plan(draft)
        for budget, change in draft.changes:
            self.owe(budget, change)
        return result

    async def _with_ledger(self, names: list[str], plan: Callable[[Draft], Sequence[T]]) -> Sequence[T]:
        for _ in range(_RACES):
            asked = ticks()
            reading = await self._ledger.read(names)
            texts = dict(zip(names, reading.states, strict=True))
            held = {name: _loaded(name, text) for name, text in texts.items()}
            self._found(reading, asked)
            found = {name: self._recalled(name, state, reading.now) for name, state in held.items()}
            owed = tuple(self._owed)
            read = {
                name: self._current(name, self._with(name, state, owed), reading.now) for name, state in found.items()
            }
            windows = {name: self._in_force(name, state) for name, state in read.items()}
            draft = Draft(dict(read), windows, self._sharing, self.hold, reading.now)
            result = plan(draft)
            corrected = any(read[name].day < found[name].day for name in names)  # a wrong clock wrote it
            worth_it = owed or draft.changes or corrected or found != held
            changed = [name for name in names if draft.states[name] != held[name]] if worth_it else []
            for name in changed:
                state = draft.states[name]
                draft.states[name] = replace(state, born=state.born or reading.now, writes=state.writes + 1)
            before, after = [texts[name] for name in changed], [dump(draft.states[name]) for name in changed]
            if not changed or await self._ledger.swap(changed, before, after):
                del self._owed[: len(owed)]
                self._known |= {name: draft.states[name] for name in changed}
                self._learn(draft.states, self._owed)
                return result
            self._learn(read, self._owed[len(owed) :])
        return ()

    def _learn(self, states: Mapping[str, State], since: Sequence[_Owed]) -> None:
        """Mirror what the ledger holds, and on it what came about since."""
        self.last_trip = ticks()
        for name, state in states.items():
            self._mirror[name] = self._with(name, state, since)

    def _found(self, reading: Reading, asked: float) -> None:
        # The answer took a while, and nobody knows which part of it. What has ended did so at the latest moment that
        # fits: to believe it had ended sooner would free its place too soon.
        self._lead, self._most_lead = reading.now - ticks(), reading.now - asked
        if self._lost_at is not None:
            self._lost_at = None
            self._on_ledger(None)

    def _recalled(self, name: str, held: State, now: float) -> State:
        """What a budget's state must be taken for, if the ledger has forgotten some of it."""
        known, windows = self._known.get(name, State()), self._windows[name]
        if recalling.forgot(known, held):
            return recalling.recalled(known, held, windows, hold=self.hold, now=now)
        if not held.born and self._settling:  # others may know more, and have yet to tell
            return recalling.resting(held, windows, until=now + self._settling)
        self._known[name] = held
        return held

    def _lose(self, why: str) -> None:
        self._away_until = ticks() + RETRY_AWAY
        if self._lost_at is not None:
            return
        for name, state in self._mirror.items():
            # What other replicas sent until now is not in the mirror, so all of it has to pass first.
            past = [window.period + self.hold for window in self._windows[name] if isinstance(window, Sliding)]
            paused_until = max([state.paused_until, *(self.now() + span for span in past)])
            self._mirror[name] = replace(state, paused_until=paused_until)
        self._lost_at = dict(self._mirror)
        self._on_ledger(why)

    def _in_force(self, name: str, state: State) -> list[Window]:
        return [arithmetic.in_force(window, state) for window in self._windows[name]]

    def _current(self, name: str, state: State, now: float) -> State:
        return arithmetic.current(state, self._windows[name], hold=self.hold, now=now)

    def _with(self, name: str, state: State, owed: Sequence[_Owed]) -> State:
        for item in owed:
            if item.budget == name:
                state = item.change(state, item.at + self._most_lead)
        return state


def _nothing(state: State, _: float) -> State:
    """A change of nothing: it is owed where a state is only to be read."""
    return state


def _loaded(budget: str, text: str | None) -> State:
    """Read a state; one that cannot be read is as good as away, since a guess could overrun."""
    try:
        return load(text)
    except ValueError as error:
        raise LedgerAway(f"{budget}: {error}") from None
