"""Writes `docs/settings.md` from the table of settings: `python -m gateway.settings.reference > docs/settings.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from pydantic.fields import FieldInfo

from gateway.settings.changes import LIVE
from gateway.settings.effective import written
from gateway.settings.places import is_named, rows_of, section_of
from gateway.settings.table import Settings

_OPENING = f"""\
# Settings

Written from `gateway/settings/` (`table.py`, `events.py`, `webhooks.py`) by `make docs`; edit those, not this page.

The gateway reads one TOML file: `intervals-gateway serve --config FILE`. `intervals-gateway check-config FILE` tells
every mistake at once, or prints the values in force without secrets. `config.example.toml` shows each key in use.

- **Durations** are written `"90s"`, `"15m"`, `"1.5h"` or `"7d"`; **sizes** `"512B"`, `"64KiB"`, `"10MiB"` or `"1GiB"`.
- **Secrets** are `{{ env = "VARIABLE" }}`, `{{ file = "path" }}` (from the configuration's folder) or a plain string.
- **Environment variables** override any key: `GATEWAY_SERVER__PORT=9000`, `GATEWAY_APPS__TIME_SHEETS__WEIGHT=3`,
  `GATEWAY_WEBHOOKS__0__URL=https://…`. Two underscores step into a section, a name or a row; dashes and dots of a name
  become one underscore; the value is read as TOML where it fits, else as a string. A `GATEWAY_` variable that leads to
  no key is a mistake, unless a secret refers to it.
- **Reload**: `POST /-/reload` on the operations listener, or SIGHUP, reads file and secrets anew. At once, and without
  a restart, take effect: {", ".join(f"`{key}`" for key in sorted(LIVE))}. What else differs is named in the answer and
  stays as it was. A configuration with a mistake changes nothing.
"""


def reference() -> str:
    """Render the whole page."""
    return "\n".join((_OPENING, *_sections()))


def _sections() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        section = section_of(kind) or section_of(rows_of(kind))
        if section is None:
            continue
        heading = name if section_of(kind) else f"{name}.NAME" if is_named(kind) else f"[{name}]"
        yield f"## `[{heading}]`\n"
        yield f"{section.__doc__}\n"
        yield "| key | default | meaning | right | when wrong |"
        yield "|---|---|---|---|---|"
        yield from (_row(key, row) for key, row in section.model_fields.items())
        yield ""


def _row(key: str, field: FieldInfo) -> str:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default = (
        "required" if field.is_required() else "not set" if field.default is None else f"`{written(field.default)}`"
    )
    cells = (f"`{key}`", default, str(field.description), str(extra["right"]), str(extra["breaks"]))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.stdout.write(reference())
