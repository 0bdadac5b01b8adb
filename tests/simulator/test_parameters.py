import pytest

from gateway.simulator.catalogue import catalogue
from gateway.simulator.errors import Refused
from gateway.simulator.parameters import Query, read_query


def read(name: str, *pairs: tuple[str, str], strict: bool = True) -> Query:
    return read_query(catalogue()[name], pairs, strict=strict)


def test_defaults() -> None:
    assert read("task") == Query({}, None, descending=False, offset=0, limit=10)
    assert read("expense") == Query({}, "date", descending=True, offset=0, limit=10)
    assert read("group").limit is None


def test_values_in_the_service_s_own_form() -> None:
    query = read("task", ("statusid", "01,2"), ("overdue", "TRUE"), ("limit", "0"), ("sortdir", "desc"))
    assert query == Query(
        {"statusid": frozenset({"1", "2"}), "overdue": "t"}, None, descending=True, offset=0, limit=None
    )
    assert read("task", ("limit", "5"), ("limit", "7")).limit == 7


@pytest.mark.parametrize(
    ("name", "pair", "code"),
    [
        ("task", ("page", "2"), 17),
        ("task", ("Limit", "2"), 17),
        ("group", ("limit", "2"), 17),
        ("task", ("tasklistfilterid", "1,2"), 18),
        ("task", ("overdue", "yes"), 18),
        ("task", ("datedue", "soon"), 18),
        ("invoiceitem", ("limit", "1"), 18),
    ],
)
def test_mistakes(name: str, pair: tuple[str, str], code: int) -> None:
    with pytest.raises(Refused, match=pair[0] if code == 17 else "required|expects") as refused:
        read(name, pair)
    assert refused.value.code == code


def test_unknown_parameters_can_be_ignored() -> None:
    assert read("task", ("page", "2"), strict=False) == read("task")
