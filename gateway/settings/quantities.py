"""How durations and sizes are written in the configuration, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import override

_WRITTEN = re.compile(r"(\d+(?:\.\d+)?) *([A-Za-z]+)")


def _parse(text: object, *, units: Mapping[str, int], wanted: str) -> float:
    """Read `60s` or `10MiB`; raise PydanticCustomError naming the units when it is not one."""
    if not isinstance(text, str):
        raise PydanticCustomError("quantity", "is not {wanted} in quotes", {"wanted": wanted})
    written = _WRITTEN.fullmatch(text.strip())
    if written is None or written[2] not in units:
        raise PydanticCustomError("quantity", "is not {wanted}", {"wanted": wanted})
    return float(written[1]) * units[written[2]]


def _write(amount: float, units: Mapping[str, int]) -> str:
    """Write in the largest unit that leaves a whole number; amounts below the smallest unit keep their fraction."""
    fitting = [name for name, size in units.items() if amount >= size and amount % size == 0]
    name = fitting[-1] if fitting else next(iter(units))
    return f"{amount / units[name]:.15g}{name}"


class Duration(float):
    """Seconds, written as `90s`, `15m`, `1.5h` or `7d`."""

    units: ClassVar[Mapping[str, int]] = {"s": 1, "m": 60, "h": 3600, "d": 86400}

    @override
    def __str__(self) -> str:
        return _write(self, self.units)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def parse(cls, text: object) -> Self:
        return text if isinstance(text, cls) else cls(_parse(text, units=cls.units, wanted="a duration"))


class Size(int):
    """Bytes, written as `512B`, `64KiB`, `10MiB` or `1GiB`."""

    units: ClassVar[Mapping[str, int]] = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}

    @override
    def __str__(self) -> str:
        return _write(self, self.units)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls.parse)

    @classmethod
    def parse(cls, text: object) -> Self:
        return text if isinstance(text, cls) else cls(_parse(text, units=cls.units, wanted="a size"))
