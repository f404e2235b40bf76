"""Walls that do not disturb equilibrium, and what free molecules carry between two of them.

Between two walls at alpha, whatever leaves one is alpha of its own and 1 - alpha of what came, so that

    a_1 - a_2 = alpha / (2 - alpha) (A_1 - A_2)

for every quantity a that a molecule carries and A that a fully accommodated one would (Bird 1994, chapter 7).
"""

import numba
import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    DiffuseWall,
    EvaporatingSurface,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Specular,
)
from knudsen.dsmc.domains.building import Membrane
from knudsen.dsmc.domains.shapes import Channel, Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.surfaces import ADIABATIC, LORD, MAXWELL, velocity_off

BOLTZMANN = 1.380649e-23
GAS = Mixture(["He", "Ar"])
MASSES = np.array(GAS.masses)
COPIES = 64
PRESSURE = 1e-6
MIRROR = Specular()
ARRIVING, LEAVING = DIRECTIONS.index("arriving"), DIRECTIONS.index("leaving")
NUMBER, PY, ENERGY = (WALL_TOTALS.index(name) for name in ("number", "py", "energy"))


def make(left, right, temperature=300.0, membranes=(), pressure=PRESSURE, molecules=250, timestep=5e-9):
    """He-Ar without collisions; a step of several crossings."""
    return Simulation(
        GAS, Slab(1e-6, 4, left, right, membranes=membranes), Filling(pressure, temperature, (0.5, 0.5)),
        particles_per_cell=molecules, timestep=timestep, copies=COPIES, seed=3, device="cpu",
    )  # fmt: skip


def sigmas(values, expected, precision):
    """(Mean over copies - expected) in standard errors, these being small enough."""
    stderr = values.std(ddof=1) / np.sqrt(len(values))
    assert stderr < precision * abs(expected)
    return (values.mean() - expected) / stderr


def near_the_left_wall(simulation, transient, snapshots):
    """Number, <vx^2>, <vy^2>, <vx^4> in the first cell, in parts of equilibrium's [copy, species, 4]."""
    spread = np.sqrt(BOLTZMANN * 300.0 / MASSES)
    simulation.run(transient)
    totals = np.zeros((COPIES, 2, 4))
    for _ in range(snapshots):
        simulation.run(1)
        p = simulation.particles
        live = np.arange(p.capacity) < p.counts[:, None]
        x, vx, vy, species = (column.reshape(COPIES, -1) for column in (p.along(0), p.vx, p.vy, p.species))
        for s in range(2):
            near = live & (species == s) & (x < 0.25e-6)
            a, b = vx / spread[s], vy / spread[s]
            for column, moment in enumerate((np.ones_like(a), a**2, b**2, a**4 / 3)):
                totals[:, s, column] += np.where(near, moment, 0.0).sum(axis=1)
    density = 0.5 * simulation.filling.number_density * 0.25e-6 / simulation.weights[0, 0] * snapshots
    number = totals[..., :1]
    return np.concatenate([number / density, totals[..., 1:] / number], axis=-1)


VAPOUR = 0.5 * PRESSURE / (BOLTZMANN * 300.0)
LORD_WALL = LordWall(300.0, (0.3, 0.8), (0.6, 1.5))
AT_REST = {
    "Maxwell": (MaxwellWall(300.0, (0.3, 0.8)), MIRROR, ()),
    "Lord": (LORD_WALL, MIRROR, ()),
    "Lord and adiabatic": (LORD_WALL, AdiabaticWall(), ()),
    "liquid": (EvaporatingSurface(300.0, (VAPOUR, VAPOUR), (0.4, 0.9)), MIRROR, ()),
    "membrane": (MIRROR, DiffuseWall(300.0), (Membrane(0, 0.25e-6, (0.7, 0.2), LORD_WALL),)),
}


@pytest.mark.parametrize("case", AT_REST)
def test_a_gas_at_rest_at_the_walls_temperature_stays_maxwellian(case):
    """Density, <v_n^2>, <v_t^2> and <v_n^4> before the wall, of molecules that no collision mends."""
    left, right, membranes = AT_REST[case]
    found = near_the_left_wall(make(left, right, membranes=membranes), 30, 60)
    for species in range(2):
        for moment in range(4):
            assert abs(sigmas(found[:, species, moment], 1.0, 0.01)) < 4


def test_a_wall_three_per_cent_too_warm_would_be_seen():
    """The control of the moments: <v_n^2> and <v_t^2> go with the temperature."""
    wall = LordWall(309.0, (0.3, 0.8), (0.6, 1.5))
    found = near_the_left_wall(make(wall, MIRROR), 30, 60)
    assert sigmas(found[:, 1, 1], 1.0, 0.01) > 4
    assert sigmas(found[:, 1, 2], 1.0, 0.01) > 4


def test_a_liquid_fills_a_gas_to_saturation():
    """From half of it; n / n_sat of each species, whatever its sticking.

    Molecules too slow to have crossed, 2 L / t, are short by then: a thousandth of the density.
    """
    wet = EvaporatingSurface(300.0, (2 * VAPOUR, 2 * VAPOUR), (0.4, 0.9))
    found = near_the_left_wall(make(wet, MIRROR, molecules=125, timestep=2e-8), 60, 60)
    for species in range(2):
        assert abs(sigmas(found[:, species, 0], 2.0, 0.005)) < 4


def test_a_liquid_that_absorbs_more_than_it_sends_would_be_seen():
    """The control: emission at the sticking coefficients of the other species."""
    simulation = make(AT_REST["liquid"][0], MIRROR)
    simulation.faces.arrivals[:, 0] *= (0.9 / 0.4, 0.4 / 0.9)
    found = near_the_left_wall(simulation, 30, 20)
    assert sigmas(found[:, 0, 0], 1.0, 0.05) > 20
    assert sigmas(found[:, 1, 0], 1.0, 0.05) < -20


@numba.njit
def scattered(kind, first, second, arriving, words):
    """Velocities [n, 3] off a wall of thermal speed 1."""
    leaving = np.empty_like(arriving)
    for i in range(len(arriving)):
        u, v, w = arriving[i]
        a, b, c, d = words[i]
        leaving[i] = velocity_off(kind, first, second, 1.0, 0.0, 0.0, u, v, w, a, b, c, d)
    return leaving


def pairs_at_rest(kind, first=1.0, second=1.0, n=400_000):
    """Velocities of a gas at rest that arrive at a wall, and those with which they leave."""
    random = np.random.default_rng(1)
    arriving = random.normal(size=(n, 3)) * np.sqrt(0.5)
    arriving[:, 0] = -np.sqrt(-np.log(random.random(n)))
    words = random.integers(0, 2**32, (n, 4))
    return arriving, scattered(kind, first, second, arriving, words)


def asymmetry(arriving, leaving):
    """<f(-v) g(v') - g(-v) f(v')> in standard errors: zero where every path is as likely as its reverse."""
    back = -arriving
    functions = [
        lambda v: v[:, 0] ** 2,
        lambda v: v[:, 0] ** 4,
        lambda v: v[:, 0] * (v[:, 1] ** 2 + v[:, 2] ** 2),
        lambda v: v[:, 1] + v[:, 0] * v[:, 1],
    ]
    deviations = []
    for k, f in enumerate(functions):
        for g in functions[k + 1 :]:
            values = f(back) * g(leaving) - g(back) * f(leaving)
            deviations.append(values.mean() / (values.std() / np.sqrt(len(values)) + 1e-30))
    return np.abs(deviations).max()


SCATTERERS = [(MAXWELL, 0.6, 1.0), (LORD, 0.4, 0.7), (LORD, 0.8, 1.6), (ADIABATIC, 1.0, 1.0)]


@pytest.mark.parametrize(("kind", "first", "second"), SCATTERERS)
def test_walls_are_reciprocal(kind, first, second):
    """In a gas at rest as many go from v to v' as from -v' to -v; and v' has the law of v."""
    arriving, leaving = pairs_at_rest(kind, first, second)
    assert asymmetry(arriving, leaving) < 4
    for power in (1, 2, 4):
        change = np.abs(leaving) ** power - np.abs(arriving) ** power
        stderr = change.std(axis=0) / np.sqrt(len(change))
        assert np.all(stderr < 0.01)
        assert np.all(np.abs(change.mean(axis=0)) < 4 * stderr)


def test_walls_that_are_not_reciprocal_would_be_seen():
    """The controls: an adiabatic wall whose directions are isotropic, and v_n mixed in proportion."""
    arriving, leaving = pairs_at_rest(ADIABATIC)
    speed = np.sqrt((leaving**2).sum(axis=1))
    isotropic = leaving.copy()
    isotropic[:, 0] = leaving[:, 0] ** 2 / speed
    isotropic[:, 1:] *= np.sqrt((speed**2 - isotropic[:, 0] ** 2) / (speed**2 - leaving[:, 0] ** 2))[:, None]
    assert np.abs(asymmetry(arriving, isotropic)) > 10
    arriving, leaving = pairs_at_rest(LORD, 1.0, 1.0)
    mixed = leaving.copy()
    mixed[:, 0] = 0.6 * leaving[:, 0] - 0.4 * arriving[:, 0]
    change = mixed[:, 0] ** 2 - arriving[:, 0] ** 2
    assert abs(change.mean()) > 10 * change.std() / np.sqrt(len(change))


T1, T2, U1, U2 = 600.0, 300.0, 400.0, -200.0
ALPHA, SIGMA = np.array([0.4, 0.8]), np.array([0.5, 1.3])


def carried(kind):
    """Rate of molecules through a face; momentum and energy that one takes across [copy, species]."""
    coefficients = (tuple(ALPHA),) if kind is MaxwellWall else (tuple(ALPHA), tuple(SIGMA))
    faces = [kind(T, *coefficients, velocity=(U, 0.0)) for T, U in ((T1, U1), (T2, U2))]
    simulation = make(*faces, temperature=np.sqrt(T1 * T2), molecules=500)
    simulation.run(60)
    simulation.sample(60, 60)
    simulation.run(60)
    walls = simulation.result().walls.sum(axis=0)
    number = walls[..., NUMBER].mean(axis=(1, 3))
    flow = (
        walls[:, 0, :, LEAVING]
        - walls[:, 0, :, ARRIVING]
        + walls[:, 1, :, ARRIVING]
        - walls[:, 1, :, LEAVING]
    )
    rate = number * simulation.weights[0, 0] / (60 * 5e-9)
    return rate, flow[..., PY] / 2 / number, flow[..., ENERGY] / 2 / number


def one_way_flux():
    density = 0.5 * PRESSURE / (BOLTZMANN * np.sqrt(T1 * T2))
    return density * np.sqrt(2 * BOLTZMANN * T1 * T2 / (np.pi * MASSES)) / (np.sqrt(T1) + np.sqrt(T2))


def between(share, first, second):
    return share / (2 - share) * (first - second)


def test_momentum_and_heat_between_maxwell_walls():
    """J as between diffuse walls, each molecule with alpha/(2 - alpha) of what it carries there."""
    rate, momentum, energy = carried(MaxwellWall)
    for s, mass in enumerate(MASSES):
        assert abs(sigmas(rate[:, s], one_way_flux()[s], 0.01)) < 4
        assert abs(sigmas(momentum[:, s], mass * between(ALPHA[s], U1, U2), 0.01)) < 4
        ends = [2 * BOLTZMANN * T + mass * U**2 / 2 for T, U in ((T1, U1), (T2, U2))]
        assert abs(sigmas(energy[:, s], between(ALPHA[s], *ends), 0.02)) < 4
        assert abs(sigmas(momentum[:, s], mass * ALPHA[s] * (U1 - U2) / 2, 0.01)) > 4


def tangential_energy(mass, sigma):
    """m/2 (v_y^2 + v_z^2) that a molecule takes across, by the moments of Lord's walls."""
    a, kept = np.zeros(2), 1 - sigma
    square = np.zeros((2, 2))
    u, variance = np.array([U1, U2]), sigma * (2 - sigma) * BOLTZMANN * np.array([T1, T2]) / mass
    for _ in range(200):
        arriving, energy = a[::-1], square[:, ::-1]
        y = kept**2 * energy[0] + 2 * kept * sigma * u * arriving + (sigma * u) ** 2 + variance
        a, square = kept * arriving + sigma * u, np.array([y, kept**2 * energy[1] + variance])
    return mass / 2 * (square[:, 0] - square[:, 1]).sum()


def test_momentum_and_heat_between_lord_walls():
    """m sigma/(2 - sigma) (u1 - u2); of v_n alpha_n/(2 - alpha_n) k (T1 - T2), and `tangential_energy`."""
    _, momentum, energy = carried(LordWall)
    for s, mass in enumerate(MASSES):
        assert abs(sigmas(momentum[:, s], mass * between(SIGMA[s], U1, U2), 0.01)) < 4
        expected = between(ALPHA[s], BOLTZMANN * T1, BOLTZMANN * T2) + tangential_energy(mass, SIGMA[s])
        assert abs(sigmas(energy[:, s], expected, 0.02)) < 4
        wrong = between(ALPHA[s], 2 * BOLTZMANN * T1, 2 * BOLTZMANN * T2) + mass * (U1**2 - U2**2) / 2
        assert abs(sigmas(energy[:, s], wrong, 0.05)) > 4


def test_a_membrane_lets_through_its_share_of_what_arrives():
    """Into vacuum: what leaves its far side over what arrives at the near one, of each species."""
    vacuum = OpenReservoir(1e-30, 300.0, (0.5, 0.5))
    sieve = Membrane(0, 0.5e-6, (0.3, 0.05), DiffuseWall(300.0))
    simulation = make(OpenReservoir(PRESSURE, 300.0, (0.5, 0.5)), vacuum, membranes=(sieve,))
    simulation.run(20)
    simulation.sample(60, 60)
    simulation.run(60)
    result = simulation.result()
    number = result.walls[..., NUMBER].sum(axis=0)
    near, far = (result.faces.index(f"membrane 0 x{side}") for side in "-+")
    share = number[:, far, :, LEAVING] / number[:, near, :, ARRIVING]
    for species, expected in enumerate((0.3, 0.05)):
        assert abs(sigmas(share[:, species], expected, 0.02)) < 4
        assert abs(sigmas(share[:, species], 1.1 * expected, 0.02)) > 4
    # But for the slow remains of the filling.
    assert number[:, far, :, ARRIVING].sum() < 1e-3 * number[:, near, :, ARRIVING].sum()


def test_a_wall_with_knots_sends_out_the_energy_of_its_local_temperature():
    """2 k T(x) a molecule, patch by patch, T linear from 300 K to 600 K in the middle and back; He-Ar."""
    knots = ((0.0, 300.0), (5e-7, 600.0), (1e-6, 300.0))
    channel = Channel((1e-6, 5e-7), (16, 2), MIRROR, MIRROR, DiffuseWall(knots), MIRROR)
    simulation = Simulation(
        GAS, channel, Filling(PRESSURE, 400.0, (0.5, 0.5)), particles_per_cell=50, timestep=2e-9,
        copies=16, seed=6, device="cpu",
    )  # fmt: skip
    simulation.run(10)
    simulation.sample(1, 60)
    simulation.run(60)
    samples = simulation.result()
    bottom = samples.patch_face == samples.faces.index("bottom")
    totals = samples.walls[0][:, bottom].sum(axis=2)[..., LEAVING, :]
    found = totals[..., ENERGY] / totals[..., NUMBER] / (2 * BOLTZMANN)
    expected = np.interp(samples.patch_centre[bottom, 0], *np.transpose(knots))
    error = found.std(axis=0, ddof=1) / 4
    # Student's t of 15 degrees of freedom, 16 patches.
    assert np.all(error < 0.012 * expected)
    assert np.all(abs(found.mean(axis=0) - expected) < 5 * error)
    assert abs((found / expected).mean() - 1) < 4 * (found / expected).mean(axis=1).std(ddof=1) / 4
    assert abs(found.mean(axis=0)[7] - 300.0) > 30 * error[7]
