"""Forces, energy and virial: NIST's configuration, brute force, gradients."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from lattices import lattice

from knudsen.core.shapes import LENNARD_JONES, mie_shape
from knudsen.md.potentials.cutoff import FORMS
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation


def all_pairs(positions, lengths, energy, slope, cutoff):
    """Forces, energy and virial tensor by a double loop; functions of r and the two atoms' numbers."""
    forces, total, virial = np.zeros_like(positions), 0.0, np.zeros((3, 3))
    for i, j in itertools.combinations(range(len(positions)), 2):
        apart = positions[i] - positions[j]
        apart -= lengths * np.round(apart / lengths)
        r = np.sqrt(apart @ apart)
        if r < cutoff(i, j):
            pull = -slope(r, i, j) / r * apart
            forces[i] += pull
            forces[j] -= pull
            total += energy(r, i, j)
            virial += np.outer(apart, pull)
    return forces, total, virial


CONFIGURATION = Path(__file__).parent / "nist_lj_configuration_4.xyz"


def nist(cutoff):
    """NIST's reference configuration 4: 30 atoms in a box of 8^3."""
    positions = np.loadtxt(CONFIGURATION, skiprows=2)[:, 1:4]
    return at_rest(positions, 8.0, PairTable(1.0, 1.0, cutoff))


def virial(simulation):
    """Sum over pairs of r F of atoms at rest."""
    return simulation.pressure_tensor() * simulation.box.volume


def at_rest(positions, box, pairs, **options):
    options = {"timestep": 0.001, "device": "cpu"} | options
    return Simulation(positions, np.zeros_like(positions), box, pairs, **options)


def test_nist_configuration_to_all_printed_digits():
    simulation = nist(3.0)
    assert simulation.energies().potential == pytest.approx(-16.790321304625856, rel=1e-14)
    assert round(float(np.trace(virial(simulation))), 3) == -46.249
    assert round(30 * simulation.long_range().energy, 5) == -0.54517
    assert round(nist(4.0).energies().potential, 3) == -17.060


def test_a_wrong_cut_would_be_seen_in_the_nist_configuration():
    assert abs(nist(2.99).energies().potential + 16.790321304625856) > 1e-3


SYSTEMS = {
    "dense": (lattice(4, 0.9, jitter=0.1)[0], (lattice(4, 0.9)[2],) * 3),
    "gas": (lattice(3, 0.02, jitter=2.5, seed=5)[0], (lattice(3, 0.02)[2],) * 3),
    "tiny": (lattice(2, 0.3, jitter=0.2)[0][:31], (5.0, 4.9, 5.4)),
    "rod": (lattice(3, 0.5, jitter=0.1)[0] * (5, 0.9, 0.9), (30.0, 5.4, 5.4)),
    "two": (np.array([[0.1, 0.2, 0.3], [5.0, 5.8, 5.9]]), (6.0, 6.0, 6.0)),
    "one": (np.array([[0.1, 0.2, 0.3]]), (6.0, 6.0, 6.0)),
}
TABLES = {
    "pure": PairTable(1.0, 1.0, 2.4),
    "mixture": PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.7], 2.4, k_ij=0.2),
    "cuts": PairTable([[1.0, 0.9], [0.9, 0.8]], [[1.0, 0.5], [0.5, 2.0]], [[2.4, 2.0], [2.0, 1.5]]),
}


def expected(positions, lengths, pairs, species):
    def scales(i, j):
        return pairs.sigma[species[i], species[j]], pairs.epsilon[species[i], species[j]]

    def energy(r, i, j):
        sigma, epsilon = scales(i, j)
        return epsilon * 4 * ((sigma / r) ** 12 - (sigma / r) ** 6)

    def slope(r, i, j):
        sigma, epsilon = scales(i, j)
        return epsilon * 4 / r * (-12 * (sigma / r) ** 12 + 6 * (sigma / r) ** 6)

    cutoff = lambda i, j: pairs.cutoff[species[i], species[j]]  # noqa: E731
    return all_pairs(positions, np.array(lengths), energy, slope, cutoff)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("system", SYSTEMS)
def test_forces_energy_and_virial_are_those_of_all_pairs(system, table):
    positions, lengths = SYSTEMS[system]
    pairs = TABLES[table]
    species = np.arange(len(positions)) % pairs.species
    simulation = at_rest(positions, lengths, pairs, species=species)
    forces, energy, pull = expected(positions, lengths, pairs, species)
    scale = max(1.0, np.abs(forces).max())
    assert simulation.force_on_atoms == pytest.approx(forces, abs=1e-11 * scale)
    assert simulation.energies().potential == pytest.approx(energy, rel=1e-12, abs=1e-12)
    assert virial(simulation) == pytest.approx(pull, rel=1e-11, abs=1e-11 * scale)
    assert simulation.force_on_atoms == pytest.approx(forces, abs=1e-11 * scale)
    assert np.abs(simulation.force_on_atoms.sum(axis=0)).max() <= 1e-12 * scale * len(positions)


def test_exchanged_species_would_be_seen():
    positions, lengths = SYSTEMS["dense"]
    pairs, species = TABLES["mixture"], np.arange(len(SYSTEMS["dense"][0])) % 2
    swapped = at_rest(positions, lengths, pairs, species=1 - species)
    assert abs(swapped.energies().potential - expected(positions, lengths, pairs, species)[1]) > 1.0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [LENNARD_JONES, mie_shape(14.0, 7.0)])
def test_forces_are_minus_the_gradient_of_the_energy(form, shape):
    positions, _, length = lattice(3, 0.7, jitter=0.1)
    pairs = PairTable(1.0, 1.0, 2.4, form=form, shape=shape)
    forces = at_rest(positions, length, pairs).force_on_atoms
    h = 1e-5
    for atom, axis in ((0, 0), (17, 1), (50, 2)):
        ends = []
        for sign in (1, -1):
            moved = positions.copy()
            moved[atom, axis] += sign * h
            ends.append(at_rest(moved, length, pairs).energies().potential)
        assert forces[atom, axis] == pytest.approx(-(ends[0] - ends[1]) / (2 * h), rel=1e-5, abs=1e-5)


def test_virial_is_the_volume_derivative_of_the_energy():
    positions, _, length = lattice(3, 0.8, jitter=0.1)
    pairs = PairTable(1.0, 1.0, 2.4, form="force-shifted")
    pull = virial(at_rest(positions, length, pairs))
    h = 1e-5
    for axis in range(3):
        stretch = np.ones(3)
        ends = []
        for sign in (1, -1):
            stretch[axis] = 1 + sign * h
            ends.append(at_rest(positions * stretch, length * stretch, pairs).energies().potential)
        assert pull[axis, axis] == pytest.approx(-(ends[0] - ends[1]) / (2 * h), rel=1e-6, abs=1e-5)


def test_lorentz_berthelot_leaves_like_pairs_and_mixes_unlike_ones():
    table = PairTable.lorentz_berthelot([1.0, 2.0], [1.0, 4.0], 2.5, k_ij=0.1)
    assert table.sigma.tolist() == [[1.0, 1.5], [1.5, 2.0]]
    assert table.epsilon == pytest.approx(np.array([[1.0, 1.8], [1.8, 4.0]]), rel=1e-15)


@pytest.mark.parametrize(
    "arguments", [(0.0, 1.0, 2.5), (1.0, np.nan, 2.5), (1.0, 1.0, -1.0), ([[1, 2], [3, 1]], 1.0, 2.5)]
)
def test_bad_scales_are_refused(arguments):
    with pytest.raises(ValueError, match=r"positive|symmetric"):
        PairTable(*arguments)


def test_bad_mixing_is_refused():
    with pytest.raises(ValueError, match="species"):
        PairTable.lorentz_berthelot([1.0, 1.0], [1.0], 2.5)
    with pytest.raises(ValueError, match="positive"):
        PairTable.lorentz_berthelot([1.0], [-1.0], 2.5)
