"""Tools that page: is this the page after the last one, and which request fetches all that follow at once?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from gateway.policy.catalogue import Match

_DEFAULT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: everything the query says but the page, and the rows it is about.

    `spelled`: the query says the limit, and does not rely on the documented default.
    """

    listed: tuple[tuple[str, str], ...]
    offset: int
    limit: int
    spelled: bool

    @property
    def query(self) -> str:
        """The query of this page, its limit said or not as the tool does."""
        limit = [("limit", str(self.limit))] if self.spelled else []
        return urlencode([*self.listed, ("offset", str(self.offset)), *limit])

    def follows(self, other: Page) -> bool:
        """Does this page begin where the other ends, and is it of the same length?"""
        return (self.listed, self.offset, self.limit) == (other.listed, other.offset + other.limit, other.limit)

    def onwards(self, rows: int) -> Page:
        """So many rows from the beginning of this page on."""
        return replace(self, limit=rows, spelled=True)

    def next(self) -> Page:
        return replace(self, offset=self.offset + self.limit)


def page(match: Match, query: str) -> Page | None:
    """Read a list's query as a page; None where it is none, or says so in a way that is not certain."""
    if match.member is not None or not match.resource.pages:
        return None
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if len(given) < len(pairs):
        return None
    spelled = "limit" in given
    offset, limit = given.pop("offset", "0"), given.pop("limit", str(_DEFAULT_LIMIT))
    if not (_is_count(offset) and _is_count(limit)) or int(limit) == 0:
        return None
    return Page(tuple(sorted(given.items())), int(offset), int(limit), spelled)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
