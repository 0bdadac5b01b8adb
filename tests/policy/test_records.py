"""An edit says what it must find."""

from __future__ import annotations

from gateway.policy.records import Edit


def test_an_edit_reads_as_what_it_changes() -> None:
    assert Edit("job", "a", None, "1") == ("job", "a", None, "1")
