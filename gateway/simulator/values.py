"""How the service writes and reads single values: t and f, days, moments, decimals, CSV lists of ids."""

import re
from datetime import date, datetime

Row = dict[str, str | None]

_TRUE = frozenset({"t", "true", "1"})
_FALSE = frozenset({"f", "false", "0"})
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,15}", re.ASCII)


def boolean(text: str) -> str | None:
    """t or f for what clients send (t, f, true, false, 1, 0); None if it is none of these."""
    lower = text.strip().lower()
    if lower in _TRUE:
        return "t"
    return "f" if lower in _FALSE else None


def integer(text: str) -> str | None:
    """The number without padding, so that 0012 and 12 are one; None if it is no whole number."""
    stripped = text.strip()
    return str(int(stripped)) if _INTEGER.fullmatch(stripped) else None


def integers(text: str) -> tuple[str, ...] | None:
    """The numbers of a CSV list such as 3,5,11; None if a part is no whole number."""
    numbers = [integer(part) for part in text.split(",")]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) else None


def day(text: str) -> str | None:
    """A day as YYYY-MM-DD; YYYY/MM/DD and a moment are accepted too, as clients send both. None if it is no day."""
    try:
        return date.fromisoformat(text.strip()[:10].replace("/", "-")).isoformat()
    except ValueError:
        return None


def moment(text: str) -> str | None:
    """A moment as YYYY-MM-DD HH:MM:SS, or the day alone if that is all that was given; None if it is neither."""
    stripped = text.strip().replace("/", "-").replace("T", " ")
    if len(stripped) <= 10:
        return day(stripped)
    try:
        return datetime.fromisoformat(stripped).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None


def decimal(text: str) -> str | None:
    """A number in its shortest form (0.25, 1, 1.25); None if it is no number."""
    stripped = text.strip()
    return decimal_text(float(stripped)) if _DECIMAL.fullmatch(stripped) else None


def decimal_text(number: float) -> str:
    """A number without trailing zeros, at most four decimals."""
    text = f"{number:.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def number_of(text: str | None) -> float:
    """A stored decimal as a number; null and empty are 0."""
    return float(text) if text else 0.0


def ids_of(text: str | None) -> list[str]:
    """The ids of a stored CSV column."""
    return text.split(",") if text else []
