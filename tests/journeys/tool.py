"""An internal tool: one base URL, one key, and what it gets for its requests."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

JSON = "application/json"
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end; gzip undone."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def xml(self) -> ET.Element:
        return ET.XML(self.body)

    @property
    def cache_status(self) -> str:
        return self.headers.get("Cache-Status", "")

    @property
    def cost(self) -> int:
        """Upstream requests that this answer cost, as the gateway tells it."""
        return int(self.headers["Quota-Cost"])

    @property
    def problem(self) -> str | None:
        """The kind of an RFC 9457 problem, None where the answer is no problem."""
        media = self.headers.get("Content-Type", "")
        if media.startswith("application/problem+xml"):
            return str(self.xml.findtext("{urn:ietf:rfc:7807}type", "")).rpartition(":")[2]
        return str(self.json["type"]).rpartition(":")[2] if media.startswith("application/problem+json") else None

    @property
    def retry_after(self) -> int:
        return int(self.headers["Retry-After"])


@dataclass(frozen=True, slots=True)
class Tool:
    """Sends requests to a gateway, each on a connection of its own, so that hanging up harms no other."""

    session: aiohttp.ClientSession
    url: str
    fields: dict[str, str] = field(repr=False)

    async def get(self, target: str, accept: str | None = JSON, **fields: str) -> Answer:
        """Read a target such as `/client/`. Field names are written with underscores: `cache_control="no-cache"`."""
        return await self.ask("GET", target, accept, **fields)

    async def ask(
        self, method: str, target: str, accept: str | None = JSON, body: object = None, **fields: str
    ) -> Answer:
        """Send any request; a body that is not bytes is written as JSON."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        headers = self.fields | ({} if accept is None else {"Accept": accept})
        if body is not None:
            headers["Content-Type"] = JSON
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = URL(self.url.rstrip("/") + target, encoded=True)
        async with self.session.request(
            method, url, headers=headers | named, data=content, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.read())


def session() -> aiohttp.ClientSession:
    """Open what tools send their requests with: no reuse, no cookies, no fields of its own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=("Accept", "User-Agent", "Content-Type"),
    )
