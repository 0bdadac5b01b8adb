"""Configuration files for the tests of settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gateway.settings import Settings, SettingsError, load

MINIMAL = """
[accounts.acme]
[apps.tool]
account = "acme"
key = "fifteen-men-on-a-chest"
"""
SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the Standard Webhooks specification


def loaded(folder: Path, text: str = MINIMAL, environ: Mapping[str, str] | None = None) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, environ or {})


def mistakes(folder: Path, text: str = MINIMAL, environ: Mapping[str, str] | None = None) -> list[str]:
    """Load what must not load, and tell each mistake without the name of the file."""
    try:
        loaded(folder, text, environ)
    except SettingsError as failure:
        return [str(mistake).removeprefix(f"{folder / 'config.toml'}:").strip() for mistake in failure.mistakes]
    raise AssertionError("it loaded")
