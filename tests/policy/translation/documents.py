"""Strategies for documents and what is made of them, and the way to see how reading ends."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from gateway.policy.translation.document import Document, Fields, Number, Value
from gateway.policy.translation.malformed import Limits, Malformed

LIMITS = Limits(size=1 << 20)

unicode_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
tricky = st.sampled_from(
    ["", " ", "\n", "a & b", "<p>", "]]>", "]]", "\r\n", "&amp;", "0", "007", "/", '"', "\\", "\x85"]
)
xml_text = (
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32), max_size=20)
    | tricky
)
names = st.from_regex(r"[A-Za-z_\xe9][A-Za-z0-9_.\xe9-]{0,8}", fullmatch=True)

numbers = st.sampled_from(["1.10", "1e400", "-0", "12345678901234567890123", "0.1E-7", "-1.0"]).map(Number)
json_scalars = unicode_text | tricky | st.none() | st.booleans() | st.integers(-(10**13), 10**14) | numbers
json_values: st.SearchStrategy[Value] = st.recursive(
    json_scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(unicode_text, inner, max_size=4)
)
json_documents = st.dictionaries(unicode_text, json_values, max_size=5).map(Document)

xml_values: st.SearchStrategy[Value] = st.recursive(
    xml_text | st.none(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(names | st.just("item"), inner, min_size=1, max_size=4).filter(lambda it: set(it) != {"item"})
    ),
)
xml_records = st.dictionaries(names, xml_values, min_size=1, max_size=4)


@st.composite
def xml_documents(draw: st.DrawFn) -> Document:
    """Draw an answer of which XML can carry everything."""
    fields: Fields = {
        "personid": draw(st.integers(0, 10**9)),
        "status": draw(xml_text),
        "code": draw(st.integers(100, 599)),
    }
    if draw(st.booleans()):
        fields["listcount"] = draw(st.integers(0, 10**6))
    others = draw(st.dictionaries(names.map("x{}".format), xml_text, max_size=2))
    payload = draw(st.lists(xml_values, max_size=4) | xml_records)
    return Document(fields | dict(others) | {"client": payload})


def refused(read: Callable[[], object]) -> Malformed | None:
    """Read, and return the refusal if that is how it ends; any other error is a failure."""
    try:
        read()
    except Malformed as error:
        return error
    return None
