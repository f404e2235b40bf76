"""Swaps of velocities: which atoms, what is moved, what stays."""

import numpy as np
import pytest
from liquids import binary, copies, liquid

from knudsen.md.couplings.swaps import VelocitySwap
from knudsen.md.state.lanes import Lanes


def bands(simulation, slabs, axis):
    """Numbers of the atoms in the first slab and in the middle one."""
    place = simulation.positions[:, axis] / simulation.box_lengths[0, axis] % 1
    return np.flatnonzero(place < 1 / slabs), np.flatnonzero((place >= 0.5) & (place < 0.5 + 1 / slabs))


def totals(simulation):
    v = simulation.velocities.reshape(-1, 3)
    return np.array([*v.sum(axis=0), (v**2).sum()])


@pytest.mark.parametrize(("carries", "component"), [("energy", None), ("x", 0), ("y", 1)])
@pytest.mark.parametrize("atoms", [108, 1372])
def test_the_extreme_atoms_swap(carries, component, atoms):
    simulation = liquid(atoms, couplings=[VelocitySwap(carries, 7, slabs=4)])
    simulation.run(6)
    simulation.step = 7
    v, swap = simulation.velocities.copy(), simulation.couplings[0]
    first, middle = bands(simulation, 4, 2)
    what = (v**2).sum(axis=1) / 2 if component is None else -v[:, component]
    a, b = first[np.argmax(what[first])], middle[np.argmin(what[middle])]
    carried = what[a] - what[b]
    parts = slice(None) if component is None else component
    v[a, parts], v[b, parts] = v[b, parts].copy(), v[a, parts].copy()
    before = totals(simulation)
    swap.after(simulation)
    assert np.array_equal(simulation.velocities, v)
    assert swap.moved(simulation)[0] == pytest.approx(carried, rel=1e-12)
    assert swap.swaps(simulation)[0] == 1
    assert totals(simulation) == pytest.approx(before, rel=1e-13, abs=1e-12)


def test_lanes_and_order_do_not_matter():
    """The same atoms are chosen however the loop is shared out and atoms are sorted; ties go by number."""
    found = []
    for size in (None, 16):
        simulation = liquid(1372, couplings=[VelocitySwap("x", 7, slabs=4)])
        simulation.run(6)
        simulation.step = 7
        simulation.atoms.velocity[...] = np.sign(simulation.atoms.velocity)
        if size:
            simulation.lanes = Lanes(simulation.atoms.first, simulation.device, size)
            simulation.couplings[0].bind(simulation)
        before = simulation.velocities.copy()
        simulation.couplings[0].after(simulation)
        changed = np.flatnonzero((simulation.velocities != before).any(axis=1))
        found.append(changed.tolist())
        first, middle = bands(simulation, 4, 2)
        wanted = {first[before[first, 0] < 0].min(), middle[before[middle, 0] > 0].min()}
        assert set(changed) == wanted
    assert found[0] == found[1]


def test_nothing_is_carried_the_wrong_way():
    simulation = liquid(256, couplings=[VelocitySwap("energy", 1, slabs=4)])
    first, _ = bands(simulation, 4, 2)
    slots = np.argsort(simulation.atoms.id)[first]
    simulation.atoms.velocity.reshape(-1, 3)[slots] *= 1e-6
    before = simulation.velocities.copy()
    simulation.couplings[0].after(simulation)
    assert np.array_equal(simulation.velocities, before)
    assert simulation.couplings[0].swaps(simulation)[0] == 0


def test_only_the_species_named_swaps():
    simulation = binary(256, masses=(1.0, 3.0), couplings=[VelocitySwap("energy", 1, slabs=4, species=1)])
    before = simulation.velocities.copy()
    simulation.couplings[0].after(simulation)
    changed = (simulation.velocities != before).any(axis=1)
    assert changed.sum() == 2 and (simulation.species[changed] == 1).all()
    kinetic = 1.5 * (before[changed] ** 2).sum(axis=1)
    assert simulation.couplings[0].moved(simulation)[0] == pytest.approx(abs(np.diff(kinetic)[0]))


def test_swaps_come_when_due_and_drive_a_gradient():
    swap = VelocitySwap("energy", 10, slabs=4)
    simulation = copies(4, 256, couplings=[swap])
    simulation.run(1000)
    assert swap.swaps(simulation).tolist() == [100] * 4
    cold, hot = [], []
    for _ in range(20):
        simulation.run(20)
        for copy in range(4):
            place = simulation.positions[copy][:, 2] / simulation.box_lengths[copy, 2] % 1
            square = (simulation.velocities[copy] ** 2).sum(axis=1)
            cold.append(square[place < 0.25].mean())
            hot.append(square[(place >= 0.5) & (place < 0.75)].mean())
    assert np.mean(hot) > 1.2 * np.mean(cold)
