"""The straight line: what each request meets, in which order."""

from __future__ import annotations

from typing import Any

import pytest

from gateway.policy.caller import Caller
from gateway.policy.faults import Kind
from gateway.policy.messages import Request, Response
from gateway.policy.trace import Outcome, Trace
from tests.fakes.exchange import Exchange, caller
from tests.fakes.upstream import JSON, XML, plain


async def test_the_trace_names_what_was_asked() -> None:
    async with Exchange() as it:
        heard = await it.get("/personcontact/5/", accept=XML)
        assert (heard.trace.method, heard.trace.resource, heard.trace.representation) == ("GET", "personcontact", "xml")
        assert (await it.get("/nothing/here")).trace.resource == "other"


@pytest.mark.parametrize("accept", [None, "", "*/*;q=0.1, application/xml", "text/xml"])
async def test_who_says_nothing_or_xml_gets_xml(accept: str | None) -> None:
    async with Exchange() as it:
        fields: dict[str, Any] = {} if accept is None else {"accept": accept}
        heard = await it.walk.handle(*it.asking("GET", "/personcontact/", **fields))
        assert heard.headers.get("content-type") == f"{XML}; charset=utf-8"


@pytest.mark.parametrize("accept", ["application/json", "application/json, text/plain, */*", "*/*"])
async def test_who_says_anything_or_json_gets_json(accept: str) -> None:
    async with Exchange() as it:
        assert (await it.get(accept=accept))["content-type"] == JSON


async def test_nothing_that_fits_is_said_before_anything_is_spent() -> None:
    async with Exchange() as it:
        refused = await it.refused("GET", "/personcontact/", accept="text/csv")
        assert (refused.fault.kind, refused.fault.status) == (Kind.NOT_ACCEPTABLE, 406)
        assert "application/json and application/xml" in refused.fault.detail
        assert it.asked == []


async def test_other_media_of_a_documented_resource_are_the_upstreams() -> None:
    async with Exchange() as it:
        it.upstream.script.append(plain(b"PNG", "image/png"))
        heard = await it.get("/document/1/", accept="image/png")
        assert heard.body == b"PNG"
        assert it.upstream.seen[0].headers.get("accept") == "image/png"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
@pytest.mark.parametrize("target", ["/personcontact/", "/unknown/"])
async def test_what_would_show_our_credential_is_never_sent_on(method: str, target: str) -> None:
    async with Exchange() as it:
        refused = await it.refused(method, target)
        assert (refused.fault.kind, refused.fault.status) == (Kind.METHOD_UNSUPPORTED, 501)
        assert it.asked == []


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("/personcontact/", {"OPTIONS", "GET", "HEAD", "POST", "PUT"}),
        ("/personcontact/5", {"OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE"}),
        ("/group/", {"OPTIONS", "GET", "HEAD"}),
    ],
)
async def test_options_are_told_from_the_catalogue(target: str, allowed: set[str]) -> None:
    async with Exchange() as it:
        heard = await it.ask("OPTIONS", target)
        assert (heard.status, heard.body) == (204, b"")
        assert set((heard["allow"] or "").split(", ")) == allowed
        assert (it.asked, heard.trace.cache_status()) == ([], None)


async def test_options_of_the_unknown_are_the_upstreams() -> None:
    async with Exchange() as it:
        await it.ask("OPTIONS", "/unknown/")
        assert it.asked == ["OPTIONS /unknown/"]


@pytest.mark.parametrize(("wanted", "seen"), [("PUT", "PUT"), ("delete", "DELETE"), ("PATCH", "PATCH"), ("GET", "GET")])
async def test_a_post_may_mean_another_method(wanted: str, seen: str) -> None:
    async with Exchange() as it:
        heard = await it.ask("POST", "/personcontact/5/", b"", x_http_method_override=wanted)
        assert (it.asked, heard.trace.method) == ([f"{seen} /personcontact/5/"], seen)
        assert "x-http-method-override" not in it.upstream.seen[0].headers
        assert heard.trace.outcome is (Outcome.MISS if seen == "GET" else Outcome.WRITE)


async def test_an_override_to_something_odd_is_a_mistake() -> None:
    async with Exchange() as it:
        refused = await it.refused("POST", "/personcontact/5/", x_http_method_override="TRACE")
        assert (refused.fault.kind, it.asked) == (Kind.MALFORMED, [])


@pytest.mark.parametrize(
    ("method", "target", "fields", "allowed"),
    [
        ("GET", "/personcontact/", {}, True),
        ("HEAD", "/personcontact/5/", {}, True),
        ("POST", "/time/", {}, True),
        ("POST", "/personcontact/", {}, False),
        ("DELETE", "/time/5/", {}, False),
        ("POST", "/time/5/", {"x_http_method_override": "DELETE"}, False),
        ("OPTIONS", "/personcontact/", {}, False),
        ("GET", "/unknown/", {}, True),
        ("POST", "/unknown/", {}, False),
    ],
)
async def test_an_app_may_what_its_configuration_says(
    method: str, target: str, fields: dict[str, Any], allowed: bool
) -> None:
    async with Exchange() as it:
        app = caller(allow=("GET *", "POST time"))
        if allowed:
            assert (await it.ask(method, target, by=app, **fields)).status < 300
            return
        refused = await it.refused(method, target, by=app, **fields)
        assert (refused.fault.kind, refused.fault.status) == (Kind.NOT_ALLOWED, 403)
        assert it.asked == []


async def test_head_is_answered_by_get_with_the_same_fields() -> None:
    async with Exchange() as it:
        await it.get()
        head, get = await it.ask("HEAD", "/personcontact/"), await it.get()
        assert head.response == get.response


async def test_what_is_taken_on_as_a_job_is_answered_so_but_only_if_it_is_allowed() -> None:
    seen = []

    async def accept(request: Request, caller: Caller, trace: Trace) -> Response | None:
        seen.append((request.method, trace.resource))
        return Response(202) if request.headers.get("prefer") == "respond-async" else None

    async with Exchange(accept=accept) as it:
        assert (await it.ask("POST", "/task/5/", prefer="respond-async", x_http_method_override="PUT")).status == 202
        assert (await it.ask("DELETE", "/odd/", prefer="respond-async")).status == 202
        refused = await it.refused("PUT", "/task/5/", by=caller(allow=("GET *",)), prefer="respond-async")
        assert refused.fault.kind is Kind.NOT_ALLOWED
        assert it.asked == []
        assert (await it.get(prefer="wait=9")).status == 200
        assert (await it.get()).status == 200
        assert seen == [("PUT", "task"), ("DELETE", "other"), ("GET", "personcontact")]
