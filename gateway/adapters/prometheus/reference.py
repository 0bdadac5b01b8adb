"""Write `docs/metrics.md` from the table: `python -m gateway.adapters.prometheus.reference > docs/metrics.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from gateway.adapters.prometheus.families import FAMILIES, PREFIX

_LISTED = 32  # a longer set is described by its meaning alone

_OPENING = f"""\
# Metrics

Written from `gateway/adapters/prometheus/families.py` by `make docs`; edit that, not this page.

`GET /metrics` on the operations listener answers in OpenMetrics 1.0 or in the classic text format, as `Accept` prefers,
and with gzip if asked. Every name begins with `{PREFIX}`. Exemplars with the trace id are on
`{PREFIX}request_duration_seconds`, in OpenMetrics only. There are no `_created` series. Beside these families the page
may hold those that prometheus_client makes for the running program (`process_*`, `python_*`).

Labels take their values from closed sets. A value outside its set is counted as `other`, so no path, key, id or user
agent can add a series. A family stops growing at 200 series and 80 more for each app; what would be one more is
counted in the series whose labels are all `other`, and in `{PREFIX}telemetry_dropped_total{{kind="series"}}`.

What was saved is requests received minus requests sent:
`sum(increase({PREFIX}requests_total[1d])) - sum(increase({PREFIX}upstream_requests_total[1d]))`.
"""


def reference() -> str:
    """Render the whole page in Markdown."""
    return "\n".join([_OPENING, *_families(), "", *_labels(), "", *_buckets(), ""])


def _families() -> Iterable[str]:
    yield "## Families\n"
    yield "| name | type | labels | unit | at zero from the first scrape | what it says |"
    yield "|---|---|---|---|---|---|"
    for family in FAMILIES:
        labels = ", ".join(f"`{label.name}`" for label in family.labels)
        zero = "yes" if family.at_zero else ""
        yield f"| `{PREFIX}{family.name}` | {family.type} | {labels} | {family.unit} | {zero} | {family.help} |"


def _labels() -> Iterable[str]:
    yield "## Labels\n"
    yield "| label | what it says | values besides `other` |"
    yield "|---|---|---|"
    uses = {label: family for family in FAMILIES for label in family.labels}
    for label, family in uses.items():
        values = ", ".join(f"`{value}`" for value in label.values) if len(label.values) <= _LISTED else ""
        ambiguous = sum(other.name == label.name for other in uses) > 1
        of = f" of `{family.name}`" if ambiguous else ""
        yield f"| `{label.name}`{of} | {label.meaning} | {values} |"


def _buckets() -> Iterable[str]:
    yield "## Buckets\n"
    yield "| histogram | upper bounds in seconds |"
    yield "|---|---|"
    for family in FAMILIES:
        if family.buckets:
            yield f"| `{PREFIX}{family.name}` | {', '.join(f'{bound:g}' for bound in family.buckets)} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
