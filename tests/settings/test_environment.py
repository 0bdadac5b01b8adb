from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings.environment import override, variable
from tests.settings.files import MINIMAL, SIGNING_SECRET, loaded, mistakes


@pytest.mark.parametrize(
    ("name", "text", "path", "value"),
    [
        ("GATEWAY_SERVER__PORT", "9000", ("server", "port"), 9000),
        ("GATEWAY_SERVER__HOST", "0.0.0.0", ("server", "host"), "0.0.0.0"),
        ("GATEWAY_SERVER__HOST", '"::1"', ("server", "host"), "::1"),
        ("GATEWAY_Egress__Period", "2s", ("egress", "period"), "2s"),
        ("GATEWAY_APPS__TIME_SHEETS__WEIGHT", "3", ("apps", "time-sheets", "weight"), 3),
        ("GATEWAY_APPS__TIME_SHEETS__ANONYMOUS", "true", ("apps", "time-sheets", "anonymous"), True),
        ("GATEWAY_APPS__TIME_SHEETS__KEY", "0123", ("apps", "time-sheets", "key"), "0123"),
        ("GATEWAY_APPS__TIME_SHEETS__KEY", "12345", ("apps", "time-sheets", "key"), "12345"),
        ("GATEWAY_APPS__TIME_SHEETS__KEY", '{ env = "K" }', ("apps", "time-sheets", "key"), {"env": "K"}),
        ("GATEWAY_APPS__TIME_SHEETS__KEY", "a = b\nc", ("apps", "time-sheets", "key"), "a = b\nc"),
        ("GATEWAY_APPS__TIME_SHEETS__ALLOW", '["GET *"]', ("apps", "time-sheets", "allow"), ["GET *"]),
        ("GATEWAY_APPS__TIME_SHEETS__ALLOW__1", "PUT *", ("apps", "time-sheets", "allow"), ["GET time", "PUT *"]),
        ("GATEWAY_APPS__OTHER__SHARE", "0.5", ("apps", "other", "share"), 0.5),
        ("GATEWAY_RESOURCES__CLIENT__FRESH", "1h", ("resources", "client", "fresh"), "1h"),
        ("GATEWAY_WEBHOOKS__0__ACCOUNT", "acme", ("webhooks", 0, "account"), "acme"),
    ],
)
def test_a_variable_reaches_its_key(name: str, text: str, path: tuple[str | int, ...], value: object) -> None:
    heard = override({"apps": {"time-sheets": {"weight": 1, "allow": ["GET time"]}}}, {name: text})
    node: Any = heard.tree
    for key in path:
        node = node[key]
    assert node == value
    assert heard.mistakes == ()
    assert set(heard.origins.values()) == {name}


def test_the_file_itself_is_left_alone() -> None:
    tree = {"server": {"port": 8080}}
    override(tree, {"GATEWAY_SERVER__PORT": "9000"})
    assert tree == {"server": {"port": 8080}}


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("GATEWAY_SERVER__PROT", "did you mean 'port'?"),
        ("GATEWAY_SERVER_PORT", "two underscores step into server: SERVER__…"),
        ("GATEWAY_SEVER__PORT", "did you mean 'server'?"),
        ("GATEWAY_SERVER", "write GATEWAY_SERVER__KEY for a key of [server]"),
        ("GATEWAY_APPS", "write GATEWAY_APPS__KEY for a key of [apps]"),
        ("GATEWAY_SERVER__PORT__X", "nothing is below the key before X"),
        ("GATEWAY_WEBHOOKS__1__URL", "write a number from 0 to 0 for one row of the list"),
    ],
)
def test_a_variable_that_leads_nowhere_is_told(tmp_path: Path, name: str, right: str) -> None:
    assert mistakes(tmp_path, MINIMAL, {name: "1"}) == [f"{variable(name)}: leads to no key; {right}"]


@pytest.mark.parametrize("name", ["GATEWAY_SERVICE_HOST", "GATEWAY_PORT", "GATEWAY_PORT_8080_TCP_ADDR", "PATH"])
def test_what_others_set_is_passed_over(name: str) -> None:
    assert override({}, {name: "tcp://10.0.0.1"}).mistakes == ()


def test_a_variable_that_a_secret_refers_to_is_no_mistake(tmp_path: Path) -> None:
    text = MINIMAL.replace('"fifteen-men-on-a-chest"', '{ env = "GATEWAY_TOOL_KEY" }')
    assert loaded(tmp_path, text, {"GATEWAY_TOOL_KEY": "yo-ho-ho-and-a-bottle"}).apps["tool"].key


def test_rows_can_be_added(tmp_path: Path) -> None:
    row = {"URL": "https://tool.internal/", "EVENTS": '["quota.*"]', "ACCOUNT": "acme", "SECRET": SIGNING_SECRET}
    settings = loaded(tmp_path, MINIMAL, {f"GATEWAY_WEBHOOKS__0__{key}": value for key, value in row.items()})
    assert settings.webhooks[0].events == ("quota.*",)


@given(
    st.lists(st.sampled_from(["SERVER", "PORT", "APPS", "WEBHOOKS", "0", "1", "X", ""]), min_size=1, max_size=5),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.sampled_from([{}, {"server": 1}, {"apps": []}, {"apps": {"x": 1}}, {"webhooks": [1]}, {"webhooks": {}}]),
)
def test_no_variable_breaks_the_loader(words: list[str], text: str, tree: dict[str, object]) -> None:
    override(tree, {f"GATEWAY_{'__'.join(words)}": text})
