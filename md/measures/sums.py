"""Sums over the atoms of each copy by species, and the rows of atoms sorted by species."""

from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


def mobile_masses(sim: "Simulation") -> Array:
    """Masses [species], in m, 0 for a species that never moves."""
    return np.where(np.isfinite(sim.masses), sim.masses, 0.0)


def species_rows(sim: "Simulation") -> tuple[Any, Array]:
    """Row of each atom when atoms are sorted by copy, species and place, int32 [atoms] by id on the device.

    And the atoms of each species of each copy [copies species].
    """
    atoms = sim.atoms
    species = atoms.by_id(atoms.position, PACK)[:, 3].astype(np.int64)
    copies = np.repeat(np.arange(sim.copies), np.diff(atoms.first))
    groups = copies * sim.species_count + species
    rows = np.empty(atoms.count, np.int32)
    rows[np.argsort(groups, kind="stable")] = np.arange(atoms.count)
    return sim.device.put(rows), np.bincount(groups, minlength=sim.copies * sim.species_count)


def check_same_atoms(sim: "Simulation", atoms: Any, what: str) -> None:
    """Raise ValueError where atoms came or went since a measure was bound to these."""
    if sim.atoms is not atoms:
        raise ValueError(
            f"{what} follows the atoms it was begun with, and some came or went since: measure between "
            "insertions, anew each time"
        )


def check_unsheared(sim: "Simulation", what: str) -> None:
    """Raise ValueError in a sheared box, whose images slide past each other."""
    if sim.domain.sheared:
        raise ValueError(f"{what} is not known in a sheared box: measure it in one at rest")


def barycentric_weights(sim: "Simulation") -> Array:
    """What turns sums over the atoms of each species to the frame of the centre of mass [copy, a, b]::

        J'_a = sum_b w_ab J_b,    w_ab = delta_ab - N_a m_b / sum_c N_c m_c

    over the species that move.
    """
    mass = mobile_masses(sim)
    counts = sim.species_counts * (mass > 0)
    total = np.maximum(counts @ mass, np.finfo(float).tiny)
    return np.diag((mass > 0) * 1.0) - counts[:, :, None] * mass / total[:, None, None]


def velocity_sums(sim: "Simulation") -> Any:
    """Sums of the velocities of each species on the device [copies, 3 species], in (epsilon/m)^(1/2)."""
    atoms, lanes = sim.atoms, sim.lanes
    partials = sim.device.xp.zeros((lanes.count, 3 * sim.species_count))
    add_velocities(lanes.count, lanes.edges, atoms.position, atoms.velocity, partials)
    return lanes.sum(partials)


def place_sums(sim: "Simulation") -> Any:
    """Sums of the unwrapped positions of each species on the device [copies, 3 species], in sigma."""
    atoms, lanes = sim.atoms, sim.lanes
    partials = sim.device.xp.zeros((lanes.count, 3 * sim.species_count))
    add_places(lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.image, sim.lengths, partials)
    return lanes.sum(partials)


@kernel
def add_velocities(lane: int, edges: Any, position: Any, velocity: Any, partials: Any) -> None:
    """Sum of the velocities of each species over one lane."""
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        column = 3 * np.int64(position[np.uint64(PACK) * i + np.uint64(3)])
        for axis in range(3):
            partials[lane, column + axis] += velocity[np.uint64(3) * i + np.uint64(axis)]


@kernel
def add_places(
    lane: int, edges: Any, copy: Any, position: Any, image: Any, lengths: Any, partials: Any
) -> None:
    """Sum of the unwrapped positions of each species over one lane."""
    box = 3 * copy[lane]
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        column = 3 * np.int64(position[np.uint64(PACK) * i + np.uint64(3)])
        for axis in range(3):
            crossed = image[np.uint64(3) * i + np.uint64(axis)] * lengths[box + axis]
            partials[lane, column + axis] += position[np.uint64(PACK) * i + np.uint64(axis)] + crossed


@kernel
def gather_velocities(i: int, id: Any, rows: Any, velocity: Any, channels: Any) -> None:
    """Velocity of the atom of a slot, to its row."""
    row = 3 * rows[id[i]]
    for axis in range(3):
        channels[np.uint64(row + axis)] = velocity[np.uint64(3 * i + axis)]


@kernel
def gather_places(
    i: int, id: Any, rows: Any, copy: Any, position: Any, image: Any, lengths: Any, channels: Any
) -> None:
    """Unwrapped position of the atom of a slot, to its row."""
    row, box = 3 * rows[id[i]], 3 * copy[i]
    for axis in range(3):
        crossed = image[np.uint64(3 * i + axis)] * lengths[box + axis]
        channels[np.uint64(row + axis)] = position[np.uint64(PACK * i + axis)] + crossed
