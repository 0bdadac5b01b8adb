"""Rules between settings. `broken/` holds a file for each; here is what a single file cannot show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings.agreement import check
from gateway.settings.secret import Surroundings
from tests.settings.files import mistakes

AROUND = Surroundings({"KEY": "fifteen-men-on-a-chest"}, Path())
APP = {"account": "acme", "key_sha256": "0" * 64}


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6))
def test_shares_of_one_account_add_up_to_one_at_most(percent: list[int]) -> None:
    keyed = {f"app{number}": {"account": "acme", "key": f"key-{number}"} for number in range(len(percent))}
    apps = {name: {**app, "share": part / 100} for (name, app), part in zip(keyed.items(), percent, strict=True)}
    found = [path for path, _, _ in check({"accounts": {"acme": {}}, "apps": apps}, AROUND)]
    assert found == ([("accounts", "acme")] if sum(percent) > 100 else [])


def test_shares_of_different_accounts_are_apart() -> None:
    apps = {name: {"account": name, "key": name, "share": 0.8} for name in ("acme", "globex")}
    assert not list(check({"accounts": {"acme": {}, "globex": {}}, "apps": apps}, AROUND))


@pytest.mark.parametrize("other", [{"key": "fifteen-men-on-a-chest"}, {"key": {"env": "KEY"}}])
def test_one_key_is_found_however_it_is_written(other: dict[str, Any]) -> None:
    apps = {"a": {"account": "acme", "key": {"env": "KEY"}}, "b": {"account": "acme", **other}}
    [(path, wrong, _)] = check({"accounts": {"acme": {}}, "apps": apps}, AROUND)
    assert (path, wrong) == (("apps", "b"), "has the same key as 'a'")


@pytest.mark.parametrize(
    ("server", "operations", "agree"),
    [
        ({"port": 9464}, {}, False),
        ({"port": 0}, {"port": 0}, True),
        ({"host": "10.0.0.1", "port": 80}, {"port": 80}, True),
        ({"port": 80}, {"port": 81}, True),
    ],
)
def test_two_listeners_need_two_places(server: dict[str, Any], operations: dict[str, Any], *, agree: bool) -> None:
    tree = {"server": server, "operations": operations, "accounts": {"acme": {}}, "apps": {"tool": APP}}
    assert bool(list(check(tree, AROUND))) is not agree


def test_wrong_values_and_disagreements_are_told_together(tmp_path: Path) -> None:
    told = mistakes(tmp_path, '[server]\nport = -1\n[apps.tool]\naccount = "acme"\n')
    assert [line.partition(": ")[0] for line in told] == ["server.port", "apps.tool.account", "apps.tool"]


@pytest.mark.parametrize(
    "tree",
    [
        {"apps": 1, "accounts": 2, "webhooks": 3, "resources": 4, "server": 5, "operations": 6},
        {"apps": {"a": 1}, "accounts": {"b": 2}, "webhooks": [3, {"account": 4}], "resources": {"client": 5}},
        {"apps": {"a": {"account": [], "key": 1, "key_sha256": 2, "share": "x", "callbacks": 3}}},
    ],
)
def test_values_of_a_wrong_type_are_passed_over(tree: dict[str, Any]) -> None:
    for path, wrong, right in check(tree, AROUND):
        assert path
        assert wrong
        assert right
