import gc
import tracemalloc

import pytest

from gateway.policy.lists import collection
from gateway.policy.lists.collection import Collection, NotWhole, Order, shows_other_fields
from gateway.policy.translation import json_codec
from gateway.policy.translation.document import Document, Fields
from gateway.policy.translation.malformed import Limits
from tests.policy.listing import PROJECT, answer, rows, whole

TWO: list[Fields] = [{"id": "4", "name": "a"}, {"id": "2", "name": None}]


def test_a_list_that_counts_its_rows_is_whole_and_is_given_back_unchanged() -> None:
    taken = whole(PROJECT, TWO)
    assert list(taken.rows) == ["4", "2"]
    assert json_codec.write(taken.document) == json_codec.write(answer("project", TWO))


def test_a_count_written_as_text_stays_text() -> None:
    taken = collection.of(answer("project", TWO, listcount="2"), PROJECT)
    assert isinstance(taken, Collection)
    assert taken.listed([], 0).fields["listcount"] == "0"


def test_a_member_has_the_envelope_without_the_count() -> None:
    taken = whole(PROJECT, TWO)
    expected = {"personid": 7, "status": "OK", "code": 200, "project": TWO[0]}
    assert list(taken.element(taken.rows["4"]).fields.items()) == list(expected.items())


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (answer("project", TWO, listcount=3), "listcount"),
        (answer("project", TWO, listcount=1), "listcount"),
        (answer("project", TWO, listcount=None), "listcount"),
        (Document({"code": 200, "project": [*TWO]}), "listcount"),
        (Document({"code": 200, "project": TWO[0]}), "no list"),
        (Document({"code": 400, "error": {"code": 18}}), "no list"),
        (answer("client", TWO), "no list"),
        (Document({"listcount": 2, "notes": [], "project": [*TWO]}), "more than the list"),
        (answer("project", [TWO[0], TWO[0]]), "row 2"),
        (answer("project", [TWO[0], {"id": "2", "people": ["1"]}]), "row 2"),
        (answer("project", [{"name": "a"}]), "row 1"),
        (answer("project", [{"id": "0"}]), "row 1"),
        (answer("project", [{"id": "007"}]), "row 1"),
        (answer("project", [{"id": None}]), "row 1"),
        (Document({"listcount": 1, "project": ["4"]}), "row 1"),
    ],
)
def test_anything_less_is_not_whole(document: Document, reason: str) -> None:
    taken = collection.of(document, PROJECT)
    assert isinstance(taken, NotWhole)
    assert reason in taken.reason


def test_an_empty_list_is_whole() -> None:
    assert whole(PROJECT, []).document == answer("project", [])


@pytest.mark.parametrize(
    ("ids", "order"),
    [
        ("1 2 3 9 10 11", Order.ASCENDING),
        ("11 10 9 3 2 1", Order.DESCENDING),
        ("1 2 3 9 11 10", Order.UNKNOWN),
        ("1 2 3", Order.UNKNOWN),  # three rows may stand so by chance
        ("", Order.UNKNOWN),
    ],
)
def test_the_order_is_known_when_enough_ids_rise_or_fall(ids: str, order: Order) -> None:
    assert whole(PROJECT, [{"id": number} for number in ids.split()]).order is order


def test_a_member_answer_with_other_fields_than_the_list_is_noticed() -> None:
    taken = whole(PROJECT, TWO)
    assert not shows_other_fields(taken, taken.element({"name": "z", "id": "9"}))
    assert shows_other_fields(taken, taken.element({"id": "9", "name": "z", "more": "1"}))
    assert shows_other_fields(taken, taken.element({"id": "9"}))
    assert not shows_other_fields(taken, Document({"error": {"code": 14}}))
    assert not shows_other_fields(whole(PROJECT, []), taken.element({"id": "9"}))


def test_the_weight_is_what_memory_really_holds() -> None:
    listed = rows(2000, localid=[f"{n:04d}" for n in range(2000)], name=["a", "b"], note=["x" * 200, None])
    body = json_codec.write(answer("project", listed))
    tracemalloc.start()
    try:
        taken = collection.of(json_codec.read(body, limits=Limits(size=1 << 24)), PROJECT)
        gc.collect()
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert isinstance(taken, Collection)
    assert taken.weight == pytest.approx(held, rel=0.05)


def test_a_large_list_is_taken_in_steps() -> None:
    work = collection.collecting(answer("project", rows(1000)), PROJECT)
    assert sum(1 for _ in work) == 3
