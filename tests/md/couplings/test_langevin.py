"""Friction and noise against plain NumPy; random numbers that belong to atoms, wherever these are sorted."""

import numpy as np
import pytest
from liquids import binary, copies

from knudsen.core.rng import Stream, draw_words, normal_pair
from knudsen.md.couplings.langevin import Langevin


def normals(seed, atom, draw, step):
    words = draw_words(seed, int(Stream.LANGEVIN), atom, draw, step)
    return *normal_pair(words[0], words[1]), normal_pair(words[2], words[3])[0]


def expected(simulation, copy, velocities, friction, temperature, draw):
    """c v + sqrt((1 - c^2) T / m) R of each atom in the user's order."""
    species = np.atleast_2d(simulation.species)[copy]
    kept = np.exp(-np.array(friction) * simulation.timestep / 2)[species][:, None]
    spread = np.sqrt((1 - kept**2) * temperature / simulation.masses[species][:, None])
    seed, step = int(simulation.seeds[copy]), simulation.step
    return kept * velocities + spread * [normals(seed, atom, draw, step) for atom in range(len(velocities))]


@pytest.mark.parametrize(("draw", "act"), [(0, "before"), (1, "after")])
def test_each_atom_is_kicked_by_its_own_numbers_also_when_sorted(draw, act):
    simulation = copies(2, 108, couplings=[Langevin((1.0, 2.0), 3.0)])
    simulation.run(60)
    assert not np.array_equal(simulation.atoms.id, np.arange(216))
    thermostat, before = simulation.couplings[0], simulation.velocities
    heat, kinetic = thermostat.heat(simulation), simulation.kinetic_energies()
    getattr(thermostat, act)(simulation)
    for copy, temperature in enumerate((1.0, 2.0)):
        wanted = expected(simulation, copy, before[copy], [3.0], temperature, draw)
        assert simulation.velocities[copy] == pytest.approx(wanted, rel=1e-12, abs=1e-13)
    gained = simulation.kinetic_energies() - kinetic
    assert thermostat.heat(simulation) - heat == pytest.approx(gained, abs=1e-11)


def test_friction_and_mass_are_those_of_the_species():
    simulation = binary(108, masses=(1.0, 4.0), couplings=[Langevin(1.3, (0.0, 5.0))])
    before = simulation.velocities
    simulation.couplings[0].before(simulation)
    wanted = expected(simulation, 0, before, [0.0, 5.0], 1.3, 0)
    assert simulation.velocities == pytest.approx(wanted, rel=1e-12, abs=1e-13)
    assert np.array_equal(simulation.velocities[::2], before[::2])


def test_without_noise_worth_naming_velocities_decay():
    """c = exp(-gamma dt / 2), twice a step, without forces: atoms far apart."""
    simulation = binary(108, masses=(1.0, 4.0), couplings=[Langevin(1e-30, 2.0)])
    before = simulation.velocities
    simulation.couplings[0].before(simulation)
    simulation.couplings[0].after(simulation)
    assert simulation.velocities == pytest.approx(before * np.exp(-2.0 * simulation.timestep), abs=1e-12)
