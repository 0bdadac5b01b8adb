"""The operations listener: is it alive, is it ready, what are the numbers. For operators and machines, not for callers.

Nothing here calls the upstream, and a spent quota is not unready: the gateway still answers from its store.
"""

from __future__ import annotations

import asyncio
import gzip
import warnings
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp.web_exceptions import NotAppKeyWarning
from aiohttp_cache import MemoryCache, cache, cache_middleware
from typing_extensions import override

from gateway.policy import negotiation
from gateway.web import answers

Probe = Callable[[], str | None]
"""Tell why a part is not ready, or None when it is. Answers at once, from what is known."""

Expose = Callable[[str], Awaitable[tuple[bytes, str]]]
"""Render the metrics for an Accept field: the body and its content type."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})  # RFC 9110 §9.2.1

_PAGES = 100  # different pages kept; queries and Accept fields are the caller's, so there must be an end
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Intervals gateway: operations</title>
<h1>Intervals gateway: operations</h1>
<ul>
{items}
</ul>
</html>
"""


def operations(
    *, probes: Mapping[str, Probe], expose: Expose, degraded: Mapping[str, Probe] = MappingProxyType({})
) -> web.Application:
    """Build the listener's application.

    `/readyz` names the parts of `probes` that are not ready, and those of `degraded` without which the gateway still
    answers: they are told, but callers need not be sent elsewhere.

    Routes can be added until it starts; `/api/` lists those that answer GET.
    """
    app = web.Application(middlewares=[_problems, _own_pages_only, cache_middleware])
    with warnings.catch_warnings():  # aiohttp-cache looks its store up under this plain string
        warnings.simplefilter("ignore", NotAppKeyWarning)
        app["cache"] = _Pages()
    app.router.add_get("/api/", _index)
    app.router.add_get("/livez", _live)
    app.router.add_get("/readyz", _readiness(probes, degraded))
    app.router.add_get("/metrics", _metrics(expose))
    return app


class _Pages(MemoryCache):
    """aiohttp-cache's store for the gateway's own pages, with keys that tell representations apart and an end."""

    @override
    async def make_key(self, request: web.Request) -> str:
        return f"{request.method} {request.raw_path} {request.headers.get('Accept', '')}"

    @override
    async def set(self, key: str, value: dict[str, Any], expires: int = 3000) -> None:
        if len(self._cache) >= _PAGES:
            await self.clear()
        await super().set(key, value, expires)


@cache(expires=60)
async def _index(request: web.Request) -> web.Response:
    resources = (route.resource for route in request.app.router.routes() if route.method == "GET")
    paths = sorted({it.canonical for it in resources if isinstance(it, web.PlainResource)} - {"/api/"})
    items = "\n".join(f'<li><a href="{path}">{path}</a></li>' for path in paths)
    policy = {"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff"}
    return web.Response(text=_PAGE.format(items=items), content_type="text/html", headers=policy)


async def _live(_: web.Request) -> web.Response:
    """Answer as long as the event loop turns."""
    return answers.told({"alive": True})


def _readiness(probes: Mapping[str, Probe], degraded: Mapping[str, Probe]) -> Handler:
    async def ready(_: web.Request) -> web.Response:
        unready, weak = _reasons(probes), _reasons(degraded)
        return answers.told({"ready": not unready, "reasons": weak | unready}, status=503 if unready else 200)

    return ready


def _reasons(probes: Mapping[str, Probe]) -> dict[str, str]:
    return {part: reason for part, probe in probes.items() if (reason := probe()) is not None}


def _metrics(expose: Expose) -> Handler:
    async def metrics(request: web.Request) -> web.Response:
        body, content_type = await expose(",".join(request.headers.getall("Accept", ())))
        headers = {**answers.NO_STORE, "Content-Type": content_type, "Vary": "Accept, Accept-Encoding"}
        if negotiation.coding(",".join(request.headers.getall("Accept-Encoding", ()))) == "gzip":
            headers["Content-Encoding"] = "gzip"
            body = await asyncio.to_thread(gzip.compress, body, 1)
        return web.Response(body=body, headers=headers)

    return metrics


@web.middleware
async def _own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let no page of another site change anything: whoever opens one may be an operator, and no key is asked for here.

    Browsers say where a request comes from (Fetch Metadata §2.3; older ones by Origin). Other programs say nothing.
    """
    if request.method not in _SAFE and _from_elsewhere(request):
        return answers.problem(403, "a page of another site may change nothing here")
    return await handler(request)


def _from_elsewhere(request: web.Request) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and urlsplit(origin).netloc != request.host


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what the router refuses (no such path, no such method) as a problem (RFC 9457 §4.2.1)."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        if refusal.status < 400:
            raise
        allowed = {"Allow": refusal.headers["Allow"]} if "Allow" in refusal.headers else {}
        return answers.problem(refusal.status, headers=allowed)
