"""The rows of events in the table of settings: how changes are looked for, and when the day's end is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.quantities import Duration
from gateway.settings.section import DURATION, Section, setting

# A table: each setting keeps to its two or three lines.
# fmt: off


class Events(Section):
    """What subscriptions are told of: changed rows, and the quota."""

    interval: Duration = setting("How often a resource that somebody subscribes to is looked at for changes made past "
        "the gateway; 0s for never: then writes and the lists that callers fetch are compared, and nothing else.",
        default=Duration(300), right=DURATION, breaks="Too long: changes are told late.")
    share: float = setting("Part of the account's day that these looks may spend. They are made less often where it "
        "would not last until 00:00 GMT.", default=0.05, ge=0, le=1, right="a number from 0 to 1, such as 0.05",
        breaks="Too small: changes are told late. Too large: looks are made with requests that callers could use.")
    warn: tuple[Annotated[float, Field(gt=0, lt=1)], ...] = setting("Parts of the account's day of which it is told, "
        "once each, when they are used.", default=(0.8, 0.95), strict=False,
        right="numbers between 0 and 1, such as [0.8, 0.95]", breaks="Tools learn too late that the day ends.")
