"""What commands that ask a running gateway have in common: where it is configured, how it refuses, a table of rows."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.settings import Settings
from gateway.web.operations_client import Refused

MISUSED = 2
"""The exit code of who asked wrongly, as in `cli.py`."""

Told = Callable[[str, int, Namespace], str]
"""Ask the operations listener of this host and port, and say what it told. Raises `Refused` and `Unanswered`."""


def add_configuration(parser: ArgumentParser) -> None:
    """The argument that says which gateway is asked."""
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="the running gateway's configuration"
    )


def answered(told: Told, settings: Settings, options: Namespace, complain: Callable[[str], None]) -> int:
    """Print what is told; tells the exit code. Raises `Unanswered` where no gateway answers."""
    try:
        sys.stdout.write(told(settings.operations.host, settings.operations.port, options))
    except Refused as refusal:
        complain(str(refusal))
        return MISUSED
    return 0


def rows(told: Mapping[str, object], member: str) -> Sequence[Mapping[str, Any]]:
    """The rows under a member of an answer."""
    found = told[member]
    return found if isinstance(found, list) else []


def table(head: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Cells under their heads as plain text."""
    lines = [head, *cells]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"{line.rstrip()}\n" for line in padded)
