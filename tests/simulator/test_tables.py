from gateway.simulator.options import Options
from gateway.simulator.tables import World
from tests.simulator.asking import clock


def world() -> World:
    made = World("acme", clock(), Options())
    made.begin("client", 5)
    return made


def test_rows_are_numbered_in_the_order_of_creation() -> None:
    tables = world()
    first, second = tables.insert("client", {"name": "a"}), tables.insert("client", {"name": "b"})
    assert (first, second["id"]) == ({"id": "5", "name": "a"}, "6")
    tables.remove("client", second)
    assert tables.insert("client", {})["id"] == "7"
    assert tables.find("client", "6") is None
    assert tables.get("client", None) == {}


def test_indexes_follow_every_change() -> None:
    tables = world()
    row = tables.insert("client", {"name": "a"})
    assert tables.index("client", "name") == {"a": [row]}
    tables.change("client", row, {"name": "b"})
    assert tables.index("client", "name") == {"b": [row]}
    tables.remove("client", row)
    assert tables.index("client", "name") == {}


def test_derived_values_are_kept_until_their_tables_change() -> None:
    tables = world()
    counted: list[int] = []

    def count() -> int:
        counted.append(1)
        return len(counted)

    assert [tables.derived("n", ("client",), count) for _ in range(3)] == [1, 1, 1]
    tables.insert("client", {})
    assert tables.derived("n", ("client",), count) == 2
