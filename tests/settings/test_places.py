from __future__ import annotations

import pytest

from gateway.settings.places import Path, bare, dotted, field_at, is_named, kind_at, section_of
from gateway.settings.quantities import Duration
from gateway.settings.secret import Secret
from gateway.settings.table import App, Server
from gateway.settings.webhooks import Webhook


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (("server",), Server),
        (("server", "port"), int),
        (("queue", "patience"), Duration),
        (("apps", "any name"), App),
        (("apps", "tool", "key"), Secret),
        (("apps", "tool", "patience"), Duration),
        (("apps", "tool", "allow", 0), str),
        (("webhooks", 3), Webhook),
        (("webhooks", 3, "secret"), Secret),
        (("nowhere",), None),
        (("server", "port", "deeper"), None),
    ],
)
def test_a_path_leads_to_a_kind(path: Path, kind: object) -> None:
    assert bare(kind_at(path)) is kind


def test_only_named_rows_are_named() -> None:
    assert is_named(kind_at(("apps",)))
    assert not is_named(kind_at(("webhooks",)))
    assert section_of(kind_at(("apps",))) is None


def test_an_item_of_a_list_belongs_to_the_row_of_the_list() -> None:
    assert field_at(("apps", "tool", "allow", 2)) is App.model_fields["allow"]
    assert field_at(("nowhere", "at", "all")) is None


def test_dotted() -> None:
    assert dotted(("webhooks", 0, "url")) == "webhooks.0.url"
