"""Faults of a run: the atom that is named, and which temperatures have run away."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.core.faults import SimulationFault
from knudsen.md import watch
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.local import LocalThermostat
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.fields.body import Gravity
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.shear import Sllod
from knudsen.md.simulation import Simulation

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")
OPTIONS = {"timestep": 0.004, "device": "cpu"}


def fluid(copies=None, temperature=1.0, density=0.5, **options):
    positions, velocities, length = lattice(3, density, temperature)
    if copies:
        positions, velocities = [positions] * copies, [velocities] * copies
    return Simulation(positions, velocities, length, SMOOTH, **OPTIONS | options)


def hurl(sim, atom, step, copy=0):
    """Put an atom so much further, and look for lost ones as the step does."""
    slot = int(np.flatnonzero(sim.atoms.id == sim.atoms.first[copy] + atom)[0])
    sim.atoms.position[4 * slot : 4 * slot + 3] += step
    sim.moved2[copy] = max(sim.moved2[copy], np.sum(np.square(step)))
    return slot


def test_a_stretched_box_does_not_point_at_another_atom():
    """Atoms far from the corner moved most since the build, but with the box."""
    sim = fluid(skin=2.4)
    sim.scale_box([[1.9] * 3])
    corner = int(np.argmin(np.linalg.norm(sim.positions, axis=1)))
    hurl(sim, corner, [0.0, 0.0, 7.2])
    with pytest.raises(SimulationFault, match=f"atom {corner} is lost"):
        watch.check_lost(sim)
    plain = np.linalg.norm(sim.positions - sim.positions / 1.9, axis=1)
    assert np.argmax(plain) != corner


def test_a_sheared_box_does_not_point_at_another_atom():
    """Atoms high along the gradient were carried furthest, by the flow."""
    sim = fluid(mover=Sllod(0.1))
    length = sim.box.lengths[0]
    built = sim.domain.offsets[1]
    sim.domain.slide(built + 1.2 * length)
    place = sim.atoms.position[: 4 * sim.atoms.count].reshape(-1, 4)
    place[:, 0] += 1.2 * place[:, 1]
    low = int(np.argmin(sim.positions[:, 1]))
    hurl(sim, low, [0.0, 0.0, 0.51 * length + 0.2])
    with pytest.raises(SimulationFault, match=f"atom {low} is lost"):
        watch.check_lost(sim)


def test_the_atom_named_is_of_a_copy_that_lost_one():
    """A large box lets its atoms go further than the small one of another copy."""
    starts = [lattice(3, 0.5), lattice(5, 0.5)]
    positions, velocities, lengths = zip(*starts, strict=True)
    sim = Simulation(positions, velocities, [[edge] * 3 for edge in lengths], SMOOTH, **OPTIONS)
    hurl(sim, 5, [0.0, 0.53 * lengths[0] + 0.2, 0.0], copy=0)
    hurl(sim, 9, [0.0, 0.0, 0.6 * lengths[0] + 0.2], copy=1)
    with pytest.raises(SimulationFault, match="atom 5 of copy 0 is lost"):
        watch.check_lost(sim)


@pytest.mark.parametrize(
    "coupling",
    [VelocityRescaling(400.0, 0.05), Langevin(400.0, 20.0), LocalThermostat([(0.0, 0.5)], [400.0], 0.01)],
    ids=lambda coupling: type(coupling).__name__,
)
def test_a_cold_start_may_be_heated_to_its_target(coupling):
    sim = fluid(temperature=0.01, couplings=[coupling], timestep=0.0005)
    sim.run(600)
    assert sim.temperature() > 150


def test_each_copy_has_the_bound_that_it_has_alone():
    sim = fluid(2, temperature=0.01, couplings=[Langevin((1.0, 300.0), 1.0)])
    assert sim.temperature_bound == pytest.approx([100, 30000])
    slabs = [(0.0, 0.2), (0.5, 0.7)]
    shared = LocalThermostat(slabs, (2.0, 5.0), 0.1)
    own = LocalThermostat(slabs, [(2.0, 5.0), (7.0, 3.0)], 0.1)
    assert fluid(2, couplings=[shared]).temperature_bound == pytest.approx([500, 500])
    assert fluid(2, couplings=[own]).temperature_bound == pytest.approx([500, 700])


def falling(**options):
    return fluid(fields=[Gravity([8.0, 0.0, 0.0])], **options)


def test_a_fluid_may_fall_for_ever():
    """After t = 4: v = 32, 2 K / N_f = m v^2 / 3 = 341, all of it gravity's."""
    sim = falling()
    sim.run(1000)
    assert sim.temperature() == pytest.approx(32**2 * 108 / sim.degrees_of_freedom[0], rel=0.02)
    assert sim.temperature() > 2 * sim.temperature_bound


def test_what_gravity_gave_and_a_thermostat_took_excuses_no_runaway():
    sim = falling(couplings=[Langevin(1.0, 1.0)])
    sim.run(1500)
    given = (sim.reserve[0] - sim.fields[0].energy(sim)[0]) * 2 / sim.degrees_of_freedom[0]
    assert given > 150
    sim.scale_velocities(sim.device.xp.full(1, 2.0))
    watch.check_temperatures(sim)
    sim.scale_velocities(sim.device.xp.full(1, 1.5))
    assert 100 < sim.temperatures()[0] < given + 100
    with pytest.raises(SimulationFault, match="run away"):
        watch.check_temperatures(sim)


def test_more_than_the_fall_gave_is_still_a_fault():
    """A temperature beyond the bound is excused by the energy of the fall, and no further."""
    sim = falling()
    sim.run(1000)
    assert sim.temperatures()[0] > sim.temperature_bound[0]
    watch.check_temperatures(sim)
    sim.scale_velocities(sim.device.xp.full(1, 2.0))
    with pytest.raises(SimulationFault, match="run away"):
        watch.check_temperatures(sim)


def test_a_run_goes_on_with_the_bounds_of_its_own_start(tmp_path):
    hot, cold = falling(temperature=5.0), falling(temperature=0.5)
    hot.run(1000)
    hot.checkpoint(tmp_path / "state.h5")
    cold.restore(tmp_path / "state.h5")
    watch.check_temperatures(cold)
    assert cold.temperature_bound == hot.temperature_bound > 400


def test_the_fastest_atom_is_sought_in_the_copy_that_ran_away():
    sim = fluid(2, couplings=[Langevin((1.0, 1e4), 1.0)])
    sim.scale_velocities(np.array([30.0, 90.0]))
    fastest = int(np.argmax(np.linalg.norm(sim.velocities[0], axis=1)))
    with pytest.raises(SimulationFault, match=f"of copy 0 has run away to .* atom, {fastest} of copy 0,"):
        watch.check_temperatures(sim)


def test_shear_without_a_thermostat_is_named():
    sim = fluid(mover=Sllod(1.0))
    sim.temperature_bound = 0.1
    with pytest.raises(SimulationFault, match="take the work of the shear out by a thermostat"):
        watch.check_temperatures(sim)
