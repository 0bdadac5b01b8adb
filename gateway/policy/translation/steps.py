"""Long work that can be paused: a generator that yields whenever others may run, and returns its result.

Nothing here knows how the pause is used. Asynchronous code drives the same generator with a wait at each step.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

Result = TypeVar("Result")

Steps: TypeAlias = Generator[None, None, Result]
"""Work of about a millisecond a step; the result is the generator's return value."""

BUDGET = 32 * 1024
"""Characters written a step, about a millisecond."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A written answer. `replaced` counts the characters XML cannot carry, now U+FFFD each."""

    body: bytes
    replaced: int = 0


def finish(steps: Steps[Result]) -> Result:
    """Drive the work to its end without a pause: for small messages and for tests."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            result: Result = done.value
            return result


def encoding(pieces: Iterable[str]) -> Steps[bytes]:
    """Gather pieces of text into one body of UTF-8, a budget at a time."""
    slices: list[bytes] = []
    gathered: list[str] = []
    length = 0
    for piece in pieces:
        gathered.append(piece)
        length += len(piece)
        if length >= BUDGET:
            slices.append("".join(gathered).encode())
            gathered.clear()
            length = 0
            yield
    slices.append("".join(gathered).encode())
    return b"".join(slices)
