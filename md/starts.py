"""Where the atoms of a run begin: box, species, and random places without overlaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.spatial import cKDTree

from knudsen.core.rng import Stream, host_generator

Array = NDArray[np.float64]

# Random starts are refused above this packing fraction: random close packing is at 0.64, and on the way
# there the relaxation slows without bound.
DENSEST_RANDOM = 0.55
INSERTION_ROUNDS = 50
RELAXATION_STEPS = 2000
# The relaxation aims beyond the asked distance, so that it gets there in a finite number of steps.
MARGIN = 1.02


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


# --- what every start is made of ----------------------------------------------------------------


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
    pairs, _, r = _overlaps(start.positions, start.species, start.box, distance)
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


def _overlaps(
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


# --- random places --------------------------------------------------------------------------------


def random_start(
    atoms: int, density: float, *, min_distance: ArrayLike, fractions: Sequence[float] = (1.0,),
    aspect: ArrayLike = (1.0, 1.0, 1.0), seed: int = 0,
) -> Start:  # fmt: skip
    """Atoms at random, none nearer to another than asked.

    Atoms are inserted one after the other, those that overlap an earlier one again (random sequential
    addition).  Where that finds no more room, the rest are put anywhere and all are pushed apart by a soft
    repulsion, E = sum (d_ij - r)^2 / 2 over pairs r < d_ij, minimised by L-BFGS.

    Arguments
    ---------
    atoms : number;  density : rho*
    min_distance : one number, or [species, species]; some 0.8 to 0.9 sigma for Lennard-Jones atoms
    fractions : mole fraction of each species;  aspect : ratio of the box's edges;  seed : of the run

    Raises
    ------
    ValueError : arguments that are out of range; a packing fraction (pi/6) rho sum_ij x_i x_j d_ij^3 above
        0.55; a relaxation that did not part every pair
    """
    species = shuffled_species(atoms, fractions, seed)
    box = box_lengths(atoms, density, aspect)
    distance = pair_distances(min_distance, len(fractions))
    _check_packing(density, np.bincount(species, minlength=len(fractions)) / atoms, distance)
    positions, left = _insert(species, box, distance, start_generator(seed, Use.POSITIONS))
    if left:
        positions = _relax(positions, species, box, distance)
    return Start(positions, species, box)


def _check_packing(density: float, fractions: Array, distance: Array) -> None:
    packing = np.pi / 6 * density * (fractions @ distance**3 @ fractions)
    if packing > DENSEST_RANDOM:
        raise ValueError(
            f"the asked distances fill {packing:.3g} of the volume; a random start reaches {DENSEST_RANDOM}: "
            "use a lattice, a lower density or a smaller min_distance"
        )


def _insert(
    species: NDArray[np.int32], box: Array, distance: Array, random: np.random.Generator
) -> tuple[Array, bool]:
    """Positions [atom, 3], and whether some still overlap for want of room."""
    positions = random.random((len(species), 3)) * box
    placed = np.zeros(len(species), bool)
    for _ in range(INSERTION_ROUNDS):
        pairs, _, _ = _overlaps(positions, species, box, distance)
        # Of two new atoms the later one goes; an atom that was placed stays.
        loser = np.where(placed[pairs].any(axis=1), np.where(placed[pairs[:, 0]], *pairs[:, ::-1].T),
                         pairs.max(axis=1))  # fmt: skip
        placed[:] = True
        placed[loser] = False
        again = np.flatnonzero(~placed)
        if not len(again):
            return positions, False
        positions[again] = random.random((len(again), 3)) * box
    pairs, _, _ = _overlaps(positions, species, box, distance)
    return positions, bool(len(pairs))


def _relax(positions: Array, species: NDArray[np.int32], box: Array, distance: Array) -> Array:
    shape, target = positions.shape, distance * MARGIN

    def energy(flat: Array) -> tuple[float, Array]:
        pairs, separation, r = _overlaps(wrap(flat.reshape(shape), box), species, box, target)
        overlap = target[species[pairs[:, 0]], species[pairs[:, 1]]] - r
        push = separation * (overlap / np.maximum(r, np.finfo(float).tiny))[:, None]
        gradient = [
            np.bincount(pairs[:, 1], push[:, k], shape[0]) - np.bincount(pairs[:, 0], push[:, k], shape[0])
            for k in range(3)
        ]
        return float(overlap @ overlap) / 2, np.stack(gradient, axis=1).ravel()

    def done(intermediate_result: Any) -> None:
        if not len(_overlaps(wrap(intermediate_result.x.reshape(shape), box), species, box, distance)[0]):
            raise StopIteration

    options = {"maxiter": RELAXATION_STEPS, "maxfun": 2 * RELAXATION_STEPS, "ftol": 0.0, "gtol": 0.0}
    found = minimize(energy, positions.ravel(), jac=True, method="L-BFGS-B", callback=done, options=options)
    relaxed = wrap(found.x.reshape(shape), box)
    check_overlaps(
        Start(relaxed, species, box), distance,
        "use a lattice, a lower density or a smaller min_distance",
    )  # fmt: skip
    return relaxed
