"""What a receiver reads is bounded, and says when something was left out."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.names import AccountName
from gateway.policy.notices import Json, Notice
from gateway.policy.webhooks.payload import MOST_BYTES, render

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
DEEP = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=8), inner), max_leaves=20)


def notice(**content: Json) -> Notice:
    return Notice("evt_1", "intervals.client.updated", AccountName("acme"), 1_750_075_200.25, content)


def test_the_payload_is_that_of_standard_webhooks_and_names_the_account() -> None:
    assert json.loads(render(notice(id=5, row={"name": "Ä"}))) == {
        "type": "intervals.client.updated",
        "timestamp": "2025-06-16T12:00:00.250+00:00",
        "account": "acme",
        "data": {"id": 5, "row": {"name": "Ä"}},
    }


def test_what_is_too_long_is_cut_to_ids_and_short_values() -> None:
    row: Json = {"id": 5, "notes": "n" * MOST_BYTES}
    told = json.loads(
        render(notice(id=5, resource="client", row=row, rows=[row, {"id": 6}], changed=["notes"], note=None))
    )
    assert told["truncated"] is True
    assert told["data"] == {
        "id": 5,
        "resource": "client",
        "row": {"id": 5},
        "rows": [{"id": 5}, {"id": 6}],
        "changed": ["notes"],
    }


def test_what_is_too_long_even_then_is_cut_to_its_id() -> None:
    many: dict[str, Json] = {f"field{number}": "v" * 200 for number in range(1000)}
    told = json.loads(render(notice(id=5, **many)))
    assert (told["truncated"], told["data"]) == (True, {"id": 5})


def test_an_id_that_is_no_id_is_cut_as_well() -> None:
    told = json.loads(render(notice(id="i" * MOST_BYTES)))
    assert (told["truncated"], told["data"]) == (True, {})


def test_long_lists_go_as_a_whole() -> None:
    rows: list[Json] = [{"id": number, "text": "t" * 100} for number in range(1001)]
    assert json.loads(render(notice(id=1, rows=rows)))["data"] == {"id": 1}


@given(st.dictionaries(st.text(max_size=8), DEEP, max_size=6), st.integers(0, 3))
def test_it_is_json_and_bounded_whatever_the_event_holds(content: dict[str, Json], times: int) -> None:
    content["filling"] = "x" * (MOST_BYTES // 2 * times)
    written = render(notice(**content))
    assert len(written.encode()) <= MOST_BYTES
    assert ("truncated" in json.loads(written)) == (json.loads(written)["data"] != content)
