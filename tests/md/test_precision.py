"""Mixed and single precision: near double, exact in momentum, as good in a long box."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")
MIXTURE = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.4, form="switched")


def start(precision, pairs=SMOOTH, shift=0.0, stretch=1.0):
    positions, velocities, length = lattice(4, 0.8442, temperature=1.44, jitter=0.02)
    lengths = np.array([length, length, length * stretch])
    species = np.arange(len(positions)) % pairs.species
    return Simulation(
        positions + np.array([0, 0, shift]), velocities, lengths, pairs, species=species, timestep=0.004,
        precision=precision, device="cpu",
    )  # fmt: skip


@pytest.mark.parametrize("pairs", [SMOOTH, MIXTURE])
@pytest.mark.parametrize("precision", ["mixed", "single"])
def test_forces_are_those_of_double_precision_to_float32(precision, pairs):
    rough, exact = start(precision, pairs).force_on_atoms, start("double", pairs).force_on_atoms
    assert 0 < np.abs(rough - exact).max() < 3e-5 * np.abs(exact).max()


@pytest.mark.parametrize("precision", ["mixed", "single"])
def test_a_long_box_costs_no_digits(precision):
    """The same atoms at the end of a box of 1300 sigma; plain float32 would be off by 1e-4 sigma there."""
    near, far = start(precision), start(precision, shift=1200.0, stretch=200.0)
    exact, there = start("double", stretch=200.0), start("double", shift=1200.0, stretch=200.0)
    assert np.abs(there.force_on_atoms - exact.force_on_atoms).max() < 1e-8
    error = np.abs(far.force_on_atoms - there.force_on_atoms).max()
    assert error < 1e-3 < 1e2 * np.spacing(np.float32(1200.0)) * np.abs(there.force_on_atoms).max()
    assert near.force_on_atoms.shape == far.force_on_atoms.shape


@pytest.mark.parametrize(("precision", "drift"), [("mixed", 1e-5), ("single", 1e-4), ("double", 1e-12)])
def test_momentum_stays_as_well_as_the_precision_lets_it(precision, drift):
    simulation = start(precision)
    simulation.run(300)
    assert np.abs(simulation.velocities.astype(float).sum(axis=0)).max() < drift


@pytest.mark.parametrize("precision", ["mixed", "single"])
def test_energy_is_conserved_as_in_double_precision(precision):
    """Within five times the spread that velocity Verlet itself leaves in double precision."""
    totals = {}
    for name in ("double", precision):
        simulation = start(name)
        simulation.run(100)
        totals[name] = []
        for _ in range(10):
            simulation.run(100)
            totals[name].append(simulation.energies().total)
    spread = np.std(totals["double"])
    assert abs(np.mean(totals[precision]) - np.mean(totals["double"])) < 5 * spread
    assert spread < 2e-4 * simulation.atoms.count


def test_single_precision_keeps_velocities_in_float32():
    assert start("single").atoms.velocity.dtype == np.float32
    assert start("mixed").atoms.velocity.dtype == np.float64
