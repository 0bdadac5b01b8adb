"""How lines leave: a request appends its trace, or a line, to a queue, and a thread renders and writes what is there.

A slow terminal or a full pipe holds up that thread alone; what finds the queue full is dropped and counted.
"""

from __future__ import annotations

import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TextIO

from typing_extensions import override

from gateway.adapters.logs.redaction import Redaction
from gateway.adapters.logs.rendering import Access, Record, Render, access_record, as_json, as_text, event_record
from gateway.adapters.logs.repeated import Repeated
from gateway.policy.caching.repetition import Repetition
from gateway.policy.trace import Trace

Write = Callable[[bytes], None]
"""Write all of some octets, however long it takes; raises OSError when that is impossible."""

_PAUSE = 0.05
_Item = Access | Record | str

_HOLD = 0.0003  # seconds of rendering between two writes: the longest that the thread keeps the interpreter from others
_SPARE = 1000  # places that events have beyond access lines: a flood of requests must not hide a closed account
_PATIENCE = 2.0  # for the last lines at the end


class Log:
    """Access lines and events. As a context it also takes what foreign libraries log, from WARNING up."""

    def __init__(
        self,
        write: Write,
        render: Render,
        redaction: Redaction,
        *,
        capacity: int = 10_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.dropped = {"access_line": 0, "event": 0}
        self._write = write
        self._render = render
        self._redaction = redaction
        self._capacity = capacity
        self._clock = clock
        self._queue: deque[_Item] = deque()
        self._repeated = Repeated(render, redaction)
        self._ending = threading.Event()
        self._writer = threading.Thread(target=self._run, name="log", daemon=True)
        self._root = _Root(self)

    def hide(self, secrets: Iterable[str]) -> None:
        """Never write these either, nor those known before."""
        self._redaction.add(secrets)

    def cleaned(self, text: str) -> str:
        """A text for an operator, without the secrets that are known."""
        return self._redaction(text)

    def access(self, trace: Trace, *, target: str, size: int) -> None:
        """Log a finished request; `size` is the bytes of the answer's body. The trace must not change any more."""
        if len(self._queue) < self._capacity:
            self._queue.append(Access(self._clock(), trace, target, size))
        else:
            self.dropped["access_line"] += 1

    def access_again(self, times: Sequence[Repetition]) -> None:
        """Log hits that were given again. They are rendered here: it is quicker than to wait for the thread's turns."""
        room = max(0, self._capacity - len(self._queue))
        self._queue.extend(map(self._repeated, times[:room]))
        self.dropped["access_line"] += max(0, len(times) - room)

    def event(self, name: str, /, *, level: str = "info", **fields: Any) -> None:
        """Log something else that happened, by name, with JSON values; texts are cleaned of what must not be written.

        May be called from any thread. `level` is `info`, `warning` or `error`.
        """
        if len(self._queue) < self._capacity + _SPARE:
            self._queue.append(event_record(self._clock(), name, level, fields, self._redaction))
        else:
            self.dropped["event"] += 1

    def drain(self) -> None:
        """Write what is in the queue now. For the writing thread, and for tests in its place."""
        waiting = len(self._queue)
        while waiting > 0:
            batch, lines = self._batch(waiting)
            waiting -= len(batch)
            try:
                self._write("\n".join([*lines, ""]).encode("utf-8"))
            except OSError:  # nobody reads any more, or the disk is full: the gateway goes on
                self._drop(batch)

    def __enter__(self) -> Self:
        self._writer.start()
        self._root.install()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is left; a reader that takes nothing for two seconds loses it."""
        self._root.remove()
        self._ending.set()
        self._writer.join(_PATIENCE)

    def _run(self) -> None:
        while not self._ending.wait(_PAUSE):
            self.drain()
        self.drain()

    def _batch(self, most: int) -> tuple[list[_Item], list[str]]:
        """Take as many items as can be rendered in the time that others may have to wait, at least one."""
        items: list[_Item] = []
        lines: list[str] = []
        ends = time.perf_counter() + _HOLD
        while len(items) < most:
            item = self._queue.popleft()
            items.append(item)
            lines.append(self._line(item))
            if time.perf_counter() > ends:
                break
        return items, lines

    def _line(self, item: _Item) -> str:
        if isinstance(item, str):
            return item
        return self._render(access_record(item, self._redaction) if isinstance(item, Access) else item)

    def _drop(self, batch: list[_Item]) -> None:
        lines = sum(not isinstance(item, dict) for item in batch)
        self.dropped["access_line"] += lines
        self.dropped["event"] += len(batch) - lines


class _Root(logging.Handler):
    """Takes what foreign libraries log and warn, and gives the root logger back as it was."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log
        self._before: tuple[list[logging.Handler], int] = ([], logging.WARNING)

    def install(self) -> None:
        root = logging.getLogger()
        self._before = (root.handlers[:], root.level)
        root.handlers[:] = [self]
        root.setLevel(logging.WARNING)
        logging.captureWarnings(capture=True)

    def remove(self) -> None:
        logging.captureWarnings(capture=False)
        root = logging.getLogger()
        root.handlers[:] = self._before[0]
        root.setLevel(self._before[1])

    @override
    def emit(self, record: logging.LogRecord) -> None:
        fields = {"logger": record.name, "message": _message(record)}
        if record.exc_info:
            fields["exception"] = logging.Formatter().formatException(record.exc_info)
        self._log.event("log", level=record.levelname.lower(), **fields)


def open_log(redaction: Redaction, stream: TextIO = sys.stdout) -> Log:
    """Make the log of a running gateway: text where a person watches, JSON everywhere else."""
    return Log(Descriptor(stream.fileno()), as_text if stream.isatty() else as_json, redaction)


class Descriptor:
    """Writes to a file descriptor itself: a thread that is stuck in a buffered stream would hold its lock at exit."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, octets: bytes) -> None:
        left = memoryview(octets)
        while left:
            try:
                left = left[os.write(self._number, left) :]
            except BlockingIOError:  # someone who shares the descriptor made it non-blocking
                select.select([], [self._number], [])


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # the caller's arguments do not fit its text
        return str(record.msg)
