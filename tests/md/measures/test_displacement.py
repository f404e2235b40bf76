"""Displacements: free flight, brute force, and the drift of the centre of mass."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.measures.displacement import Displacement
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

PAIRS = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.4, form="switched")


def fluid(density=0.6, drift=0.0, pairs=PAIRS):
    positions, velocities, length = lattice(4, density)
    species = (np.arange(len(positions)) % 3 == 0).astype(int)
    return Simulation(
        positions, velocities + drift, length, pairs, timestep=0.004, species=species, masses=[1.0, 3.0],
        device="cpu",
    )  # fmt: skip


def measured(sim, measure, samples):
    """Unwrapped positions at each sample [sample, atom, 3]."""
    sim.add_measure(measure)
    seen = []
    for _ in range(samples):
        sim.run(measure.every)
        seen.append(sim.unwrapped_positions)
    return np.array(seen)


def test_free_flight_is_exact_at_every_lag():
    """Atoms too far apart to meet: v^2 t^2 and the same of whole species, through the faces of the box."""
    positions = np.array([[1.0, 1.0, 1.0], [5.0, 5.0, 5.0], [1.0, 5.0, 9.0]])
    velocities = np.array([[3.0, -2.0, 0.5]] * 3) * np.array([[1.0], [-1.0], [1.0]])
    velocities[0] *= 1.0001
    pairs = PairTable.lorentz_berthelot([1.0, 1.0], [1.0, 1.0], 0.5)
    sim = Simulation(
        positions, velocities, 12.0, pairs, timestep=0.01, species=np.array([0, 1, 0]), masses=[1.0, 2.0],
        device="cpu",
    )  # fmt: skip
    measure = Displacement(every=5, levels=5, points=8)
    measured(sim, measure, 160)
    found = measure.result()
    assert found.times[-1] == pytest.approx(7 * 16 * 0.05)
    assert sim.images.any()
    squared = (velocities**2).sum(axis=1)
    for s, mean in enumerate([(squared[0] + squared[2]) / 2, squared[1]]):
        assert found.squared[0, s] == pytest.approx(mean * found.times**2, rel=1e-11)
    sums = np.array([velocities[0] + velocities[2], velocities[1]])
    expected = (sums @ sums.T)[..., None] * found.times**2
    assert found.collective[0] == pytest.approx(expected, rel=1e-11)


def test_a_fluid_against_brute_force():
    sim = fluid()
    measure = Displacement(every=3, levels=3, points=4)
    seen = measured(sim, measure, 40)
    found = measure.result()
    assert found.times == pytest.approx(0.012 * np.array([0, 1, 2, 3, 4, 6, 8, 12]))
    for place, (size, delay) in enumerate([(1, 0), (1, 1), (1, 2), (1, 3), (2, 2), (2, 3), (4, 2), (4, 3)]):
        held = seen[size - 1 :: size]
        moved = held[delay:] - held[: len(held) - delay]
        whole = np.array([moved[:, sim.species == s].sum(axis=1) for s in (0, 1)])
        for s in (0, 1):
            squared = (moved[:, sim.species == s] ** 2).sum(axis=2).mean()
            assert found.squared[0, s, place] == pytest.approx(squared, rel=1e-10, abs=1e-14)
        expected = np.einsum("atk,btk->ab", whole, whole) / len(moved)
        assert found.collective[0, :, :, place] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_the_barycentric_frame_takes_the_drift_away():
    drift = np.array([0.7, 0.0, -0.4])
    found = []
    for velocity in (0.0, drift):
        measure = Displacement(every=2, levels=2, points=4)
        measured(fluid(drift=velocity), measure, 20)
        found.append(measure.result())
    still, drifting = found
    assert drifting.squared_barycentric == pytest.approx(still.squared_barycentric, rel=1e-8, abs=1e-12)
    assert drifting.collective_barycentric == pytest.approx(still.collective_barycentric, rel=1e-7, abs=1e-8)
    assert np.abs(drifting.squared[0, :, -1] - still.squared[0, :, -1]).min() > 0.1 * still.squared[0, 0, -1]
    masses = np.array([1.0, 3.0])
    assert np.einsum("a,rabl->rbl", masses, still.collective_barycentric) == pytest.approx(0.0, abs=1e-8)
