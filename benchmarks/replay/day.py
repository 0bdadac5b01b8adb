"""A day of several tools: what they are, and every request that they make, the same for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from benchmarks.replay.account import HOUR, Account

TODAY = "2024-10-07"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a tool, `at` seconds after midnight; a body is written in the tool's format."""

    at: float
    tool: str
    method: str
    target: str
    body: dict[str, str] | None = None


def booking(draw: Random, rows: Account) -> dict[str, str]:
    """Half an hour of somebody's on a popular task."""
    task = rows.popular(draw, "task")
    kind = draw.choice(rows.work_types(rows.value("task", task, "projectid")))
    body = {"taskid": task, "worktypeid": kind, "personid": rows.popular(draw, "person")}
    return body | {"date": TODAY, "time": "0.5", "billable": "t"}


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool is configured, and what it is for. `own`: its calls go out under a credential of its own."""

    habit: Callable[[Random, Account], Iterator[Call]]
    what: str
    priority: str = "normal"
    xml: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """Tools by name."""

    what: str
    tools: Mapping[str, Tool]

    def calls(self, account: Account, seed: int) -> list[Call]:
        """Every request of the day in the order of time."""
        calls = [
            call
            for number, tool in enumerate(self.tools.values())
            for call in tool.habit(Random(seed * 100 + number), account)
        ]
        return sorted((call for call in calls if call.at < 24 * HOUR), key=lambda call: call.at)

    def body(self, call: Call) -> bytes:
        """The body of a request in the format of its tool."""
        if call.body is None:
            return b""
        if not self.tools[call.tool].xml:
            return json.dumps(call.body).encode()
        resource = call.target.strip("/").partition("/")[0]
        fields = "".join(f"<{name}>{text.replace('&', '&amp;')}</{name}>" for name, text in call.body.items())
        return f"<{resource}>{fields}</{resource}>".encode()
