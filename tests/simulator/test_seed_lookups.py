from gateway.simulator.seed_lookups import CLOSED_STATUS
from gateway.simulator.service import Service
from tests.simulator.asking import rows


def test_the_fixed_tables(readable: Service) -> None:
    assert [row["name"] for row in rows(readable, "/group/")] == ["Administrator", "Manager", "Resource", "Executive"]
    terms = {row["id"]: row["duration"] for row in rows(readable, "/invoiceterm/")}
    assert (terms["1"], terms["6"]) == ("0", "")
    assert [row["isdefault"] for row in rows(readable, "/taskpriority/")].count("t") == 1
    assert CLOSED_STATUS in [row["name"] for row in rows(readable, "/taskstatus/")]
    assert {row["contacttypeid"] for row in rows(readable, "/contactdescriptor/?contacttypeid=2")} == {"2"}
    assert {row["active"] for row in rows(readable, "/worktype/?active=f")} == {"f"}
