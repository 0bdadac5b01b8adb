from collections.abc import Callable

import pytest

from gateway.simulator import values


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (values.boolean, "TRUE", "t"),
        (values.boolean, "0", "f"),
        (values.boolean, "yes", None),
        (values.integer, " 0012 ", "12"),
        (values.integer, "-1", "-1"),
        (values.integer, "1.0", None),
        (values.integer, "٣", None),
        (values.integers, "3,5, 11", ("3", "5", "11")),
        (values.integers, "3,,5", None),
        (values.day, "2025/06/01", "2025-06-01"),
        (values.day, "2025-06-01 10:00:00", "2025-06-01"),
        (values.day, "2025-02-29", None),
        (values.moment, "2025-06-01T10:00:00", "2025-06-01 10:00:00"),
        (values.moment, "2025-06-01", "2025-06-01"),
        (values.moment, "2025-06-01 25:00:00", None),
        (values.decimal, "1.50", "1.5"),
        (values.decimal, ".25", "0.25"),
        (values.decimal, "-0", "0"),
        (values.decimal, "1e5", None),
        (values.decimal, "nan", None),
    ],
)
def test_reading(read: Callable[[str], object], text: str, expected: object) -> None:
    assert read(text) == expected


def test_stored_text() -> None:
    assert (values.number_of(None), values.number_of(""), values.number_of("1.5")) == (0, 0, 1.5)
    assert (values.ids_of(None), values.ids_of("1,2")) == ([], ["1", "2"])
    assert (values.decimal_text(2.0), values.decimal_text(0.30000000000000004)) == ("2", "0.3")
