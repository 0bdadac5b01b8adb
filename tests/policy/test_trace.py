import pytest

from gateway.policy.trace import Outcome, Trace


def trace(**given: object) -> Trace:
    made = Trace(request_id="r", traceparent="t")
    for name, value in given.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"outcome": Outcome.HIT, "ttl": 29.7}, "intervals-gateway; hit; ttl=29"),
        ({"outcome": Outcome.STALE, "ttl": -3.2}, "intervals-gateway; hit; ttl=-4"),
        (
            {"outcome": Outcome.MISS, "forwarded": "uri-miss", "forwarded_status": 200, "stored": True, "ttl": 60.0},
            "intervals-gateway; fwd=uri-miss; fwd-status=200; stored; ttl=60",
        ),
        (
            {"outcome": Outcome.COLLAPSED, "forwarded": "uri-miss", "collapsed": True},
            "intervals-gateway; fwd=uri-miss; collapsed",
        ),
        ({"outcome": Outcome.WRITE, "forwarded": "method"}, "intervals-gateway; fwd=method"),
        ({"outcome": Outcome.SELECTED, "detail": "selected"}, "intervals-gateway; hit; detail=selected"),
        ({"outcome": Outcome.REFUSED, "forwarded": "miss"}, None),
        ({"outcome": Outcome.LOCAL}, None),
    ],
)
def test_cache_status(given: dict[str, object], expected: str | None) -> None:
    assert trace(**given).cache_status() == expected


def test_server_timing_is_in_milliseconds_and_names_only_what_happened() -> None:
    assert trace(spent=0.5, queued=0.1, upstream=0.3).server_timing() == (
        "queue;dur=100.0, upstream;dur=300.0, gateway;dur=100.0"
    )
    assert trace(spent=0.001).server_timing() == "gateway;dur=1.0"
