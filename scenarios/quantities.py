"""Field types of a config: SI numbers, or strings such as "1 atm", "300 K", "2 um", "40 g/mol"."""

import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

if TYPE_CHECKING:
    import pint

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_FACTOR = r"[^\W\d]+(?:\s*(?:\^|\*\*)\s*-?\d)?"
_QUANTITY = re.compile(rf"\s*({_NUMBER})\s*({_FACTOR}(?:\s*[*/·\s]\s*{_FACTOR})*)\s*")


@cache
def _registry() -> "pint.UnitRegistry[Any]":
    import pint  # takes 0.2 s, which a config in SI numbers need not wait for

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def to_si(value: Any, unit: str, example: str) -> Any:
    """`value` in SI: a number is taken as such, a string is read with its unit.

    Raises ValueError for a string that is no quantity, an unknown unit, or another dimension.
    """
    if not isinstance(value, str):
        return value
    match = _QUANTITY.fullmatch(value)
    if match is None:
        raise ValueError(
            f"{value!r} is no number with a unit: write it like {example!r}, or as a number in {unit}"
        )
    from pint import DimensionalityError, PintError

    registry = _registry()
    try:
        return float(registry.Quantity(float(match[1]), match[2].replace("·", "*")).to(unit).magnitude)
    except DimensionalityError as error:
        raise ValueError(
            f"{value!r} is a quantity of {error.dim1 or 'no dimension'}, where {error.dim2} is needed: "
            f"write it like {example!r}, or as a number in {unit}"
        ) from None
    except PintError as error:
        raise ValueError(f"{value!r}: {error}: write it like {example!r}, or as a number in {unit}") from None


def _positive(unit: str, example: str) -> Any:
    return Annotated[
        float,
        Field(strict=True, gt=0, allow_inf_nan=False),
        BeforeValidator(lambda value: to_si(value, unit, example)),
    ]


Length = _positive("m", "2 um")
Temperature = _positive("K", "300 K")
Pressure = _positive("Pa", "1 atm")
Time = _positive("s", "10 ps")
Speed = _positive("m/s", "300 m/s")
MolarMass = _positive("kg/mol", "40 g/mol")
NumberDensity = _positive("m^-3", "2.5e25 m^-3")
Velocity = Annotated[
    float,
    Field(strict=True, allow_inf_nan=False),
    BeforeValidator(lambda value: to_si(value, "m/s", "-10 m/s")),
]

PositiveNumber = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Fraction = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Count = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1)]
Seed = Annotated[int, Field(strict=True, ge=0, le=2**63 - 1)]
