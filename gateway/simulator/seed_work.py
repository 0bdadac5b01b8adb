"""Sample tasks and what hangs on them: time, notes, documents, requests, timers."""

from gateway.simulator.seed_words import HTML_TEXTS, PLAIN_TEXTS, PROJECT_NAMES, TAGS, TASK_TITLES
from gateway.simulator.sower import Sower
from gateway.simulator.values import Row

_NOTES = tuple(text for text in HTML_TEXTS if text)
_CLOSED = "5"


def sow(sower: Sower) -> None:
    """Fill everything below a project's milestones."""
    projects, people = sower.ids("project"), sower.ids("person")
    milestones = sower.world.index("milestone", "projectid")
    for place in sower.many(4000, 120):
        _task(sower, place, projects[place % len(projects)], milestones)
    tasks = list(sower.world.rows("task"))
    for place in sower.many(9000, 240):
        _time(sower, place, tasks, projects)
    _notes(sower, tasks, projects)
    for place in sower.many(300, 12):
        _document(sower, place, tasks)
    for place in sower.many(160, 8):
        _request(sower, place, projects, people)
    _timers(sower, tasks, people)


def _task(sower: Sower, place: int, project: str, milestones: dict[str | None, list[Row]]) -> None:
    world = sower.world
    people = list(world.teams[project]) or [sower.ids("person")[0]]
    status = sower.one(("1", "2", "3", "4", _CLOSED))
    within = milestones.get(project, [])
    opened = sower.day(500, 1)
    world.insert("task", {
        "localid": str(place + 1),
        "queueid": None,
        "assigneeid": sower.one((None, sower.one(people), f"{people[0]},{people[-1]}", sower.one(people))),
        "followerid": sower.one((None, sower.one(people))),
        "milestoneid": sower.one(within)["id"] if within and sower.chance(0.6) else None,
        "statusid": status,
        "projectid": project,
        "moduleid": sower.one(world.index("projectmodule", "projectid")[project])["moduleid"],
        "title": TASK_TITLES[place % len(TASK_TITLES)] + ("" if place < 15 else f" ({place + 1})"),
        "summary": sower.one(HTML_TEXTS),
        "dateopen": opened,
        "datedue": sower.one((None, sower.day(60, -60))),
        "dateclosed": sower.day(60) if status == _CLOSED else None,
        "estimate": sower.one((None, "0", "1.5", "8", "20")),
        "ownerid": sower.one(people),
        "priorityid": sower.one(("1", "2", "3", "3", "4")),
        "datemodified": sower.moment(60),
        "datecreated": opened,
    })  # fmt: skip


def _time(sower: Sower, place: int, tasks: list[Row], projects: list[str]) -> None:
    world = sower.world
    task = sower.one(tasks) if place % 10 else None
    project = task["projectid"] if task else sower.one(projects)
    kinds = world.index("projectworktype", "projectid")[project]
    modules = world.index("projectmodule", "projectid")[project]
    world.insert(
        "time",
        {
            "projectid": project,
            "moduleid": task["moduleid"] if task else sower.one(modules)["moduleid"],
            "taskid": task["id"] if task else None,
            "worktypeid": sower.one(kinds)["worktypeid"],
            "personid": sower.one(list(world.teams[project or ""])),
            "date": sower.day(400),
            "time": sower.one(("0.25", "0.5", "1", "1.25", "2", "7.5")),
            "description": sower.one(PLAIN_TEXTS),
            "billable": sower.flag(0.7),
            "datemodified": sower.moment(120),
            "approved": sower.flag(0.5),
        },
    )


def _notes(sower: Sower, tasks: list[Row], projects: list[str]) -> None:
    people = sower.ids("person")
    for place in sower.many(5000, 150):
        written = sower.moment(6 if place % 5 == 0 else 300, 1)
        sower.world.insert(
            "tasknote",
            {
                "taskid": tasks[place % len(tasks)]["id"],
                "note": sower.one(_NOTES),
                "public": sower.flag(0.5),
                "title": sower.one(("Comment", "Task Updated", "R&eacute;ponse")),
                "date": written,
                "datemodified": written,
                "authorid": sower.one(people),
            },
        )
    for place in sower.many(260, 24):
        written = sower.moment(300, 1)
        sower.world.insert(
            "projectnote",
            {
                "localid": str(place + 1),
                "projectid": projects[place % len(projects)],
                "title": f"Note {place + 1}: {sower.one(PROJECT_NAMES)}",
                "note": sower.one(_NOTES),
                "secure": sower.flag(0.3),
                "authorid": sower.one(people),
                "date": written,
                "datemodified": written,
            },
        )


def _document(sower: Sower, place: int, tasks: list[Row]) -> None:
    task = sower.one(tasks)
    sower.world.insert(
        "document",
        {
            "personid": sower.one(sower.ids("person")),
            "title": f"Screenshot {place + 1}",
            "public": sower.flag(0.5),
            "datemodified": sower.moment(300),
            "active": sower.flag(0.95),
            "notes": sower.one(PLAIN_TEXTS),
            "filename": f"screenshot-{place + 1}.png",
            "tags": sower.one((None, "", TAGS[place % 5], f"{TAGS[0]},{TAGS[2]}")),
            "taskid": task["id"] if place % 3 else None,
            "milestoneid": None if place % 3 else task["milestoneid"],
            "queueid": None,
            "projectid": task["projectid"],
        },
    )


def _request(sower: Sower, place: int, projects: list[str], people: list[str]) -> None:
    sower.world.insert(
        "request",
        {
            "personid": people[place % len(people)],
            "projectid": None if place % 7 == 3 else sower.one(projects),
            "priorityid": sower.one(("1", "2", "3", "4")),
            "title": f"Request {place + 1}: {sower.one(TASK_TITLES)}",
            "datedue": sower.one((None, sower.day(20, -30))),
            "description": sower.one(HTML_TEXTS),
            "date": sower.moment(90),
        },
    )


def _timers(sower: Sower, tasks: list[Row], people: list[str]) -> None:
    for place, person in enumerate(people):
        running = place % 2 == 0
        for task in (sower.one(tasks)["id"], None):
            sower.world.insert(
                "timer",
                {
                    "taskid": task,
                    "personid": person,
                    "starttime": sower.moment(2, 1) if running else None,
                    "time": str(60 * place),
                    "name": None if task else f"Phone &amp; mail {place + 1}",
                    "lastupdate": sower.day(3),
                },
            )
