"""What a parser lets pass and a gateway must not: two readers could take such a request for two different ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_VERSIONS = frozenset({(1, 0), (1, 1)})

# RFC 9112 §3.2, RFC 3986 §3.2.2: a name or address, perhaps empty, and a port.
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~%!$&'()*+,;=]*)(?::[0-9]*)?")


_LONGEST_HEAD = 64 * 1024
"""Octets of all fields together. The parser takes a megabyte of them, and what reads a field reads all of it."""


class Misread(NamedTuple):
    """Why a request is not answered, and with which status; the connection ends with it."""

    status: int
    wrong: str


def misread(
    *, version: Sequence[int], target: str, hosts: Sequence[str], codings: Sequence[str], fields: int
) -> Misread | None:
    """Judge a request by its version, its target and its Host and Transfer-Encoding fields; None where all is well.

    `fields` is how many octets all its fields have.
    """
    if tuple(version) not in _VERSIONS:  # RFC 9110 §15.6.6
        return Misread(505, f"HTTP/{'.'.join(map(str, version))} is not spoken here; HTTP/1.1 and HTTP/1.0 are")
    if "#" in target:  # RFC 9112 §3.2: a target has no fragment
        return Misread(400, "a target has no fragment; # is sent as %23")
    if any(_HOST.fullmatch(host.strip()) is None for host in hosts):
        return Misread(400, "the Host field names no host")
    if codings and [coding.strip().lower() for coding in codings] != ["chunked"]:  # RFC 9112 §6.1
        return Misread(501, "this Transfer-Encoding is not understood; chunked is")
    if fields > _LONGEST_HEAD:  # RFC 6585 §5
        return Misread(431, f"the fields of the head are longer than {_LONGEST_HEAD} bytes together")
    return None
