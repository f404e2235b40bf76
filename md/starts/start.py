"""What every start is made of: box, composition, the seeds of its random numbers, and no overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from knudsen.core.rng import Stream, host_generator

Array = NDArray[np.float64]


class Use(IntEnum):
    """What an initial random number is for; each has 2^128 of the stream's numbers to itself."""

    SPECIES = 1
    VACANCIES = 2
    POSITIONS = 3
    VELOCITIES = 4


@dataclass(frozen=True)
class Start:
    """Atoms in a periodic orthorhombic box, in reduced units.

    Attributes
    ---------
    positions : [atom, 3], each in [0, L)
    species : int32 [atom]
    box : [3], the lengths (Lx, Ly, Lz)
    """

    positions: Array
    species: NDArray[np.int32]
    box: Array

    @property
    def density(self) -> float:
        """Atoms per volume, rho*."""
        return float(len(self.positions) / self.box.prod())


def start_generator(seed: int, use: Use) -> np.random.Generator:
    """NumPy generator for one use of a run's initial random numbers.

    Raises
    ------
    ValueError : a seed that is no whole number from 0 to 2^63 - 1
    """
    check_whole(seed, "seed", 0, 2**63 - 1)
    bits: Any = host_generator(int(seed), Stream.INITIAL_STATE).bit_generator
    return np.random.Generator(bits.jumped(int(use)))


def check_positive(value: Any, name: str) -> float:
    """The value as a float; raises ValueError unless it is one positive, finite number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be one number, got {value!r}") from None
    if not (number > 0 and np.isfinite(number)):
        raise ValueError(f"{name} must be positive and finite, got {value!r}: give it in reduced units")
    return number


def check_whole(value: Any, name: str, least: int, most: int) -> int:
    """The value as an int; raises ValueError unless it is a whole number from least to most."""
    if not isinstance(value, Integral) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"{name} must be a whole number from {least} to {most}, got {value!r}")
    return int(value)


def species_counts(atoms: int, fractions: Sequence[float]) -> NDArray[np.int64]:
    """Whole numbers of atoms nearest to a composition, by largest remainder; they sum to `atoms`.

    Ties go to the species named first.

    Arguments
    ---------
    atoms : total, 1 or more
    fractions : mole fraction of each species; sum one within 1e-9

    Raises
    ------
    ValueError : no whole number of atoms, or fractions that are negative or do not sum to one
    """
    atoms = check_whole(atoms, "atoms", 1, 2**31 - 1)
    x = _numbers(fractions, "fractions")
    if x.ndim != 1 or not len(x) or not np.all(x >= 0) or abs(x.sum() - 1) > 1e-9:
        raise ValueError(
            f"fractions must be one number a species, none negative, their sum one; got {fractions}"
        )
    counts = np.floor(x * atoms).astype(np.int64)
    remainder = np.round(x * atoms - counts, 9)  # equal fractions must tie whatever their round-off
    counts[np.argsort(-remainder, kind="stable")[: atoms - counts.sum()]] += 1
    return counts


def shuffled_species(atoms: int, fractions: Sequence[float], seed: int) -> NDArray[np.int32]:
    """Species of each atom [atom]: the counts of `species_counts`, dealt at random."""
    counts = species_counts(atoms, fractions)
    dealt = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    return start_generator(seed, Use.SPECIES).permutation(dealt)


def box_lengths(atoms: int, density: float, aspect: ArrayLike = (1.0, 1.0, 1.0)) -> Array:
    """Lengths [3] of the box that holds `atoms` at `density`, in the ratio `aspect`.

    L_i = a_i (N / (rho a_1 a_2 a_3))^(1/3)

    Raises
    ------
    ValueError : a density or an aspect that is not positive
    """
    density = check_positive(density, "density")
    ratio = _numbers(aspect, "aspect")
    if ratio.shape != (3,) or not np.all(ratio > 0):
        raise ValueError(f"aspect must be three positive numbers, the ratio of the box's edges; got {aspect}")
    return ratio * (atoms / (density * ratio.prod())) ** (1 / 3)


def pair_distances(value: ArrayLike, species: int) -> Array:
    """A minimum distance as a symmetric table [species, species]; one number serves every pair.

    Raises
    ------
    ValueError : values that are negative or not finite, or a table of another shape or not symmetric
    """
    table = _numbers(value, "min_distance")
    if table.ndim == 0:
        table = np.full((species, species), table)
    if table.shape != (species, species) or not np.all(table >= 0) or not np.array_equal(table, table.T):
        raise ValueError(
            f"min_distance must be one number or a symmetric table of {species} x {species} species, "
            f"none negative; got {value}"
        )
    return table


def wrap(positions: Array, box: Array) -> Array:
    """Positions [atom, 3] folded into [0, L)."""
    folded = positions - box * np.floor(positions / box)
    return np.where(folded >= box, 0.0, folded)


def close_pairs(start: Start, distance: Array) -> tuple[NDArray[np.int64], Array]:
    """Pairs [pair, 2] nearer than the table `distance` [species, species], and how near [pair].

    Raises
    ------
    ValueError : a distance beyond half the box, where a pair meets its own image
    """
    pairs, _, r = overlaps(start.positions, start.species, start.box, distance)
    return pairs, r


def check_overlaps(start: Start, min_distance: ArrayLike, remedy: str) -> None:
    """Raise ValueError, naming the nearest pair and the remedy, if any pair is nearer than asked."""
    species = int(start.species.max()) + 1 if np.ndim(min_distance) == 0 else len(np.atleast_1d(min_distance))
    pairs, r = close_pairs(start, pair_distances(min_distance, species))
    if len(r):
        i, j = pairs[np.argmin(r)]
        raise ValueError(
            f"{len(r)} pairs of atoms are nearer than asked; atoms {i} and {j} (species {start.species[i]} "
            f"and {start.species[j]}) are {r.min():.4g} apart: {remedy}"
        )


def _numbers(value: ArrayLike, name: str) -> Array:
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {value!r}") from None
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return array


def overlaps(
    positions: Array, species: NDArray[np.int32], box: Array, distance: Array
) -> tuple[NDArray[np.int64], Array, Array]:
    """Pairs [pair, 2] nearer than their distance, their separations [pair, 3] and lengths [pair]."""
    reach = float(distance.max())
    if 2 * reach >= box.min():
        raise ValueError(
            f"a minimum distance of {reach:g} does not fit in half the box's shortest edge {box.min():.4g}: "
            "use more atoms or another aspect"
        )
    if reach == 0:
        return np.empty((0, 2), np.int64), np.empty((0, 3)), np.empty(0)
    pairs = cKDTree(positions, boxsize=box).query_pairs(reach, output_type="ndarray")
    first, second = pairs.T
    separation = positions[first] - positions[second]
    separation -= box * np.round(separation / box)
    r = np.sqrt(np.einsum("ij,ij->i", separation, separation))
    near = r < distance[species[first], species[second]]
    return pairs[near], separation[near], r[near]
