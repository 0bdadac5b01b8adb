import pytest

from gateway.policy.caching import targeted
from gateway.policy.messages import Headers


@pytest.mark.parametrize(
    ("aimed", "expected"),
    [
        ("max-age=60", {"max-age": "60"}),
        ("max-age=60, private", {"max-age": "60", "private": None}),
        ('private="set-cookie"', {"private": "set-cookie"}),
        ("no-store=?0, max-age=1", {"max-age": "1"}),
        ("max-age=-1", {"max-age": "-1"}),
        ("x=tok, y=1.5", {"x": "tok", "y": "1.5"}),
        ("max-age=60, x=7", {"max-age": "60", "x": "7"}),
        ("", None),
        ("max-age =60", None),
        ('max-age="60"', None),
        ("max-age", None),
        ("s-maxage=soon", None),
        ("max-age=60, &&", None),
    ],
)
def test_a_targeted_field_holds_or_is_as_if_it_were_not_there(
    aimed: str, expected: dict[str, str | None] | None
) -> None:
    """RFC 9213 §2.1."""
    headers = Headers([("CDN-Cache-Control", aimed), ("Cache-Control", "max-age=7")])
    assert targeted.of(headers) == expected
    assert targeted.directives(headers) == ({"max-age": "7"} if expected is None else expected)


def test_lines_are_one_field() -> None:
    headers = Headers([("CDN-Cache-Control", "max-age=60"), ("cdn-cache-control", "no-cache")])
    assert targeted.of(headers) == {"max-age": "60", "no-cache": None}


def test_other_targets_and_surrogates_are_not_ours() -> None:
    headers = Headers([("Surrogate-Control", "max-age=60"), ("Example-Cache-Control", "max-age=60")])
    assert targeted.of(headers) is None
    assert targeted.directives(headers) == {}
