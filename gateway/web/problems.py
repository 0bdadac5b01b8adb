"""The one place where faults become responses: RFC 9457 problems, in the caller's format."""

from __future__ import annotations

import json
import math
from xml.sax.saxutils import escape

from gateway.policy.faults import Fault
from gateway.policy.messages import Headers, Response
from gateway.policy.negotiation import Representation

_CHALLENGE = 'Basic realm="intervals-gateway", charset="UTF-8"'


def problem(fault: Fault, representation: Representation, request_id: str) -> Response:
    """Render a fault; `Retry-After` is rounded up, so that it is never early."""
    members: dict[str, str | int] = {
        "type": f"urn:intervals-gateway:{fault.kind.value}",
        "title": fault.title,
        "status": fault.status,
        "detail": fault.detail,
        "instance": f"urn:request:{request_id}",
    }
    fields = [("Cache-Control", "no-store")]
    if fault.retry_after is not None and math.isfinite(fault.retry_after):
        members["retry_after"] = max(1, math.ceil(fault.retry_after))
        fields.append(("Retry-After", str(members["retry_after"])))
    if fault.status == 401:
        fields.append(("WWW-Authenticate", _CHALLENGE))  # RFC 9110 §15.5.2 demands one with every 401
    if representation is Representation.JSON:
        fields.append(("Content-Type", "application/problem+json"))
        body = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    else:
        fields.append(("Content-Type", "application/problem+xml; charset=utf-8"))
        body = _xml(members)
    return Response(fault.status, Headers(fields), body)


def _xml(members: dict[str, str | int]) -> bytes:
    rows = "".join(f"<{name}>{escape(_printable(str(value)))}</{name}>" for name, value in members.items())
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">{rows}</problem>'
    return text.encode("utf-8", "replace")


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
