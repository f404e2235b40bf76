"""Laws of an ideal gas in a field: barometric, centrifugal, the pressure on walls.

Atoms do not meet, so each of them is an independent sample of exp(-V/T).  Velocities are drawn anew every so
often, which makes the motion between canonical (Andersen 1980, all atoms at once).
"""

import numpy as np
import pytest

from knudsen.analysis.statistics import mean_and_error
from knudsen.md.fields.body import Centrifugal, Gravity
from knudsen.md.fields.pressures import WallPressures
from knudsen.md.fields.walls import Wall
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

EDGE, WIDTH, TEMPERATURE, TIMESTEP, FLIGHT = 8.0, 30.0, 1.3, 0.01, 100
MASSES = np.array([1.0, 2.0])
NOTHING = PairTable(np.ones((2, 2)), 0.0, 0.1)
ATOMS = 3000


def wca(distance):
    s6 = np.minimum(distance, 2 ** (1 / 6)) ** -6
    return 4 * s6 * (s6 - 1) + 1


def slope(distance):
    """-dV/dz of the wall."""
    s6 = distance**-6
    return np.where(distance < 2 ** (1 / 6), 24 * s6 * (2 * s6 - 1) / distance, 0.0)


def weights(z, potential):
    """Boltzmann factor between two walls at 0 and EDGE."""
    return np.exp(-(wca(z) + wca(EDGE - z) + potential(z)) / TEMPERATURE)


GRID = np.linspace(0.3, EDGE - 0.3, 20001)


def gas(*fields, across="z"):
    walls = [Wall.wca(axis, place, side) for axis in across for place, side in ((0.0, 1), (EDGE, -1))]
    random = np.random.default_rng(7)
    edges = np.array([EDGE if axis in across else WIDTH for axis in "xyz"])
    places = random.uniform(1.0, edges - 1.0, (ATOMS, 3))
    sim = Simulation(
        places, np.zeros((ATOMS, 3)), Box(edges, tuple(axis not in across for axis in "xyz")), NOTHING,
        timestep=TIMESTEP, species=np.arange(ATOMS) % 2, masses=MASSES, fields=[*walls, *fields], skin=1.5,
        device="cpu",
    )  # fmt: skip
    sim.temperature_bound = 100.0
    return sim, random


def fly(sim, random, flights):
    """Flights of one time unit, each begun with new Maxwell velocities."""
    for _ in range(flights):
        speed = np.sqrt(
            TEMPERATURE / MASSES[sim.device.fetch(sim.atoms.position).reshape(-1, 4)[:ATOMS, 3].astype(int)]
        )
        sim.atoms.velocity[...] = (random.normal(size=(ATOMS, 3)) * speed[:, None]).ravel()
        sim.run(FLIGHT)


def deviation(places, potential, bins=10):
    """Largest deviation of the histogram from exp(-V/T), in standard errors of independent places."""
    edges = np.linspace(GRID[0], GRID[-1], bins + 1)
    law, _ = np.histogram(GRID, edges, weights=weights(GRID, potential))
    law /= law.sum()
    share = np.histogram(places, edges)[0] / len(places)
    seen = law * len(places) > 20
    return float((np.abs(share - law) / np.sqrt(law * (1 - law) / len(places)))[seen].max())


@pytest.fixture(scope="module")
def atmosphere():
    sim, random = gas(Gravity([0, 0, -0.35]))
    fly(sim, random, 25)
    measure = WallPressures(sim.fields[:2], every=5)
    sim.add_measure(measure)
    fly(sim, random, 40)
    return sim, measure.result()[0]


def test_density_falls_barometrically(atmosphere):
    sim, _ = atmosphere
    for species, mass in enumerate(MASSES):
        z = sim.positions[sim.species == species, 2]
        assert deviation(z, lambda z, m=mass: 0.35 * m * z) < 4
        assert deviation(z, lambda z, m=mass: 0.35 * 1.3 * m * z) > 4
        assert deviation(z, lambda z: 0.0 * z) > 4


def test_walls_bear_the_atmosphere(atmosphere):
    """Low and high wall: p A = N <F_wall>, and their difference is the weight."""
    low, high = atmosphere[1].T
    expected = np.zeros(2)
    for mass in MASSES:
        weight = weights(GRID, lambda z, m=mass: 0.35 * m * z)
        expected += (
            ATOMS
            / 2
            / WIDTH**2
            * np.array([slope(GRID) @ weight, slope(EDGE - GRID) @ weight])
            / weight.sum()
        )
    weight = 0.35 * MASSES.mean() * ATOMS / WIDTH**2
    assert expected[0] - expected[1] == pytest.approx(weight, rel=1e-6)
    for series, exact in ((low, expected[0]), (high, expected[1]), (low - high, weight)):
        mean, stderr = mean_and_error(series)
        assert abs(mean - exact) < 4 * stderr
        assert stderr < 0.02 * weight
    assert abs(low.mean() - expected[1]) > 4 * mean_and_error(low)[1]


def test_pressure_on_walls_is_that_of_the_ideal_gas():
    """p = N T / (A L), L the length that the walls leave open."""
    sim, random = gas()
    fly(sim, random, 10)
    measure = WallPressures(sim.fields, every=5)
    sim.add_measure(measure)
    fly(sim, random, 30)
    exact = ATOMS * TEMPERATURE / (WIDTH**2 * weights(GRID, lambda z: 0 * z).sum() * (GRID[1] - GRID[0]))
    mean, stderr = mean_and_error(measure.result()[0].mean(axis=1))
    assert abs(mean - exact) < 4 * stderr
    # Without the share that walls take from the length the pressure would be a quarter less.
    assert stderr < 0.02 * exact
    assert abs(mean - ATOMS * TEMPERATURE / (WIDTH**2 * EDGE)) > 4 * stderr


def test_a_centrifuge_parts_atoms_by_their_mass():
    """exp(m omega^2 s^2 / 2T) is a product over x and y, walls and all."""
    omega = 0.45
    sim, random = gas(Centrifugal(omega, "z", [EDGE / 2] * 3), across="xy")
    fly(sim, random, 30)
    for species, mass in enumerate(MASSES):
        for axis in (0, 1):
            x = sim.positions[sim.species == species, axis]
            assert deviation(x, lambda x, m=mass: -0.5 * m * (omega * (x - EDGE / 2)) ** 2) < 4
        both = np.concatenate([sim.positions[sim.species == species, axis] for axis in (0, 1)])
        assert deviation(both, lambda x: 0 * x) > 4
        assert deviation(both, lambda x, m=mass: -(m * (omega * (x - EDGE / 2)) ** 2)) > 4
