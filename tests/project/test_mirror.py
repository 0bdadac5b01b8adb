"""Every module has its test file at the mirrored place, and no file grows beyond one idea."""

from __future__ import annotations

from pathlib import Path

from tests.project.tree import ROOT, modules

LONGEST = 250


def test_every_module_has_its_test_file() -> None:
    untested = {}
    for module in modules("gateway"):
        mirrored = Path("tests", *module.parts[1:-1], f"test_{module.stem.strip('_')}.py")
        if module.name != "__init__.py" and not (ROOT / mirrored).is_file():
            untested[str(module)] = str(mirrored)
    assert not untested


def test_no_file_is_too_long() -> None:
    paths = [*modules("gateway"), *modules("tests"), *modules("benchmarks")]
    lengths = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in paths}
    assert not {path: length for path, length in lengths.items() if length > LONGEST}
