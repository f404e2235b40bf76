"""What a user gives a simulation and its parts, checked and brought to one form."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.state.atoms import Start
from knudsen.md.state.box import Box

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


def starts(positions: Any, velocities: Any, species: Any, kinds: int) -> tuple[bool, list[Start]]:
    """Whether there is one system only, and the start of each copy.

    Raises ValueError for numbers of copies that differ, and for bad species.
    """
    if len(positions) == 0:
        raise ValueError("positions are empty: give at least one atom")
    single = np.ndim(positions[0]) < 2
    if single:
        positions, velocities, species = [positions], [velocities], [species]
    elif species is None or np.ndim(species[0]) == 0:
        species = [species] * len(positions)
    if not len(positions) == len(velocities) == len(species):
        raise ValueError(
            f"positions, velocities and species are given for {len(positions)}, {len(velocities)} and "
            f"{len(species)} copies: give the same number of each"
        )
    made = [
        Start(np.array(p, float), np.array(v, float), _species(s, len(p), kinds))
        for p, v, s in zip(positions, velocities, species, strict=True)
    ]
    return single, made


def boxes(box: Any, copies: int) -> list[Box]:
    """The box of each copy, from one box or lengths for all, or a list of one a copy."""
    if isinstance(box, Box):
        return [box] * copies
    if isinstance(box, Sequence | np.ndarray) and any(isinstance(b, Box) or np.ndim(b) > 0 for b in box):
        if len(box) != copies:
            raise ValueError(
                f"{len(box)} boxes are given for {copies} copies: give one a copy, or one for all"
            )
        return [each if isinstance(each, Box) else Box(each) for each in box]
    return [Box(box)] * copies


def masses(values: Any, kinds: int) -> Array:
    """Masses [species]; inf is a species that never moves.  Raises ValueError."""
    given = np.ones(kinds) if values is None else np.atleast_1d(np.array(values, float))
    if given.shape != (kinds,) or not (given > 0).all() or np.isinf(given).all():
        raise ValueError(
            f"masses must be {kinds} positive numbers, one a species (inf for one that never moves, but not "
            f"for all), got {values}"
        )
    return given


def check_frozen(starts: Sequence[Start], masses: Array) -> None:
    """Raise ValueError for an atom that never moves and has a velocity: it would drift on for ever."""
    for copy, start in enumerate(starts):
        moving = np.isinf(masses[start.species]) & (np.asarray(start.velocities) != 0).any(axis=1)
        if moving.any():
            atom = int(np.argmax(moving))
            raise ValueError(
                f"atom {atom} of copy {copy} is of species {start.species[atom]}, which never moves (mass "
                f"inf), but has the velocity {start.velocities[atom]}: make it zero, or the mass finite"
            )


def whole(value: Any, name: str, least: int = 1) -> int:
    """A whole number, not below the least.  Raises ValueError."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
    return int(value)


def positive(value: Any, name: str) -> float:
    """One positive, finite number.  Raises ValueError."""
    if np.ndim(value) or not 0 < float(value) < np.inf:
        raise ValueError(f"{name} must be positive and finite, one number, got {value!r}")
    return float(value)


def positive_each(value: Any, name: str) -> float | tuple[float, ...]:
    """One positive number, or a tuple of one for each copy.  Raises ValueError."""
    numbers = np.array(value, float)
    if numbers.ndim > 1 or not numbers.size or not ((numbers > 0) & (numbers < np.inf)).all():
        raise ValueError(
            f"{name} must be positive and finite, one number or one for each copy, got {value!r}"
        )
    return float(numbers) if numbers.ndim == 0 else tuple(numbers.tolist())


def finite(value: Any, shapes: Sequence[tuple[int, ...]], name: str) -> Array:
    """A float64 array of one of some shapes.  Raises ValueError."""
    try:
        array = np.array(value, np.float64)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if array.shape not in shapes or not np.isfinite(array).all():
        allowed = " or ".join(str(list(shape)) if shape else "one number" for shape in shapes)
        raise ValueError(f"{name} must be finite, {allowed}, got {value!r}")
    return array


def for_copies(value: Any, name: str, sim: "Simulation", shape: tuple[int, ...] = ()) -> Array:
    """A value for all copies, or one for each, as float64 [copies, *shape].  Raises ValueError."""
    shapes = shape, (sim.copies, *shape)
    array = finite(value, shapes, f"{name}, given for all copies or for each of {sim.copies},")
    return np.broadcast_to(array, shapes[1]).copy()


def _species(species: Any, count: int, kinds: int) -> Array:
    numbers = np.zeros(count, np.int64) if species is None else np.array(species)
    if numbers.shape != (count,) or not np.issubdtype(numbers.dtype, np.integer):
        raise ValueError(
            f"species must be {count} whole numbers, one an atom, got {numbers.dtype} {numbers.shape}"
        )
    if count and not 0 <= numbers.min() <= numbers.max() < kinds:
        raise ValueError(f"species run from 0 to {kinds - 1}, got {numbers.min()} to {numbers.max()}")
    return numbers
