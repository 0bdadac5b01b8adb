"""Each file in `broken/` holds its expected mistakes, in lines that start with `#!`: key, wrong, right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.settings import SettingsError, load
from tests.settings.files import MINIMAL, loaded, mistakes

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.toml"))


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_each_broken_file_is_told_exactly(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [line.removeprefix("#! ") for line in lines if line.startswith("#! ")]
    with pytest.raises(SettingsError) as caught:
        load(path, {})
    assert {mistake.source for mistake in caught.value.mistakes} == {str(path)}
    told = [f"{mistake.key}: {mistake.wrong}; {mistake.right}" for mistake in caught.value.mistakes]
    assert [line.replace(f"{path.parent}/", "") for line in told] == expected


def test_the_smallest_file_takes_every_default(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert (settings.server.host, settings.server.port, settings.server.max_body) == ("127.0.0.1", 8080, 10 * 2**20)
    assert (settings.egress.limit, settings.egress.period) == (100, 60.0)
    assert settings.upstream.url == "https://api.myintervals.com/"
    assert settings.apps["tool"].priority == "normal"
    assert settings.apps["tool"].allow == ("* *",)
    assert settings.accounts["acme"].token is None
    assert settings.webhooks == ()


def test_settings_are_frozen(tmp_path: Path) -> None:
    server: Any = loaded(tmp_path).server
    with pytest.raises(ValueError, match="frozen"):
        server.port = 1


def test_files_of_secrets_start_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "acme.token").write_text("abcdefghij1\n", encoding="utf-8")
    token = loaded(tmp_path, MINIMAL.replace("[apps", 'token = { file = "acme.token" }\n[apps')).accounts["acme"].token
    assert token is not None
    assert token.get_secret_value() == "abcdefghij1"


def test_a_signature_of_utf8_is_no_mistake(tmp_path: Path) -> None:
    assert loaded(tmp_path, "\ufeff" + MINIMAL).apps


def test_a_mistake_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    environ = {"GATEWAY_SERVER__PORT": "many", "GATEWAY_APPS__TOOL__ACCOUNT": "acne"}
    port, account = mistakes(tmp_path, MINIMAL, environ)
    assert port.startswith('environment variable GATEWAY_SERVER__PORT: server.port: "many" is not right')
    assert account.startswith("environment variable GATEWAY_APPS__TOOL__ACCOUNT: apps.tool.account: there is no [acc")


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL.replace("fifteen-men", "hunter2 hunter2"),
        MINIMAL.replace("key =", "kee ="),
        MINIMAL.replace("[accounts.acme]", 'accounts = "hunter2"'),
        MINIMAL + 'secret = "hunter2"',
        '[upstream]\nurl = "https://hunter2:x@host/"' + MINIMAL,
    ],
)
def test_a_wrong_secret_is_not_shown(tmp_path: Path, text: str) -> None:
    text = text.replace("fifteen-men-on-a-chest", "hunter2 hunter2")
    assert "hunter2" not in "\n".join(mistakes(tmp_path, text))


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    latin = tmp_path / "latin1.toml"
    latin.write_bytes(b'[server]\nhost = "\xe4"\n')
    for path, told in [
        (tmp_path / "absent", "no such file"),
        (tmp_path, "cannot be read"),
        (latin, "not UTF-8 at byte 17"),
    ]:
        with pytest.raises(SettingsError, match=told):
            load(path, {})
