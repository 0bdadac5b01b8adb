"""Posting to receivers over real sockets: to checked addresses only, and each time exactly once."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gateway.adapters import webhooks
from gateway.adapters.webhooks import Forbidden, Webhooks
from gateway.policy.webhooks.attempt import Answered, Attempt, Unanswered
from gateway.policy.webhooks.receivers import Receivers, receivers

HERE = receivers(["127.0.0.0/8"], [])
NAMED = receivers(["tool.internal", "127.0.0.1"], [])
FIELDS = [("webhook-id", "evt_1")]


class Origin:
    """A receiver whose paths say how it behaves; remembers what came."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str, bytes, dict[str, str]]] = []
        self.names: list[str | None] = []
        self.port = 0
        self.leaving = asyncio.Event()

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.came.append((request.method, request.path_qs, await request.read(), dict(request.headers)))
        match request.path:
            case "/hang":
                await self.leaving.wait()
            case "/redirect":
                return web.Response(status=302, headers={"Location": "/elsewhere"})
            case "/busy":
                return web.Response(status=503, headers={"Retry-After": "120"})
            case "/endless" | "/drip":
                return await self._never_end(request)
            case _:
                pass
        return web.Response(status=204)

    async def _never_end(self, request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while not self.leaving.is_set() and request.path == "/endless":
            await answer.write(b"x" * 65536)
        await self.leaving.wait()
        return answer


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    async with started(Origin(), None) as it:
        yield it


@asynccontextmanager
async def started(origin: Origin, context: ssl.SSLContext | None) -> AsyncIterator[Origin]:
    runner = web.ServerRunner(web.Server(origin.serve), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    origin.port = runner.addresses[0][1]
    yield origin
    origin.leaving.set()
    await runner.cleanup()


async def post(url: str, allowed: Receivers = HERE, *, most: float = 5.0, **more: Any) -> Attempt:
    async with Webhooks(allowed, timeout=most, **more) as it:
        return await it.post(url, b'{"a":1}', FIELDS)


class Names:
    """Answers look-ups: each time with the next of these answers, with the last one from then on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def test_a_body_arrives_once_with_its_fields(origin: Origin) -> None:
    assert await post(f"http://127.0.0.1:{origin.port}/events?to=%2Fus") == Answered(204)
    [(method, target, body, fields)] = origin.came
    assert (method, target, body) == ("POST", "/events?to=%2Fus", b'{"a":1}')
    assert fields["Content-Type"] == "application/json"
    assert fields["Content-Length"] == "7"
    assert fields["webhook-id"] == "evt_1"
    assert fields["User-Agent"].startswith("intervals-gateway/")
    assert fields["Connection"] == "close"


async def test_redirects_are_not_followed(origin: Origin) -> None:
    assert await post(f"http://127.0.0.1:{origin.port}/redirect") == Answered(302)
    assert len(origin.came) == 1


async def test_retry_after_is_told(origin: Origin) -> None:
    assert await post(f"http://127.0.0.1:{origin.port}/busy") == Answered(503, 120.0)


async def test_who_does_not_answer_in_time_has_not_answered(origin: Origin) -> None:
    assert await post(f"http://127.0.0.1:{origin.port}/hang", most=0.2) == Unanswered("no answer within 0.2 s")


@pytest.mark.parametrize("path", ["endless", "drip"])
async def test_a_status_counts_whatever_becomes_of_the_body(origin: Origin, path: str) -> None:
    assert await post(f"http://127.0.0.1:{origin.port}/{path}", most=0.5) == Answered(200)


async def test_a_look_up_that_hangs_ends_in_time() -> None:
    async def never(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    assert await post("http://tool.internal/", NAMED, most=0.05, look_up=never) == Unanswered("no answer within 0.05 s")


async def test_nobody_listening_is_told_without_the_path(unused_tcp_port: int) -> None:
    told = await post(f"http://127.0.0.1:{unused_tcp_port}/secret-path")
    assert told == Unanswered("no connection: Connection refused")


@pytest.mark.parametrize("url", ["http://[::1", "http://user:word@127.0.0.1/", "ftp://127.0.0.1/", "http:///", ""])
async def test_what_is_no_address_of_a_receiver_is_not_posted_to(url: str) -> None:
    assert isinstance(await post(url), Unanswered)


async def test_a_host_that_is_not_listed_is_not_even_looked_up() -> None:
    names = Names(["10.0.0.1"])
    told = await post("http://elsewhere/", receivers(["tool.internal"], []), look_up=names)
    assert told == Unanswered("elsewhere is not on the list of receivers")
    assert names.asked == []


@pytest.mark.parametrize("found", [["169.254.169.254"], ["127.0.0.1", "169.254.169.254"], ["::ffff:169.254.169.254"]])
async def test_one_address_that_is_not_allowed_is_one_too_many(origin: Origin, found: list[str]) -> None:
    told = await post(f"http://tool.internal:{origin.port}/", NAMED, look_up=Names(found))
    assert told == Unanswered(
        "tool.internal leads to 169.254.169.254, where no name may lead: list the address itself if that is meant"
    )
    assert origin.came == []


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost", "[::ffff:127.0.0.1]"])
async def test_the_machine_itself_is_refused_in_every_spelling(origin: Origin, host: str) -> None:
    told = await post(f"http://{host}:{origin.port}/", receivers([host.strip("[]").lower(), "10.0.0.0/8"], []))
    if host == "localhost":
        assert told == Answered(204)  # it is listed by its name
    else:
        assert isinstance(told, Unanswered)
        assert origin.came == []


async def test_a_name_that_is_bound_anew_is_not_followed(origin: Origin) -> None:
    """The second look-up, were there one, would lead to where nothing listens."""
    names = Names(["127.0.0.1"], ["127.0.0.9"])
    assert await post(f"http://tool.internal:{origin.port}/", NAMED, look_up=names) == Answered(204)
    assert names.asked == ["tool.internal"]
    assert origin.came[0][3]["Host"] == f"tool.internal:{origin.port}"


async def test_each_attempt_is_checked_anew(origin: Origin) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    async with Webhooks(NAMED, timeout=5.0, look_up=names) as it:
        url = f"http://tool.internal:{origin.port}/"
        assert await it.post(url, b"", FIELDS) == Answered(204)
        assert isinstance(await it.post(url, b"", FIELDS), Unanswered)
    assert len(origin.came) == 1


async def test_no_socket_is_made_for_an_address_that_was_not_checked() -> None:
    webhooks._checked.set(["127.0.0.1", "fe80::1"])
    place = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.2", 80))
    with pytest.raises(Forbidden, match=r"127\.0\.0\.2 was not checked"):
        webhooks._socket(place)
    made = webhooks._socket((*place[:-1], ("127.0.0.1", 80)))
    made.close()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of tool.internal that vouches for itself."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tool.internal", "-days", "2"]
    made += ["-addext", "subjectAltName=DNS:tool.internal", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(made, check=True, capture_output=True)
    return key, cert


async def test_tls_checks_the_host_of_the_url_though_the_address_was_given(certificate: tuple[Path, Path]) -> None:
    key, cert = certificate
    origin = Origin()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    context.sni_callback = lambda _, name, __: origin.names.append(name)
    trust = ssl.create_default_context(cafile=cert)
    allowed, names = receivers(["tool.internal", "other.internal", "127.0.0.1"], []), Names(["127.0.0.1"])
    async with started(origin, context) as it:
        right = await post(f"https://tool.internal:{it.port}/", allowed, look_up=names, trust=trust)
        wrong = await post(f"https://other.internal:{it.port}/", allowed, look_up=names, trust=trust)
        unknown = await post(f"https://tool.internal:{it.port}/", allowed, look_up=names)
    assert (right, origin.names[0]) == (Answered(204), "tool.internal")
    for told in (wrong, unknown):
        assert isinstance(told, Unanswered)
        assert told.why.startswith("its certificate is not trusted")
    assert len(origin.came) == 1
