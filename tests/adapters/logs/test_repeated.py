"""The lines of repeated hits say what they would say if each were rendered whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.adapters.logs.rendering import as_text
from gateway.policy.caching.repetition import First, Repetition
from gateway.policy.trace import Outcome
from tests.adapters.logs.making import SECRET, Kept, trace
from tests.adapters.stores import entry

HIT: dict[str, Any] = {
    "outcome": Outcome.HIT,
    "cost": 0,
    "forwarded": None,
    "forwarded_status": None,
    "stored": False,
    "queued": None,
    "upstream": None,
}
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
AT = 1795224640.0625


def first(target: str = "/client/?limit=5", **changes: Any) -> First:
    return First.of(trace(**{**HIT, **changes}), target, 2048, entry(received_at=AT))


def again(of: First, request_id: str = "r2", *, at: float = AT, minted: bool = True) -> Repetition:
    return Repetition(of, at, 0.0000042, request_id, PARENT, minted)


def one_by_one(kept: Kept, *times: Repetition) -> None:
    for it in times:
        kept.log.access(it.trace(), target=it.first.target, size=it.first.size)


PRINTABLE = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)


@given(PRINTABLE, st.booleans(), st.text(max_size=20), st.sampled_from(["json", "100%", "%s"]))
def test_a_line_is_what_it_would_be_without_a_form(request_id: str, minted: bool, target: str, form: str) -> None:
    it = again(first(target, representation=form), "0af7" if minted else request_id, minted=minted)
    filled, whole = Kept(), Kept()
    filled.log.access_again([it, it])
    one_by_one(whole, it, it)
    (line, same), (expected, _) = filled.records(), whole.records()
    assert line == same
    assert line.pop("ttl") == pytest.approx(expected.pop("ttl"), abs=0.002)
    assert list(line.items()) == list(expected.items())


def test_each_line_has_its_own_time_and_ids() -> None:
    kept, of = Kept(), first()
    kept.log.access_again([again(of, "a"), again(of, "b", at=AT + 0.001), again(of, "c", at=AT + 61)])
    lines = kept.records()
    assert [line["request_id"] for line in lines] == ["a", "b", "c"]
    assert [line["time"][17:23] for line in lines] == ["40.062", "40.063", "41.062"]
    assert lines[0]["ttl"] - lines[2]["ttl"] == pytest.approx(61.0)
    assert {line["trace_id"] for line in lines} == {PARENT[3:35]}


@pytest.mark.parametrize("request_id", [SECRET, f"x{SECRET}x"])
def test_a_secret_sent_as_an_id_is_replaced(request_id: str) -> None:
    kept = Kept()
    kept.log.access_again([again(first(), request_id, minted=False)])
    assert SECRET not in kept.text()
    assert kept.records()[0]["request_id"].count("[redacted]") == 1


def test_what_becomes_a_secret_is_no_longer_shown() -> None:
    kept, of = Kept(), first("/client/ordinary/")
    kept.log.access_again([again(of)])
    assert "ordinary" in kept.text()
    kept.redaction.add(["ordinary"])
    kept.log.access_again([again(of)])
    assert kept.records()[1]["path"] == "/client/[redacted]/"


def test_a_person_at_a_terminal_reads_text() -> None:
    kept = Kept(as_text)
    kept.log.access_again([again(first())])
    assert kept.text().startswith("01:30:40.062 200 hit ")
