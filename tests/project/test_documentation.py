"""What is written for people agrees with the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import __version__
from gateway.cli import COMMANDS, _parser
from gateway.settings import load
from gateway.settings.reference import reference
from tests.project.tree import ROOT
from tests.settings.files import SIGNING_SECRET
from tests.settings.test_table import rows

EXAMPLE = ROOT / "config.example.toml"
VARIABLES = {"TOKEN": "abcdefghij1", "KEY": "fifteen-men-on-a-chest", "WHSEC": SIGNING_SECRET}


def test_the_page_of_settings_is_up_to_date() -> None:
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == reference(), "run: make docs"


def test_the_example_loads() -> None:
    names = re.findall(r'(?m)^\w.*env = "(\w+)"', EXAMPLE.read_text(encoding="utf-8"))
    environ = {name: VARIABLES[name.rpartition("_")[2]] for name in names}
    assert load(EXAMPLE, environ).apps


def uncommented(text: str) -> str:
    """The example with its commented-out settings taken in."""
    return re.sub(r"(?m)^# (?=\[apps|\w+ = )", "", text)


def keys(tree: dict[str, object]) -> Iterator[str]:
    for name, section in tree.items():
        match section:
            case list():
                yield from (f"{name}.{key}" for row in section for key in row)
            case dict() if name in ("accounts", "apps", "resources"):
                yield from (f"{name}.{key}" for row in section.values() for key in row)
            case dict():
                yield from (f"{name}.{key}" for key in section)
            case _:
                yield name


def test_the_example_shows_every_setting() -> None:
    shown = set(keys(tomllib.loads(uncommented(EXAMPLE.read_text(encoding="utf-8")))))
    assert shown == {key for key, _ in rows()}


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_shows_both_commands(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*COMMANDS, "config.example.toml", "docs/settings.md", "CONTRIBUTING.md"])
def test_the_readme_leads_to_every_command_and_page(name: str) -> None:
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("target", ["test", "check", "format", "docs", "lock"])
def test_contributors_find_every_target_of_make(target: str) -> None:
    assert f"`make {target}" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"))


def test_contributors_are_sent_to_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:gateway|docs|tests)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path


def typed(command: str) -> list[str]:
    """The words of a command in the README, with something in the place of what stands for something."""
    values = {"FILE": "config.toml", "METHOD": "GET", "PATH": "/client/", "N": "8088"}
    return [values.get(word, word) for word in command.split()]


README = (ROOT / "README.md").read_text(encoding="utf-8")
RUN = README.partition("\n## Run it\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("command", re.findall(r"(?m)^\| `([a-z].*?)` \|", RUN))
def test_the_commands_of_the_readme_can_be_typed_as_they_stand(command: str) -> None:
    words = typed(command)
    assert _parser(words[0]).parse_args(words).command in COMMANDS


PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
CODE = {path.name for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts}


def anchors(page: Path) -> set[str]:
    """The headings of a page as its links name them."""
    heads = re.findall(r"(?m)^#+ (.*)$", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_and_names_of_files_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link, _, anchor in (it.partition("#") for it in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in it):
        target = page if not link else page.parent / link
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), anchor
    for name in re.findall(r"`([\w./]+\.py)`", text):
        assert (ROOT / name).exists() or (ROOT / "gateway" / name).exists() or name in CODE, name


DECISIONS = sorted((ROOT / "docs/decisions").iterdir())


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_says_what_was_decided_under_its_number(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.name[:4]}: ")
    parts = re.findall(r"(?m)^\*\*(Facts|Decision|Consequences|Rejected)\.\*\*", text)
    assert "Decision" in parts
    assert len(parts) == len(set(parts)) > 1


def test_no_two_decisions_have_the_same_number() -> None:
    assert len({page.name[:4] for page in DECISIONS}) == len(DECISIONS)


def test_the_changelog_knows_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{__version__}]" in text
