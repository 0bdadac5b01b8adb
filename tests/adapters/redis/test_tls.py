"""A server that is reached by TLS: its certificate is checked, and so is its name."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.adapters.redis import RedisLedger
from gateway.ports import LedgerAway
from tests.adapters.redis_server import RedisServer, require_redis
from tests.adapters.stores import Events


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def secured(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of a server that calls itself localhost, and the certificate it is known by."""
    require_redis()
    openssl = shutil.which("openssl")
    assert openssl is not None, "openssl is not installed (Debian: apt-get install openssl)"
    port, key, certificate = _free_port(), tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    made += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    options = [
        "--bind",
        "127.0.0.1",
        "--tls-port",
        str(port),
        "--tls-auth-clients",
        "no",
        "--requirepass",
        "open sesame",
    ]
    options += ["--tls-cert-file", str(certificate), "--tls-key-file", str(key), "--tls-ca-cert-file", str(certificate)]
    server = RedisServer(tmp_path, *options)
    server.start()
    yield port, certificate
    server.stop()


async def test_spending_is_kept_by_a_server_that_is_who_it_says(secured: tuple[int, Path], events: Events) -> None:
    port, certificate = secured
    url = f"rediss://:open%20sesame@localhost:{port}/0?ssl_ca_certs={certificate}"
    ledger = RedisLedger(url, on_error=events)
    await ledger.open()
    assert await ledger.swap(["a"], [None], ["1"])
    assert (await ledger.read(["a"])).states == ("1",)
    await ledger.aclose()
    assert events.heard == []


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (
            "rediss://:open%20sesame@127.0.0.1:{port}/0?ssl_ca_certs={certificate}",
            "IP address mismatch, certificate is not valid",
        ),
        ("rediss://:open%20sesame@localhost:{port}/0", "certificate verify failed"),
        ("redis://:open%20sesame@localhost:{port}/0", "Connection"),
    ],
)
async def test_any_other_is_as_good_as_away(secured: tuple[int, Path], events: Events, address: str, why: str) -> None:
    port, certificate = secured
    ledger = RedisLedger(address.format(port=port, certificate=certificate), on_error=events)
    with pytest.raises(LedgerAway, match=why):
        await ledger.read(["a"])
    await ledger.aclose()
