from gateway.policy.ratelimit import Allowance, fields


def test_both_windows_are_said_in_whole_seconds_rounded_up() -> None:
    minute = Allowance("minute", 100, 60.0, 37, 12.2)
    day = Allowance("day", 6000, 86400.0, -2, 3600.0)
    assert fields([minute, day]) == [
        ("RateLimit-Policy", '"minute";q=100;w=60, "day";q=6000;w=86400'),
        ("RateLimit", '"minute";r=37;t=13, "day";r=0;t=3600'),
    ]


def test_no_limit_no_field() -> None:
    assert fields([]) == []
