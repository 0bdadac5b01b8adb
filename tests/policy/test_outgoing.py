import pytest

from gateway.policy import outgoing
from gateway.policy.caller import Caller
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Request
from gateway.policy.names import AccountName, AppName, Partition
from gateway.policy.negotiation import Representation

TOOL = Caller(AppName("tool"), AccountName("acme"), Partition("p"), "Basic dG9rZW46WA==", lent=True, patience=30.0)
NOBODY = Caller(AppName("tool"), AccountName("acme"), Partition("p"), None, lent=False, patience=30.0)
ASKING = [("Accept", "application/json"), ("Accept-Encoding", "gzip")]
CREDENTIAL = ("Authorization", "Basic dG9rZW46WA==")

SPEAKING_TO_US = [
    ("Host", "gateway:8080"),
    ("Authorization", "Bearer app-key"),
    ("X-Api-Key", "app-key"),
    ("Content-Length", "3"),
    ("Expect", "100-continue"),
    ("Prefer", "wait=5"),
    ("Callback-URL", "https://tool.internal/"),
    ("Idempotency-Key", "k"),
    ("X-HTTP-Method-Override", "PUT"),
    ("Connection", "x-hop, close"),
    ("X-Hop", "1"),
    ("Transfer-Encoding", "chunked"),
    ("Transfer_Encoding", "chunked"),
    ("Content_Length", "99"),
    ("X_HTTP-Method_Override", "DELETE"),
    ("X-HTTP-Method", "DELETE"),
    ("X-Original-URL", "/person/"),
    ("X-Forwarded-Host", "elsewhere.example"),
    ("X_Forwarded-For", "10.0.0.1"),
    ("Forwarded", "for=10.0.0.1;host=elsewhere.example"),
    ("X-Real-IP", "10.0.0.1"),
    ("HTTP2-Settings", "AAMAAABk"),
    ("TE", "trailers"),
]
NEGOTIATED = [("Accept", "text/xml"), ("Accept-Encoding", "br"), ("Cookie", "a=b"), ("If-None-Match", '"x"')]
ITS_OWN = [("User-Agent", "tool/1"), ("X_Thing", "0"), ("X-Thing", "1"), ("X-Thing", "2")]


def request(method: str = "POST", *fields: tuple[str, str], body: bytes = b"") -> Request:
    return Request(method, "/client/?b=2&a=1", Headers(fields), body)


@pytest.mark.parametrize("wanted", ["PUT", " put ", "DELETE", "patch", "GET"])
def test_a_post_becomes_what_it_means(wanted: str) -> None:
    sent = request("POST", ("X-HTTP-Method-Override", wanted), ("X-Thing", "1"), body=b"{}")
    expected = Request(wanted.strip().upper(), sent.target, Headers([("X-Thing", "1")]), b"{}")
    assert outgoing.overridden(sent) == expected


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_is_overridden(method: str) -> None:
    sent = request(method, ("X-HTTP-Method-Override", "DELETE"))
    assert outgoing.overridden(sent) is sent
    plain = request("POST")
    assert outgoing.overridden(plain) is plain


@pytest.mark.parametrize("wanted", ["", "TRACE", "CONNECT", "POST", "PUT, DELETE", "put\tx"])
def test_an_odd_override_is_a_mistake(wanted: str) -> None:
    with pytest.raises(Fault, match="DELETE, GET, PATCH, PUT") as caught:
        outgoing.overridden(request("POST", ("X-HTTP-Method-Override", wanted)))
    assert caught.value.kind is Kind.MALFORMED


@pytest.mark.parametrize("form", Representation)
def test_a_read_takes_nothing_of_the_caller_along(form: Representation) -> None:
    sent = outgoing.read("/client/?b=2&a=1", TOOL, form)
    fields = [("Accept", f"application/{form.value}"), ("Accept-Encoding", "gzip"), CREDENTIAL]
    assert sent == Request("GET", "/client/?b=2&a=1", Headers(fields))
    assert "authorization" not in outgoing.read("/client/", NOBODY, form).headers


def test_a_write_takes_the_callers_own_fields_along_and_nothing_that_speaks_to_the_gateway() -> None:
    came = request("PUT", *SPEAKING_TO_US, *NEGOTIATED, *ITS_OWN)
    sent = outgoing.write(came, TOOL, Representation.JSON, b"")
    assert sent == Request("PUT", "/client/?b=2&a=1", Headers([*ITS_OWN, *ASKING, CREDENTIAL]))


@pytest.mark.parametrize(
    ("came", "content_type", "body", "expected"),
    [
        (b"{}", "application/json; charset=utf-8", b"{}", "application/json; charset=utf-8"),
        (b"<a/>", "text/xml", b"{}", "application/json"),
        (b"name=x", "application/x-www-form-urlencoded", b"name=x", "application/x-www-form-urlencoded"),
    ],
)
def test_the_type_of_a_writes_body_is_true(came: bytes, content_type: str, body: bytes, expected: str) -> None:
    sent = outgoing.write(
        request("POST", ("Content-Type", content_type), ("Content-Length", "9"), body=came),
        TOOL,
        Representation.JSON,
        body,
    )
    assert sent.body == body
    assert sent.headers.lines("content-type") == [expected]


def test_no_type_is_invented_for_a_body_that_came_without_one() -> None:
    sent = outgoing.write(request("DELETE", body=b"x"), TOOL, Representation.JSON, b"x")
    assert "content-type" not in sent.headers


def test_anything_else_goes_on_as_it_came_under_this_callers_credential() -> None:
    body = b"\x00\xff"
    came = request("POST", *SPEAKING_TO_US, *NEGOTIATED, *ITS_OWN, ("Content-Type", "image/png"), body=body)
    fields = [*NEGOTIATED, *ITS_OWN, ("Content-Type", "image/png"), CREDENTIAL]
    assert outgoing.plain(came, TOOL) == Request("POST", "/client/?b=2&a=1", Headers(fields), body)
    assert "authorization" not in outgoing.plain(came, NOBODY).headers
