"""Atoms at random places, none on another."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize

from knudsen.md.starts.start import (
    Array,
    Start,
    Use,
    box_lengths,
    check_overlaps,
    overlaps,
    pair_distances,
    shuffled_species,
    start_generator,
    wrap,
)

# Random starts are refused above this packing fraction: random close packing is at 0.64, and on the way
# there the relaxation slows without bound.
DENSEST_RANDOM = 0.55
INSERTION_ROUNDS = 50
RELAXATION_STEPS = 2000
# The relaxation aims beyond the asked distance, so that it gets there in a finite number of steps.
MARGIN = 1.02


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
        pairs, _, _ = overlaps(positions, species, box, distance)
        # Of two new atoms the later one goes; an atom that was placed stays.
        loser = np.where(placed[pairs].any(axis=1), np.where(placed[pairs[:, 0]], *pairs[:, ::-1].T),
                         pairs.max(axis=1))  # fmt: skip
        placed[:] = True
        placed[loser] = False
        again = np.flatnonzero(~placed)
        if not len(again):
            return positions, False
        positions[again] = random.random((len(again), 3)) * box
    pairs, _, _ = overlaps(positions, species, box, distance)
    return positions, bool(len(pairs))


def _relax(positions: Array, species: NDArray[np.int32], box: Array, distance: Array) -> Array:
    shape, target = positions.shape, distance * MARGIN

    def energy(flat: Array) -> tuple[float, Array]:
        pairs, separation, r = overlaps(wrap(flat.reshape(shape), box), species, box, target)
        overlap = target[species[pairs[:, 0]], species[pairs[:, 1]]] - r
        push = separation * (overlap / np.maximum(r, np.finfo(float).tiny))[:, None]
        gradient = [
            np.bincount(pairs[:, 1], push[:, k], shape[0]) - np.bincount(pairs[:, 0], push[:, k], shape[0])
            for k in range(3)
        ]
        return float(overlap @ overlap) / 2, np.stack(gradient, axis=1).ravel()

    def done(intermediate_result: Any) -> None:
        if not len(overlaps(wrap(intermediate_result.x.reshape(shape), box), species, box, distance)[0]):
            raise StopIteration

    options = {"maxiter": RELAXATION_STEPS, "maxfun": 2 * RELAXATION_STEPS, "ftol": 0.0, "gtol": 0.0}
    found = minimize(energy, positions.ravel(), jac=True, method="L-BFGS-B", callback=done, options=options)
    relaxed = wrap(found.x.reshape(shape), box)
    check_overlaps(
        Start(relaxed, species, box), distance,
        "use a lattice, a lower density or a smaller min_distance",
    )  # fmt: skip
    return relaxed
