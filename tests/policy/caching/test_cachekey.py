import base64
import random
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy import catalogue
from gateway.policy.caching import cachekey
from gateway.policy.names import AccountName, Partition

ROWS = catalogue.load()
ACME = AccountName("acme")
OWNER = Partition("p")


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def key(path: str, query: str = "") -> str:
    match = ROWS.match(path)
    assert match is not None
    return cachekey.document_key(OWNER, match, query)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (basic("token:X"), basic("token:other"), True),
        (basic("token:"), "basic " + basic("token:a:b").split()[1], True),
        (basic("token:X"), basic("tokem:X"), False),
        (None, basic(":x"), False),
        ("Bearer a", "Bearer b", False),
        ("Basic !!!", "Basic !!?", False),
    ],
)
def test_the_partition_is_the_credential_without_its_password(left: str | None, right: str | None, same: bool) -> None:
    assert (cachekey.partition(ACME, left) == cachekey.partition(ACME, right)) is same


def test_accounts_never_share() -> None:
    assert cachekey.partition(ACME, None) != cachekey.partition(AccountName("globex"), None)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (("/client", ""), ("/client/", ""), True),
        (("/client/5", ""), ("/client/5/", ""), True),
        (("/client/5", ""), ("/client/6", ""), False),
        (("/client/", "a=1&b=2"), ("/client/", "b=2&a=1"), True),
        (("/client/", "a=1&a=2"), ("/client/", "a=2&a=1"), False),
        (("/client/", "search=a+b"), ("/client/", "search=a%20b"), True),
        (("/client/", "search=a%2Bb"), ("/client/", "search=a+b"), False),
        (("/client/", "search=a%26b=1"), ("/client/", "search=a&b=1"), False),
        (("/client/", "search=%C3%A9"), ("/client/", "search=%c3%a9"), True),
        (("/client/", "a"), ("/client/", "a="), False),
        (("/client/a%20b", ""), ("/client/a+b", ""), False),
        (("/client/%35", ""), ("/client/5", ""), False),
        (("/client/%ff", ""), ("/client/%fe", ""), False),
        (("/client/%ff", ""), ("/client/%ef%bf%bd", ""), False),
        (("/client/", "a=%ff"), ("/client/", "a=%fe"), False),
        (("/client/", ""), ("/project/", ""), False),
    ],
)
def test_equal_questions_have_one_key(left: tuple[str, str], right: tuple[str, str], same: bool) -> None:
    assert (key(*left) == key(*right)) is same


def test_a_plain_target_and_a_document_never_meet() -> None:
    assert key("/client/") != cachekey.plain_key(OWNER, "client/?")


PAIRS = st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=4)


@given(PAIRS, PAIRS, st.randoms())
def test_two_queries_share_a_key_only_when_they_say_the_same(
    left: list[tuple[str, str]], right: list[tuple[str, str]], shuffle: random.Random
) -> None:
    by_name = {name: [value for other, value in left if other == name] for name, _ in left}
    shuffled = list(by_name)
    shuffle.shuffle(shuffled)
    moved = [(name, value) for name in shuffled for value in by_name[name]]
    assert key("/client/", urlencode(left)) == key("/client/", urlencode(moved, quote_via=quote))
    said = {name: [value for other, value in right if other == name] for name, _ in right}
    assert (key("/client/", urlencode(left)) == key("/client/", urlencode(right))) is (by_name == said)
