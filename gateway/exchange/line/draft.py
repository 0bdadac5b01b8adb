"""What a trip to the ledger plans on: the states as read, what is taken from them, and the changes that result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gateway.policy.quota import arithmetic, shares
from gateway.policy.quota.arithmetic import Daily, Denied, Sliding, Window
from gateway.policy.quota.budget import State
from gateway.policy.quota.shares import Allowed, Refused, Sharing, Standing

Change = Callable[[State, float], State]
"""A change of one state, and the moment on the ledger's clock at which it came about."""


@dataclass(slots=True)
class Draft:
    """The states a plan may spend from. What it takes here is spent only if the trip succeeds.

    `windows` are those in force, `sharing` says how an account's day is divided; `hold` in seconds.
    """

    states: dict[str, State]
    windows: Mapping[str, Sequence[Window]]
    sharing: Mapping[str, Sharing]
    hold: float
    now: float
    changes: list[tuple[str, Change]] = field(default_factory=list)

    def may_spend(self, budget: str, app: str, *, interactive: bool) -> bool:
        """May the next request of this budget be the app's?"""
        verdict = judged(
            self.states[budget],
            self.windows[budget],
            self.sharing.get(budget),
            app,
            interactive=interactive,
            now=self.now,
        )
        return isinstance(verdict, Allowed)

    def take(self, budgets: Sequence[str], lease: str, app: str) -> str | None:
        """Take one lease from all of these budgets, or from none: then the budget in the way is told."""
        after: dict[str, State] = {}
        changes: list[tuple[str, Change]] = []
        for name in budgets:
            lent = _lent(self.windows[name], self.sharing.get(name), app)
            whose = app if name in self.sharing else ""
            state = lent(self.states[name], self.now)
            result = arithmetic.take(state, self.windows[name], (lease,), hold=self.hold, now=self.now, app=whose)
            if isinstance(result, Denied):
                return name
            after[name] = result.state
            changes += [(name, lent), (name, _charge(lease, self.hold, whose))]
        self.states.update(after)
        self.changes += changes
        return None

    def change(self, budget: str, change: Change) -> None:
        self.states[budget] = change(self.states[budget], self.now)
        self.changes.append((budget, change))


def judged(
    state: State,
    windows: Sequence[Window],
    rule: Sharing | None,
    app: str,
    *,
    interactive: bool,
    now: float,
    ahead: int = 0,
) -> Allowed | Refused:
    """Judge one more request of an app by how the account's day is divided, the limits themselves aside."""
    (window,) = windows
    # Most accounts are not divided, and this is asked for every request.
    if rule is None or window.limit == 0 or not (rule.shares or rule.reserve or state.foreign):
        return Allowed()
    day = Standing.of(state, window.limit, now=now)
    return shares.may_spend(rule, app, day, interactive=interactive, ahead=ahead)


def _lent(windows: Sequence[Window], rule: Sharing | None, app: str) -> Change:
    """Write down what of the app's share has gone to others before the app spends."""
    (window,) = windows
    if rule is None or app not in rule.shares or not isinstance(window, Daily):
        return lambda state, _: state

    def change(state: State, at: float) -> State:
        state = arithmetic.turned(state, at)
        lent = shares.lend(rule, app, Standing.of(state, window.limit, now=at))
        return replace(state, lent={**state.lent, app: lent}) if lent > 0 else state

    return change


def _charge(lease: str, hold: float, app: str) -> Change:
    return lambda state, at: arithmetic.charge(state, lease, ends=at + hold, app=app)


def safe(window: Window, share: float, *, state: State, lost: State) -> Window:
    """A share of a limit; of a day only of what was left when the ledger was lost."""
    if window.limit == 0:
        return window
    if isinstance(window, Sliding):
        return replace(window, limit=max(1, int(window.limit * share)))
    spent = lost.used if lost.day == state.day else 0
    return Daily(max(1, spent + int(max(0, window.limit - spent) * share)))
