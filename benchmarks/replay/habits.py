"""Eight tools of a company with one Intervals account, and what each of them asks for in a day.

The same seed gives the same requests. Written from how such tools work, not from what a cache is good at: screens poll,
people look at their week before they book an hour, reports page through everything, phones open single rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from benchmarks.replay.account import HOUR, Account, at_work, polls, steps
from benchmarks.replay.day import TODAY, Call, Day, Tool, booking

_MONDAY, _SUNDAY, _MONTH = "2024-10-07", "2024-10-13", "2024-09-01"


def _dashboard(draw: Random, _: Account) -> Iterator[Call]:
    for _screen in range(3):
        for at in polls(draw, 7, 19, 120):
            yield Call(at, "dashboard", "GET", "/project/?active=t&limit=500")
            yield Call(at + 0.2, "dashboard", "GET", "/milestone/?complete=f&sortfield=datedue&sortdir=ASC&limit=25")
            yield Call(at + 0.4, "dashboard", "GET", "/task/?statusid=1,2&limit=50")


def _timesheets(draw: Random, rows: Account) -> Iterator[Call]:
    for person in rows.all("person"):
        for _ in range(draw.randint(5, 10)):
            step = steps(draw, at_work(draw), 6)
            week = f"/time/?personid={person}&datebegin={_MONDAY}&dateend={_SUNDAY}&limit=100"
            task = rows.popular(draw, "task")
            project = rows.value("task", task, "projectid")
            for target in (f"/person/{person}/", week, "/project/?active=t&limit=500"):
                yield Call(step(), "timesheets", "GET", target)
            for _ in range(draw.choice((0, 1, 1, 2, 3))):
                for name in ("projectmodule", "projectworktype"):
                    yield Call(step(), "timesheets", "GET", f"/{name}/?projectid={project}&active=t&limit=100")
                yield Call(step(), "timesheets", "GET", f"/task/?projectid={project}&excludeclosed=t&limit=100")
                body = {"taskid": task, "worktypeid": draw.choice(rows.work_types(project)), "personid": person}
                hours = draw.choice(("0.25", "0.5", "1", "2"))
                saved = body | {"date": TODAY, "time": hours, "billable": "t"}
                yield Call(step(), "timesheets", "POST", "/time/", saved)
                yield Call(step(), "timesheets", "GET", week)


def _reports(draw: Random, rows: Account) -> Iterator[Call]:
    """Every report pages through what it needs; the clients' one with the default of ten rows."""
    scans = (
        (f"/time/?datebegin={_MONTH}", 100, 5),
        ("/task/?excludeclosed=t", 200, 9),
        ("/expense/?sortfield=date&sortdir=DESC", 50, 6),
        ("/project/?billable=t", 50, 4),
        ("/client/?", 10, len(rows.all("client")) // 10 + 1),
    )
    for start in (6.5, 12.0, 17.0, 18.0):
        step = steps(draw, start * HOUR, 2)
        for target, limit, pages in scans:
            size = "" if limit == 10 else f"&limit={limit}"
            for page in range(pages):
                yield Call(step(), "reports", "GET", f"{target}&offset={page * limit}{size}".replace("?&", "?"))
        for _ in range(10):
            yield Call(step(), "reports", "GET", f"/projectnote/?projectid={rows.popular(draw, 'project')}&limit=50")


def _sync(draw: Random, rows: Account) -> Iterator[Call]:
    """Keeps a customer database in step, day and night; once a night it looks at every project's team."""
    lists = ("client", "project", "person", "milestone", "projectlabel", "worktype")
    for number, at in enumerate(polls(draw, 0, 24, 900)):
        step = steps(draw, at, 1)
        for name in lists:
            yield Call(step(), "sync", "GET", f"/{name}/?limit=1000")
        since = f"{TODAY}+{number // 4:02d}:{number % 4 * 15:02d}:00"
        yield Call(step(), "sync", "GET", f"/task/?datemodifiedbegin={since}&limit=1000")
    for number in range(4):
        body = {"name": f"New customer {number}", "datecreated": TODAY, "active": "t"}
        yield Call(at_work(draw), "sync", "POST", "/client/", body)
    for number, project in enumerate(rows.all("project")):
        yield Call(3 * HOUR + number * 2, "sync", "GET", f"/projectteam/?projectid={project}")


def _mobile(draw: Random, rows: Account) -> Iterator[Call]:
    """Phones: my tasks, then one of them with all around it; a note, or done."""
    people = rows.all("person")[: len(rows.all("person")) * 3 // 4]
    for person in people:
        for _ in range(draw.randint(4, 10)):
            step = steps(draw, at_work(draw), 8)
            mine = f"/task/?assigneeid={person}&excludeclosed=t&limit=20"
            yield Call(step(), "mobile", "GET", mine)
            for _ in range(draw.choice((1, 2, 2, 3))):
                task = rows.popular(draw, "task")
                project = rows.value("task", task, "projectid")
                client = rows.value("project", project, "clientid")
                around = [f"/task/{task}/", f"/project/{project}/", f"/tasknote/?taskid={task}&limit=20"]
                for target in around + [f"/client/{client}/"] * bool(client):
                    yield Call(step(), "mobile", "GET", target)
                if (deed := draw.random()) < 0.2:
                    note = {"taskid": task, "note": "Called back & agreed", "public": "t"}
                    yield Call(step(), "mobile", "POST", "/tasknote/", note)
                    yield Call(step(), "mobile", "GET", around[2])
                elif deed < 0.4:
                    yield Call(step(), "mobile", "PUT", f"/task/{task}/", {"statusid": draw.choice("2345")})
                    yield Call(step(), "mobile", "GET", mine)
            if draw.random() < 0.1:
                yield Call(step(), "mobile", "GET", f"/timer/?personid={person}")


def _invoicing(draw: Random, rows: Account) -> Iterator[Call]:
    for _ in range(45):
        step = steps(draw, at_work(draw), 12)
        invoice = rows.popular(draw, "invoice")
        project = rows.value("invoice", invoice, "projectid")
        yield Call(step(), "invoicing", "GET", "/invoice/?status=outstanding&limit=50")
        for target in (f"/invoice/{invoice}/", f"/invoiceitem/?invoiceid={invoice}&limit=50", f"/project/{project}/"):
            yield Call(step(), "invoicing", "GET", target)
        for target in ("/invoiceterm/", "/paymenttype/", "/client/?active=t&sortfield=name&sortdir=ASC&limit=500"):
            yield Call(step(), "invoicing", "GET", target)
        deed = draw.choice(("payment", "expense", "invoiceitem", "invoice", "", ""))
        bodies: dict[str, dict[str, str]] = {
            "payment": {"projectid": project, "date": TODAY, "amount": "50.5", "typeid": "4", "invoiceid": invoice},
            "expense": {"projectid": project, "date": TODAY, "expense": "12.5", "fee": "15"},
            "invoiceitem": {"invoiceid": invoice, "name": "Design & print", "amount": "120"},
            "invoice": {"projectid": project, "date": TODAY, "termid": "4", "title": "October"},
        }
        if deed:
            yield Call(step(), "invoicing", "POST", f"/{deed}/", bodies[deed])
            yield Call(step(), "invoicing", "GET", f"/invoice/{invoice}/")


def _bot(draw: Random, rows: Account) -> Iterator[Call]:
    """Unfolds what people mention in the chat, under a manager's credential; now and then it books time or searches."""
    for _ in range(1_300):
        at, chance = at_work(draw), draw.random()
        table = draw.choice(("task", "task", "project", "client", "person"))
        if chance < 0.88:
            yield Call(at, "bot", "GET", f"/{table}/{rows.popular(draw, table)}/")
        elif chance < 0.94:
            word = draw.choice(("web", "design", "shop", "print", "north"))
            yield Call(at, "bot", "GET", f"/{draw.choice(('client', 'project'))}/?search={word}&limit=5")
        elif chance < 0.97:
            number = rows.value("project", rows.popular(draw, "project"), "localid")
            yield Call(at, "bot", "GET", f"/project/?localid={number}")
        else:
            yield Call(at, "bot", "POST", "/time/", booking(draw, rows))


def _planning(draw: Random, rows: Account) -> Iterator[Call]:
    """Five project managers with their boards open for hours; a board asks again every two minutes."""
    for _ in range(5):
        begin = draw.uniform(8.5, 13)
        projects = sorted({rows.popular(draw, "project") for _ in range(8)})
        milestones = f"/milestone/?projectid={','.join(projects)}&complete=f&limit=200"
        tasks = f"/task/?projectid={','.join(projects)}&excludeclosed=t&limit=500"
        opened = (
            "/taskstatus/",
            "/taskpriority/",
            "/projectlabel/",
            "/person/?active=t&limit=200",
            "/module/?limit=50",
        )
        for target in opened:
            yield Call(begin * HOUR, "planning", "GET", target)
        for at in polls(draw, begin, begin + draw.uniform(2, 5), 120):
            yield Call(at, "planning", "GET", milestones)
            yield Call(at + 0.2, "planning", "GET", tasks)
            yield Call(at + 0.3, "planning", "GET", "/project/?active=t&sortfield=id&sortdir=DESC&limit=100")
            if (deed := draw.random()) < 0.22:
                step = steps(draw, at + 5, 5)
                kind = "milestone" if deed < 0.05 else "task"
                target = f"/{kind}/{rows.popular(draw, kind)}/"
                yield Call(step(), "planning", "GET", target)
                yield Call(step(), "planning", "PUT", target, {"datedue": f"2024-11-{draw.randint(1, 28):02d}"})
                yield Call(step(), "planning", "GET", target)
                yield Call(step(), "planning", "GET", milestones if kind == "milestone" else tasks)


OFFICE = Day(
    "an office",
    {
        "dashboard": Tool(_dashboard, "3 wall screens poll three lists every 2 min, 7 to 19 h"),
        "timesheets": Tool(_timesheets, "everybody looks at their week, picks project and task, books", "interactive"),
        "reports": Tool(_reports, "four times a day five lists page by page, then project notes", "batch"),
        "sync": Tool(_sync, "six lists and changed tasks every 15 min; teams at night", "batch", xml=True),
        "mobile": Tool(_mobile, "my tasks, single rows, notes, done", "interactive", xml=True),
        "invoicing": Tool(_invoicing, "invoices with their lines; payments, expenses"),
        "bot": Tool(_bot, "unfolds rows that the chat mentions, searches; a manager's token", "interactive", own=True),
        "planning": Tool(_planning, "5 boards poll every 2 min; milestones and tasks are moved", "interactive"),
    },
)
