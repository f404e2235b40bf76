"""Profiles: a few atoms by hand, sums over bins against the whole, blocks and their errors."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.couplings.langevin import Langevin
from knudsen.md.fields.body import Gravity
from knudsen.md.measures.blocks import over_blocks, student
from knudsen.md.measures.profiles import MOMENTS, Profile, Profiles
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

SMOOTH = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.4, form="switched")


def mixture(**options):
    positions, velocities, length = lattice(4, 0.6)
    species = (np.arange(len(positions)) % 3 == 0).astype(int)
    options = {"masses": [1.0, 3.0]} | options
    velocities[np.isinf(options["masses"])[species]] = 0
    return Simulation(
        positions, velocities, length, SMOOTH, timestep=0.004, species=species, device="cpu", **options
    )


def taken(sim, **options):
    measure = Profile(**options)
    measure.bind(sim)
    measure.take(sim)
    return measure.result()


def test_three_atoms_by_hand():
    """Two of a kind in one bin, one of the other kind alone, and one bin empty."""
    positions = np.array([[0.5, 1.0, 1.0], [1.5, 1.0, 1.0], [8.9, 5.0, 5.0]])
    velocities = np.array([[1.0, 0.0, 2.0], [3.0, 0.0, -1.0], [0.0, 5.0, 0.0]])
    pairs = PairTable.lorentz_berthelot([1.0, 1.0], [1.0, 1.0], 2.0)
    sim = Simulation(
        positions, velocities, Box((9.0, 6.0, 6.0)), pairs, timestep=0.001, species=np.array([0, 0, 1]),
        masses=[2.0, 5.0], device="cpu",
    )  # fmt: skip
    found = taken(sim, axis="x", bins=3)
    assert found.positions[0] == pytest.approx([1.5, 4.5, 7.5])
    assert found.number_density[0] == pytest.approx(np.array([[2, 0], [0, 0], [0, 1]]) / 108)
    assert found.velocity[0, 0, 0] == pytest.approx([2.0, 0.0, 0.5])
    assert found.velocity[0, 2, 1] == pytest.approx([0.0, 5.0, 0.0])
    assert np.isnan(found.velocity[0, 1]).all() and np.isnan(found.temperature[0, 1])
    # u = (-+1, 0, +-1.5): m sum u^2 = 2 (2 + 4.5), over 3 - 3 m / M = 7 / 3 of either, M = 9.
    assert found.temperature[0, [0, 2]] == pytest.approx([39 / 14, 0.0])
    assert found.species_temperature[0, 0, 0] == pytest.approx(39 / 14)
    # At the distance 1: V = 0, F r = 24 along x; V and the virial are shared by the two.
    assert found.potential_energy[0, 0, 0] == pytest.approx(0.0, abs=1e-12)
    kinetic = np.array([[4.0, 0, -6.0], [0, 0, 0], [-6.0, 0, 9.0]])
    virial = np.diag([24.0, 0, 0])
    resting = 4 / 9 * 39 / 14 * np.eye(3)
    assert found.pressure_tensor[0, 0] == pytest.approx((kinetic + virial + resting) / 108)


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_bins_add_up_to_the_whole(axis):
    sim = mixture()
    sim.run(40)
    found = taken(sim, axis=axis, bins=7)
    totals = found.sums[0, 0].sum(axis=0)
    assert totals[:, 0] == pytest.approx(sim.species_counts[0])
    for s in range(2):
        assert totals[s, 1:4] == pytest.approx(sim.velocities[sim.species == s].sum(axis=0), abs=1e-10)
    assert totals[:, 10].sum() == pytest.approx(sim.energies().potential, rel=1e-12)
    squares = totals[:, 4:10] * sim.masses[:, None] + totals[:, 11:]
    tensor = squares.sum(axis=0)[[[0, 3, 4], [3, 1, 5], [4, 5, 2]]] / sim.box.volume
    assert tensor == pytest.approx(sim.pressure_tensor(), rel=1e-11, abs=1e-12)
    place = np.floor(sim.positions[:, "xyz".index(axis)] % sim.box.lengths[0] / sim.box.lengths[0] * 7)
    for s in range(2):
        counted = np.bincount(place[sim.species == s].astype(int), minlength=7)
        assert np.array_equal(found.sums[0, 0, :, s, 0], counted)


@pytest.mark.parametrize(
    ("options", "axes"),
    [
        ({}, (1, 1, 1)),
        ({"couplings": [Langevin(1.0, 0.5)]}, (0, 0, 0)),
        ({"fields": [Gravity((0.0, 0.1, 0.0))]}, (1, 0, 1)),
    ],
)
def test_degrees_of_freedom_of_the_bins_are_the_simulations(options, axes):
    """One bin has the simulation's temperature, and its pressure with the share of the centre of mass."""
    sim = mixture(**options)
    sim.remove_momentum()
    whole, parts = taken(sim, bins=1), taken(sim, bins=7)
    assert np.count_nonzero(sim.conserved_axes) == sum(axes)
    assert whole.temperature[0, 0] == pytest.approx(sim.temperature(), rel=1e-12)
    share = sim.temperature() / sim.box.volume * np.diag(axes)
    assert sim.resting_pressures()[0] == pytest.approx(share, rel=1e-13)
    assert whole.pressure_tensor[0, 0] == pytest.approx(sim.pressure_tensor() + share, rel=1e-11, abs=1e-12)
    squares = np.trace(parts.kinetic_tensor, axis1=-2, axis2=-1).sum(axis=-1)
    degrees = (squares / parts.temperature).sum()
    assert degrees == pytest.approx(sim.degrees_of_freedom[0], rel=1e-12)


def test_a_frozen_species_has_a_density_and_no_temperature():
    sim = mixture(masses=[1.0, np.inf])
    found = taken(sim, bins=2)
    assert (found.number_density > 0).all()
    assert np.isnan(found.species_temperature[..., 1]).all()
    assert found.temperature == pytest.approx(found.species_temperature[..., 0])


def test_blocks_are_merged_when_all_are_full():
    """Sums over the blocks never change; blocks of 1, then 2, then 4 samples."""
    sim = mixture()
    measure, whole = Profile(bins=2, every=1, blocks=8), np.zeros((2, 2, len(MOMENTS)))
    measure.bind(sim)
    single = Profile(bins=2, every=1)
    for number in range(1, 24):
        sim.run(1)
        measure.take(sim)
        single.bind(sim)
        single.take(sim)
        whole += single.result().sums[0, 0]
        found = measure.result()
        assert found.samples.sum() == number and len(found.samples) <= 8
        assert found.sums[0].sum(axis=0) == pytest.approx(whole, rel=1e-12)
        assert found.volumes[0] == pytest.approx(found.samples * sim.box.volume / 2)
        assert found.lengths == pytest.approx(sim.box.lengths[0])
    assert list(found.samples) == [4, 4, 4, 4, 4, 3]


def made(sums):
    """Profiles of one copy and one species of mass 1 in a box of edge 1, one sample a block."""
    blocks, bins = sums.shape[:2]
    whole = np.zeros((1, blocks, bins, 1, len(MOMENTS)))
    whole[0, :, :, 0, 0] = sums
    ones = np.ones(blocks, int)
    return Profiles(0, np.ones(1), np.ones(1), np.zeros((1, 3)), ones, np.ones((1, blocks)) / bins, whole)


def test_errors_from_blocks():
    """Of a mean they are the standard error of the mean, and cover the truth as they should."""
    counts = np.random.default_rng(5).poisson(20.0, size=(40, 300))
    found, error = over_blocks(made(counts), lambda profiles: profiles.number_density)
    assert found[0, :, 0] == pytest.approx(300 * counts.mean(axis=0))
    assert error[0, :, 0] == pytest.approx(student(40) * 300 * counts.std(axis=0, ddof=1) / np.sqrt(40))
    sigmas = (found[0, :, 0] - 6000) / error[0, :, 0]
    assert 0.85 < sigmas.std() < 1.2 and np.abs(sigmas).max() < 4.5
    with pytest.raises(ValueError, match="two blocks"):
        over_blocks(made(counts[:1]), lambda profiles: profiles.number_density)


@pytest.mark.parametrize("changes", [{"axis": "w"}, {"bins": 0}, {"every": 0}, {"blocks": 7}, {"axis": "xy"}])
def test_bad_input_is_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        Profile(**changes)
