import pytest

from gateway.policy.faults import Fault, Kind
from gateway.policy.names import Partition
from gateway.policy.quota.refused import RefusedCredentials

A, B = Partition("a"), Partition("b")


def wait(refused: RefusedCredentials, now: float) -> float | None:
    try:
        refused.check(A, now)
    except Fault as fault:
        return fault.retry_after
    return None


def test_a_refused_credential_is_stopped_alone() -> None:
    refused = RefusedCredentials()
    refused.refuse(A, 0.0)
    refused.check(B, 1.0)
    with pytest.raises(Fault) as raised:
        refused.check(A, 1.0)
    assert (raised.value.kind, raised.value.status) == (Kind.CREDENTIAL_REFUSED, 401)


def test_one_probe_goes_through_when_the_pause_is_over() -> None:
    refused = RefusedCredentials()
    refused.refuse(A, 0.0)
    assert [wait(refused, now) for now in (0.0, 59.0, 60.0, 60.5)] == [60.0, 1.0, None, 59.5]


def test_the_pause_doubles_to_an_hour_and_acceptance_ends_it() -> None:
    refused = RefusedCredentials()
    assert [refused.refuse(A, 0.0) for _ in range(8)] == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    refused.accept(A)
    assert wait(refused, 0.0) is None


def test_a_flood_of_wrong_tokens_is_not_remembered_without_end() -> None:
    refused = RefusedCredentials()
    for number in range(20_000):
        refused.refuse(Partition(str(number)), 0.0)
    refused.check(Partition("0"), 0.0)
    with pytest.raises(Fault):
        refused.check(Partition("19999"), 0.0)
