"""What the operations listener answers: JSON that nobody stores, and problems (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from aiohttp import web

NO_STORE: Mapping[str, str] = {"Cache-Control": "no-store"}


def told(value: Mapping[str, object], *, status: int = 200) -> web.Response:
    """Answer with a document."""
    return _json(value, status, "application/json", NO_STORE)


def problem(
    status: int,
    detail: str | None = None,
    *,
    title: str | None = None,
    more: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with what is wrong; the title is the status's own where none is given, `more` are members beside these."""
    members = {"type": "about:blank", "title": title or HTTPStatus(status).phrase, "status": status}
    if detail is not None:
        members["detail"] = detail
    return _json({**members, **(more or {})}, status, "application/problem+json", {**NO_STORE, **(headers or {})})


def _json(value: Mapping[str, object], status: int, content_type: str, headers: Mapping[str, str]) -> web.Response:
    body = orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE)
    return web.Response(body=body, status=status, content_type=content_type, headers=headers)
