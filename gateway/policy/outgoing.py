"""What leaves for the upstream: the caller's request without what was meant for the gateway."""

from __future__ import annotations

from gateway.policy import negotiation
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import CONNECTION_SPECIFIC, Headers, Request
from gateway.policy.negotiation import Representation

METHOD_OVERRIDE = "x-http-method-override"

_OVERRIDES = frozenset({"GET", "PUT", "PATCH", "DELETE"})

_OURS = frozenset(
    {
        "host",
        "authorization",
        "x-api-key",
        "content-length",
        "expect",
        "prefer",
        "callback-url",
        "idempotency-key",
        METHOD_OVERRIDE,
    }
)
"""Fields that speak to the gateway, or that the connector writes itself."""

_SAYS_OTHERWISE = frozenset(
    {
        "forwarded",
        "true-client-ip",
        "x-client-ip",
        "x-host",
        "x-http-method",
        "x-method-override",
        "x-original-host",
        "x-original-url",
        "x-real-ip",
        "x-rewrite-url",
    }
)
"""Fields by which some services take another method, path, host or client than those that were judged here."""

_OF_PROXIES = "x-forwarded-"
"""So begin others of them. Besides, it is nobody's business upstream what a company's machines are called."""

_KEPT_BACK = _OURS | _SAYS_OTHERWISE | CONNECTION_SPECIFIC

_NEGOTIATED = frozenset(
    {
        "accept",
        "accept-encoding",
        "cache-control",
        "content-type",
        "content-encoding",
        "cookie",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "pragma",
        "range",
    }
)
"""Fields that the gateway answers itself for documented resources."""


def overridden(request: Request) -> Request:
    """Apply X-HTTP-Method-Override of a POST, the way of clients that know no PUT and DELETE."""
    wanted = request.headers.get(METHOD_OVERRIDE)
    if wanted is None or request.method != "POST":
        return request
    method = wanted.strip().upper()
    if method not in _OVERRIDES:
        raise Fault(Kind.MALFORMED, f"X-HTTP-Method-Override is one of {', '.join(sorted(_OVERRIDES))}")
    return Request(method, request.target, request.headers.without({METHOD_OVERRIDE}), request.body)


def read(target: str, caller: Caller, form: Representation) -> Request:
    """Ask for a document: nothing of the one caller goes along that could change the answer of all who share it."""
    return Request("GET", target, Headers(_asking(caller, form)))


def write(request: Request, caller: Caller, form: Representation, body: bytes) -> Request:
    """Send a write on, its body in the upstream's format."""
    fields = _onward(request, _KEPT_BACK | _NEGOTIATED) + _asking(caller, form)
    content_type = request.headers.get("content-type")
    if body and body is not request.body:
        content_type = negotiation.content_type(form)
    if body and content_type is not None:
        fields.append(("Content-Type", content_type))
    return Request(request.method, request.target, Headers(fields), body)


def plain(request: Request, caller: Caller) -> Request:
    """Send anything else on as it came, under the credential that this caller has."""
    fields = _onward(request, _KEPT_BACK)
    if caller.authorization is not None:
        fields.append(("Authorization", caller.authorization))
    return Request(request.method, request.target, Headers(fields), request.body)


def _onward(request: Request, kept_back: frozenset[str]) -> list[tuple[str, str]]:
    """The fields that go on. In CGI, and what descends from it, _ and - are one (RFC 3875 §4.1.18): here too."""

    def goes_on(name: str) -> bool:
        read = name.lower().replace("_", "-")
        return read not in kept_back and not read.startswith(_OF_PROXIES)

    return [item for item in request.headers.end_to_end() if goes_on(item[0])]


def _asking(caller: Caller, form: Representation) -> list[tuple[str, str]]:
    fields = [("Accept", f"application/{form.value}"), ("Accept-Encoding", "gzip")]
    if caller.authorization is not None:
        fields.append(("Authorization", caller.authorization))
    return fields
