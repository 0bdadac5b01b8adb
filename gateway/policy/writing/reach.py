"""How far does a write reach: the stored answers of which resources may it have changed?"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.policy.catalogue import Catalogue
from gateway.policy.translation.document import Fields
from gateway.policy.writing.change import Change, Created, Updated


def reach(catalogue: Catalogue, resource: str, change: Change | None, known: Iterable[Fields]) -> frozenset[str]:
    """Name the resources whose answers may have changed, given what a write did (None: it cannot be told).

    Beyond what the catalogue says, a write to somebody's rights may change everything that person is shown. `known` are
    the written row's values of before, as far as they are at hand: rights written as they were are not changed.
    """
    row = catalogue.resources.get(resource)
    if row is None or not row.grants or isinstance(change, Created):
        return catalogue.changed_by(resource)
    if isinstance(change, Updated):
        written = row.grants & change.sent
        same = (all(_same(before, change.element, name) for name in written) for before in known)
        if not written or any(same):
            return catalogue.changed_by(resource)
    return catalogue.everything


def _same(before: Fields, after: Fields, name: str) -> bool:
    return name in before and name in after and before[name] == after[name]
