from gateway.simulator.service import Service
from tests.simulator.asking import rows


def test_lines_are_products_and_some_invoices_are_paid(readable: Service) -> None:
    for row in readable.world("acme").rows("invoiceitem"):
        assert float(row["quantity"] or 0) * float(row["rate"] or 0) == float(row["amount"] or 0)
    invoices = rows(readable, "/invoice/?limit=0")
    assert any(row["datepaid"] for row in invoices)
    assert any(int(row["daysoverdue"]) > 0 for row in invoices)
    assert any(row["termid"] == "6" and row["termother"] for row in invoices)


def test_payments_with_and_without_invoice(readable: Service) -> None:
    assert {row["invoiceid"] is None for row in rows(readable, "/payment/?limit=0")} == {True, False}
