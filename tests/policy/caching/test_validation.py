import pytest

from gateway.policy.caching import validation


def test_a_tag_belongs_to_its_bytes_and_its_coding() -> None:
    assert validation.entity_tag(b"a") == validation.entity_tag(b"a")
    assert validation.entity_tag(b"a") != validation.entity_tag(b"b")
    assert validation.entity_tag(b"a") != validation.entity_tag(b"a", coding="gzip")


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (None, False),
        ("*", True),
        ('"a"', True),
        ('W/"a"', True),
        ('"x", "a"', True),
        ('"x","y"', False),
        ('"a', False),
        ("a", False),
        ('"a,b", "c"', False),
    ],
)
def test_if_none_match(field: str | None, expected: bool) -> None:
    assert validation.matches(field, '"a"') is expected


@pytest.mark.parametrize("tag", ["abc", 'w/"abc"', '"\udcfc"', '"\xfc"'])
def test_what_is_echoed_as_it_came_matches(tag: str) -> None:
    assert validation.matches(tag, tag)
    assert not validation.matches(tag, '"b"')


def test_tags_in_order() -> None:
    assert validation.tags('W/"a" , "b","c,d", x') == ['W/"a"', '"b"', '"c,d"']
    assert validation.tags(None) == validation.tags("*") == []
