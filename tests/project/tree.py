"""The files of the project, for tests that read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FOLDERS = (".ci", "benchmarks", "docs", "gateway", "grafana", "tests")
_TEXT = {"", ".css", ".html", ".js", ".json", ".lua", ".md", ".py", ".toml", ".xml", ".yaml", ".yml"}
_NEVER = {".coverage", ".git"}  # .git is a file in a work tree


def texts() -> Iterator[Path]:
    """Every text file that belongs to the project: the known folders, and the files at the top."""
    places = [ROOT / folder for folder in _FOLDERS]
    found = [*(path for place in places for path in place.rglob("*")), *ROOT.iterdir()]
    return (path for path in found if path.is_file() and path.suffix in _TEXT and path.name not in _NEVER)


def modules(package: str) -> Iterator[Path]:
    """Every Python file below a folder, relative to the top."""
    return (path.relative_to(ROOT) for path in sorted((ROOT / package).rglob("*.py")))
