"""Small liquids that run at once, for tests of what looks at a run."""

import numpy as np

from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities
from knudsen.md.state.box import Box

SMOOTH = PairTable(1.0, 1.0, 2.5, form="force-shifted")


def start(atoms=256, density=0.8, temperature=1.5, seed=3):
    """Positions, velocities and edges of a crystal about to melt."""
    crystal = lattice_start("fcc", atoms, density, seed=seed)
    return crystal.positions, maxwell_velocities(np.ones(atoms), temperature, seed=seed), crystal.box


def liquid(atoms=256, density=0.8, seed=3, periodic=(True, True, True), **options):
    """One liquid in a cube."""
    positions, velocities, box = start(atoms, density, seed=seed)
    options = {"timestep": 0.004, "device": "cpu"} | options
    return Simulation(positions, velocities, Box(box, periodic), SMOOTH, **options)


def copies(count=3, atoms=256, **options):
    """Several copies, each with velocities of its own."""
    starts = [start(atoms, seed=seed) for seed in range(count)]
    options = {"timestep": 0.004, "device": "cpu"} | options
    return Simulation(
        np.stack([each[0] for each in starts]), np.stack([each[1] for each in starts]), starts[0][2],
        SMOOTH, **options,
    )  # fmt: skip


def binary(atoms=256, masses=(1.0, np.inf), **options):
    """A liquid of two species in turn, of which the second never moves unless masses say otherwise."""
    positions, velocities, box = start(atoms)
    species = np.arange(atoms) % 2
    pairs = PairTable.lorentz_berthelot([1.0, 0.9], [1.0, 1.2], 2.5, form="force-shifted")
    velocities = np.where(np.isinf(np.array(masses))[species][:, None], 0.0, velocities)
    options = {"timestep": 0.004, "device": "cpu"} | options
    return Simulation(positions, velocities, Box(box), pairs, species=species, masses=masses, **options)
