import pytest

from gateway.simulator.options import Canned, Options, change, plain


def test_changes_are_all_or_none() -> None:
    options = Options()
    with pytest.raises(ValueError, match=r"colour: no option.*limit: expects int"):
        change(options, {"latency": 1, "colour": 1, "limit": True})
    assert options == Options()
    change(options, {"latency": 1, "limit": 3, "frozen": None, "canned": {"/a": {"body": "x"}}})
    assert (options.latency, options.limit, options.canned) == (1, 3, {"/a": Canned(b"x")})


@pytest.mark.parametrize(
    "wanted",
    [
        {"limit": None},
        {"limit": 1.5},
        {"period": "1"},
        {"per_day": "1"},
        {"strict": 1},
        {"now": 1},
        {"quota_style": "2024"},
        {"account_states": {"acme": "lost"}},
        {"user_states": ["x"]},
    ],
)
def test_wrong_values_are_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wanted))):
        change(Options(), wanted)


def test_plain_is_what_json_can_carry() -> None:
    shown = plain(Options(canned={"/a": Canned(b"x", 201)}))
    assert (shown["limit"], shown["canned"], shown["epoch"]) == (100, {"/a": 201}, None)
    assert "now" not in shown
