import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy import contentcoding
from gateway.policy.contentcoding import decoded
from gateway.policy.faults import Fault, Kind
from gateway.policy.messages import Headers, Response

LIMIT = 1000


def coded(body: bytes, coding: str | None) -> Response:
    fields = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    return Response(200, Headers([*fields, *([] if coding is None else [("Content-Encoding", coding)])]), body)


def refused(response: Response) -> Fault:
    with pytest.raises(Fault) as caught:
        decoded(response, limit=LIMIT)
    return caught.value


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity "])
def test_what_is_not_coded_stays_as_it_is(coding: str | None) -> None:
    response = coded(b"{}" * LIMIT, coding)
    assert decoded(response, limit=LIMIT) is response


@given(body=st.binary(max_size=LIMIT), coding=st.sampled_from(["gzip", "x-gzip", "GZIP", "deflate"]))
def test_a_coding_is_undone(body: bytes, coding: str) -> None:
    compress = zlib.compress if coding == "deflate" else gzip.compress
    assert decoded(coded(compress(body), coding), limit=LIMIT) == Response(
        200, Headers([("Content-Type", "application/json")]), body
    )


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_up_to_the_limit_is_taken(size: int) -> None:
    for body in (b"x" * size, bytes(n * 7919 % 251 for n in range(size))):
        assert decoded(coded(gzip.compress(body), "gzip"), limit=LIMIT).body == body


@pytest.mark.parametrize("size", [LIMIT + 1, 50_000_000])
def test_a_bomb_is_not_inflated(size: int) -> None:
    fault = refused(coded(gzip.compress(bytes(size)), "gzip"))
    assert fault.kind is Kind.UPSTREAM_UNINTELLIGIBLE
    assert "more than 1000 bytes" in fault.detail


def test_an_answer_of_half_a_megabyte_does_not_become_half_a_gigabyte() -> None:
    with pytest.raises(Fault, match=f"more than {1 << 26} bytes"):
        decoded(coded(gzip.compress(bytes(80_000_000)), "gzip"), limit=1 << 29)


def test_a_long_list_is_taken_whatever_the_bound_for_bombs() -> None:
    rows = b"".join(b'{"id":"%d","fax":null,"notes":""},' % number for number in range(2_200_000))
    assert len(rows) > 1 << 26
    assert decoded(coded(zlib.compress(rows, 1), "deflate"), limit=1 << 29).body == rows


@pytest.mark.parametrize("cut", [1, 8, 12])
def test_a_body_cut_short_is_no_body(cut: int) -> None:
    whole = gzip.compress(b"a body of some length, so that a part of it can be read")
    assert "cut short" in refused(coded(whole[:-cut], "gzip")).detail


@pytest.mark.parametrize("body", [b"", b"plain text", gzip.compress(b"x" * 100)[:-8] + b"\0" * 8])
def test_a_damaged_body_is_no_body(body: bytes) -> None:
    assert refused(coded(body, "gzip")).kind is Kind.UPSTREAM_UNINTELLIGIBLE


def test_a_body_of_several_members_is_read_whole() -> None:
    """RFC 1952 §2.2: a gzip file is a series of members."""
    members = gzip.compress(b'{"client":') + gzip.compress(b"[]}")
    assert decoded(coded(members, "gzip"), limit=LIMIT).body == b'{"client":[]}'


@given(bodies=st.lists(st.binary(max_size=60), min_size=1, max_size=12), window=st.integers(1, 70))
def test_members_may_end_anywhere(bodies: list[bytes], window: int) -> None:
    members = b"".join(map(gzip.compress, bodies))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(contentcoding, "_WINDOW", window)
        assert decoded(coded(members, "gzip"), limit=LIMIT).body == b"".join(bodies)
        fault = refused(coded(members[:-1], "gzip"))
    assert "cut short" in fault.detail


def test_a_bomb_of_members_is_not_worked_off() -> None:
    """Each costs next to nothing to send; half a million of them held up every other caller for minutes."""
    fault = refused(coded(gzip.compress(b"") * 500_000, "gzip"))
    assert "more than 4096 members" in fault.detail


@pytest.mark.parametrize("coding", ["br", "gzip, gzip", "zstd"])
def test_a_coding_nobody_asked_for_is_refused(coding: str) -> None:
    assert coding in refused(coded(b"x", coding)).detail
