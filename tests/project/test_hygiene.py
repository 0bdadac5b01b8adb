"""Nothing in the project belongs to one machine, one workplace or one person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.project.tree import ROOT, texts

FORBIDDEN = {
    "a path of a machine": r"(?<![\w.}])/(?:work|root|home|Users)/\w",
    "the host of a registry": r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|(?:deb|security)\.debian\.org)\b",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "the key of a cloud or of a forge": r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|glpat-[\w-]{20})\b",
    "a real sleep": r"\btime\.sleep\(",
    "an unfinished thought": r"\b(?:TODO|FIXME|XXX)\b",
}
HERE = Path(__file__).resolve()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in texts()
        if path != HERE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, f"{what}: {', '.join(found)}"


@pytest.mark.parametrize("lock", ["requirements-build.lock", "requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_versions_and_hashes_only(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^--?[a-z]", text, re.MULTILINE), "a lock names no index"
    blocks = re.split(r"\n(?=[a-z])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip())
    for block in blocks:
        assert re.match(r"[a-z0-9._-]+==[\w.]+ ", block), block
        assert "--hash=sha256:" in block, block


def test_the_development_lock_holds_the_run_time_lock() -> None:
    run_time, development = (
        set(re.findall(r"(?m)^(\S+==\S+)", (ROOT / name).read_text(encoding="utf-8")))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert run_time <= development
