"""What every external field is held to: forces against energies, conservation, the same bits."""

import numba
import numpy as np

from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import Box

LENGTH = 7.0
MIXTURE = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 0.7], 2.2, form="force-shifted")


def cube(copies=1, margin=1.2, sites=4, seed=3):
    """Positions and velocities [copies, sites^3, 3] near a cubic lattice that keeps a margin to all faces."""
    random = np.random.default_rng(seed)
    along = np.linspace(margin, LENGTH - margin, sites)
    lattice = np.stack(np.meshgrid(along, along, along, indexing="ij"), -1).reshape(-1, 3)
    positions = lattice + 0.1 * random.uniform(-1, 1, (copies, len(lattice), 3))
    return positions, random.normal(size=positions.shape)


def system(*fields, periodic=(True, True, True), copies=None, timestep=0.002, only=None, **options):
    """A mixture of 64 atoms in the fields; `copies` of them, or those whose numbers `only` names."""
    positions, velocities = cube(copies or 1)
    if only is not None:
        positions, velocities = positions[only], velocities[only]
    if copies is None:
        positions, velocities = positions[0], velocities[0]
    options = {"species": np.arange(64) % 2, "masses": [1.0, 2.5], "device": "cpu"} | options
    velocities[..., np.isinf(options["masses"])[options["species"]], :] = 0
    return Simulation(
        positions, velocities, Box(LENGTH, periodic), MIXTURE, timestep=timestep, fields=fields, **options
    )


def own_forces(sim, field):
    """The forces of one field alone, by slot [atoms, 3]."""
    kept = sim.atoms.force.copy()
    sim.atoms.force[...] = 0
    field.add_forces(sim)
    forces = sim.atoms.force.copy()
    sim.atoms.force[...] = kept
    return forces.reshape(-1, 3)


def gradient_error(sim, field, step=1e-4, atoms=None):
    """Largest difference of the field's forces from the fourth-order differences of its energy."""
    forces = own_forces(sim, field)
    worst = 0.0
    for atom in range(sim.atoms.count) if atoms is None else atoms:
        for axis in range(3):
            place = PACK * atom + axis
            kept, slope = sim.atoms.position[place], 0.0
            for multiple, weight in ((1, 8.0), (-1, -8.0), (2, -1.0), (-2, 1.0)):
                sim.atoms.position[place] = kept + multiple * step
                slope += weight * field.energy(sim)[sim.atoms.copy[atom]]
            sim.atoms.position[place] = kept
            worst = max(worst, abs(forces[atom, axis] + slope / (12 * step)))
    return worst


def spread(sim, time=1.0):
    """Root-mean-square fluctuation of the conserved energy over a run, every step."""
    sim.run(round(0.1 / sim.timestep))
    totals = []
    for _ in range(round(time / sim.timestep)):
        sim.run(1)
        totals.append(sim.conserved())
    return float(np.std(totals, axis=0).max())


def state(sim):
    return sim.positions, sim.velocities, sim.conserved()


def bits_of_threads(make, steps=30):
    """States after some steps on one thread and on two."""
    found, before = [], numba.get_num_threads()
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
        numba.set_num_threads(threads)
        sim = make()
        sim.run(steps)
        found.append(state(sim))
    numba.set_num_threads(before)
    return found
