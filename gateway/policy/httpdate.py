"""HTTP-dates (RFC 9110 §5.6.7): the three forms, read whatever their case; anything else is no date.

Strict on purpose: RFC 9111 §5.3 takes a date that is not one for a time in the past.
"""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from email.utils import formatdate

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
_SHORT = "(?:mon|tue|wed|thu|fri|sat|sun)"
_LONG = "(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_SHORT}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT",
        rf"{_LONG}, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT",
        rf"{_SHORT} {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)
_CENTURY_TURNS = 70
"""Two-digit years from here on are 19xx: by RFC 850's end no cache held an answer older than that."""


def read(value: str | None) -> float | None:
    """Read a date as epoch seconds; None when it is absent or not one."""
    text = (value or "").strip()
    found = next((match for form in _FORMS if (match := form.fullmatch(text))), None)
    if found is None:
        return None
    year, month, day, hour, minute, second = (
        _MONTHS.index(found[name].lower()) + 1 if name == "month" else int(found[name])
        for name in ("year", "month", "day", "hour", "minute", "second")
    )
    if len(found["year"]) == 2:
        year += 1900 if year >= _CENTURY_TURNS else 2000
    if year < 1 or not 1 <= day <= monthrange(year, month)[1] or hour > 23 or minute > 59 or second > 60:
        return None
    return float(timegm((year, month, day, hour, minute, second, 0, 0, 0)))


def write(moment: float) -> str:
    """Write epoch seconds as IMF-fixdate."""
    return formatdate(moment, usegmt=True)
