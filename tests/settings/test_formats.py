from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError

import pytest
from pydantic_core import PydanticCustomError

from gateway.settings import formats
from gateway.settings.secret import Secret
from tests.settings.files import SIGNING_SECRET

GOOD: list[tuple[Callable[[str], str], str]] = [
    (formats.web_address, "https://tool.internal/events?to=us"),
    (formats.web_address, "http://[::1]:8080"),
    (formats.web_address, "https://tool.internal./"),
    (formats.upstream_root, "http://127.0.0.1:8088/"),
    (formats.callback_prefix, "https://tool.internal/"),
    (formats.store_address, "memory://"),
    (formats.store_address, "sqlite:///gateway.db"),
    (formats.store_address, "sqlite:////var/lib/gateway/gateway.db"),
    (formats.store_address, "redis://host:6379/0"),
    (formats.store_address, "rediss://user:password@host"),
    (formats.store_address, "unix:///run/valkey/socket?db=1"),
    (formats.store_address, "unix://:password@/run/valkey/socket"),
    (formats.allow_pattern, "GET *"),
    (formats.allow_pattern, "POST time"),
    (formats.allow_pattern, "* client/12/*"),
    (formats.event_pattern, "intervals.client.*"),
    (formats.event_pattern, "*"),
    (formats.receiver, "tool.internal"),
    (formats.receiver, "*.apps.internal"),
    (formats.receiver, "localhost"),
    (formats.receiver, "10.1.0.0/16"),
    (formats.receiver, "fd00::/8"),
]


@pytest.mark.parametrize(("accepted", "text"), GOOD)
def test_what_is_right_is_kept(accepted: Callable[[str], str], text: str) -> None:
    assert accepted(text) == text


BAD: list[tuple[Callable[[str], str], str, str]] = [
    (formats.web_address, "ftp://host/", "does not start with http"),
    (formats.web_address, "https:///path", "names no host"),
    (formats.web_address, "https://user:word@host/", "user name or password"),
    (formats.web_address, "https://host/#top", "fragment, blanks"),
    (formats.web_address, "https://host/a b", "fragment, blanks"),
    (formats.web_address, f"https://host/{'a' * 2000}", "is longer than 2000 characters"),
    (formats.web_address, "https://host:99999/", "is not a URL: Port out of range"),
    (formats.web_address, "https://api..internal/", "a host that no name service can know"),
    (formats.web_address, "https://./", "a host that no name service can know"),
    (formats.web_address, f"https://{'a' * 64}.internal/", "a host that no name service can know"),
    (formats.web_address, "https://host:0/", "port 0"),
    (formats.web_address, "https://[::1/", "is not a URL: Invalid IPv6"),
    (formats.upstream_root, "https://host/?a=b", "holds a query"),
    (formats.callback_prefix, "https://host", "does not end its host with a slash"),
    (formats.store_address, "gateway.db", "names the unknown store 'gateway.db'"),
    (formats.store_address, "memory://host", "is incomplete"),
    (formats.store_address, "sqlite://gateway.db", "is incomplete"),
    (formats.store_address, "sqlite:///", "is incomplete"),
    (formats.store_address, "redis:///0", "is incomplete"),
    (formats.store_address, "redis://host/first", "is incomplete"),
    (formats.store_address, "unix://", "is incomplete"),
    (formats.store_address, "unix://run/socket", "is incomplete"),
    (formats.allow_pattern, "GET", "is not METHOD, one blank, path"),
    (formats.allow_pattern, "get *", "is not METHOD, one blank, path"),
    (formats.allow_pattern, "GET  *", "is not METHOD, one blank, path"),
    (formats.event_pattern, "Quota.*", "is not a dotted event name"),
    (formats.event_pattern, "quota.", "is not a dotted event name"),
    (formats.receiver, "10.1.2.3/16", "is no host, address or subnet"),
    (formats.receiver, "https://tool.internal", "is no host, address or subnet"),
    (formats.receiver, "tool.internal:8080", "is no host, address or subnet"),
    (formats.receiver, "tööl.internal", "is no host, address or subnet"),
    (formats.receiver, "*", "is no host, address or subnet"),
    (formats.receiver, "2130706433", "is no host, address or subnet"),
    (formats.receiver, "", "is no host, address or subnet"),
]


@pytest.mark.parametrize(("accepted", "text", "wrong"), BAD)
def test_what_is_wrong_is_named(accepted: Callable[[str], str], text: str, wrong: str) -> None:
    with pytest.raises(PydanticCustomError, match=wrong):
        accepted(text)


def test_the_upstream_ends_in_a_slash() -> None:
    assert formats.upstream_root("https://host/api") == "https://host/api/"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("whsec_", "holds 0 bytes"),
        ("whsec_c2hvcnQ=", "holds 5 bytes"),
        ("whsec_not base64", "is not base64"),
        (SIGNING_SECRET.removeprefix("whsec_"), "does not start with whsec_"),
    ],
)
def test_what_is_no_signing_secret(text: str, wrong: str) -> None:
    with pytest.raises(PydanticCustomError, match=wrong):
        formats.signing_secret(Secret(text, origin=""))


def test_a_signing_secret_is_kept() -> None:
    secret = Secret(SIGNING_SECRET, origin="")
    assert formats.signing_secret(secret) is secret


def test_a_loop_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda _: None)
    with pytest.raises(PydanticCustomError, match="pip install"):
        formats.installed_loop("uvloop")


def test_a_receiver_is_kept_as_it_is_compared() -> None:
    assert formats.receiver("Tool.Internal") == "tool.internal"
    assert formats.receiver("10.1.2.3") == "10.1.2.3/32"


def test_a_signing_key_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(PydanticCustomError, match="short enough to be guessed"):
        formats.signing_key(Secret("nineteen characters", origin="here"))
    assert formats.signing_key(Secret("x" * 20, origin="here"))


def test_a_collector_needs_what_sends_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert formats.collector("http://127.0.0.1:4318/v1/traces") == "http://127.0.0.1:4318/v1/traces"
    with pytest.raises(PydanticCustomError, match="does not start with http"):
        formats.collector("127.0.0.1:4318")

    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(formats, "version", absent)
    with pytest.raises(PydanticCustomError, match=r"pip install intervals-gateway\[otel\]"):
        formats.collector("http://127.0.0.1:4318/v1/traces")
