"""What the numbers of a face may be: each check yields the faults that it finds, by the argument's name."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from numbers import Real
from typing import Any

import numpy as np

# One number for all species, or one each.
PerSpecies = float | tuple[float, ...]
# Of a wall [K]: one number; at its start and its end, linear between; or knots (place along the wall [m], T),
# linear between them and constant beyond.
WallTemperature = float | tuple[float, float] | tuple[tuple[float, float], ...]


def as_tuples(model: Any) -> None:
    """Turn the lists and arrays among a frozen model's arguments into tuples of plain numbers."""
    for each in fields(model):
        object.__setattr__(model, each.name, _plain(getattr(model, each.name)))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    return tuple(map(_plain, value)) if isinstance(value, list | tuple) else value


def refuse(*faults: Iterable[str]) -> None:
    """Raise ValueError that names every fault."""
    listed = "; ".join(fault for each in faults for fault in each)
    if listed:
        raise ValueError(listed)


def numbers(value: object, count: int | None = None) -> bool:
    """Whether this is a tuple of real numbers, of so many of them."""
    return (
        isinstance(value, tuple)
        and len(value) == (len(value) if count is None else count)
        and all(isinstance(each, Real) for each in value)
    )


def positive(**quantities: object) -> Iterator[str]:
    """Faults of single numbers that must be positive and finite."""
    for name, value in quantities.items():
        if not isinstance(value, Real):
            yield f"{name} must be one number, got {value!r}"
        elif not 0 < value < math.inf:
            yield f"{name} must be positive and finite, got {value}"


def vectors(count: int, **given: object) -> Iterator[str]:
    """Faults of what must be so many finite numbers."""
    for name, value in given.items():
        if not (numbers(value, count) and all(map(math.isfinite, value))):
            yield f"{name} must be {count} finite numbers, got {value!r}"


def has_knots(temperature: object) -> bool:
    """Whether a temperature is given by knots (place, T)."""
    return isinstance(temperature, tuple) and any(isinstance(each, tuple) for each in temperature)


def temperatures(temperature: WallTemperature) -> Iterator[str]:
    """Faults of a wall's temperature."""
    if has_knots(temperature):
        yield from knots(temperature)
    elif isinstance(temperature, Real):
        yield from positive(temperature=temperature)
    elif not isinstance(temperature, tuple):
        yield f"temperature must be a number, a pair or knots (place, T), got {temperature!r}"
    elif len(temperature) != 2:
        yield (
            "temperature must be one number or a pair, at the start and the end, or knots (place, T), "
            f"got {temperature}"
        )
    else:
        for end in temperature:
            yield from positive(temperature=end)


def knots(given: Any) -> Iterator[str]:
    """Faults of a temperature's knots."""
    if not all(numbers(knot, 2) for knot in given):
        yield f"temperature: each knot is (place along the wall [m], T [K]), got {given}"
        return
    places, there = zip(*given, strict=True)
    if not all(math.isfinite(place) for place in places) or any(np.diff(places) <= 0):
        yield f"temperature: the places of knots must be finite and rise, got {places}"
    for each in there:
        yield from positive(temperature=each)


def speeds(velocity: tuple[float, float]) -> Iterator[str]:
    """Faults of a wall's velocity."""
    if not (numbers(velocity, 2) and all(map(math.isfinite, velocity))):
        yield f"velocity must be two finite speeds, got {velocity!r}"


def drift(velocity: tuple[float, float, float]) -> Iterator[str]:
    """Faults of a gas's bulk velocity."""
    if not (numbers(velocity, 3) and all(map(math.isfinite, velocity))):
        yield f"velocity must be three finite speeds along x, y, z, got {velocity!r}"


def finite(flux: PerSpecies, of_all: bool = False) -> Iterator[str]:
    """Faults of a net flux of each species, or of all together."""
    if isinstance(flux, Real) != of_all or not numbers(each_species(flux)):
        yield f"flux must be one number{'' if of_all else ' a species'}, got {flux!r}"
    elif not all(map(math.isfinite, each_species(flux))):
        yield f"flux must be finite, got {flux}"


def each_species(number: PerSpecies) -> tuple[float, ...]:
    """One number for all species as one of one, else as it is."""
    return number if isinstance(number, tuple) else (number,)


def within(most: float, **given: PerSpecies) -> Iterator[str]:
    """Faults of numbers, for all species or one each, that must lie between 0 and `most`."""
    for name, number in given.items():
        each = each_species(number)
        if not (numbers(each) and all(0 <= one <= most for one in each)):
            yield f"{name} must lie in [0, {most:g}], got {number!r}"


def densities(given: tuple[float, ...]) -> Iterator[str]:
    """Faults of saturation densities."""
    if not numbers(given):
        yield f"saturation_density must be one number a species, got {given!r}"
    elif not all(0 <= number < math.inf for number in given):
        yield f"saturation_density must be finite and not negative, got {given}"


def fractions(composition: tuple[float, ...]) -> Iterator[str]:
    """Faults of mole fractions."""
    if not numbers(composition):
        yield f"composition must be one mole fraction a species, got {composition!r}"
    elif any(not 0 <= fraction <= 1 for fraction in composition):
        yield f"mole fractions must lie in [0, 1], got {composition}"
    elif abs(sum(composition) - 1) > 1e-9:
        yield f"mole fractions must sum to one, {composition} sum to {sum(composition)}"
