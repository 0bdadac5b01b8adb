"""Sample projects with their modules, work types, teams and milestones."""

from gateway.simulator.seed_words import HTML_TEXTS, PLAIN_TEXTS, PROJECT_NAMES
from gateway.simulator.sower import Sower
from gateway.simulator.values import decimal_text

_NOTES = tuple(text for text in HTML_TEXTS if text)


def sow(sower: Sower) -> None:
    """Fill project, projectmodule, projectworktype, milestone, milestonenote and the teams."""
    clients, people = sower.ids("client"), sower.ids("person")
    for place in sower.many(480, 16):
        _project(sower, place, clients, people)
    projects = sower.ids("project")
    for place in sower.many(700, 20):
        _milestone(sower, place, projects, people)


def _project(sower: Sower, place: int, clients: list[str], people: list[str]) -> None:
    row = sower.world.insert("project", {
        "localid": f"{place + 1:04d}",
        "clientid": None if place % 12 == 5 else clients[place % len(clients)],
        "managerid": sower.one((None, people[1], people[1], f"{people[1]},{people[0]}")),
        "name": f"{PROJECT_NAMES[place % len(PROJECT_NAMES)]} {place + 1}",
        "description": sower.one(HTML_TEXTS),
        "datestart": sower.day(900, 60),
        "dateend": sower.one((None, sower.day(30, -200))),
        "budget": sower.one((None, "0", decimal_text(1000 + 12.5 * place))),
        "billable": sower.flag(0.8),
        "active": "f" if place % 6 == 4 else "t",
        "alert_percent": sower.one((None, "80")),
        "labelid": sower.one((None, "1", "2", "3")),
        "alert_date": sower.one((None, sower.day(0, -90))),
    })  # fmt: skip
    project = row["id"] or ""
    sower.world.teams[project] = {person: sower.chance(0.4) for person in people[1:6] if sower.chance(0.6)}
    sower.world.teams[project] |= {sower.one(people[6:]): sower.chance(0.2) for _ in range(3)}
    for offset in range(3):
        kind = str((place + offset) % 7 + 1)
        sower.world.insert("projectmodule", {
            "projectid": project, "moduleid": kind, "description": sower.one(PLAIN_TEXTS), "active": sower.flag(0.9),
        })  # fmt: skip
        sower.world.insert(
            "projectworktype",
            {
                "projectid": project,
                "worktypeid": kind,
                "hourlyrate": str(70 + 5 * offset),
                "esttime": sower.one((None, "0", "12.5")),
                "active": sower.flag(0.9),
            },
        )


def _milestone(sower: Sower, place: int, projects: list[str], people: list[str]) -> None:
    row = sower.world.insert(
        "milestone",
        {
            "localid": f"{place + 1:03d}",
            "projectid": projects[place % len(projects)],
            "ownerid": sower.one((people[0], people[1], f"{people[2]},{people[4]}", sower.one(people))),
            "title": f"Milestone {place + 1}: {sower.one(PROJECT_NAMES)}",
            "datedue": sower.day(200, -120),
            "description": sower.one(HTML_TEXTS),
            "complete": sower.flag(0.4),
        },
    )
    for _ in range(1 + place % 2):
        sower.world.insert(
            "milestonenote",
            {
                "milestoneid": row["id"],
                "title": sower.one(("Milestone Updated", "Comment")),
                "note": sower.one(_NOTES),
                "public": sower.flag(0.5),
                "date": sower.moment(200),
                "authorid": sower.one(people),
                "actions": sower.one((None, "", "<p>Due date &rarr; next week</p>")),
            },
        )
