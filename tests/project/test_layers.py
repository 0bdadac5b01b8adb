"""The layers of `pyproject.toml` hold."""

from __future__ import annotations

import subprocess
import sys

from tests.project.tree import ROOT


def test_imports_point_inwards() -> None:
    linter = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
    said = subprocess.run([sys.executable, "-c", linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
