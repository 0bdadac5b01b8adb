"""The rows of webhooks in the table of settings: who subscribes, and how deliveries are made."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from gateway.policy.webhooks.subscription import MOST_EVENTS
from gateway.settings import formats
from gateway.settings.quantities import Duration
from gateway.settings.secret import Secret
from gateway.settings.section import PERIOD, PREVIOUS, SECRET, SIGNING, Name, Section, SigningSecret, setting

# A table: each setting keeps to its two or three lines.
# fmt: off


class Webhook(Section):
    """A subscription: which events of which account are delivered where."""

    url: Annotated[str, AfterValidator(formats.web_address)] = setting(
        "Where deliveries are posted.", right="an http or https URL", breaks="Deliveries fail and are retried.")
    events: tuple[Annotated[str, AfterValidator(formats.event_pattern)], ...] = setting("Which events are delivered.",
        strict=False, min_length=1, max_length=MOST_EVENTS, right='patterns such as "intervals.client.*" or "quota.*"',
        breaks="Nothing is delivered, or too much.")
    account: str = setting("The account whose events are delivered.", right="the NAME of an [accounts.NAME]",
        breaks="The gateway does not start.")
    name: Name | None = setting("Name of the subscription in metrics, log and outbox; made from url when absent. With "
        "a name, what waits follows a url that is changed.", default=None,
        right='letters, digits, dots, dashes and underscores, not beginning with "api-"',
        breaks="Without one, what waits for an url that is changed ends as dead letters.")
    secret: SigningSecret = setting(
        "Signs the deliveries (Standard Webhooks).", right=SIGNING, breaks="The receiver cannot verify the deliveries.")
    previous_secret: SigningSecret | None = setting(PREVIOUS, default=None, right=SIGNING,
        breaks="The receiver cannot verify deliveries until it has the new one.")


class WebhookDelivery(Section):
    """How webhooks and callbacks are delivered, and where they may go."""

    receivers: tuple[Annotated[str, AfterValidator(formats.receiver)], ...] = setting(
        "Receivers beside the hosts in [[webhooks]] and callbacks, which are allowed by being there: needed for "
        "subscriptions made while running.", default=(), strict=False,
        right='hosts, addresses and subnets such as "tool.internal", "*.apps.internal" or "10.1.0.0/16"',
        breaks="Too few: subscriptions are refused. Too many: deliveries can be sent where they do not belong.")
    timeout: Duration = setting("Longest time one attempt may take in all.", default=Duration(20), right=PERIOD, gt=0,
        breaks="Too short: receivers that are slow get the same delivery again.")
    disable_after: Duration = setting("A subscription whose every attempt has failed for so long is disabled.",
        default=Duration(432_000), right=PERIOD, gt=0,
        breaks="Too short: a weekend's outage ends a subscription. Too long: what nobody takes is tried on and on.")
    keep_dead: Duration = setting("How long dead letters are kept for a replay.", default=Duration(2_592_000),
        right=PERIOD, gt=0, breaks="Too short: what was missed cannot be replayed. Too long: the store grows.")
    signing_key: Annotated[Secret, AfterValidator(formats.signing_key)] | None = setting(
        "Key from which the secrets of subscriptions made while running are derived; none of them is stored. Derived "
        "from the accounts' tokens and the apps' keys when absent.", default=None,
        right=SECRET + ", of 20 characters or more",
        breaks="When it changes, such subscriptions wait until an operator enables them and hands out new secrets.")
