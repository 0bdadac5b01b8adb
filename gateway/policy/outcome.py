"""What an upstream answer means for the next requests, by its status and the code in its body.

The upstream says most of this with a code beside a generic status: its limits are 400 with code 11 or 12
(the vendor's page on error codes). A code is believed only beside a status that fits, because a wrong "banned" would
stop an account until an operator comes; otherwise the status alone decides.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gateway.policy.quota.closure import Reason

LONGEST_ERROR_BODY = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """The request was answered."""


@dataclass(frozen=True, slots=True)
class CallerMistake:
    """The request itself is wrong; the answer belongs to the caller as it is."""


@dataclass(frozen=True, slots=True)
class TooFast:
    """Requests from this address come too fast: the egress must pause."""


@dataclass(frozen=True, slots=True)
class DaySpent:
    """The account has no requests left until 00:00 GMT."""


@dataclass(frozen=True, slots=True)
class AccountClosed:
    """The account is in a state in which nothing is answered; `can_pass` allows a slow probe."""

    reason: Reason
    can_pass: bool


@dataclass(frozen=True, slots=True)
class CredentialRefused:
    """This credential is refused; other credentials of the account may still be good."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The upstream failed."""


Meaning = Answer | CallerMistake | TooFast | DaySpent | AccountClosed | CredentialRefused | Failed

_LIMITS = frozenset({400, 429})
_CREDENTIALS = frozenset({401, 403})
_ACCOUNTS = frozenset({401, 402, 403, 418, 503})

_BY_CODE: dict[int, tuple[frozenset[int], Meaning]] = {
    2: (_ACCOUNTS, AccountClosed(Reason.NOT_FOUND, can_pass=True)),
    3: (_ACCOUNTS, AccountClosed(Reason.INACTIVE, can_pass=True)),
    4: (_ACCOUNTS, AccountClosed(Reason.SUSPENDED, can_pass=True)),
    5: (_ACCOUNTS, AccountClosed(Reason.BANNED, can_pass=False)),
    6: (_ACCOUNTS, AccountClosed(Reason.UNPAID, can_pass=True)),
    7: (_CREDENTIALS, CredentialRefused()),
    8: (_CREDENTIALS, CredentialRefused()),
    9: (_CREDENTIALS, CredentialRefused()),
    11: (_LIMITS, DaySpent()),
    12: (_LIMITS, TooFast()),
}
"""The codes that say more than their status; 1, 10 and 13 to 20 say the same as it."""

_BY_STATUS: dict[int, Meaning] = {
    401: CredentialRefused(),
    402: AccountClosed(Reason.UNPAID, can_pass=True),
    418: AccountClosed(Reason.BANNED, can_pass=False),
    429: TooFast(),
}


def classify(status: int, code: int | None) -> Meaning:
    """Judge an answer by its HTTP status and the code `api_code` found in its body."""
    if status < 400:
        return Answer()
    if code in _BY_CODE:
        statuses, outcome = _BY_CODE[code]
        if status in statuses:
            return outcome
    return _BY_STATUS.get(status) or (Failed() if status >= 500 else CallerMistake())


def api_code(body: bytes, content_type: str | None) -> int | None:
    """Find the code in an error body, JSON or XML, or None. Never raises; reads 64 KiB at most.

    The vendor's keys are not documented, so that every likely place is tried. The envelope has a `code` of its own
    that repeats the HTTP status; codes have two digits at most, statuses three.
    """
    if len(body) > LONGEST_ERROR_BODY or "html" in (content_type or "").lower():
        return None
    text = body.decode("utf-8-sig", errors="replace").lstrip()
    found = _in_xml(text) if text.startswith("<") else _in_json(text)
    return next((code for code in map(_code, found) if code is not None), None)


def _in_json(text: str) -> Iterator[object]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(document, dict):
        return
    for name in ("error", "errors"):
        yield from _in_error(document.get(name), levels=2)
    yield from _named(document)


def _in_error(error: object, *, levels: int) -> Iterator[object]:
    for one in error if isinstance(error, list) else [error]:
        if not isinstance(one, dict):
            yield one
            continue
        yield from _named(one)
        for name in ("error", "item") if levels else ():
            yield from _in_error(one.get(name), levels=levels - 1)


def _named(fields: Mapping[str, object]) -> Iterator[object]:
    """The names that say which code it is come before the one that the envelope has too."""
    names = {name.lower().replace("_", ""): name for name in fields}
    yield from (fields[names[name]] for name in ("errorcode", "apicode", "code") if name in names)


_XML_ERROR = re.compile(r"<error\b([^<>]{0,400})>(.{0,4000})", re.DOTALL)
_NAMED = "(?:error_?|api_?)"
_XML_CODE_ELEMENT = re.compile(rf"<{_NAMED}?code>(?:<!\[CDATA\[)?([^<>\]]{{1,9}})", re.IGNORECASE)
_XML_NAMED_ELEMENT = re.compile(rf"<{_NAMED}code>(?:<!\[CDATA\[)?([^<>\]]{{1,9}})", re.IGNORECASE)
_XML_CODE_ATTRIBUTE = re.compile(rf"""\s{_NAMED}?code\s{{0,9}}=\s{{0,9}}["']([^"'<>]{{1,9}})["']""", re.IGNORECASE)
_XML_TEXT = re.compile(r"(?:<!\[CDATA\[)?([^<>\]]{1,9})")
_XML_ROOT = re.compile(r"<intervals\b([^<>]{0,400})>")


def _in_xml(text: str) -> Iterator[object]:
    error = _XML_ERROR.search(text)
    if error:
        attributes, content = error.groups()
        element = _XML_CODE_ELEMENT.search(content)
        yield from _XML_CODE_ATTRIBUTE.findall(attributes)
        yield from element.groups() if element else ()
        yield from _XML_TEXT.findall(content)[:1] if _XML_TEXT.match(content) else ()
    yield from _XML_NAMED_ELEMENT.findall(text)[:1]
    root = _XML_ROOT.search(text)
    yield from _XML_CODE_ATTRIBUTE.findall(root[1]) if root else ()


def _code(value: object) -> int | None:
    """Accept 1 to 99 as a number or as digits."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal():
        value = int(value.strip()[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 99 else None
