from gateway.simulator.clock import Clock
from gateway.simulator.options import Options
from gateway.simulator.seed import build
from gateway.simulator.tables import World
from tests.simulator.asking import small


def sown(options: Options, account: str = "acme") -> World:
    return build(account, Clock(options), options)


def test_the_same_seed_gives_the_same_rows() -> None:
    first, again, other = sown(small()), sown(small()), sown(small(seed=2))
    assert (first.tables, first.teams) == (again.tables, again.teams)
    assert first.tables != other.tables


def test_accounts_share_no_row() -> None:
    acme, globex = sown(small()), sown(small(), "globex")
    for table in ("client", "person", "task", "time", "invoice"):
        assert acme.tables[table].keys().isdisjoint(globex.tables[table])


def test_full_scale() -> None:
    sizes = {table: len(rows) for table, rows in sown(small(scale=1.0)).tables.items()}
    assert (sizes["client"], sizes["project"], sizes["task"], sizes["time"]) == (240, 480, 4000, 9000)
    assert all(sizes.values())


def test_every_reference_leads_somewhere() -> None:
    world = sown(small())
    for table, rows in world.tables.items():
        for row in rows.values():
            for column in ("clientid", "projectid", "taskid", "milestoneid", "personid", "moduleid", "worktypeid"):
                number = row.get(column)
                assert number is None or world.find(column.removesuffix("id"), number), (table, row)
