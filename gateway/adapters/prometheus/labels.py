"""The labels of the metrics and their closed sets: nothing that a caller sends is ever one."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.policy.events.noticing import Event
from gateway.policy.events.quotaevents import Occurrence
from gateway.policy.faults import Kind
from gateway.policy.jobs.job import State
from gateway.policy.negotiation import Representation
from gateway.policy.quota.backlog import Priority
from gateway.policy.quota.closure import Reason
from gateway.policy.trace import Outcome

OTHER = "other"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Label:
    """A label and its closed set. No `values`: the names come from the configuration or the catalogue (`Names`)."""

    name: str
    meaning: str
    values: tuple[str, ...] = ()


APP = Label(
    "app",
    "a configured app; `gateway` for its own questions, `gateway-polls` for its looks for changes; `other` where none "
    "was recognised",
)
ACCOUNT = Label("account", "a configured account")
EGRESS = Label("egress", "the configured egress")
BUDGET = Label("budget", "the egress or a configured account")
RESOURCE = Label("resource", "a documented resource; `other` for every other path")
METHOD = Label("method", "the request method", ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
CODE = Label(
    "code",
    "the HTTP status (499: the caller had left); `none` where no answer came",
    (NONE, *map(str, range(100, 600))),
)
API_CODE = Label(
    "api_code", "the upstream's own error code, 1 to 20; `none` without one", (NONE, *map(str, range(1, 21)))
)
OUTCOME = Label("outcome", "how the answer came about", tuple(Outcome))
ANSWER = Label("outcome", "how the cache answered", ("hit", "selected", "collapsed", "stale", "miss", "bypass"))
FORMAT = Label("format", "the representation sent", tuple(Representation))
WINDOW = Label("window", "the window of the budget", ("minute", "day"))
SOURCE = Label("source", "who counted", ("ledger", "upstream"))
PRIORITY = Label("priority", "the class of the waiting requests", tuple(Priority))
WAITED = Label("result", "how the wait ended", ("admitted", "refused", "left"))
REFUSED = Label("reason", "the kind of fault, as in the problem's type", tuple(Kind))
EVICTED = Label("reason", "why the entry left the store", ("size", "expired", "replaced", "dropped"))
CLOSED = Label("reason", "why nothing is sent for the account", tuple(Reason))
CAUSE = Label(
    "cause",
    "what made the entries untrue; `unknown`: a write whose answer was lost",
    ("write", "unknown", "purge"),
)
VERIFIED = Label(
    "result",
    "`same`; `age`: the row had changed elsewhere; `different`: the selection was wrong; `unknown`: no answer came",
    ("same", "age", "different", "unknown"),
)
NOTICED = Label("event", "the last word of the event's type", (*Event, *Occurrence))
SUBSCRIPTION = Label(
    "subscription", "a configured subscription; `api` for those made while running; `callback` for callbacks"
)
DELIVERED = Label(
    "result", "`delivered`; `failed`: tried again later; `dead`: given up", ("delivered", "failed", "dead")
)
FARES = Label(
    "state",
    "`active`; `retrying`: the latest attempts failed; `failing`, `gone`: ended, until it is enabled; "
    "`secret_changed`: its secret is not the one it was made with",
    ("active", "retrying", "failing", "gone", "secret_changed"),
)
OUTSTANDING = Label("state", "`waiting` for an attempt, or `dead`", ("waiting", "dead"))
JOB = Label("state", "where the jobs stand; those that have ended are kept for 7 days", tuple(State))
KIND = Label("kind", "what was dropped", ("access_line", "event", "series", "span"))
LEDGER = Label(
    "state",
    "`durable`: what is spent outlives the process; `volatile`: it ends with it; `away`: it cannot be written now",
    ("durable", "volatile", "away"),
)
