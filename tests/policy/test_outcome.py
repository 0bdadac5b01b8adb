"""Every code of the vendor's errors page, every way its body may be written, and bodies that are no errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.outcome import (
    AccountClosed,
    Answer,
    CallerMistake,
    CredentialRefused,
    DaySpent,
    Failed,
    Meaning,
    TooFast,
    api_code,
    classify,
)
from gateway.policy.quota.closure import Reason


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (500, 1, Failed()),
        (401, 2, AccountClosed(Reason.NOT_FOUND, can_pass=True)),
        (401, 3, AccountClosed(Reason.INACTIVE, can_pass=True)),
        (503, 4, AccountClosed(Reason.SUSPENDED, can_pass=True)),
        (418, 5, AccountClosed(Reason.BANNED, can_pass=False)),
        (402, 6, AccountClosed(Reason.UNPAID, can_pass=True)),
        (401, 7, CredentialRefused()),
        (401, 8, CredentialRefused()),
        (401, 9, CredentialRefused()),
        (403, 10, CallerMistake()),
        (400, 11, DaySpent()),
        (400, 12, TooFast()),
        (400, 13, CallerMistake()),
        (404, 14, CallerMistake()),
        (400, 15, CallerMistake()),
        (400, 16, CallerMistake()),
        (400, 17, CallerMistake()),
        (400, 18, CallerMistake()),
        (500, 19, Failed()),
        (502, 20, Failed()),
        # without a code the status decides
        (200, None, Answer()),
        (202, None, Answer()),
        (304, None, Answer()),
        (400, None, CallerMistake()),
        (401, None, CredentialRefused()),
        (402, None, AccountClosed(Reason.UNPAID, can_pass=True)),
        (403, None, CallerMistake()),
        (411, None, CallerMistake()),
        (418, None, AccountClosed(Reason.BANNED, can_pass=False)),
        (429, None, TooFast()),
        (503, None, Failed()),
        (504, None, Failed()),
        # a code beside a status it does not go with
        (200, 5, Answer()),
        (400, 5, CallerMistake()),
        (404, 12, CallerMistake()),
        (500, 11, Failed()),
        (429, 11, DaySpent()),
        (401, 99, CredentialRefused()),
    ],
)
def test_status_and_code_make_the_outcome(status: int, code: int | None, outcome: Meaning) -> None:
    assert classify(status, code) == outcome


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"personid":0,"status":"Bad Request","code":400,"error":{"code":17,"message":"x"}}', 17),
        (b'{"code":"400","error":{"code":"12"}}', 12),
        (b'{"code":400,"error":11}', 11),
        (b'{"code":400,"error":"11"}', 11),
        (b'{"code":400,"errors":[{"code":18},{"code":17}]}', 18),
        (b'{"code":400,"error":{"errorcode":12,"message":"x"}}', 12),
        (b'{"code":400,"error":{"error_code":"11"}}', 11),
        (b'{"code":400,"errors":{"error":{"code":12}}}', 12),
        (b'{"code":400,"error":{"item":[{"code":"11"}]}}', 11),
        (b'{"status":"Bad Request","code":400,"errorCode":12}', 12),
        (b'{"code":400,"api_code":12,"message":"x"}', 12),
        (b'{"code":400,"error":{"error":{"error":{"error":{"code":12}}}}}', None),
        (b'{"code":400,"error":{"taskcode":12,"postcode":11}}', None),
        (b'{"code":4}', 4),
        (b'\xef\xbb\xbf {"code":4}', 4),
        (b'{"code":503}', None),
        (b'{"code":true}', None),
        (b'{"error":"no such thing"}', None),
        (b'{"error":{"code":"\xc2\xb2"}}', None),
        (b'{"error":{"code":1e400}}', None),
        (b"[17]", None),
        (b"{", None),
        (b"[" * 60_000, None),
        (b"", None),
        (b'{"error":{"code":17}}' + b" " * 65_536, None),
        (
            b'<intervals status="Bad Request" code="400"><error><code>17</code><message/></error></intervals>',
            17,
        ),
        (b'<?xml version="1.0"?><intervals code="400"><error code="12">too fast</error></intervals>', 12),
        (b"<intervals code='503'><error message='x' code = '4'/></intervals>", 4),
        (b"<intervals code='400'><error><message>m</message><code><![CDATA[11]]></code></error></intervals>", 11),
        (b"<intervals code='400'><error> 18 </error></intervals>", 18),
        (b"<intervals code='400'><errors><error><errorcode>12</errorcode></error></errors></intervals>", 12),
        (b"<intervals code='400'><error><item><error_code>11</error_code></item></error></intervals>", 11),
        (b"<intervals code='400'><errorCode>12</errorCode></intervals>", 12),
        (b"<intervals code='400' errorcode='12'><message>x</message></intervals>", 12),
        (b"<intervals code='400'><postcode>12</postcode></intervals>", None),
        (b"<intervals code='18'/>", 18),
        (b"<intervals code='400'><error>code 17</error></intervals>", None),
        (b"<intervals code='400'><task><code>5</code></task></intervals>", None),
    ],
)
def test_the_code_is_found_wherever_the_body_may_have_it(body: bytes, code: int | None) -> None:
    assert api_code(body, "application/json") == code


def test_a_page_for_people_is_not_read() -> None:
    assert api_code(b'<error code="5"/>', "text/html; charset=utf-8") is None


@given(st.binary(max_size=200) | st.text(alphabet='<>error code="1/{}[]:,', max_size=200).map(str.encode))
def test_nothing_is_ever_raised(body: bytes) -> None:
    code = api_code(body, None)
    assert code is None or 1 <= code <= 99
