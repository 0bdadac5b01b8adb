"""What is wrong in a configuration: each mistake with its place, its key, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to correct. `source` is the file or the environment variable; `key` is dotted, empty for the whole."""

    source: str
    key: str
    wrong: str
    right: str

    @override
    def __str__(self) -> str:
        key = f" {self.key}:" if self.key else ""
        return f"{self.source}:{key} {self.wrong}; {self.right}"


class SettingsError(Exception):
    """The configuration cannot be used; nothing was started. Holds every mistake that was found."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def known_are(word: str, known: Iterable[str]) -> str:
    """Say which word was probably meant, or which there are."""
    names = sorted(known)
    near = get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(names)}" if names else "none is configured"
