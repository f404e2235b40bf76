"""A closed box comes to the composition and temperature of statistical mechanics, from either side.

Dissociation A2 + M <-> 2 A + M in a periodic box that keeps its energy: begun as molecules or as atoms, of
the same energy with the chemical one, it ends where n_A^2 / n_A2 = K(T) at the temperature it has then.
"""

import numpy as np
import pytest
from reacting import BOLTZMANN, CELL, counts_of, fill, make, molecule

from knudsen.core.gases import Mixture
from knudsen.dsmc.reactions import Arrhenius, Reaction, backward, equilibrium_constant

HEAT = 1200 * BOLTZMANN
GAS = Mixture([molecule("A2", 40.0), molecule("A", 20.0, "", 3.5e-10)], "vss")
SPLITS = [
    Reaction(("A2", third), ("A", "A", third), Arrhenius(1e-18, 0.5, HEAT), -HEAT) for third in GAS.names
]
CELLS, COPIES, PER_CELL = 4, 12, 500
ATOMS = 2 * PER_CELL * CELLS
FILLED_AT = 600.0
WEIGHT = make(GAS, (), FILLED_AT, CELLS, 1, 1e-12, particles_per_cell=PER_CELL).weights[0, 0]


def constant_in_a_box(temperature, weights):
    """K(T) in simulated molecules of a box."""
    return equilibrium_constant(GAS, SPLITS[0], temperature, weights) * CELL * CELLS / WEIGHT


# As many atoms as molecules, nearly, at the temperature of the filling.
WEIGHTS = ATOMS / 3 / constant_in_a_box(FILLED_AT, 1.0)
REACTIONS = [each for one in SPLITS for each in (one, backward(GAS, one, WEIGHTS))]


def statistical_mechanics(energy):
    """Atoms in a box of so much energy, and its temperature, by bisection of N_A^2 / N_A2 = K(T)."""
    low, high = 0.0, float(ATOMS)
    for _ in range(80):
        atoms = 0.5 * (low + high)
        pairs = (ATOMS - atoms) / 2
        temperature = (energy - 0.5 * atoms * HEAT) / (1.5 * BOLTZMANN * (atoms + pairs))
        if temperature > 0 and atoms**2 < pairs * constant_in_a_box(temperature, WEIGHTS):
            low = atoms
        else:
            high = atoms
    return atoms, temperature


def relaxed(counts, temperature, until=800, steps=1600):
    """Mean atoms of each copy, its energy with the chemical one, and its temperature at the end."""
    simulation = make(GAS, REACTIONS, FILLED_AT, CELLS, COPIES, 3e-11, particles_per_cell=PER_CELL)
    fill(simulation, np.tile(counts, (COPIES, CELLS, 1)), temperature)
    particles, masses = simulation.particles, np.array(GAS.masses)

    def kinetic():
        live = np.arange(particles.capacity) < particles.counts[:, None]
        square = sum(column**2 for column in (particles.vx, particles.vy, particles.vz))
        return (0.5 * masses[particles.species] * square).reshape(COPIES, -1), live

    energy, live = kinetic()
    total = np.sum(energy * live, axis=1) + 0.5 * counts[1] * CELLS * HEAT
    simulation.run(until)
    atoms = np.zeros(COPIES)
    for _ in range(steps // 5):
        simulation.run(5)
        atoms += counts_of(simulation).sum(axis=1)[:, 1]
    atoms *= 5 / steps
    return atoms, total


@pytest.mark.parametrize(
    ("counts", "temperature"),
    [((PER_CELL, 0), 1500.0), ((0, 2 * PER_CELL), 350.0)],
    ids=["molecules", "atoms"],
)
def test_a_closed_box_comes_to_equilibrium(counts, temperature):
    atoms, total = relaxed(np.array(counts), temperature)
    expected = np.array([statistical_mechanics(energy)[0] for energy in total])
    off = atoms / expected - 1
    stderr = off.std(ddof=1) / np.sqrt(COPIES)
    assert abs(off.mean()) < 4 * stderr and stderr < 0.002
