"""Where results may be sent: parts are compared, not text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.jobs import callback

PREFIXES = ("https://tool.internal/hooks", "http://127.0.0.1:9000/")


@pytest.mark.parametrize(
    "url",
    [
        "https://tool.internal/hooks",
        "https://tool.internal/hooks/",
        "https://tool.internal/hooks/jobs?of=5",
        "https://TOOL.internal:443/hooks/a",
        "HTTPS://tool.internal/hooks/a",
        "http://127.0.0.1:9000",
        "http://127.0.0.1:9000/any/where",
    ],
)
def test_what_lies_under_a_prefix_is_allowed(url: str) -> None:
    assert callback.why_not(url) is None
    assert callback.allowed(url, PREFIXES)


@pytest.mark.parametrize(
    "url",
    [
        "https://tool.internal/hooksy",
        "https://tool.internal/",
        "https://tool.internal/other/hooks",
        "https://tool.internal/Hooks/",
        "http://tool.internal/hooks/",
        "https://tool.internal:8443/hooks/",
        "https://tool.internal.elsewhere/hooks/",
        "https://xtool.internal/hooks/",
        "http://127.0.0.1/",
        "http://127.0.0.1:90000000/".replace("90000000", "9001"),
    ],
)
def test_what_only_looks_like_it_is_not(url: str) -> None:
    assert callback.why_not(url) is None
    assert not callback.allowed(url, PREFIXES)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://tool.internal@elsewhere/hooks/", "user name"),
        ("https://a:b@tool.internal/hooks/", "user name"),
        ("https://tool.internal\\@elsewhere/hooks/", "plain URL"),
        ("https://tool.internal/hooks/../admin", "goes up"),
        ("https://tool.internal/hooks/%2e%2e/admin", "goes up"),
        ("https://tool.internal/hooks/%2E%2e%2Fadmin", "goes up"),
        ("https://tool.internal/hooks/%252e%252e/admin", "goes up"),
        ("https://tool.internal/hooks/..%5cadmin", "goes up"),
        ("https://tool.internal/hooks/./a", "goes up"),
        ("https://tool.internal/hooks/#a", "plain URL"),
        ("https://tool.internal/hooks/ a", "plain URL"),
        ("https://tool.internal/hooks/\r\nX: y", "plain URL"),
        ("https://tool.internal:0/hooks/", "host"),
        ("https://tool.internal:x/hooks/", "no URL"),
        ("https://tool.internal:99999/hooks/", "no URL"),
        ("https://[::1/hooks/", "no URL"),
        ("//tool.internal/hooks/", "http or https"),
        ("/hooks/", "http or https"),
        ("ftp://tool.internal/hooks/", "http or https"),
        ("https:///hooks/", "http or https"),
        ("", "plain URL"),
        ("https://tool.internal/hooks/" + "a" * 2000, "longer"),
    ],
)
def test_a_url_that_could_be_read_in_two_ways_is_refused(url: str, wrong: str) -> None:
    assert wrong in (callback.why_not(url) or "")


def test_without_prefixes_nothing_is_allowed() -> None:
    assert not callback.allowed("https://tool.internal/", ())


@given(st.text(alphabet="ht/ps:.@tolinerahk%2e5c\\?#[]", max_size=40))
def test_whatever_is_allowed_goes_to_the_host_of_a_prefix(tail: str) -> None:
    url = f"https://tool.internal{tail}"
    if callback.why_not(url) is None and callback.allowed(url, PREFIXES):
        rest = url.removeprefix("https://tool.internal")
        assert rest.startswith(("/hooks", ":443/hooks", ":/hooks", "./hooks", ".:/hooks"))
