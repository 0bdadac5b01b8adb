from __future__ import annotations

from pathlib import Path

import pytest

from gateway.app import explaining
from tests.app.configured import KEY, TOKEN, settings


def told(folder: Path, target: str, app: str | None = None, method: str = "GET", **changes: str) -> dict[str, str]:
    sections = explaining.explain(settings(folder, **changes), method, target, app)
    return {section.title: "\n".join(section.lines) for section in sections}


def test_one_app_or_all_with_what_is_configured_of_them(tmp_path: Path) -> None:
    assert "waits at most 90s" in told(tmp_path, "/client/", "batch")["line"]
    assert told(tmp_path, "/client/")["allowed"] == "tool: yes, by '* *'\nbatch: yes, by 'GET *'"
    credential = told(tmp_path, "/client/")["credential"]
    assert "tool: the token of account acme" in credential
    assert "batch: the caller's own Authorization: account globex has no token" in credential
    for secret in (KEY, TOKEN):
        assert secret not in "".join(told(tmp_path, "/client/").values())


def test_the_configuration_decides(tmp_path: Path) -> None:
    sections = told(
        tmp_path, "/task/", "tool", cache__read_ahead="300", upstream__format="xml", resources__task__fresh="5m"
    )
    assert sections["upstream"].endswith("for XML")
    assert "limit=300" in sections["paging"]
    assert "fresh 5m (set in [resources.task])" in sections["lifetimes"]
    assert "stale_if_error 1h (gateway/data)" in sections["lifetimes"]
    assert "one of the 2 most used" in told(tmp_path, "/client/", "tool", cache__warm="2")["answered"]


@pytest.mark.parametrize(
    ("target", "app", "said"),
    [
        ("client/", None, "'client/' is no path; '/client/5/' is one"),
        ("", None, "'' is no path"),
        ("/client/ ?a=1", None, "is no path"),
        ("/client/#top", None, "is no path"),
        ("//client/", None, "is no path"),
        ("https://api.example/client/?limit=3", None, "; '/client/?limit=3' is one"),
        ("https://api.example/client/", None, "; '/client/' is one"),
        ("/client/", "tol", "no app 'tol' is configured; did you mean 'tool'?"),
        ("/client/", "x", "no app 'x' is configured; known are batch, tool"),
    ],
)
def test_what_cannot_be_explained_says_what_would_be_right(
    tmp_path: Path, target: str, app: str | None, said: str
) -> None:
    with pytest.raises(explaining.Misasked) as mistake:
        told(tmp_path, target, app)
    assert said in str(mistake.value)
