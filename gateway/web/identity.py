"""Which app is asking, and under which upstream credential its request goes out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gateway.policy.caching import cachekey
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers

KEY_FIELD = "x-api-key"


@dataclass(frozen=True, slots=True)
class App:
    """One configured app: its caller as it is when the account's token is used, and how it is recognised."""

    caller: Caller
    digest: str | None = field(repr=False)  # None: the anonymous app
    passthrough: bool
    account_has_token: bool


class Identity:
    """Recognises apps by their key: the Basic user name, a Bearer token, or X-Api-Key."""

    def __init__(self, apps: Iterable[App]) -> None:
        known = tuple(apps)
        self._by_digest: Mapping[str, App] = {app.digest: app for app in known if app.digest}
        self._anonymous = next((app for app in known if app.digest is None), None)

    def recognise(self, headers: Headers) -> Caller:
        """Name the caller of a request, or raise `Fault` KEY_MISSING, KEY_UNKNOWN or MALFORMED."""
        keys, credentials = headers.lines(KEY_FIELD), headers.lines("authorization")
        if len(keys) > 1 or len(credentials) > 1:
            raise Fault(Kind.MALFORMED, "X-Api-Key and Authorization may each be sent once")
        authorization = credentials[0] if credentials else None
        if keys:
            return self._caller(self._known(keys[0].strip()), authorization)
        if authorization is not None and (app := self._find(_key_in(authorization))) is not None:
            return self._caller(app, None)
        if self._anonymous is not None:
            return self._caller(self._anonymous, authorization)
        if authorization is None:
            raise Fault(
                Kind.KEY_MISSING,
                "send the app key as the user name of Basic authentication, as a Bearer token, or in X-Api-Key",
            )
        raise Fault(Kind.KEY_UNKNOWN, "no app of the configuration has this key")

    def _known(self, key: str) -> App:
        app = self._find(key)
        if app is None:
            raise Fault(Kind.KEY_UNKNOWN, "no app of the configuration has the key in X-Api-Key")
        return app

    def _find(self, key: str | None) -> App | None:
        if not key:
            return None
        digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
        app = self._by_digest.get(digest)
        # The look-up goes by hash, so its timing tells nothing of the key; the comparison makes that plain.
        return app if app and app.digest and hmac.compare_digest(app.digest, digest) else None

    def _caller(self, app: App, authorization: str | None) -> Caller:
        """Put the caller's own credential in place of the account's where the configuration lets it through."""
        if app.account_has_token and not (app.passthrough and _is_basic(authorization)):
            return app.caller
        partition = cachekey.partition(app.caller.account, authorization)
        return replace(app.caller, authorization=authorization, partition=partition, lent=False)


def basic(user: str, password: str = "X") -> str:
    """Make the Authorization of an upstream token (the service takes any password)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _is_basic(authorization: str | None) -> bool:
    return authorization is not None and authorization[:6].lower() == "basic "


def _key_in(authorization: str) -> str | None:
    scheme, _, credentials = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return credentials.strip()
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(credentials.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded.decode("utf-8", "surrogateescape").partition(":")[0]
