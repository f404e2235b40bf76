"""Atomistic walls: where their atoms stand, and that fluids between them keep their energy."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from knudsen.analysis.statistics import mean_and_error
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.fields.atomistic import between_walls
from knudsen.md.fields.tethers import Tethers
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities

PAIRS = PairTable.lorentz_berthelot([1.0, 1.0], [1.0, 2.0], 2.2, form="force-shifted")


def walled(**options):
    fluid = lattice_start("fcc", 108, 0.6)
    return between_walls(fluid, 0.9, gap=0.3, min_distance=0.7, **options)


@pytest.mark.parametrize("axis", ["x", "y", "z"])
@pytest.mark.parametrize(("kind", "per_cell"), [("sc", 1), ("bcc", 2), ("fcc", 4)])
def test_walls_have_their_density_and_stand_on_either_side(axis, kind, per_cell):
    fluid, made, along = (
        lattice_start("fcc", 108, 0.6),
        walled(axis=axis, kind=kind, cells=3),
        "xyz".index(axis),
    )
    start, (low, high) = made.start, made.inner
    assert np.array_equal(start.species[:108], fluid.species)
    assert (start.species[108:] == 1).all()
    assert np.array_equal(np.concatenate([made.low, made.high]), np.arange(108, len(start.positions)))
    across = np.delete(start.box, along)
    assert np.array_equal(across, np.delete(fluid.box, along))
    assert len(made.low) == pytest.approx(0.9 * low * across.prod(), rel=1e-12)
    assert len(made.low) % per_cell == 0
    place = start.positions[:, along]
    assert (place[made.low] < low).all() and (place[made.high] > high).all()
    assert place[made.low].min() > 0 and place[made.high].max() < start.box[along]
    assert high - low == pytest.approx(fluid.box[along] + 0.6, rel=1e-14)
    assert (start.positions[:108] - fluid.positions)[:, along] == pytest.approx(low + 0.3)


def test_the_lattice_is_strained_by_no_more_than_half_a_cell():
    start = walled(cells=3).start
    edge = (4 / 0.9) ** (1 / 3)
    nearest = cKDTree(start.positions[108:], boxsize=start.box).query(start.positions[108:], 2)[0][:, 1]
    assert nearest == pytest.approx(np.full(len(nearest), edge / 2**0.5), rel=0.5 * edge / start.box[0])


def fluid_between(mass, fields=(), **options):
    made = walled()
    start = made.start
    masses = [1.0, mass]
    moving = np.isfinite(masses)[start.species]
    velocities = np.zeros_like(start.positions)
    velocities[moving] = maxwell_velocities(np.array(masses)[start.species[moving]], 0.8, seed=2)
    return made, Simulation(
        start.positions, velocities, start.box, PAIRS, species=start.species, masses=masses, fields=fields,
        device="cpu", **({"timestep": 0.002} | options),
    )  # fmt: skip


def test_frozen_walls_stay_and_bear_what_the_fluid_does_not():
    made, sim = fluid_between(np.inf)
    before = sim.conserved()
    sim.run(1000)
    assert np.array_equal(sim.positions[108:], made.start.positions[108:])
    assert abs(sim.conserved() - before)[0] / 108 < 2e-4
    z, forces = sim.positions[:108, 2], sim.force_on_atoms
    assert made.inner[0] - 0.5 < z.min() and z.max() < made.inner[1] + 0.5
    assert forces.sum(axis=0) == pytest.approx(np.zeros(3), abs=1e-9)
    assert abs(forces[made.low].sum(axis=0)[2]) > 1


def vibrating(**options):
    """The sites of walls of mass 2 whose atoms are tethered to them, and the simulation."""
    made = walled()
    tethers = Tethers(np.concatenate([made.low, made.high]), 200.0)
    return made.start.positions[108:], fluid_between(2.0, [tethers], **options)[1]


def test_walls_that_vibrate_keep_energy():
    _, sim = vibrating()
    before = sim.conserved()
    sim.run(1000)
    assert abs(sim.conserved() - before)[0] / sim.atoms.count < 2e-4


def test_walls_that_vibrate_are_in_equilibrium():
    """-<u . F> = 3 T, u from the site and F of tether and neighbours alike, and m <v^2> = 3 T."""
    temperature = 0.8
    sites, sim = vibrating(couplings=[Langevin(temperature, 5.0)], timestep=0.004)
    sim.run(300)
    found = []
    for _ in range(600):
        sim.run(10)
        swing, speed = sim.unwrapped_positions[108:] - sites, sim.velocities[108:]
        held = -(swing * sim.force_on_atoms[108:]).mean()
        found.append((held, 2 * (speed**2).mean(), 200 * (swing**2).mean()))
    (held, kinetic, alone), errors = zip(*(mean_and_error(each) for each in np.transpose(found)), strict=True)
    for mean, error in ((held, errors[0]), (kinetic, errors[1])):
        assert abs(mean - temperature) < 4 * error < 0.05 * temperature
    # The control: without the forces of the neighbours, who hold half of each atom.
    assert temperature - alone > 4 * errors[2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "hcp"}, "no lattice"),
        ({"cells": 0}, "cells"),
        ({"axis": "w"}, "axis"),
        ({"gap": -1.0}, "gap"),
        ({"min_distance": 1.5}, "wider gap"),
        ({"density": 0.0}, "density"),
    ],
)
def test_bad_input_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        between_walls(lattice_start("fcc", 108, 0.6), **({"density": 0.9} | changes))
