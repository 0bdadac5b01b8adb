"""Was a write done whose answer was lost? Told from the row as it is now, where the row can tell.

An update was done if the row has every field that was sent; a delete if the row is gone. Anything else is no proof of
the contrary: another write may have come between, or the upstream may still be at it. So the answer is "done", or
why it cannot be told. Which resources can be read back is data (`read_back` in `gateway/data/resources.toml`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

from gateway.policy.catalogue import Match
from gateway.policy.lists.collection import is_number
from gateway.policy.translation.document import Body, Fields, Value
from gateway.policy.translation.shapes import scalar_text

_BOOLEANS = {"true": "t", "false": "f"}
_FIGURE = re.compile(r"-?(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{1,30})?")  # 007 is not 7: it may be part of a text


def why_not(match: Match | None, method: str, query: str) -> str | None:
    """Tell why a write cannot be looked up, or None when it can."""
    if match is None:
        return "the resource is not documented, so nothing says where its effect would be seen"
    if match.member is None or not is_number(match.member):
        return f"a {method} to the collection leaves no key by which its row could be found"
    if not match.resource.read_back:
        return f"a row of {match.resource.name} does not show whether this write was done"
    if query:
        return "the query may have changed what was written"
    if method not in ("PUT", "POST", "DELETE"):
        return f"what a {method} does is not documented"
    return None


def unlike(sent: Body | None, row: Fields) -> list[str]:
    """The fields in which a row is not as it was sent; a list of several rows is never alike."""
    if not isinstance(sent, dict):
        return ["the body"]
    return [name for name, value in sent.items() if name != "id" and not (name in row and _alike(value, row[name]))]


def _alike(sent: Value, stored: Value) -> bool:
    if isinstance(sent, list | dict) or isinstance(stored, list | dict):
        return sent == stored
    ours, theirs = _text(sent), _text(stored)
    # The service escapes text for HTML, also in JSON: what was sent as & is read back as &amp;.
    return ours in (theirs, unescape(theirs)) or _number(ours) == _number(theirs) is not None


def _text(value: Value) -> str:
    if value is None or isinstance(value, list | dict):
        return ""
    text = scalar_text(value)
    return _BOOLEANS.get(text, text)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _FIGURE.fullmatch(text) else None
