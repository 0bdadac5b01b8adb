"""How a target with raw octets above 127 reaches the parser: percent-encoded, as browsers send it.

RFC 3986 §2.1 wants such octets encoded. Several clients (curl, PHP, Lua) send the octets of a URL as they were
given, servers such as the upstream's take them, and aiohttp's parser refuses the whole request. Either form names the
same resource (RFC 3986 §2.4 and §6.2.2.2 compare decoded octets), so the encoded one stands for both in the cache.
"""

from __future__ import annotations

import re

_LINE = re.compile(rb"[A-Z]+ [^ \r\n]*")
_RAW = re.compile(rb"[\x80-\xff]")


def encoded(octets: bytes) -> bytes:
    """The octets of a request from its first one on, with those of its target in ASCII; all others as they are."""
    if (line := _LINE.match(octets)) is None:
        return octets
    return _RAW.sub(lambda raw: b"%%%02X" % raw[0][0], line[0]) + octets[line.end() :]
