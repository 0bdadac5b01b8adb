"""The fields by which tools trace: they differ with each request, and mean nothing to its answer.

Two of them, X-Request-Id and traceparent, are kept in the answer; nothing of the gateway reads the others on the way of
a hit. What is not named here matters: a field that is missing costs speed, never a wrong answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from gateway.web import correlation

_FIELD = re.compile(
    rb"\r\n(?:(x-request-id|traceparent)"
    rb"|tracestate|baggage"  # W3C Trace Context §3.3, W3C Baggage
    rb"|sentry-trace|b3|x-b3-[a-z]+|x-datadog-[a-z-]+|x-amzn-trace-id|x-cloud-trace-context"
    rb"):([\t -~\x80-\xff]*+)(?=\r\n)",  # no control characters: a field that holds one is refused; no second look
    re.IGNORECASE,
)


def without(octets: bytes) -> bytes:
    """A request without them."""
    return _FIELD.sub(b"", octets)


def apart(octets: bytes) -> tuple[bytes, Mapping[bytes, str]] | None:
    """A request without them, and by name those that its answer keeps.

    None where there are none, one that is kept is sent twice, or one would not be kept.
    """
    pieces = _FIELD.split(octets)  # what is between them, and of each its name, if it is kept, and its value
    if len(pieces) == 1:
        return None
    fields = zip(pieces[1::3], pieces[2::3], strict=True)
    sent = [(name.lower(), value.strip(b" \t").decode("latin-1")) for name, value in fields if name]
    ids = dict(sent)
    kept = correlation.is_request_id(ids.get(b"x-request-id", "-")) and (
        b"traceparent" not in ids or correlation.is_traceparent(ids[b"traceparent"])
    )
    return (b"".join(pieces[::3]), ids) if kept and len(ids) == len(sent) else None
