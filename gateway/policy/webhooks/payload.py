"""What a receiver gets to read: one event as JSON, never longer than `MOST_BYTES`.

An event that would be longer is cut: first to the ids and short values of its data, then to its id alone. A cut
payload says so with `"truncated": true`; its receiver asks the gateway for the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from gateway.policy.notices import Json, Notice

MOST_BYTES = 64 * 1024
_LONGEST_VALUE = 200
_MOST_IDS = 1000


def render(notice: Notice) -> str:
    """Write the payload: in the form of Standard Webhooks, with the account's name beside."""
    whole = _written(notice, notice.data, {})
    if len(whole) <= MOST_BYTES:
        return whole
    mark: dict[str, Json] = {"truncated": True}
    short = _written(notice, _shortened(notice.data), mark)
    if len(short) <= MOST_BYTES:
        return short
    return _written(notice, {key: notice.data[key] for key in ("id",) if _is_short(notice.data.get(key))}, mark)


def _written(notice: Notice, content: Mapping[str, Json], mark: Mapping[str, Json]) -> str:
    return json.dumps(
        {
            "type": notice.type,
            "timestamp": datetime.fromtimestamp(notice.at, UTC).isoformat(timespec="milliseconds"),
            "account": notice.account,
            **mark,
            "data": content,
        },
        separators=(",", ":"),
    )  # in ASCII, so that its length is its size


def _shortened(content: Mapping[str, Json]) -> dict[str, Json]:
    """Keep what is short, and of rows their ids."""
    kept = {key: _essence(value) for key, value in content.items()}
    return {key: value for key, value in kept.items() if value is not None}


def _essence(value: Json) -> Json:
    match value:
        case dict():
            return {"id": value["id"]} if _is_short(value.get("id")) else None
        case list():
            ids = [_essence(item) for item in value[:_MOST_IDS]]
            return [item for item in ids if item is not None] if len(value) <= _MOST_IDS else None
        case _:
            return value if _is_short(value) else None


def _is_short(value: Json) -> bool:
    match value:
        case str():
            return len(value) <= _LONGEST_VALUE
        case bool() | float():
            return True
        case int():
            return len(str(value)) <= _LONGEST_VALUE
        case _:
            return False
