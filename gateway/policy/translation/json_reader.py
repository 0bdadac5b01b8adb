"""Read JSON a window of text at a time, so that a large list never holds up other work.

The fast path gives one value to the standard library's scanner. Whatever that cannot settle (the value is cut by the
window's end, or wrong, or too deep, or names a key twice) the slow path settles: it steps into the list or object and
gives its members to the fast path, down to the scalar that is at fault, whose line and column it then knows.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from json import JSONDecodeError, JSONDecoder
from typing import Final, NoReturn, TypeAlias

from gateway.policy.translation.document import Fields, Number, Value
from gateway.policy.translation.malformed import Limits, Malformed
from gateway.policy.translation.shapes import BLANK
from gateway.policy.translation.steps import Steps

WINDOW = 32 * 1024
"""Bytes read a step, less than a millisecond."""

_MEMBERS = 256
"""Members read a step at most, however small they are."""

_MARGIN = 8
"""A scalar that ends this near to the window's end may go on behind it: 1 may be 1.5, or 1e+10."""

_white = re.compile(r"[ \t\n\r]*")
_half = re.compile(r"\\u[dD][89a-fA-F]")  # half of a surrogate pair, paired or not
_lone = re.compile("[\ud800-\udfff]")


class _Cut:
    """The fast path's "not here": see the slow path."""


_CUT: Final = _Cut()
_Found: TypeAlias = "Value | _Cut"


class _Refused(Exception):
    """Raised inside the scanner for what JSON or this reader does not accept."""


def _object(pairs: list[tuple[str, Value]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):  # which of the two is meant? Readers differ, and attackers live on that
        raise _Refused("a name stands a second time in one object")
    return fields


def _integer(text: str) -> int | Number:
    return int(text) if len(text) < 16 and text != "-0" else Number(text)


def _constant(text: str) -> NoReturn:
    raise _Refused(f"{text} is not JSON")


def _place(text: str, line: int, column: int) -> tuple[int, int]:
    """Find the line and column behind `text`, which begins at these."""
    lines = text.count("\n")
    return line + lines, len(text) - text.rfind("\n") if lines else column + len(text)


_scan = JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=Number, parse_constant=_constant
).raw_decode


class JsonReader:
    """Reads one JSON text."""

    def __init__(self, body: bytes, limits: Limits) -> None:
        self._body = body
        self._limits = limits
        self._decode = getincrementaldecoder("utf-8")().decode
        self._read = 3 if body.startswith(b"\xef\xbb\xbf") else 0  # .NET writes a byte order mark
        self._window = ""
        self._at = 0
        self._halves = False
        self._line, self._column = 1, 1  # of the window's first character

    def steps(self) -> Steps[Value]:
        """Read to the end; the result is the value. Raises `Malformed`."""
        yield from self._next_mark()
        value = yield from self._value(1)
        if (yield from self._next_mark()):
            self._refuse("there is more text behind the value")
        return value

    # ---- the window

    @property
    def _ended(self) -> bool:
        return self._read >= len(self._body)

    def _extend(self) -> None:
        """Drop what is read and take in more: as much again as is there of a string that no window holds."""
        dropped, self._window = self._window[: self._at], self._window[self._at :]
        self._line, self._column = _place(dropped, self._line, self._column)
        self._at = 0
        end = self._read + max(WINDOW, len(self._window))
        try:
            fresh = self._decode(self._body[self._read : end], end >= len(self._body))
        except UnicodeDecodeError as error:
            self._window += error.object[: error.start].decode()
            self._at = len(self._window)
            self._refuse("the text is not UTF-8")
        self._read = end
        self._window += fresh
        self._halves = _half.search(self._window) is not None

    def _refuse(self, reason: str) -> NoReturn:
        raise Malformed(reason, *_place(self._window[: self._at], self._line, self._column))

    # ---- values

    def _value(self, depth: int) -> Steps[Value]:
        """Read the value that begins here."""
        while True:
            found = self._fast(depth)
            if not isinstance(found, _Cut):
                return found
            opening = self._window[self._at : self._at + 1]
            long = self._ended or len(self._window) - self._at >= WINDOW // 2
            if long and opening in ("[", "{"):
                yield  # what is in it is given to the scanner once more
                return (yield from (self._list(depth) if opening == "[" else self._fields(depth)))
            if self._ended:
                self._explain()
            yield
            self._extend()

    def _fast(self, depth: int) -> _Found:
        begin = self._at
        try:
            value, end = _scan(self._window, begin)
        except (JSONDecodeError, RecursionError, _Refused):
            return _CUT
        if end + _MARGIN > len(self._window) and not self._ended:
            return _CUT
        if depth > self._limits.depth and isinstance(value, list | dict):
            return _CUT
        brackets = self._window.count("{", begin, end) + self._window.count("[", begin, end)
        if (self._halves or depth + brackets > self._limits.depth) and not self._sound(value, depth):
            return _CUT
        self._at = end
        found: Value = value
        return found

    def _sound(self, value: Value, depth: int) -> bool:
        """Check what the scanner does not: the depth, and that every surrogate has its pair (RFC 8259 §8.2)."""
        if isinstance(value, str):
            return not _lone.search(value)
        if isinstance(value, dict):
            return depth <= self._limits.depth and all(
                not _lone.search(name) and self._sound(member, depth + 1) for name, member in value.items()
            )
        if isinstance(value, list):
            return depth <= self._limits.depth and all(self._sound(member, depth + 1) for member in value)
        return True

    def _explain(self) -> NoReturn:
        """Say what is wrong with the scalar that begins here and is whole."""
        try:
            _scan(self._window, self._at)
        except _Refused as error:
            self._refuse(str(error))
        except JSONDecodeError as error:
            self._at = error.pos
            self._refuse(error.msg.removesuffix(" at").removesuffix(" starting"))
        self._refuse("a surrogate stands without its pair")

    # ---- the slow path

    def _list(self, depth: int) -> Steps[Value]:
        members: list[Value] = []
        mark = yield from self._enter(depth)
        while mark != "]":
            members.append((yield from self._value(depth + 1)))
            mark = yield from self._separator("]")
            if len(members) % _MEMBERS == 0:
                yield
        self._at += 1
        return members

    def _fields(self, depth: int) -> Steps[Value]:
        fields: Fields = {}
        mark = yield from self._enter(depth)
        while mark != "}":
            if mark != '"':
                self._refuse("a name in double quotes was expected")
            window, at, line, column = self._window, self._at, self._line, self._column
            name = yield from self._value(depth)
            if not isinstance(name, str) or name in fields:
                raise Malformed("a name stands a second time in one object", *_place(window[:at], line, column))
            if (yield from self._next_mark()) != ":":
                self._refuse("a colon was expected")
            self._at += 1
            yield from self._next_mark()
            fields[name] = yield from self._value(depth + 1)
            mark = yield from self._separator("}")
            if len(fields) % _MEMBERS == 0:
                yield
        self._at += 1
        return fields

    def _enter(self, depth: int) -> Steps[str]:
        if depth > self._limits.depth:
            self._refuse(f"lists and objects are nested deeper than {self._limits.depth}")
        self._at += 1
        return (yield from self._next_mark())

    def _separator(self, closing: str) -> Steps[str]:
        """Step over the comma, if there is one; the result is the character behind, or `closing`."""
        mark = yield from self._next_mark()
        if mark == closing:
            return mark
        if mark != ",":
            self._refuse(f"a comma or {closing} was expected")
        self._at += 1
        mark = yield from self._next_mark()
        if mark == closing:
            self._refuse("nothing stands behind the comma")
        return mark

    def _next_mark(self) -> Steps[str]:
        """Step over white space; the result is the character there, "" at the end."""
        mark = self._window[self._at : self._at + 1]
        if mark and mark not in BLANK:
            return mark
        while True:
            blank = _white.match(self._window, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._window) or self._ended:
                return self._window[self._at : self._at + 1]
            yield
            self._extend()
