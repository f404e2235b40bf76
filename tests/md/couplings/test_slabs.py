"""Slabs with thermostats and with heat exchanged: who lies in them, what they gain, what is conserved."""

import numpy as np
import pytest
from liquids import binary, copies, liquid

from knudsen.core.faults import SimulationFault
from knudsen.md.couplings.heat_exchange import HeatExchange
from knudsen.md.couplings.local import LocalThermostat
from knudsen.md.couplings.rescaling import rescaling_factor
from knudsen.md.couplings.slabs import SUMS, Slabs, slab_of

WRAPPED, MIDDLE = (-0.15, 0.15), (0.35, 0.65)


@pytest.mark.parametrize(
    ("place", "slab"),
    [(0.0, 0), (0.149, 0), (0.151, -1), (0.349, -1), (0.35, 1), (0.649, 1), (0.65, -1), (0.86, 0), (1.02, 0),
     (-0.1, 0), (-0.2, -1), (1.4, 1)],
)  # fmt: skip
def test_a_slab_may_reach_through_the_face(place, slab):
    lows, widths = np.array([-0.15, 0.35]), np.array([0.3, 0.3])
    assert slab_of(place, lows, widths) == slab


def members(simulation, edges, axis):
    """Whether each atom lies in a slab, in the user's order."""
    place = simulation.positions[:, axis] / simulation.box_lengths[0, axis] - edges[0]
    return place % 1 < edges[1] - edges[0]


def in_slab(simulation, edges, axis=2):
    inside = members(simulation, edges, axis)
    m, v = simulation.masses[simulation.species][inside][:, None], simulation.velocities[inside]
    mean = (m * v).sum(axis=0) / m.sum()
    return inside, m, v, mean, float((m * (v - mean) ** 2).sum() / 2)


def test_sums_are_those_of_the_slabs():
    simulation = binary(256, masses=(1.0, 3.0))
    simulation.run(30)
    sums = Slabs.of(simulation, 0, (WRAPPED, MIDDLE)).sum(simulation).reshape(2, SUMS)
    for edges, found in zip((WRAPPED, MIDDLE), sums, strict=True):
        inside, m, v, _, _ = in_slab(simulation, edges, axis=0)
        f = simulation.force_on_atoms[inside]
        wanted = [len(m), m.sum(), *(m * v).sum(axis=0), (m * v**2).sum(), *f.sum(axis=0), (f * v).sum()]
        assert found == pytest.approx(wanted, rel=1e-11, abs=1e-10)


def test_a_slab_is_rescaled_about_its_mean_velocity():
    thermostat = LocalThermostat((WRAPPED, MIDDLE), (2.0, 1.0), 0.05)
    simulation = binary(256, masses=(1.0, 3.0), couplings=[thermostat])
    before, step = simulation.velocities.copy(), 1
    wanted, heat = before.copy(), []
    for number, (edges, temperature) in enumerate(((WRAPPED, 2.0), (MIDDLE, 1.0))):
        inside, m, v, mean, kinetic = in_slab(simulation, edges)
        kept = np.exp(-simulation.timestep / 0.05)
        degrees = 3.0 * (len(m) - 1)
        seed = int(simulation.seeds[0])
        factor = rescaling_factor(seed, 1 + number, step, kinetic, degrees, temperature, kept)
        wanted[inside] = mean + factor * (v - mean)
        heat.append((factor**2 - 1) * kinetic)
    simulation.step = step
    total = simulation.kinetic_energies()[0]
    thermostat.after(simulation)
    assert simulation.velocities == pytest.approx(wanted, rel=1e-12, abs=1e-13)
    assert thermostat.heat(simulation)[0] == pytest.approx(heat, rel=1e-9)
    assert simulation.kinetic_energies()[0] - total == pytest.approx(sum(heat), rel=1e-9)


def test_each_copy_may_have_slabs_of_its_own_temperatures():
    given = [LocalThermostat((WRAPPED, MIDDLE), t, 0.1) for t in (((1.0, 2.0), (3.0, 4.0)), (1.0, 2.0))]
    each, alike = (copies(2, 108, couplings=[thermostat]) for thermostat in given)
    for simulation in (each, alike):
        simulation.run(20)
    assert np.array_equal(each.velocities[0], alike.velocities[0])
    assert (given[0].heat(each)[1] > given[1].heat(alike)[1] + 10).all()


def test_an_empty_slab_takes_no_heat():
    simulation = liquid(108, couplings=[LocalThermostat(((0.0, 1e-9), MIDDLE), (9.0, 1.5), 0.1)])
    simulation.run(5)
    heat = simulation.couplings[0].heat(simulation)[0]
    assert heat[0] == 0 and heat[1] != 0


def shift(simulation, edges, power, axis=2):
    """Eq. 20 of Wirnsberger et al. (2015) times -dt^3, in its own terms, for the atoms of one region."""
    inside, m, v, mean, kinetic = in_slab(simulation, edges, axis)
    f = simulation.force_on_atoms[inside]
    eta = m * power / (2 * kinetic) * (v - mean)
    work = (f * (v - mean)).sum()
    epsilon = eta / (m * kinetic) * (power / 48 + work / 6)
    epsilon -= power / (12 * kinetic) * (f / m - f.sum(axis=0) / m.sum())
    return inside, -(simulation.timestep**3) * epsilon


def test_positions_are_shifted_and_half_the_heat_is_given():
    coupling = HeatExchange(WRAPPED, MIDDLE, 30.0, axis="y")
    simulation = binary(256, masses=(1.0, 3.0), couplings=[coupling])
    simulation.run(20)
    simulation.timestep = 0.02
    given = coupling.heat(simulation)[0]
    places, speeds = simulation.positions, simulation.velocities.copy()
    for edges, power in ((WRAPPED, 30.0), (MIDDLE, -30.0)):
        inside, moved = shift(simulation, edges, power, axis=1)
        places[inside] += moved
        _, _, v, mean, kinetic = in_slab(simulation, edges, axis=1)
        speeds[inside] = mean + np.sqrt(1 + power * 0.01 / kinetic) * (v - mean)
    original = simulation.positions
    coupling.before(simulation)
    assert np.abs(simulation.positions - original).max() > 1e-7
    assert simulation.positions - original == pytest.approx(places - original, rel=1e-6, abs=1e-14)
    assert simulation.velocities == pytest.approx(speeds, rel=1e-12, abs=1e-13)
    assert coupling.heat(simulation)[0] - given == pytest.approx([0.3, -0.3], rel=1e-12)


def test_heat_is_given_as_asked_to_each_copy():
    simulation = copies(2, 256, couplings=[HeatExchange(WRAPPED, MIDDLE, (5.0, 20.0))])
    simulation.run(150)
    time, heat = simulation.time, simulation.couplings[0].heat(simulation)
    assert heat == pytest.approx(np.outer([5.0, 20.0], [time, -time]), rel=1e-12)
    assert simulation.couplings[0].energy(simulation) == pytest.approx(0, abs=1e-12)


def test_positions_that_are_not_shifted_lose_energy():
    """The point of eHEX, at a power that HEX does not bear: 150 in 256 atoms."""
    lost, error = {}, {}
    for shifted in (True, False):
        coupling = HeatExchange(WRAPPED, MIDDLE, 150.0, shift=shifted)
        simulation = copies(6, 256, couplings=[coupling])
        simulation.run(500)
        before = simulation.conserved()
        simulation.run(2000)
        change = simulation.conserved() - before
        lost[shifted], error[shifted] = change.mean(), change.std(ddof=1) / 6**0.5
    assert lost[False] < -10 * error[False]
    assert abs(lost[True]) < 4 * error[True] < abs(lost[False]) / 2


def test_a_region_without_heat_left_is_a_fault():
    simulation = copies(2, 108, couplings=[HeatExchange((0.0, 0.1), (0.5, 0.6), (1.0, 5000.0))])
    with pytest.raises(SimulationFault, match="the cold region of copy 1 holds too little"):
        simulation.run(100)
