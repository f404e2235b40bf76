"""Tables of several shapes and forms against all pairs by brute force, and their kernels on a device."""

import numpy as np
import ptx
import pytest
from lattices import lattice
from pair_laws import BUCKINGHAM, MIE, MINIMUM, exp6, pair_of_atoms

from knudsen.core.shapes import LENNARD_JONES
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

SIGMA = np.array([[1.0, 0.95, 0.9], [0.95, 0.9, 1.05], [0.9, 1.05, 1.1]])
EPSILON = np.array([[1.0, 0.0, 0.7], [0.0, 1.3, 0.9], [0.7, 0.9, 0.5]])
CUTOFF = np.array([[2.4, 2.0, 1.1 * MINIMUM], [2.0, 2.2, 1.8], [1.1 * MINIMUM, 1.8, 2.1]])
FORM = [["cut", "cut", "shifted"], ["cut", "switched", "force-shifted"], ["shifted", "force-shifted", "cut"]]
SHAPE = [
    [LENNARD_JONES, LENNARD_JONES, MIE],
    [LENNARD_JONES, MIE, BUCKINGHAM],
    [MIE, BUCKINGHAM, LENNARD_JONES],
]
SEVERAL = PairTable(SIGMA, EPSILON, CUTOFF, FORM, SHAPE)


def lj(r):
    return 4 * (r**-12 - r**-6), 4 * (12 * r**-13 - 6 * r**-7)


def mie(r):
    return 4 * (r**-14 - r**-7), 4 * (14 * r**-15 - 7 * r**-8)


PLAIN = [[lj, lj, mie], [lj, mie, exp6], [mie, exp6, lj]]


def by_hand(r, a, b):
    """Energy and force of a pair of species at distances r, from the formulas of the forms."""
    sigma, epsilon, rc = SIGMA[a, b], EPSILON[a, b], CUTOFF[a, b] / SIGMA[a, b]
    x = r / sigma
    energy, force = PLAIN[a][b](x)
    end, slope = PLAIN[a][b](rc)
    if FORM[a][b] == "shifted":
        energy = energy - end
    if FORM[a][b] == "force-shifted":
        energy, force = energy - end + (x - rc) * slope, force - slope
    if FORM[a][b] == "switched":
        s = np.maximum(0, (x**2 - (0.9 * rc) ** 2) / (rc**2 * (1 - 0.81)))
        switch = 1 - 10 * s**3 + 15 * s**4 - 6 * s**5
        fall = -30 * s**2 * (1 - s) ** 2 * 2 * x / (rc**2 * (1 - 0.81))
        energy, force = energy * switch, force * switch - energy * fall
    inside = x < rc
    return np.where(inside, epsilon * energy, 0.0), np.where(inside, epsilon / sigma * force, 0.0)


def all_pairs(positions, species, length):
    """Forces, energy and trace of the virial, pair by pair."""
    apart = positions[:, None] - positions
    apart -= length * np.round(apart / length)
    r = np.sqrt((apart**2).sum(axis=2)) + np.eye(len(positions)) * 100
    energy, force = np.zeros_like(r), np.zeros_like(r)
    for a, b in np.ndindex(3, 3):
        these = np.ix_(species == a, species == b)
        energy[these], force[these] = by_hand(r[these], a, b)
    return (force / r)[:, :, None] * apart, energy.sum() / 2, (force * r).sum() / 2


@pytest.mark.parametrize(("precision", "digits"), [("double", 1e-11), ("mixed", 3e-6)])
def test_a_table_of_several_shapes_and_forms_is_that_of_all_pairs(precision, digits):
    positions, velocities, length = lattice(4, 0.9, jitter=0.1)
    species = np.random.default_rng(4).integers(0, 3, len(positions))
    sim = Simulation(
        positions,
        velocities,
        length,
        SEVERAL,
        timestep=0.001,
        species=species,
        precision=precision,
        device="cpu",
    )
    pulls, energy, virial = all_pairs(positions, species, length)
    forces = pulls.sum(axis=1)
    assert sim.force_on_atoms == pytest.approx(forces, abs=digits * np.abs(pulls).max())
    assert sim.energies().potential == pytest.approx(energy, rel=1e-11)
    kinetic = (sim.velocities**2).sum()
    assert np.trace(sim.pressure_tensor()) * length**3 == pytest.approx(kinetic + virial, rel=1e-6)
    swapped = all_pairs(positions, 2 - species, length)[1]
    assert abs(swapped - energy) > 10.0


def test_pairs_of_no_depth_fly_through_each_other():
    table = PairTable(np.ones((2, 2)), [[1.0, 0.0], [0.0, 1.0]], 2.5)
    assert not pair_of_atoms(0.01, table, (0, 1)).force_on_atoms.any()
    assert pair_of_atoms(0.9, table, (1, 1)).force_on_atoms.any()
    # Two fluids in one place, neither of which sees the other.
    assert table.long_range([5, 5], 100.0).energy == PairTable(1.0, 1.0, 2.5).long_range(5, 100.0).energy


def run_everything():
    positions = np.array([[0.5, 0.5, 0.5], [1.7, 0.5, 0.5], [0.5, 1.9, 0.5]])
    user = PairTable(1.0, 1.0, 2.2, form="force-shifted", shape=BUCKINGHAM)
    for pairs in (SEVERAL, user):
        for precision in ("double", "mixed"):
            sim = Simulation(
                positions, 0 * positions, 5.0, pairs, timestep=1e-3, species=np.arange(3) % pairs.species,
                precision=precision, device="cpu",
            )  # fmt: skip
            sim.run(1)
            sim.pressure_tensor()


@pytest.fixture(scope="module")
def calls():
    return {
        call for call in ptx.recorded_calls(run_everything) if call[0].name.startswith("knudsen.md.forces.")
    }


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
def test_laws_of_several_shapes_compile_to_ptx(calls, capability):
    assert {"pair_forces", "measures_of_atom"} <= {kernel.name.split(".")[-1] for kernel, _ in calls}
    ptx.compile_to_ptx(calls, capability)
