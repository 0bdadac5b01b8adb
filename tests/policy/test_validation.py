import pytest

from gateway.policy import validation


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
