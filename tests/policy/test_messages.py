from gateway.policy.messages import Headers, Request


def test_a_field_is_found_whatever_its_case_and_its_lines_are_joined() -> None:
    headers = Headers([("Vary", "Accept"), ("vary", "Origin"), ("Age", "3")])
    assert headers.get("VARY") == "Accept, Origin"
    assert headers.lines("vary") == ["Accept", "Origin"]
    assert "age" in headers
    assert headers.get("etag") is None


def test_put_replaces_every_line() -> None:
    headers = Headers([("A", "1"), ("B", "2"), ("a", "3")]).put("A", "4")
    assert list(headers) == [("B", "2"), ("A", "4")]


def test_connection_specific_fields_and_those_connection_names_end_here() -> None:
    headers = Headers(
        [
            ("Connection", "close, X-Hop"),
            ("X-Hop", "1"),
            ("Keep-Alive", "timeout=5"),
            ("TE", "trailers"),
            ("Transfer-Encoding", "chunked"),
            ("Upgrade", "h2c"),
            ("Proxy-Authorization", "secret"),
            ("X-Stay", "1"),
        ]
    )
    assert list(headers.end_to_end()) == [("X-Stay", "1")]


def test_a_target_is_split_at_its_first_question_mark_and_never_decoded() -> None:
    request = Request("GET", "/client/%2f?search=a?b&x=%zz")
    assert (request.path, request.query) == ("/client/%2f", "search=a?b&x=%zz")
    assert Request("GET", "/client").query == ""
