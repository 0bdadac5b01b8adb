"""Sample clients, people, their contacts and their saved task filters."""

from gateway.simulator.seed_words import CLIENT_NAMES, FIRST_NAMES, HTML_TEXTS, LAST_NAMES, STREETS, ZONES
from gateway.simulator.sower import Sower
from gateway.simulator.values import Row

_GROUPS = ("1", "2", "3", "4", "3", "3")
"""Groups of the people who own tokens: administrator, manager, resource, executive, restricted resource, resource."""


def sow(sower: Sower) -> None:
    """Fill client, person, personcontact and tasklistfilter."""
    for place in sower.many(240, 12):
        sower.world.insert("client", _client(sower, place))
    clients = sower.ids("client")
    for place in sower.many(60, 12):
        sower.world.insert("person", _person(sower, place, clients))
    for person in sower.ids("person"):
        _contacts(sower, person)
        _filters(sower, person)


def _client(sower: Sower, place: int) -> Row:
    name = CLIENT_NAMES[place % len(CLIENT_NAMES)]
    return {
        "name": name if place < len(CLIENT_NAMES) else f"{name} {place // len(CLIENT_NAMES) + 1}",
        "datecreated": sower.day(2500, 30),
        "description": sower.one(HTML_TEXTS),
        "email": sower.one((None, "", f"office{place}@client.example")),
        "website": sower.one((None, "", f"https://www.client{place}.example/")),
        "phone": sower.one((None, "", f"+44 01223 {123456 + place}")),
        "fax": sower.one((None, "")),
        "address": sower.one((None, "", f"{place + 1} {sower.one(STREETS)}\nSte 7/{place}")),
        "active": "f" if place % 8 == 7 else "t",
        "localid": f"{place + 1:04d}",
    }


def _person(sower: Sower, place: int, clients: list[str]) -> Row:
    owner = place < len(_GROUPS)
    first, last = FIRST_NAMES[place % len(FIRST_NAMES)], LAST_NAMES[(place * 7 + place // 24) % len(LAST_NAMES)]
    active = place != 5 and (owner or place % 9 != 8)
    return {
        "localid": f"{place + 1:04d}",
        "clientid": None if owner or sower.chance(0.7) else sower.one(clients),
        "title": sower.one((None, "", "Producer", "Chef d&rsquo;&eacute;quipe", "Dev/Ops")),
        "firstname": first,
        "lastname": last,
        "primaryaccount": "t" if place == 0 else "f",
        "notes": sower.one(HTML_TEXTS),
        "allprojects": "f",
        "private": sower.flag(0.1),
        "tips": sower.flag(0.5),
        "username": f"person{place + 1}",
        "email": f"person{place + 1}@{sower.world.account}.example",
        "groupid": _GROUPS[place] if owner else sower.one(("2", "3", "3", "3", "4")),
        "numlogins": str(int(sower.draw.random() * 900)) if active else "0",
        "lastlogin": f"{sower.moment(20, 1)}.{int(sower.draw.random() * 999999):06d}" if active else None,
        "timezone": sower.one(ZONES),
        "timezone_offset": sower.one(("-08:00", "+00:00", "+09:00")),
        "active": "t" if active else "f",
        "restricttasks": "t" if place == 4 else "f",
        "calendarorientation": sower.one(("h", "v")),
        "editordisabled": "f",
    }


def _contacts(sower: Sower, person: str) -> None:
    for kind, descriptor, value in (
        ("1", "1", f"contact{person}@example.org"),
        ("2", "4", f"+1 805 555 {person[-4:]}"),
        ("4", "10", f"{person} {sower.one(STREETS)}"),
    ):
        if kind == "1" or sower.chance(0.5):
            sower.world.insert("personcontact", {
                "personid": person, "value": value, "contact_type_id": kind, "contact_descriptor_id": descriptor,
            })  # fmt: skip


def _filters(sower: Sower, person: str) -> None:
    saved = (("Overdue &amp; mine", f"overdue=t&assigneeid={person}"), ("Open tasks", "excludeclosed=t"))
    for title, parameters in saved[: 2 if sower.chance(0.4) else 1]:
        sower.world.insert(
            "tasklistfilter",
            {
                "personid": person,
                "title": title,
                "params": parameters,
                "date": sower.day(400),
                "filtertypeid": "1",
                "subfilterid": None,
                "shared": sower.flag(0.3),
                "scheduled": "f",
                "filtertype": "Task list",
                "datesent": sower.one((None, sower.moment(30))),
            },
        )
