"""Names that must not be swapped for one another: each is a string, each of its own type."""

from typing import NewType

AccountName = NewType("AccountName", str)
"""A configured Intervals account, `[accounts.NAME]`; the budget of a day belongs to it."""

AppName = NewType("AppName", str)
"""A configured caller, `[apps.NAME]`; a flow in the line and a label in the metrics."""

Partition = NewType("Partition", str)
"""Who may share stored responses: a hash of the account and the upstream credential."""

CacheKey = NewType("CacheKey", str)
"""Partition and canonical target, hashed: names one stored response."""
