"""The one table of settings: each key's type, default, meaning, what is right, and what breaks when it is wrong.

`docs/settings.md` is written from this table. Rules between several keys are in `agreement.py`; the rows of webhooks
are in `webhooks.py`, those of events in `events.py`, the words that rows share in `section.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from gateway.settings import formats
from gateway.settings.events import Events
from gateway.settings.quantities import Duration, Size
from gateway.settings.section import (
    ADDRESS,
    DURATION,
    PERIOD,
    PORT,
    PREVIOUS,
    SECRET,
    SIGNING,
    SIZE,
    Name,
    Section,
    Sendable,
    SigningSecret,
)
from gateway.settings.section import setting as _setting
from gateway.settings.webhooks import Webhook, WebhookDelivery

Priority = Literal["interactive", "normal", "batch"]


# A table: each setting keeps to its two or three lines.
# fmt: off


class Server(Section):
    """Where callers connect."""

    host: str = _setting("Address callers connect to.", default="127.0.0.1", right=ADDRESS, min_length=1,
        breaks="Callers elsewhere cannot connect, or strangers can.")
    port: int = _setting("Port callers connect to.", default=8080, right=PORT, ge=0, le=65535,
        breaks="The gateway does not start when the port is taken.")
    max_body: Size = _setting("Longest request body, after decompression.", default=Size.parse("10MiB"), right=SIZE,
        gt=0, breaks="Too small: uploads get 413. Too large: one caller can fill the memory.")
    loop: Annotated[Literal["asyncio", "uvloop"], AfterValidator(formats.installed_loop)] = _setting(
        "Event loop. uvloop is the extra of that name: less work for each request, and reported to leave descriptors "
        "behind when a connection to the upstream is given up.", default="asyncio", right='"asyncio" or "uvloop"',
        breaks="With uvloop some of very many connections may wait longer than others.")


class Operations(Section):
    """Metrics, health, status page and purge: a listener of its own, without app keys."""

    host: str = _setting("Address of the operations listener.", default="127.0.0.1", right=ADDRESS, min_length=1,
        breaks="Monitoring cannot connect, or strangers can purge the cache and subscribe to events.")
    port: int = _setting("Port of the operations listener.", default=9464, right=PORT, ge=0, le=65535,
        breaks="The gateway does not start when the port is taken.")


class Upstream(Section):
    """The Intervals API."""

    url: Annotated[str, AfterValidator(formats.upstream_root)] = _setting("Where the upstream's paths start.",
        default="https://api.myintervals.com/", right="an http or https URL with a host",
        breaks="Every uncached request fails with 502.")
    timeout: Duration = _setting("Longest time one upstream request may take.", default=Duration(60), right=PERIOD,
        gt=0, breaks="Too short: slow reports end in 504 and were still counted by the upstream.")
    reconcile: Duration = _setting(
        "How often the day of an account is compared with the upstream's own count, GET /quota/; 0s is never.",
        default=Duration(600), right=DURATION,
        breaks="Seldom or never: requests made past the gateway are learnt of when the day is spent.")
    format: Literal["json", "xml"] = _setting("Representation the upstream is asked for.", default="json",
        right='"json" or "xml"', breaks='With "xml" null and "" may be told apart less well, and parsing costs more.')


class Store(Section):
    """Where stored responses, the ledger of the quota and the outbox are kept."""

    url: Annotated[str, AfterValidator(formats.store_address)] = _setting(
        "Kind and place of the store. SQLite paths are relative to the working directory; four slashes are absolute. "
        "Redis or Valkey for several replicas: `redis://`, `rediss://` (TLS), `unix:///socket`.",
        default="sqlite:///gateway.db", right='"memory://", "sqlite:///file" or "redis://host:6379/0"',
        breaks="memory:// forgets at a restart what was spent; two gateways on two SQLite files overrun the limit: "
        "several need one Redis or Valkey.")


class Egress(Section):
    """The client address the upstream sees, and its limit. Shared by all accounts behind that address."""

    name: Name = _setting("Name of the address in metrics and in a shared ledger.", default="default",
        right="letters, digits, dots, dashes and underscores",
        breaks="Gateways behind one address that use different names overrun the limit together.")
    limit: int = _setting("Requests per period; 0 for an upstream without such a limit.", default=100, ge=0,
        right="a whole number from 0, such as 100", breaks="Too high: the upstream refuses with 400/12 and suspends.")
    period: Duration = _setting("The sliding period of the limit.", default=Duration(60), right=PERIOD, gt=0,
        breaks="Too short: the upstream refuses with 400/12 and suspends.")


class Queue(Section):
    """The line in front of the upstream."""

    patience: Duration = _setting("How long a caller waits who does not say.", default=Duration(30), right=DURATION,
        breaks="Longer than the callers' own time-outs: they hang up instead of getting 429 with Retry-After.")
    backlog: int = _setting("Most requests waiting at once.", default=1000, ge=1,
        right="a whole number from 1, such as 1000", breaks="Too small: bursts are refused that could have waited.")


class Cache(Section):
    """Stored responses."""

    max_bytes: Size = _setting("Most memory for stored responses; what was used only once goes first.",
        default=Size.parse("256MiB"), right=SIZE, gt=0, breaks="Too small: more upstream requests. Too large: memory.")
    verify: float = _setting("Part of the answers selected from whole lists that is also asked of the upstream, in the "
        "background, while quota is plentiful.", default=0.01, ge=0, le=1, right="a number from 0 to 1, such as 0.01",
        breaks="Too large: quota is spent on checks. 0: a mistake of the selection stays unseen.")
    read_ahead: int = _setting("Rows fetched at once for a tool that asks for page after page; 0 for never.",
        default=1000, ge=0, right="a whole number from 0, such as 1000",
        breaks="Too small: more upstream requests. Too large: the page that starts it waits longer.")
    warm: int = _setting("How many of the most used whole lists are fetched anew before they expire, and before 00:00 "
        "GMT from what is left of the day. 0, because an expired list is served while it is refreshed: warming makes "
        "lists younger and costs requests.",
        default=0, ge=0, right="a whole number from 0, such as 8",
        breaks="Too large: the day is spent on lists that nobody reads again.")
    warm_reserve: float = _setting("Part of the account's day, and of the address's period, that warming leaves alone.",
        default=0.2, ge=0, le=1, right="a number from 0 to 1, such as 0.2",
        breaks="Too small: callers are refused at the end of the day for lists that were only kept warm.")


class Account(Section):
    """An Intervals account: its token and its budget of a day."""

    per_day: int | None = _setting("Requests a day, to 00:00 GMT. Learnt from /quota/ when absent.", default=None, ge=1,
        right="a whole number from 1, such as 6000", breaks="Too high: the account is closed until 00:00 GMT.")
    foreign: float = _setting("Part of the day that requests made past the gateway may take before it is logged.",
        default=0.05, ge=0, le=1, right="a number from 0 to 1, such as 0.05",
        breaks="Too high: programs that go past the gateway spend the day unseen.")
    token: Sendable | None = _setting("API token of the user the gateway acts as. Without one, callers send their own.",
        default=None, right=SECRET, breaks="Every upstream request is refused with 401.")


class App(Section):
    """A caller: one internal tool, its key and its rights. Has exactly one of key, key_sha256 and anonymous."""

    account: str = _setting("The account its requests are charged to.", right="the NAME of an [accounts.NAME]",
        breaks="The gateway does not start.")
    key: Sendable | None = _setting(
        "The app key the tool sends.", default=None, right=SECRET, breaks="The tool gets 401.")
    key_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{64}\z", to_lower=True)] | None = _setting(
        "SHA-256 of the app key in hex, as `intervals-gateway keys new` prints it.", default=None,
        right="64 hexadecimal digits", breaks="The tool gets 401.")
    anonymous: bool = _setting("Take callers without a key for this app; for one app on a trusted network.",
        default=False, right="true or false", breaks="Whoever reaches the port reads the account.")
    priority: Priority = _setting("Class in the line: interactive before normal before batch.", default="normal",
        right='"interactive", "normal" or "batch"', breaks="People wait behind nightly exports.")
    weight: int = _setting("Turns in the line, compared with the account's other apps.", default=1, ge=1,
        right="a whole number from 1", breaks="One tool slows the others down.")
    share: float = _setting("Part of the account's day that only this app may spend.", default=0.0, ge=0, le=1,
        right="a number from 0 to 1, such as 0.4; the shares of an account add up to 1 at most",
        breaks="Another tool can spend the day.")
    patience: Duration | None = _setting("How long this app's callers wait at most; queue.patience when absent.",
        default=None, right=DURATION, breaks="As queue.patience.")
    passthrough: bool = _setting("With X-Api-Key, pass the caller's own Basic credential to the upstream.",
        default=False, right="true or false", breaks="Callers act with the account's token instead of their own.")
    allow: tuple[Annotated[str, AfterValidator(formats.allow_pattern)], ...] = _setting(
        "Methods and paths the app may use.", default=("* *",), strict=False, min_length=1,
        right='patterns such as "GET *" or "POST time"', breaks="The tool gets 403, or may do more than it should.")
    callbacks: tuple[Annotated[str, AfterValidator(formats.callback_prefix)], ...] = _setting(
        "Prefixes a Callback-URL may start with. Needs secret.", default=(), strict=False,
        right='URL prefixes such as "https://tool.internal/"', breaks="The tool's callbacks are refused.")
    secret: SigningSecret | None = _setting("Signs this app's callbacks (Standard Webhooks).", default=None,
        right=SIGNING, breaks="The tool cannot verify its callbacks.")
    previous_secret: SigningSecret | None = _setting(PREVIOUS, default=None, right=SIGNING,
        breaks="The tool cannot verify its callbacks until it has the new one.")

    def key_digest(self) -> str | None:
        """SHA-256 of the app key in lower-case hex; None for the anonymous app."""
        return self.key.digest() if self.key else self.key_sha256


class Telemetry(Section):
    """Traces, exported by OpenTelemetry's own protocol. Needs the extra `otel`."""

    traces: Annotated[str, AfterValidator(formats.collector)] | None = _setting(
        "Where spans are posted (OTLP over HTTP); none are made when absent. What else the exporter takes (headers, "
        "certificates, compression, resource attributes) it reads from the standard variables, OTEL_…", default=None,
        right='the whole URL, such as "http://127.0.0.1:4318/v1/traces"', breaks="Spans are dropped and counted.")
    sample: float = _setting("Part of the traces begun here that is exported; one that a caller has begun is exported "
        "if the caller's traceparent says that it is sampled.", default=1.0, ge=0, le=1,
        right="a number from 0 to 1, such as 0.1", breaks="Too large: the collector is flooded with hits.")


class Lifetimes(Section):
    """Overrides of one resource's lifetimes; what is absent stays as in gateway/data."""

    fresh: Duration | None = _setting("How long a stored response is used without asking again.", default=None,
        right=DURATION, breaks="Too long: callers see old rows. Too short: the quota is spent.")
    stale_while_revalidate: Duration | None = _setting("How long after that it is used while one refresh runs.",
        default=None, right=DURATION, breaks="Too long: callers see old rows. Too short: callers wait.")
    stale_if_error: Duration | None = _setting("How long after that it is used while the upstream is away.",
        default=None, right=DURATION, breaks="Too short: an outage of the upstream is one of every tool.")


class Settings(Section):
    """Everything an operator can set."""

    server: Server = Server()
    operations: Operations = Operations()
    upstream: Upstream = Upstream()
    store: Store = Store()
    egress: Egress = Egress()
    queue: Queue = Queue()
    cache: Cache = Cache()
    events: Events = Events()
    accounts: Mapping[Name, Account] = {}
    apps: Mapping[Name, App] = {}
    telemetry: Telemetry = Telemetry()
    webhooks: tuple[Webhook, ...] = Field((), strict=False)
    webhook_delivery: WebhookDelivery = WebhookDelivery()
    resources: Mapping[Name, Lifetimes] = {}
