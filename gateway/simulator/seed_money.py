"""Sample expenses, invoices with their lines and notes, and payments."""

from gateway.simulator.seed_words import PLAIN_TEXTS
from gateway.simulator.sower import Sower
from gateway.simulator.values import Row, decimal_text


def sow(sower: Sower) -> None:
    """Fill expense, invoice, invoiceitem, invoicenote and payment."""
    projects, people = sower.ids("project"), sower.ids("person")
    for _ in sower.many(600, 20):
        sower.world.insert(
            "expense",
            {
                "projectid": sower.one(projects),
                "personid": sower.one(people),
                "date": sower.day(300),
                "expense": decimal_text(5 + int(sower.draw.random() * 9000) / 20),
                "fee": decimal_text(int(sower.draw.random() * 9000) / 20),
                "note": sower.one(PLAIN_TEXTS),
            },
        )
    for place in sower.many(260, 16):
        invoice = _invoice(sower, place, projects)
        _lines(sower, place, invoice)
        _note(sower, invoice, people)
        if place % 2:
            _payment(sower, place, invoice, people)
    for place in sower.many(60, 4):
        _payment(sower, place, {"id": None, "projectid": sower.one(projects)}, people)


def _invoice(sower: Sower, place: int, projects: list[str]) -> Row:
    custom = place % 6 == 5
    filled = place % 3 == 0
    return sower.world.insert("invoice", {
        "localid": f"{place + 1:04d}",
        "projectid": projects[place % len(projects)],
        "date": sower.day(120, 1),
        "termid": "6" if custom else str(place % 5 + 1),
        "termother": "Half now &amp; half later" if custom else None,
        "termotherdatedue": sower.day(0, -40) if custom else None,
        "title": f"Invoice {place + 1}",
        "description": sower.one(PLAIN_TEXTS),
        "addressfrom": sower.one((None, "3905 State Street\nSanta Barbara")),
        "addressto": sower.one((None, "", "Rue de l&rsquo;&Eacute;glise 5/2")),
        "purchaseorder": sower.one((None, "", f"PO/{place}")),
        "tax": sower.one((None, "0", "8.25")),
        "secondtax": sower.one((None, "2")),
        "secondtaxcompound": sower.flag(0.3),
        "disclaimer": sower.one((None, "Thank you!")),
        "datebegin": sower.day(200, 170) if filled else None,
        "dateend": sower.day(160, 125) if filled else None,
    })  # fmt: skip


def _lines(sower: Sower, place: int, invoice: Row) -> None:
    for number in range(1 + place % 3):
        quantity, rate = 1 + number, 80 + 10 * number
        sower.world.insert(
            "invoiceitem",
            {
                "invoiceid": invoice["id"],
                "name": sower.one(("Programming", "Design &amp; print", "Travel/Hotel")),
                "description": sower.one(PLAIN_TEXTS),
                "quantity": str(quantity),
                "rate": str(rate),
                "amount": str(quantity * rate),
                "custom": "f" if invoice["datebegin"] and number == 0 else "t",
            },
        )


def _note(sower: Sower, invoice: Row, people: list[str]) -> None:
    sower.world.insert(
        "invoicenote",
        {
            "invoiceid": invoice["id"],
            "title": "Invoice Created",
            "note": sower.one((None, "", "Sent by mail")),
            "date": sower.moment(100),
            "authorid": sower.one(people[:2]),
            "actions": sower.one((None, "<p>Invoice created &amp; sent</p>")),
        },
    )


def _payment(sower: Sower, place: int, invoice: Row, people: list[str]) -> None:
    sower.world.insert(
        "payment",
        {
            "projectid": invoice["projectid"],
            "date": sower.day(60),
            "amount": "1000" if place % 4 == 1 else "50.5",
            "typeid": sower.one(("1", "2", "3", "4")),
            "reference": sower.one((None, "", f"REF/{place}")),
            "note": sower.one(PLAIN_TEXTS),
            "invoiceid": invoice["id"],
            "personid": people[0],
        },
    )
