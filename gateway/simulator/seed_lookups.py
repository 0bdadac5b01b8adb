"""Small tables that hardly ever change: groups, statuses, priorities, types, terms, default modules and work types."""

from gateway.simulator.seed_words import LABELS, MODULES, WORK_TYPES
from gateway.simulator.tables import World
from gateway.simulator.values import Row

GROUP_LETTERS = ("A", "M", "R", "E")
CLOSED_STATUS = "Closed"
CUSTOM_TERM = "6"

_STATUSES = ("Open", "In progress", "Waiting for client", "QA/Review", CLOSED_STATUS)
_PRIORITIES = (("Urgent", "cc0000"), ("High", "ff9900"), ("Normal", "3366cc"), ("Low", "99cc99"))
_TERMS = (("Due on receipt", "0"), ("Net 7", "7"), ("Net 15", "15"), ("Net 30", "30"), ("Net 60", "60"), ("Custom", ""))
_DESCRIPTORS = (
    (1, ("Work", "Home", "Other")),
    (2, ("Work", "Mobile", "Home", "Fax &amp; pager")),
    (3, ("Skype", "Jabber/XMPP")),
    (4, ("Office", "Home")),
)


def sow(world: World) -> None:
    """Fill the tables; ids start at 1 as the documents' own examples do for groups and terms."""
    _fill(world, "group", [{"name": name} for name in ("Administrator", "Manager", "Resource", "Executive")])
    _fill(world, "contacttype", [{"name": name} for name in ("Email", "Phone", "IM", "Address")])
    _fill(
        world,
        "contactdescriptor",
        [{"name": name, "contacttypeid": str(kind)} for kind, names in _DESCRIPTORS for name in names],
    )
    _fill(world, "paymenttype", [{"name": name} for name in ("Check", "Cash", "Credit card", "Bank transfer")])
    _fill(
        world,
        "invoiceterm",
        [
            {"name": name, "duration": duration, "priority": str(place)}
            for place, (name, duration) in enumerate(_TERMS, start=1)
        ],
    )
    _fill(
        world,
        "taskstatus",
        [
            {"name": name, "active": "t", "priority": str(place), "frozen": _flag(name in {"Open", CLOSED_STATUS})}
            for place, name in enumerate(_STATUSES, start=1)
        ],
    )
    _fill(
        world,
        "taskpriority",
        [
            {"name": name, "color": color, "priority": str(place), "isdefault": _flag(name == "Normal"), "active": "t"}
            for place, (name, color) in enumerate(_PRIORITIES, start=1)
        ],
    )
    _fill(
        world,
        "projectlabel",
        [
            {"name": name, "color": f"{place * 2222:06d}", "priority": str(place), "active": _flag(place < 4)}
            for place, name in enumerate(LABELS, start=1)
        ],
    )
    _fill(
        world,
        "module",
        [
            {
                "name": name,
                "description": f"{name} of a project" if place % 2 else None,
                "active": _flag(name != "Archive"),
            }
            for place, name in enumerate(MODULES)
        ],
    )
    _fill(
        world,
        "worktype",
        [
            {"name": name, "defaulthourlyrate": str(60 + 10 * place), "active": _flag(name != "Travel")}
            for place, name in enumerate(WORK_TYPES)
        ],
    )


def _fill(world: World, table: str, rows: list[Row]) -> None:
    world.begin(table, 1)
    for row in rows:
        world.insert(table, row)


def _flag(truth: object) -> str:
    return "t" if truth else "f"
