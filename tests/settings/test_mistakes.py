from __future__ import annotations

import pytest

from gateway.settings import Mistake, SettingsError
from gateway.settings.mistakes import known_are


def test_a_mistake_reads_as_one_line() -> None:
    whole = Mistake("config.toml", "", "there is no such file", "write one")
    part = Mistake("config.toml", "server.port", "-1 is not right", "write a port")
    assert str(whole) == "config.toml: there is no such file; write one"
    assert str(part) == "config.toml: server.port: -1 is not right; write a port"
    assert str(SettingsError((whole, part))) == f"{whole}\n{part}"


@pytest.mark.parametrize(
    ("word", "known", "told"),
    [
        ("prot", ["host", "port"], "did you mean 'port'?"),
        ("PORT", ["host", "port"], "did you mean 'port'?"),
        ("zzz", ["port", "host"], "known are host, port"),
        ("zzz", [], "none is configured"),
    ],
)
def test_what_was_probably_meant(word: str, known: list[str], told: str) -> None:
    assert known_are(word, known) == told
