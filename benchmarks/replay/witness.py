"""Is every answer true? The simulator itself is asked, past its limits, at the moment an answer is given.

An answer must be what the service would say now. It may be older only by what somebody changed past the gateway, in
the browser, and by no more than `fresh` and `stale_while_revalidate` of its resource: then it must be what the service
would say without the last of those changes. What the tools wrote through the gateway is never missing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from gateway.policy.catalogue import Lifetimes
from gateway.policy.translation import xml_codec
from gateway.policy.translation.malformed import Limits
from gateway.policy.translation.steps import finish
from gateway.simulator import requests
from gateway.simulator.accounts import USERS
from gateway.simulator.answers import Answer, refusal
from gateway.simulator.errors import Refused
from gateway.simulator.json_writer import write_json
from gateway.simulator.roles import Caller
from gateway.simulator.tables import World
from gateway.simulator.values import Row
from gateway.simulator.xml_writer import write_xml

_LIMITS = Limits(size=1 << 28)


@dataclass(frozen=True, slots=True)
class Edit:
    """A column that somebody changed in the browser."""

    at: float
    table: str
    row: Row
    column: str
    before: str | None
    after: str


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to a read. `state` is what `Witness.state` was when it was asked for."""

    target: str
    token: str
    xml: bool
    status: int
    body: bytes
    state: int


class Witness:
    """Judges answers: `verdicts` counts them, `oldest` is the greatest age in seconds by resource, `wrong` the rest."""

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self.state = 0
        self.verdicts: Counter[str] = Counter()
        self.oldest: dict[str, float] = {}
        self.wrong: list[str] = []
        self._world = world
        self._writing = 0
        self._clock = clock
        self._edits: list[Edit] = []
        self._truths: dict[tuple[str, str, bool, int], tuple[int, tuple[int, object]]] = {}
        self._confirmed: dict[tuple[str, str, bool], tuple[int, bytes]] = {}

    def changed(self) -> None:
        """The service was changed through the gateway."""
        self.state += 1

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A tool waits for the answer of a write: until then, others may be answered as before it."""
        self._writing += 1
        try:
            yield
        finally:
            self._writing -= 1
            self.state += 1

    def edit(self, table: str, number: str, column: str, text: str) -> None:
        """Change a column as somebody does in the browser, past the gateway."""
        row = self._world.tables[table][number]
        edit = Edit(self._clock(), table, row, column, row[column], text)
        self._edits.append(edit)
        self._world.change(table, row, {column: text})
        self.state += 1

    def judge(self, given: Given, resource: str, lifetimes: Lifetimes) -> None:
        """Compare an answer with the service's own."""
        asked = (given.target, given.token, given.xml)
        if self._confirmed.get(asked) == (self.state, given.body):
            self.verdicts["as the service says now"] += 1
            return
        said = (given.status, _parsed(given.body, xml=given.xml) if given.status == 200 else None)
        if said == self._truth(given, 0):
            self._confirmed[asked] = (self.state, given.body)
            self.verdicts["as the service says now"] += 1
        elif self._writing or given.state != self.state:
            self.verdicts["under way while something was changed, not judged"] += 1
        elif (age := self._age(given, said, lifetimes)) is not None:
            self.verdicts["older by changes in the browser, within the lifetime"] += 1
            self.oldest[resource] = max(self.oldest.get(resource, 0.0), age)
        else:
            self.verdicts["wrong"] += 1
            self.wrong.append(f"{given.target} at {self._clock() % 86_400:.1f}")

    def _age(self, given: Given, said: tuple[int, object], lifetimes: Lifetimes) -> float | None:
        """Seconds since the change that the answer lacks; None if it lacks something else."""
        now, bound = self._clock(), lifetimes.fresh + lifetimes.stale_while_revalidate
        undone: list[Edit] = []
        found = None
        for edit in reversed(self._edits):
            if now - edit.at > bound or found is not None:
                break
            self._world.change(edit.table, edit.row, {edit.column: edit.before})
            undone.append(edit)
            if said == self._truth(given, len(undone)):
                found = now - edit.at
        for edit in reversed(undone):
            self._world.change(edit.table, edit.row, {edit.column: edit.after})
        return found

    def _truth(self, given: Given, undone: int) -> tuple[int, object]:
        name = (given.target, given.token, given.xml, undone)
        state, truth = self._truths.get(name, (-1, (0, None)))
        if state != self.state:
            answer = self._answer(given)
            body = write_xml(answer) if given.xml else write_json(answer, empty_list_key=True)
            truth = (answer.status, _parsed(body, xml=given.xml) if answer.status == 200 else None)
            self._truths[name] = (self.state, truth)
        return truth

    def _answer(self, given: Given) -> Answer:
        user = USERS[given.token]
        caller = Caller(user, self._world, list(self._world.tables["person"])[user.person])
        path, _, query = given.target.partition("?")
        try:
            answer = requests.answer(caller, requests.Request("GET", path, query, "", b""))
        except Refused as refused:
            return refusal(refused)
        assert isinstance(answer, Answer)
        return answer


def _parsed(body: bytes, *, xml: bool) -> object:
    return finish(xml_codec.reading(body, limits=_LIMITS)) if xml else orjson.loads(body)
