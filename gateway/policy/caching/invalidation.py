"""What an unsafe request makes invalid (RFC 9111 §4.4), and the groups of RFC 9875."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

from gateway.policy import structured
from gateway.policy.messages import Headers, Request, Response

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY"})
"""Methods registered as safe (RFC 9110 §16.1); one that is not known is not safe."""

_MOST_GROUPS = 64
"""Groups of one answer that are heeded; RFC 9875 §2 asks for 32 at least."""


def unsafe(method: str) -> bool:
    return method not in _SAFE


def targets(request: Request, answer: Response, origin: str) -> list[str]:
    """The targets of this origin that a successful unsafe request makes invalid.

    `origin` is the URL under which all targets lie (a path may follow the authority); absolute references elsewhere
    are not believed, because one origin must not empty another's part of the cache.
    """
    if not unsafe(request.method) or answer.status >= 400:
        return []
    found = [request.target]
    for name in ("location", "content-location"):
        target = _target(answer.headers.get(name), request.target, origin)
        if target is not None and target not in found:
            found.append(target)
    return found


def describes_its_target(request: Request, answer: Response, origin: str) -> bool:
    """Is the answer to a POST also what a GET of its target would give? (RFC 9110 §9.3.3)"""
    said = _target(answer.headers.get("content-location"), request.target, origin)
    return request.method == "POST" and answer.status == 200 and said == request.target


def groups(headers: Headers) -> frozenset[str]:
    """The groups that a stored response belongs to (RFC 9875 §2)."""
    return _strings(headers.get("cache-groups"))


def invalidated_groups(request: Request, answer: Response) -> frozenset[str]:
    """The groups whose responses become invalid by this answer (RFC 9875 §3)."""
    if not unsafe(request.method) or answer.status >= 400:
        return frozenset()
    return _strings(answer.headers.get("cache-group-invalidation"))


def _strings(value: str | None) -> frozenset[str]:
    members = structured.items(value or "") or []
    return frozenset([member for member in members if isinstance(member, str)][:_MOST_GROUPS])


def _target(reference: str | None, base: str, origin: str) -> str | None:
    """Resolve a reference (RFC 3986 §5) against a target; None where it leads elsewhere."""
    if not reference:
        return None
    root = origin.rstrip("/")
    try:
        resolved = urldefrag(urljoin(f"{root}{base}", reference.strip())).url
        here, there = urlsplit(root), urlsplit(resolved)
        same = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
    except ValueError:
        return None
    path = there.path or "/"
    if not same or not path.startswith(f"{here.path}/"):
        return None
    return path.removeprefix(here.path) + (f"?{there.query}" if there.query else "")
