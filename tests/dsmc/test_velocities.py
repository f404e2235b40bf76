"""Histograms and power sums of velocities, against NumPy."""

import numpy as np
import pytest

from knudsen.core.velocity_samples import COORDINATES, POWERS
from knudsen.dsmc import Channel, Filling, Mixture, Simulation, Specular
from knudsen.dsmc.measures.velocities import VelocityDistributions, bin_of

MIRROR = Specular()


@pytest.fixture(scope="module")
def run():
    """A channel of 2 x 2 cells, each of 1 x 2 parts: sampled at steps 2 and 4 of 4."""
    simulation = Simulation(
        Mixture(["He", "Ar"]), Channel((1e-6, 1e-6), (2, 2), *[MIRROR] * 4, subcells=(1, 2)),
        Filling(1e-12, 300.0, (0.4, 0.6)), particles_per_cell=500, timestep=1e-12, copies=2, device="cpu",
    )  # fmt: skip
    measure = VelocityDistributions([3, 1], bins=20, limit=1.5, every=2, block=1)
    simulation.add_measure(measure)
    simulation.run(4)
    return simulation, measure


def velocities(simulation, copy, cell, species):
    particles = simulation.particles
    live = slice(copy * particles.capacity, copy * particles.capacity + particles.counts[copy])
    place = particles.place.reshape(-1, 2)[live]
    number = 2 * (place[:, 0] // 5e-7) + place[:, 1] // 5e-7
    kept = (number == cell) & (particles.species[live] == species)
    return np.column_stack([getattr(particles, name)[live][kept] for name in ("vx", "vy", "vz")])


def test_counts_and_powers_are_those_of_the_molecules(run):
    """The gas is too thin to collide and the steps too short to leave a cell by more than a few molecules."""
    simulation, measure = run
    found = measure.result()
    assert found.counts.shape == (2, 2, 2, 2, 4, 22)
    for copy, (number, cell), s in _cases():
        v = velocities(simulation, copy, cell, s)
        speed = np.sqrt((v**2).sum(axis=1))
        for k, name in enumerate(COORDINATES):
            values = speed if name == "speed" else v[:, k]
            edges = found.edges(name)[s]
            expected, _ = np.histogram(values, edges)
            beyond = [np.sum(values < edges[0]), np.sum(values >= edges[-1])]
            counted = found.counts[-1, copy, number, s, k]
            # A sample before the collisions and one after.
            np.testing.assert_array_equal(counted[1:-1], 2 * expected, err_msg=name)
            np.testing.assert_array_equal(counted[[0, -1]], np.multiply(2, beyond))
        assert sum(beyond) > 0
        u = v / found.scale[s]
        expected = [2 * np.prod(u ** np.array(power), axis=1).sum() for power in POWERS]
        np.testing.assert_allclose(found.powers[-1, copy, number, s], expected, rtol=1e-9, atol=1e-9)


def _cases():
    return [(copy, pair, s) for copy in range(2) for pair in ((0, 3), (1, 1)) for s in range(2)]


def test_bins_are_half_open_and_what_lies_beyond_is_kept_apart():
    found = [bin_of(x, -1.0, 2.0, 4) for x in (-1.1, -1.0, -0.51, -0.5, 0.99, 1.0, 5.0, np.nan)]
    assert found == [0, 1, 1, 2, 4, 5, 5, 0]


def test_what_is_not_there_is_refused(run):
    simulation, _ = run
    with pytest.raises(ValueError, match="cells must lie in 0"):
        simulation.add_measure(VelocityDistributions([4]))
    with pytest.raises(ValueError, match="need cells"):
        VelocityDistributions([])
    measure = VelocityDistributions([0])
    measure.bind(simulation)
    with pytest.raises(RuntimeError, match="no block"):
        measure.result()
