from __future__ import annotations

import errno
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

from gateway.cli import main
from gateway.settings import Settings
from tests.settings.files import MINIMAL


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    return path


def stand_in(monkeypatch: pytest.MonkeyPatch, name: str, **members: object) -> None:
    """Put a module in the place of one that would start servers."""
    module = ModuleType(f"gateway.{name}")
    for member, value in members.items():
        setattr(module, member, value)
    monkeypatch.setitem(sys.modules, f"gateway.{name}", module)
    monkeypatch.setattr(f"gateway.{name}", module, raising=False)


def test_check_config_prints_what_is_in_force(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", str(config)]) == 0
    said = capsys.readouterr()
    assert tomllib.loads(said.out)["server"]["port"] == 8080
    assert "fifteen-men" not in said.out + said.err
    assert "caution: accounts.acme.token: not set" in said.err


@pytest.mark.parametrize("command", [["check-config"], ["serve", "--config"]])
def test_every_mistake_is_told_and_nothing_starts(
    command: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text("[server]\nprot = 1\nhost = 2\n" + MINIMAL, encoding="utf-8")
    assert main([*command, str(config)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{config}: server.prot: is no known key; did you mean 'port'?" in said.err
    assert said.err.endswith("intervals-gateway: 2 mistakes in the configuration; nothing was started\n")


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--config", str(tmp_path / "absent.toml")]) == 2
    assert "absent.toml: there is no such file; start from a copy of config.example.toml" in capsys.readouterr().err


def test_the_environment_is_heard(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GATEWAY_SERVER__PORT", "9000")
    assert main(["check-config", str(config)]) == 0
    assert "port = 9000" in capsys.readouterr().out


def test_serve_starts_with_the_settings(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[Settings, Callable[[], Settings]]] = []
    stand_in(monkeypatch, "app", serve=lambda settings, read: served.append((settings, read)))
    assert main(["serve", "--config", str(config)]) == 0
    ((settings, read),) = served
    assert settings.apps["tool"].account == "acme"
    assert read() == settings, "and can read them again"


@pytest.mark.parametrize(
    ("failure", "advice"),
    [
        (OSError(errno.EADDRINUSE, "address already in use"), "another port (server.port, operations.port)"),
        (OSError(errno.EADDRNOTAVAIL, "cannot assign"), "set server.host and operations.host"),
        (PermissionError(errno.EACCES, "permission denied"), "set a higher port"),
        (PermissionError(errno.EACCES, "permission denied", "gateway.db"), "permission denied: gateway.db"),
    ],
)
def test_what_the_system_refuses_comes_with_advice(
    failure: OSError, advice: str, config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(settings: Settings, read: object) -> None:
        raise failure

    stand_in(monkeypatch, "app", serve=serve)
    assert main(["serve", "--config", str(config)]) == 1
    assert advice in capsys.readouterr().err


def test_a_new_key_comes_with_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "new"]) == 0
    made = tomllib.loads(capsys.readouterr().out)
    assert len(made["key"]) >= 32
    assert made["key_sha256"] == sha256(made["key"].encode()).hexdigest()


def test_simulate_passes_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def add_arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int)
        parser.add_argument("--period")

    stand_in(
        monkeypatch,
        "simulator",
        add_arguments=add_arguments,
        options_from=lambda namespace: namespace.period,
        run=lambda *arguments: calls.append(arguments),
    )
    assert main(["simulate", "--port", "0", "--period", "2s"]) == 0
    assert calls == [("127.0.0.1", 0, "2s")]


def test_demo_returns_the_code_of_the_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "demo", run=lambda options: 0 if options.once else 1)
    assert main(["demo", "--once"]) == 0
    assert main(["demo"]) == 1


def test_explain_tells_the_rules_of_a_request(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "get", "/client/?search=a", "--config", str(config), "--app", "tool"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("resource    client, the list; documented methods: GET, POST, PUT\nallowed     yes, by")
    assert "            search: which columns, and how they are matched, is the service's own\n" in said
    assert max(map(len, said.splitlines())) <= 112
    assert "fifteen-men" not in said


@pytest.mark.parametrize("words", [["client/"], ["/client/", "--app", "tol"]])
def test_what_cannot_be_explained_ends_with_2(
    words: list[str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "GET", *words, "--config", str(config)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("intervals-gateway: ")


def test_an_interrupt_while_it_starts_is_no_crash(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_path: Path, _environ: object) -> Settings:
        raise KeyboardInterrupt

    monkeypatch.setattr("gateway.settings.load", interrupted)
    assert main(["check-config", str(config)]) == 130


MISUSES = [
    [], ["sreve"], ["serve"], ["keys"], ["keys", "old"], ["check-config", "a", "b"], ["cache", "purge"],
    ["cache", "show", "--config", "a"], ["explain", "GET", "/client/"], ["explain", "TRACE", "/", "--config", "a"],
    ["usage"], ["usage", "--config", "a", "--format", "xml"],
]  # fmt: skip


@pytest.mark.parametrize("words", MISUSES)
def test_misuse_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: intervals-gateway")


def test_no_command_waits_for_the_imports_of_another() -> None:
    heavy = "{'aiohttp', 'pydantic', 'rich'}"
    code = f"import sys; from gateway.cli import main; main(['keys', 'new']); print({heavy} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "set()"
