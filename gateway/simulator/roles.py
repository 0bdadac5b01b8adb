"""Who may do what, and which rows each person sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.simulator.accounts import User
from gateway.simulator.errors import Refused
from gateway.simulator.tables import World
from gateway.simulator.values import Row, ids_of

Predicate = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Caller:
    """The person on whose behalf a request is made, within the account."""

    user: User
    world: World
    person: str

    @property
    def group(self) -> str:
        """Letter of the person's group."""
        return self.user.group

    def on_team(self, project: str | None) -> bool:
        """Whether the person has access to a project."""
        if self.group == "A" or self.world.get("person", self.person).get("allprojects") == "t":
            return True
        return self.person in self.world.teams.get(project or "", {})


def demand(methods: Mapping[str, frozenset[str]], method: str, caller: Caller) -> None:
    """Raise Refused 16 if the method is not available here, 10 if it is not for this person's group."""
    if method not in methods:
        raise Refused(16)
    if caller.group not in methods[method]:
        raise Refused(10)


def visibility(caller: Caller, resource: str) -> list[Predicate]:
    """What a row must fulfil to be seen by this person, in lists and as a member."""
    rule = _SEEN.get(resource)
    return [] if rule is None else [lambda row: rule(caller, row)]


def task_relation(row: Row, people: frozenset[str]) -> bool:
    """Whether one of these people is assigned to the task or owns it."""
    return any(person in people for person in ids_of(row["assigneeid"]) + ids_of(row["ownerid"]))


def milestone_relation(world: World, row: Row, people: frozenset[str]) -> bool:
    """Whether one of these people owns the milestone or has to do with a task below it."""
    if any(person in people for person in ids_of(row["ownerid"])):
        return True
    return any(task_relation(task, people) for task in world.index("task", "milestoneid").get(row["id"], []))


def _project(caller: Caller, row: Row) -> bool:
    return caller.on_team(row["id"])


def _active_part(caller: Caller, row: Row) -> bool:
    """active=t is forced on resource users."""
    return caller.on_team(row["projectid"]) and (caller.group != "R" or row["active"] == "t")


def _projectnote(caller: Caller, row: Row) -> bool:
    if caller.group == "A":
        return True
    members = caller.world.teams.get(row["projectid"] or "", {})
    return caller.on_team(row["projectid"]) and (row["secure"] != "t" or members.get(caller.person, False))


def _task(caller: Caller, row: Row) -> bool:
    related = not caller.user.restricted or task_relation(row, frozenset({caller.person}))
    return related and caller.on_team(row["projectid"])


def _milestone(caller: Caller, row: Row) -> bool:
    related = not caller.user.restricted or milestone_relation(caller.world, row, frozenset({caller.person}))
    return related and caller.on_team(row["projectid"])


def _request(caller: Caller, row: Row) -> bool:
    if row["projectid"] is None:
        return caller.group == "A" or row["personid"] == caller.person
    return caller.on_team(row["projectid"])


def _public_for_executives(caller: Caller, row: Row) -> bool:
    return caller.group != "E" or row["public"] == "t"


def _own_or_shared(caller: Caller, row: Row) -> bool:
    return row["personid"] == caller.person or row["shared"] == "t"


def _oneself(caller: Caller, row: Row) -> bool:
    return row["id"] == caller.person


_SEEN: Mapping[str, Callable[[Caller, Row], bool]] = {
    "me": _oneself,
    "milestone": _milestone,
    "milestonenote": _public_for_executives,
    "project": _project,
    "projectmodule": _active_part,
    "projectnote": _projectnote,
    "projectworktype": _active_part,
    "request": _request,
    "task": _task,
    "tasklistfilter": _own_or_shared,
    "tasknote": _public_for_executives,
}
