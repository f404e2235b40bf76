"""Chemical potential by test atoms and density by grand-canonical exchange, against the equation of state."""

import numpy as np
import pytest

from knudsen.analysis.dense.lennard_jones import LennardJonesFluid
from knudsen.analysis.statistics import mean_and_error
from knudsen.md.exchange.grand_canonical import GrandCanonical
from knudsen.md.exchange.widom import Widom
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start

TEMPERATURE, DENSITY = 2.0, 0.3
STATE = LennardJonesFluid(TEMPERATURE, DENSITY)


def fluid(copies, atoms, cutoff, **options):
    """Copies of the fluid on lattices; the random generator of their velocities."""
    start = lattice_start("fcc", atoms, DENSITY)
    random = np.random.default_rng(11)
    positions = start.positions + 0.1 * random.normal(size=(copies, atoms, 3))
    sim = Simulation(
        positions, np.zeros_like(positions), start.box, PairTable(1.0, 1.0, cutoff), timestep=0.005, seed=4,
        device="cpu", **options,
    )  # fmt: skip
    sim.temperature_bound = 100 * TEMPERATURE
    return sim, random


def fly(sim, random, flights, steps):
    """Flights begun with new Maxwell velocities, which keep the fluid canonical."""
    for _ in range(flights):
        velocity = random.normal(size=sim.atoms.velocity.shape) * TEMPERATURE**0.5
        sim.atoms.velocity[...] = velocity
        sim.run(steps)


def test_widoms_chemical_potential_is_that_of_the_equation_of_state():
    sim, random = fluid(2, 256, 3.5)
    fly(sim, random, 5, 100)
    sim.add_measure(Widom(TEMPERATURE, trials=2000))
    sim.add_measure(Widom(TEMPERATURE, trials=2000, long_range=False))
    fly(sim, random, 30, 100)
    full, cut = (measure.result() for measure in sim.measures)
    mean, stderr = full.excess.mean(), np.sqrt((full.stderr**2).sum()) / 2
    exact = STATE.residual_chemical_potential
    assert abs(mean - exact) < 4 * stderr
    assert stderr < 0.02
    # What lies beyond the cut-off, -0.117, would be seen.
    assert abs(cut.excess.mean() - exact) > 4 * stderr
    tail = sim.pairs.long_range(sim.species_counts[0], sim.volumes[0]).chemical_potential
    assert full.excess - cut.excess == pytest.approx(np.full(2, tail[0]), rel=1e-10)


def numbers_at(activity, exchanges, moves):
    coupling = GrandCanonical(activity, TEMPERATURE, every=5, moves=moves, long_range=True)
    sim, random = fluid(8, 108, 3.5, couplings=[coupling])
    numbers = []
    for _ in range(exchanges):
        fly(sim, random, 1, 5)
        numbers.append(np.diff(sim.atoms.first))
    return np.array(numbers).T, sim.volumes[0]


def test_exchange_fills_the_box_to_the_density_of_the_equation_of_state():
    activity = DENSITY * np.exp(STATE.residual_chemical_potential / TEMPERATURE)
    numbers, volume = numbers_at(activity, 120, 1500)
    mean, stderr = mean_and_error(numbers[:, 20:])
    assert abs(mean / volume - DENSITY) < 4 * stderr / volume
    assert stderr / volume < 0.01 * DENSITY
    # Without the long-range part, -0.117, it would be 6.5 % less: d ln rho = d mu / (T Gamma), Gamma = 0.899.
    assert abs(mean / volume - 0.935 * DENSITY) > 4 * stderr / volume
    # Numbers fluctuate as the compressibility says, N / Gamma; 8 copies of some 50 correlation times each.
    assert numbers[:, 20:].var() == pytest.approx(mean / STATE.thermodynamic_factor, rel=4 * (2 / 400) ** 0.5)
