"""What the rows of the table are made of."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.settings.section import Section, setting


class Lamp(Section):
    """A lamp."""

    watts: int = setting("How bright.", default=40, right="a whole number from 1", breaks="It is dark.", ge=1)


def test_a_row_has_its_default_its_bounds_and_its_words() -> None:
    row = Lamp.model_fields["watts"]
    assert (Lamp().watts, row.description) == (40, "How bright.")
    assert row.json_schema_extra == {"right": "a whole number from 1", "breaks": "It is dark."}


@pytest.mark.parametrize("written", [{"watts": 0}, {"watts": "40"}, {"volts": 230}])
def test_a_section_is_strict_and_closed(written: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Lamp.model_validate(written)


def test_a_section_is_frozen() -> None:
    with pytest.raises(ValidationError):
        setattr(Lamp(), "watts", 60)  # noqa: B010  a plain assignment is refused by the type checker already
