import pytest

from gateway.policy.faults import REFUSALS, VERDICTS, Fault, Kind, Side


def test_every_kind_has_a_verdict() -> None:
    assert set(VERDICTS) == set(Kind)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_status_tells_the_side_at_fault(kind: Kind) -> None:
    verdict = VERDICTS[kind]
    if verdict.side is Side.CALLER:
        assert 400 <= verdict.status < 500 or kind in (Kind.NOT_CACHED, Kind.METHOD_UNSUPPORTED)
    if kind in REFUSALS:
        assert verdict.side is not Side.CALLER


def test_an_account_state_keeps_the_status_of_the_upstream() -> None:
    assert Fault(Kind.ACCOUNT_CLOSED, "banned", status=418).status == 418
    assert Fault(Kind.ACCOUNT_CLOSED, "suspended").status == 503


def test_refusals_by_limits_are_429() -> None:
    limits = (Kind.BACKLOG_FULL, Kind.WAIT_TOO_LONG, Kind.TIMED_OUT, Kind.QUOTA_SPENT, Kind.TOO_FAST)
    assert {VERDICTS[kind].status for kind in limits} == {429}
