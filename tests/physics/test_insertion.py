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


def fluid(copies, atoms, cutoff, density=DENSITY, **options):
    """Copies of the fluid on lattices; the random generator of their velocities."""
    start = lattice_start("fcc", atoms, density)
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


def run_numbers(state, exchanges, moves):
    """Numbers of atoms [copies, exchanges] at the activity of a state, and the volume."""
    activity = state.density * np.exp(state.residual_chemical_potential / TEMPERATURE)
    coupling = GrandCanonical(activity, TEMPERATURE, every=5, moves=moves, long_range=True)
    sim, random = fluid(8, 108, 2.9, state.density, couplings=[coupling])
    numbers = []
    for _ in range(exchanges):
        fly(sim, random, 1, 5)
        numbers.append(np.diff(sim.atoms.first))
    return np.array(numbers).T, sim.volumes[0]


def test_exchange_fills_the_box_as_the_equation_of_state_says():
    """<N> = rho V and var N = <N> / Gamma, Gamma the thermodynamic factor; 2.47 here, 1 of an ideal gas."""
    state = LennardJonesFluid(TEMPERATURE, 0.5)
    numbers, volume = run_numbers(state, 600, 200)
    numbers = numbers[:, 40:]
    mean, stderr = mean_and_error(numbers)
    expected = state.density * volume
    assert abs(mean - expected) < 4 * stderr < 0.02 * expected
    # Without the long-range part, -0.34, it would be 7 % less: d ln rho = d mu / (T Gamma).
    assert abs(mean - 0.93 * expected) > 4 * stderr
    variance, stderr = mean_and_error((numbers - mean) ** 2)
    assert abs(variance - expected / state.thermodynamic_factor) < 4 * stderr < 0.3 * variance
    assert abs(variance - expected) > 4 * stderr


def stationary_moments(mean, insertion, deletion, most=60):
    """Mean and variance of N where it goes up and down with these probabilities, in the long run.

    p(N + 1) deletion(N + 1) = p(N) insertion(N), for the rules of an ideal gas of z V = mean.
    """
    n = np.arange(most)
    up, down = np.minimum(1, insertion(n[:-1], mean)), np.minimum(1, deletion(n[1:], mean))
    weight = np.concatenate([[1.0], np.cumprod(up / down)])
    weight /= weight.sum()
    return weight @ n, weight @ n**2 - (weight @ n) ** 2


RIGHT = (lambda n, zv: zv / (n + 1), lambda n, zv: n / zv)
WRONG = (
    (lambda n, zv: zv / np.maximum(n, 1), RIGHT[1]),
    (RIGHT[0], lambda n, zv: (n + 1) / zv),
    (lambda n, zv: 1.05 * zv / (n + 1), lambda n, zv: n / (1.05 * zv)),
)


def test_the_atoms_of_an_ideal_gas_are_a_poisson_number():
    """<N> = var N = z V, 3 here, where one atom more or less in the acceptance shifts both by a sixth.

    One atom of another species stays, so that N may be 0.  After 80 moves some 2e-4 of a deviation is left:
    exchanges are independent.
    """
    ideal = PairTable(np.ones((2, 2)), np.zeros((2, 2)), 1.0)
    copies, exchanges, box, expected = 100, 120, 3.0, 3.0
    coupling = GrandCanonical(expected / box**3, TEMPERATURE, moves=80)
    places = np.tile([[0.5, 0.5, 0.5], [1.5, 1.5, 1.5]], (copies, 1, 1))
    sim = Simulation(
        places, np.zeros_like(places), box, ideal, species=np.array([0, 1]), timestep=0.005, seed=4,
        couplings=[coupling], device="cpu",
    )  # fmt: skip
    numbers = []
    for _ in range(exchanges):
        sim.step += 1
        coupling.exchange(sim)
        numbers.append(sim.species_counts[:, 0])
    numbers = np.array(numbers[1:], float).ravel()
    found = np.array([numbers.mean(), ((numbers - expected) ** 2).mean()])
    # The fourth central moment of a Poisson number is m + 3 m^2.
    stderr = np.sqrt(np.array([expected, expected + 2 * expected**2]) / len(numbers))
    assert stationary_moments(expected, *RIGHT) == pytest.approx((expected, expected), rel=1e-12)
    assert (np.abs(found - expected) < 4 * stderr).all()
    for rule in WRONG:
        assert (np.abs(found - stationary_moments(expected, *rule)) > 8 * stderr).any()
