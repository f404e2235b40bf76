"""Mixed and single precision: near double, exact in momentum, and what a long box costs."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")
MIXTURE = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.4, form="switched")


def start(precision, pairs=SMOOTH):
    positions, velocities, length = lattice(4, 0.8442, temperature=1.44, jitter=0.02)
    species = np.arange(len(positions)) % pairs.species
    return Simulation(
        positions, velocities, length, pairs, species=species, timestep=0.004, precision=precision,
        device="cpu",
    )  # fmt: skip


@pytest.mark.parametrize("pairs", [SMOOTH, MIXTURE])
@pytest.mark.parametrize("precision", ["mixed", "single"])
def test_forces_are_those_of_double_precision_to_float32(precision, pairs):
    rough, exact = start(precision, pairs).force_on_atoms, start("double", pairs).force_on_atoms
    assert 0 < np.abs(rough - exact).max() < 3e-5 * np.abs(exact).max()


DIMERS, LONG = 300, 1344.0


def dimers():
    """Places and stiffness V'' of pairs of atoms along a long box, out of each other's reach."""
    random = np.random.default_rng(8)
    r = random.uniform(0.9, 1.05, DIMERS)
    low = (np.arange(DIMERS) + random.uniform(0.1, 0.4, DIMERS)) * LONG / DIMERS
    places = np.full((DIMERS, 2, 3), 3.5)
    places[:, 0, 2], places[:, 1, 2] = low, low + r
    return places.reshape(-1, 3), 4 * (156 * r**-14 - 42 * r**-8)


def along(places, precision):
    """Force along z on the upper atom of each dimer."""
    box = np.array([7.0, 7.0, LONG])
    simulation = Simulation(
        places, 0 * places, box, SMOOTH, timestep=0.004, precision=precision, device="cpu"
    )
    return simulation.force_on_atoms[1::2, 2].astype(float)


@pytest.mark.parametrize("precision", ["mixed", "single"])
def test_a_long_box_costs_the_rounding_to_its_fixed_point_and_no_more(precision):
    """dF = V''(r) (d_i - d_j), with |d| up to half a unit: |dF| < V'' unit, var dF = (V'' unit)^2 / 6.

    Int32 spans twice the box and its images, some 2700 sigma; the unit is a power of two, 2^-19 = 1.9e-6.
    """
    unit = 2.0**-19
    places, stiffness = dimers()
    exact = along(places, "double")
    missed = (along(places, precision) - exact) / (stiffness * unit)
    # Arithmetic in float32 adds some 1e-7 of the terms of F: three percent of the smallest V'' unit.
    assert np.abs(missed).max() < 1.05
    # missed^2 has a mean of 1/6 and a variance of 7/180.
    assert abs((missed**2).mean() - 1 / 6) < 4 * (7 / 180 / DIMERS) ** 0.5
    # Positions in float32, 6e-5 to 1.2e-4 sigma apart in most of the box, would be seen.
    coarse = along(places.astype(np.float32).astype(float), "double")
    assert (((coarse - exact) / (stiffness * unit)) ** 2).mean() > 100 / 6


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
