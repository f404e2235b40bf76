"""What the theory's arguments must be; each fault is named with its remedy."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from knudsen.core.interactions import Interaction, UserCrossSection

SUM_TOLERANCE = 1e-9


def positive(value: ArrayLike, name: str, unit: str) -> None:
    """Raise ValueError unless every value is positive and finite.

    >>> positive(-3.0, "temperature", "K")
    Traceback (most recent call last):
        ...
    ValueError: temperature must be positive and finite, got -3.0: give it in K
    """
    values = _numbers(value, name)
    if not np.all(np.isfinite(values) & (values > 0)):
        raise ValueError(f"{name} must be positive and finite, got {value}: give it in {unit}")


def positive_number(value: float, name: str, unit: str) -> None:
    """Raise ValueError unless the value is one positive, finite number.

    >>> positive_number([300.0, 400.0], "temperature", "K")
    Traceback (most recent call last):
        ...
    ValueError: temperature must be one number, got [300.0, 400.0]: take the values one at a time
    """
    positive(value, name, unit)
    if np.ndim(value) != 0:
        raise ValueError(f"{name} must be one number, got {value}: take the values one at a time")


def finite(value: ArrayLike, name: str, unit: str) -> np.ndarray:
    """The value as an array, every element finite; raises ValueError otherwise.

    >>> finite(float("nan"), "pressure gradient", "Pa/m")
    Traceback (most recent call last):
        ...
    ValueError: pressure gradient must be finite, got nan: give it in Pa/m
    """
    values = _numbers(value, name)
    if not np.all(np.isfinite(values)):
        raise ValueError(f"{name} must be finite, got {value}: give it in {unit}")
    return values


def not_negative(value: ArrayLike, name: str, unit: str) -> np.ndarray:
    """The value as an array, every element zero or more and finite; raises ValueError otherwise.

    >>> not_negative(-1.0, "concentration", "mol/m^3")
    Traceback (most recent call last):
        ...
    ValueError: concentration must be finite and not negative, got -1.0: give it in mol/m^3
    """
    values = _numbers(value, name)
    if not np.all(np.isfinite(values) & (values >= 0)):
        raise ValueError(f"{name} must be finite and not negative, got {value}: give it in {unit}")
    return values


def within(value: ArrayLike, low: float, high: float, name: str, unit: str) -> np.ndarray:
    """The value as an array, every element from low to high; raises ValueError otherwise.

    >>> within([0.0, 1.2], 0, 1, "mole fraction", "parts of one")
    Traceback (most recent call last):
        ...
    ValueError: mole fraction must lie in [0, 1], got 0.0 to 1.2: give it in parts of one
    """
    values = _numbers(value, name)
    if not np.all((values >= low) & (values <= high)):
        span = f"{values.min()} to {values.max()}"
        raise ValueError(f"{name} must lie in [{low:g}, {high:g}], got {span}: give it in {unit}")
    return values


def accommodation(value: ArrayLike) -> np.ndarray:
    """Maxwell's accommodation alpha [...] as an array, in (0, 1]; raises ValueError otherwise.

    >>> accommodation(0.0)
    Traceback (most recent call last):
        ...
    ValueError: accommodation must lie in (0, 1], got 0.0: a specular wall exerts no drag and takes no heat
    """
    values = _numbers(value, "accommodation")
    if not np.all((values > 0) & (values <= 1)):
        raise ValueError(
            f"accommodation must lie in (0, 1], got {value}: a specular wall exerts no drag and takes no heat"
        )
    return values


def per_species(values: ArrayLike, count: int, name: str, unit: str) -> np.ndarray:
    """The values [..., species] as a finite array; raises ValueError if the last axis is not that long.

    >>> per_species([1.0, 2.0], 3, "velocity", "m/s")
    Traceback (most recent call last):
        ...
    ValueError: velocity has shape (2,): give one value for each of 3 species, on the last axis
    """
    array = finite(values, name, unit)
    if array.ndim == 0 or array.shape[-1] != count:
        raise ValueError(
            f"{name} has shape {array.shape}: give one value for each of {count} species, on the last axis"
        )
    return array


def whole_number(value: int, name: str, least: int, most: int) -> int:
    """The value as an int from least to most; raises ValueError otherwise.

    >>> whole_number(2.5, "order", 1, 100)
    Traceback (most recent call last):
        ...
    ValueError: order must be a whole number from 1 to 100, got 2.5
    """
    if not isinstance(value, Integral) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, got {value!r}")
    return int(value)


def species_number(value: int, count: int) -> int:
    """The number of a species, counted from 0; from the end if negative.  Raises ValueError for others.

    >>> species_number(-1, 2)
    1
    >>> species_number(2, 2)
    Traceback (most recent call last):
        ...
    ValueError: no species number 2: there are 2, counted from 0
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or not -count <= value < count:
        raise ValueError(f"no species number {value!r}: there are {count}, counted from 0")
    return int(value) % count


def mole_fractions(x: ArrayLike, names: Sequence[str]) -> np.ndarray:
    """Mole fractions x [..., species] as an array, each in [0, 1] and their sum one within 1e-9.

    >>> mole_fractions([0.5, 0.6], ["He", "Ar"])
    Traceback (most recent call last):
        ...
    ValueError: mole fractions must sum to one within 1e-09, off by 0.1: normalise them
    """
    x = np.asarray(x, dtype=float)
    if x.ndim == 0 or x.shape[-1] != len(names):
        raise ValueError(
            f"mole fractions have shape {x.shape}: give one for each of {tuple(names)}, on the last axis"
        )
    if not np.all((x >= 0) & (x <= 1)):
        raise ValueError(f"mole fractions must lie in [0, 1], got {x.min()} to {x.max()}")
    worst = np.max(np.abs(x.sum(axis=-1) - 1), initial=0.0)
    if worst > SUM_TOLERANCE:
        raise ValueError(
            f"mole fractions must sum to one within {SUM_TOLERANCE:.0e}, off by {worst:.3g}: normalise them"
        )
    return x


def pair(values: Sequence[Any], name: str) -> tuple[Any, Any]:
    """The values, of which there must be two; raises ValueError otherwise.

    >>> pair((300.0,), "temperatures")
    Traceback (most recent call last):
        ...
    ValueError: temperatures must be two values, got (300.0,)
    """
    if not hasattr(values, "__len__") or len(values) != 2:
        raise ValueError(f"{name} must be two values, got {values}")
    first, second = values
    return first, second


def _numbers(value: ArrayLike, name: str) -> np.ndarray:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers, alike in shape, got {value!r}") from error


def refuse_user_functions(interaction: Interaction) -> None:
    """Raise ValueError for a user's own cross-section, which only the DSMC engine takes."""
    if isinstance(interaction, UserCrossSection):
        raise ValueError(
            "kinetic theory takes soft spheres and pair potentials, not a UserCrossSection: "
            "give the pair's potential, or the soft sphere nearest to it"
        )
