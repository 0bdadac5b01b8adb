"""Commands that ask a running gateway print what it told, and say what is wrong with the question."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest

from gateway.app import asking
from gateway.settings import Settings
from gateway.web.operations_client import Refused


def test_what_is_told_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    def told(host: str, port: int, options: Namespace) -> str:
        return f"{host} {port} {options.action}\n"

    assert asking.answered(told, Settings(), Namespace(action="list"), pytest.fail) == 0
    assert capsys.readouterr().out == "127.0.0.1 9464 list\n"


def test_a_refusal_is_a_complaint_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    def refused(_host: str, _port: int, _options: Namespace) -> str:
        raise Refused("no such job")

    complaints: list[str] = []
    assert asking.answered(refused, Settings(), Namespace(), complaints.append) == 2
    assert (complaints, capsys.readouterr().out) == (["no such job"], "")


def test_columns_are_as_wide_as_their_longest_cell() -> None:
    assert asking.table(("id", "state"), [("a", "waiting"), ("long", "")]) == "id    state\na     waiting\nlong\n"
    assert asking.table(("id",), []) == "id\n"


def test_rows_are_none_where_something_else_is_told() -> None:
    assert asking.rows({"jobs": [{"id": "a"}]}, "jobs") == [{"id": "a"}]
    assert asking.rows({"jobs": "many"}, "jobs") == []


def test_the_configuration_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    asking.add_configuration(parser)
    assert parser.parse_args(["--config", "g.toml"]).config == Path("g.toml")
    with pytest.raises(SystemExit):
        parser.parse_args([])
    assert "--config" in capsys.readouterr().err
