"""Who may share a stored response, and what names it.

Answers differ by role, so entries are shared only by requests that go out under the same upstream credential.
Apps without a token of their own share by using their account's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from functools import lru_cache
from urllib.parse import quote, unquote

from gateway.policy.catalogue import Match
from gateway.policy.names import AccountName, CacheKey, Partition


def partition(account: AccountName, authorization: str | None) -> Partition:
    """Hash the account and the credential its requests go out under.

    For Basic the identity is the part before the first colon: the upstream takes any password.
    """
    digest = hashlib.sha256(f"{account}\n{_identity(authorization)}".encode("utf-8", "surrogateescape"))
    return Partition(digest.hexdigest()[:32])


def document_key(owner: Partition, match: Match, query: str) -> CacheKey:
    """Name the document of a documented resource, whatever its format, its final slash, or its query's order.

    A member is named as it was written: whether 5, %35 and 05 are one to the upstream is for the upstream to say.
    """
    return _key(owner, "document", f"{match.resource.name}/{match.member or ''}?{_canonical_query(query)}")


def plain_key(owner: Partition, target: str) -> CacheKey:
    """Name the stored response of any other target, exactly as it was sent."""
    return _key(owner, "plain", target)


def _key(owner: Partition, sort: str, target: str) -> CacheKey:
    digest = hashlib.sha256(f"{owner}\n{sort}\n{target}".encode("utf-8", "surrogateescape"))
    return CacheKey(digest.hexdigest())


@lru_cache(maxsize=1024)  # a hit on the long way asks three times for the same
def _canonical_query(query: str) -> str:
    """Order the parameters by name (repeated ones keep their order) and encode each in one way."""
    if not query:
        return ""
    pairs = [part.partition("=") for part in query.replace("+", " ").split("&") if part]
    canonical = sorted(((_one_way(name), equals, _one_way(value)) for name, equals, value in pairs), key=lambda p: p[0])
    return "&".join("".join(pair) for pair in canonical)


def _one_way(text: str) -> str:
    """Encode a part in one way, octet for octet: what is no UTF-8 stays apart from what else is none."""
    return quote(unquote(text, errors="surrogateescape"), safe="", errors="surrogateescape")


def _identity(authorization: str | None) -> str:
    if authorization is None:
        return ""
    scheme, _, credentials = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return authorization.strip()
    try:
        return "basic:" + base64.b64decode(credentials.strip(), validate=True).decode("latin-1").partition(":")[0]
    except (binascii.Error, ValueError):
        return authorization.strip()
