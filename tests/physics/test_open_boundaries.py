"""Gas under constant forces, and between reservoirs that move or adapt."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import (
    CompositionReservoir,
    DiffuseWall,
    ExchangeReservoir,
    FluxReservoir,
    OpenReservoir,
    Periodic,
    PressureReservoir,
    Specular,
)
from knudsen.dsmc.domains.shapes import Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
TEMPERATURE = 300.0
GAS = Mixture(["He", "Ar"])
MASSES = np.array(GAS.masses)
WALL = DiffuseWall(TEMPERATURE)
ARRIVING, LEAVING = DIRECTIONS.index("arriving"), DIRECTIONS.index("leaving")


def agree(values, expected, precision):
    """Whether the mean over copies is within 4 standard errors, these being small enough."""
    stderr = values.std(ddof=1) / np.sqrt(len(values))
    assert stderr < precision * abs(expected)
    return abs(values.mean() - expected) < 4 * stderr


def deviations(values, expected):
    """Of the means over copies, in standard errors."""
    return (values.mean(axis=0) - expected) / (values.std(axis=0, ddof=1) / np.sqrt(len(values)))


def near(values, expected):
    """Whether all of the means over copies are within 4 standard errors."""
    return np.abs(deviations(values, expected)).max() < 4


@pytest.fixture(scope="module")
def atmosphere():
    """He and Ar, colliding, over a mirror and under a wall at 300 K; to lift argon to it takes 2 k T."""
    length, copies, cells = 3e-7, 100, 8
    gravity = 2 * BOLTZMANN * TEMPERATURE / (MASSES[1] * length)
    simulation = Simulation(
        GAS, Slab(length, cells, Specular(), WALL), Filling(1e5, TEMPERATURE, (0.5, 0.5)),
        particles_per_cell=30, timestep=1e-11, copies=copies, seed=3, device="cpu",
        acceleration=((-gravity, 0.0, 0.0),) * 2,
    )  # fmt: skip
    simulation.run(400)
    simulation.sample(8, 8)
    simulation.run(1600)
    sums = simulation.result().sums.sum(axis=0)
    return gravity, np.linspace(0, length, cells + 1), sums


def barometric(masses, gravity, edges):
    """Share of each species in each cell [cell, species] of n0 exp(-m g x / k T)."""
    below = np.exp(-np.multiply.outer(edges, masses) * gravity / (BOLTZMANN * TEMPERATURE))
    share = -np.diff(below, axis=0)
    return share / share.sum(axis=0)


def test_an_atmosphere_is_barometric_for_each_species(atmosphere):
    """Each has its own scale height k T / (m g)."""
    gravity, edges, sums = atmosphere
    found = sums[..., 0] / sums[..., 0].sum(axis=1, keepdims=True)
    assert near(found, barometric(MASSES, gravity, edges))
    assert np.all(found.std(axis=0, ddof=1) / 10 < 0.01 * found.mean(axis=0))


def test_one_scale_height_for_both_would_be_seen(atmosphere):
    """Control: each species with the mean mass."""
    gravity, edges, sums = atmosphere
    found = sums[..., 0] / sums[..., 0].sum(axis=1, keepdims=True)
    expected = barometric(np.full(2, MASSES.mean()), gravity, edges)
    assert np.abs(deviations(found, expected)).max() > 20


def test_an_atmosphere_is_isothermal_and_at_rest(atmosphere):
    _, _, sums = atmosphere
    copies = sums.sum(axis=1)
    for species, mass in enumerate(MASSES):
        temperature = mass * copies[:, species, 4:7].sum(axis=-1) / copies[:, species, 0] / (3 * BOLTZMANN)
        assert agree(temperature / TEMPERATURE, 1.0, 0.003)
        flow = copies[:, species, 1] / copies[:, species, 0] / np.sqrt(BOLTZMANN * TEMPERATURE / mass)
        assert abs(flow.mean()) < 4 * flow.std(ddof=1) / 10 < 0.02


def mean_age(time, radius, mass):
    """Mean of min(time, time since the last wall) of free molecules in a tube [s]::

        E = integral of min(s, t) S(s) ds / <flight>,   S(s) = P(flight > s),   flight = 2 R cos(theta) / v

    cos(theta) and v^2 exp(-v^2/c^2) being the laws of direction and speed across the axis off a wall; in the
    end E -> 8 R / (3 pi^(1/2) c), Knudsen's.
    """
    c = np.sqrt(2 * BOLTZMANN * TEMPERATURE / mass)

    def survival(s):
        def beyond(theta):
            x = 2 * radius * np.cos(theta) / (s * c)
            return 0.5 * np.cos(theta) * (erf(x) - 2 / np.sqrt(np.pi) * x * np.exp(-(x**2)))

        return 2 * quad(beyond, 0, np.pi / 2)[0]

    unit = radius / c
    young, _ = quad(lambda s: s * survival(s * unit), 1e-9, time / unit)
    old, _ = quad(lambda s: survival(s * unit), time / unit, np.inf)
    return (young * unit + time * old) / np.sqrt(np.pi)


def test_free_molecules_in_a_tube_are_driven_until_the_next_wall():
    """<u> = a E of the time since the last wall, however great a is."""
    drive, radius, steps, timestep = 5e11, 1e-6, 100, 1e-10
    simulation = Simulation(
        GAS, Tube(1e-6, radius, (1, 2), Periodic(), Periodic(), WALL),
        Filling(1e-6, TEMPERATURE, (0.5, 0.5)), particles_per_cell=1000, timestep=timestep, copies=40, seed=4,
        device="cpu", acceleration=((drive, 0.0, 0.0), (drive, 0.0, 0.0)),
    )  # fmt: skip
    simulation.run(steps - 1)
    simulation.sample(1, 1)
    simulation.run(1)
    assert simulation.resolution()["collisions"] == 0
    sums = simulation.result().sums.sum(axis=(0, 2))
    for species, mass in enumerate(MASSES):
        expected = drive * mean_age(steps * timestep, radius, mass)
        flow = sums[:, species, 1] / sums[:, species, 0]
        assert agree(flow, expected, 0.008)
        assert not agree(flow, 0.95 * expected, 0.008)
        settled = 8 * radius / (3 * np.sqrt(2 * np.pi * BOLTZMANN * TEMPERATURE / mass))
        assert mean_age(1e-5, radius, mass) == pytest.approx(settled, rel=0.01)


def test_hard_spheres_between_plates_flow_as_the_boltzmann_equation_says():
    """<u> = a H G_P(delta) / v0, and walls that take up all the force: n m a H."""
    gas = Mixture(["Ar"], model="hs")
    viscosity = float(ChapmanEnskog(gas, TEMPERATURE).viscosity([1.0]))
    v0 = np.sqrt(2 * BOLTZMANN * TEMPERATURE / gas.masses[0])
    pressure, delta, copies = 1e5, 2.0, 48
    gap = delta * viscosity * v0 / pressure
    coefficient = hard_sphere_channel(delta).G_P
    drive = 0.08 * v0**2 / (gap * coefficient)
    simulation = Simulation(
        gas, Slab(gap, 16, WALL, WALL), Filling(pressure, TEMPERATURE, (1.0,)), particles_per_cell=100,
        timestep=0.04 * gap / v0, copies=copies, seed=5, device="cpu", acceleration=((0.0, drive, 0.0),),
    )  # fmt: skip
    simulation.run(250)
    simulation.sample(5, 5)
    simulation.run(1500)
    samples = simulation.result()
    sums = samples.sums.sum(axis=(0, 2, 3))
    assert agree(sums[:, 2] / sums[:, 0] / v0, 0.08, 0.009)
    assert not agree(sums[:, 2] / sums[:, 0] / v0, 0.08 * 0.94, 0.009)
    along = samples.walls.sum(axis=(0, 2, 3))[..., WALL_TOTALS.index("py")]
    taken = (along[:, ARRIVING] - along[:, LEAVING]) / (samples.steps.sum() * samples.timestep)
    assert agree(taken, 1600 * gas.masses[0] * drive, 0.01)


VELOCITY = (160.0, 70.0, 0.0)


@pytest.fixture(scope="module")
def stream():
    """He and Ar that stream from a moving reservoir into one that moves alike, from a filling at rest."""
    reservoir = OpenReservoir(1e5, TEMPERATURE, (0.3, 0.7), VELOCITY)
    simulation = Simulation(
        GAS, Slab(2e-7, 5, reservoir, reservoir), Filling(1e5, TEMPERATURE, (0.3, 0.7)),
        particles_per_cell=40, timestep=2e-11, copies=200, seed=6, device="cpu",
    )  # fmt: skip
    simulation.run(400)
    simulation.sample(5, 5)
    simulation.run(600)
    return simulation.result()


def test_a_stream_between_like_reservoirs_is_uniform(stream):
    """n, u and T of the reservoirs in every cell, for each species."""
    sums = stream.sums.sum(axis=0)
    counts = sums[..., 0] / stream.samples.sum()
    assert near(counts, 40 * np.array([0.3, 0.7]))
    assert agree(counts.sum(axis=(1, 2)), 200, 0.002)
    for axis, speed in enumerate(VELOCITY):
        flow = sums[..., 1 + axis] / sums[..., 0]
        assert near(flow, speed)
    own = sums[..., 4:7].sum(axis=-1) / sums[..., 0] - np.sum(np.square(VELOCITY))
    assert near(own * MASSES / (3 * BOLTZMANN), TEMPERATURE)
    total = sums.sum(axis=(1, 2))
    assert agree(total[:, 1] / total[:, 0], VELOCITY[0], 0.01)


def test_a_stream_carries_n_u_through_both_faces(stream):
    """Net number flux n x_s u through either face."""
    number = stream.walls[..., 0].sum(axis=0) * stream.weight[:, None, :, None]
    rates = number / (stream.steps.sum() * stream.timestep)
    n = 1e5 / (BOLTZMANN * TEMPERATURE) * np.array([0.3, 0.7])
    for face, sign in ((0, 1), (1, -1)):
        net = sign * (rates[:, face, :, LEAVING] - rates[:, face, :, ARRIVING])
        for species in range(2):
            assert agree(net[:, species], n[species] * VELOCITY[0], 0.02)


def test_a_reservoir_that_emits_as_at_rest_would_be_seen(stream):
    """Control: the flux of a gas at rest is far from what comes in."""
    at_rest = OpenReservoir(1e5, TEMPERATURE, (0.3, 0.7)).flux(MASSES)
    leaving = stream.walls[:, :, 0, :, LEAVING, 0].sum(axis=0) * stream.weight
    leaving /= stream.steps.sum() * stream.timestep
    for species in range(2):
        assert not agree(leaving[:, species], at_rest[species], 0.01)


CELLS, HELD_LENGTH = 6, 3e-7


def run_held(left, right, filling, seed, steps=3000, copies=48):
    """Samples of the run's last part, between reservoirs that adapt."""
    simulation = Simulation(
        GAS, Slab(HELD_LENGTH, CELLS, left, right), filling, particles_per_cell=50, timestep=2e-11,
        copies=copies, seed=seed, device="cpu",
    )  # fmt: skip
    simulation.run(2000)
    simulation.sample(5, steps)
    simulation.run(steps)
    return simulation.result()


def cell_state(samples):
    """Counts, pressure / (W / V) and mean velocity in each cell [copy, cell(, species)]."""
    sums = samples.sums.sum(axis=0)
    counts = sums[..., 0] / samples.samples.sum()
    mass = (sums[..., 0] * MASSES).sum(axis=-1)
    momentum = (sums[..., 1:4] * MASSES[:, None]).sum(axis=-2)
    square = (sums[..., 4:7].sum(axis=-1) * MASSES).sum(axis=-1)
    pressure = (square - (momentum**2).sum(axis=-1) / mass) / 3 / samples.samples.sum()
    return counts, pressure * samples.weight[0, 0] / samples.volumes, momentum[..., 0] / mass


FLOW, OUTLET = np.array([5e26, 9e26]), 0.9e5


@pytest.fixture(scope="module")
def pushed():
    """He and Ar pushed in at given fluxes, and let out at a given pressure."""
    left = FluxReservoir(tuple(FLOW), TEMPERATURE, (60.0, 0.0, 0.0))
    right = PressureReservoir(OUTLET, TEMPERATURE, (0.36, 0.64))
    return run_held(left, right, Filling(1e5, TEMPERATURE, (0.36, 0.64)), seed=7)


def test_a_pressure_is_held_where_the_gas_flows_out(pushed):
    """p of the outlet's cells to 0.5 %, the gas moving at some 60 m/s."""
    _, pressure, velocity = cell_state(pushed)
    assert agree(pressure[:, -1], OUTLET, 0.00125)
    assert velocity[:, -1].mean() > 40


def test_given_fluxes_go_in_and_come_out(pushed):
    """To a molecule at the inlet; at the outlet in the mean."""
    number = pushed.walls[..., 0].sum(axis=0) * pushed.weight[:, None, :, None]
    net = (number[..., LEAVING] - number[..., ARRIVING]) / (pushed.steps.sum() * pushed.timestep)
    np.testing.assert_allclose(net[:, 0], np.broadcast_to(FLOW, (48, 2)), rtol=0.005)
    for species in range(2):
        assert agree(-net[:, 1, species], FLOW[species], 0.02)


X_LEFT, X_RIGHT = 0.6, 0.4


@pytest.mark.parametrize("flux", [0.0, 8e26])
def test_compositions_are_held_in_the_cells_along_the_faces(flux):
    """Helium's mole fraction to 0.5 %, without a mean flow and with one of some 35 m/s."""
    left = CompositionReservoir(TEMPERATURE, (X_LEFT, 1 - X_LEFT), flux)
    right = CompositionReservoir(TEMPERATURE, (X_RIGHT, 1 - X_RIGHT), -flux)
    filling = Filling(1e5, TEMPERATURE, (X_LEFT, 1 - X_LEFT), (X_RIGHT, 1 - X_RIGHT))
    samples = run_held(left, right, filling, seed=8)
    counts, _, _ = cell_state(samples)
    fraction = counts[..., 0] / counts.sum(axis=-1)
    assert agree(fraction[:, 0], X_LEFT, 0.00125)
    assert agree(fraction[:, -1], X_RIGHT, 0.00125)
    net = samples.walls[..., 0].sum(axis=(0, 3))
    asked = flux * samples.steps.sum() * samples.timestep / samples.weight[:, 0]
    for face, sign in ((0, 1), (1, -1)):
        np.testing.assert_allclose(net[:, face, LEAVING] - net[:, face, ARRIVING], sign * asked, atol=8)


def test_a_reservoir_that_does_not_adapt_misses_the_composition():
    """Control: exchange with gas of that composition leaves a jump at the face."""
    left = ExchangeReservoir(TEMPERATURE, (X_LEFT, 1 - X_LEFT))
    right = ExchangeReservoir(TEMPERATURE, (X_RIGHT, 1 - X_RIGHT))
    filling = Filling(1e5, TEMPERATURE, (X_LEFT, 1 - X_LEFT), (X_RIGHT, 1 - X_RIGHT))
    counts, _, _ = cell_state(run_held(left, right, filling, seed=8, steps=900))
    fraction = counts[..., 0] / counts.sum(axis=-1)
    assert fraction[:, 0].mean() < 0.97 * X_LEFT and fraction[:, -1].mean() > 1.03 * X_RIGHT
