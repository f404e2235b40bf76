"""g(r) in stretches, and what it adds to the long-range corrections."""

import numpy as np
import pytest

from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities
from knudsen.scenarios.lj_fluid.radial import RadialBlocks, bins, left_out


@pytest.mark.parametrize("form", ["cut", "switched"])
def test_weights_sum_to_the_long_range_corrections(form):
    """With g = 2 everywhere what is added is once more the correction for g = 1."""
    energy, pressure = left_out(np.linspace(0, 120, 6001), 3.0, form)
    missing = PairTable(1.0, 1.0, 3.0, form).long_range([864], 1000.0)
    assert 0.864 * energy.sum() == pytest.approx(missing.energy, rel=2e-4)
    assert 0.864**2 * pressure.sum() == pytest.approx(missing.pressure, rel=2e-4)


def test_bins_meet_the_cutoff_and_stay_in_half_the_box():
    for cutoff, box in ((3.0, 13.4), (3.0, 6.0), (2.5, 7.3), (6.0, 12.5)):
        number, r_max = bins(cutoff, box)
        edges = np.linspace(0, r_max, number + 1)
        assert cutoff * (1 - 1e-9) <= r_max <= box / 2
        assert np.abs(edges - cutoff).min() < 1e-9


def liquid():
    start = lattice_start("fcc", 108, 0.6)
    velocities = maxwell_velocities(np.ones(108), 1.5)
    return Simulation(start.positions, velocities, start.box, PairTable(1.0, 1.0, 2.5), timestep=0.004)


def test_stretches_add_up_to_the_distribution(tmp_path):
    sim = liquid()
    blocks, plain = RadialBlocks(5, 50, 2.5, stretch=4), RadialDistribution(5, 50, 2.5)
    sim.add_measure(blocks)
    sim.add_measure(plain)
    sim.run(60)
    found, whole = blocks.result(), plain.result()
    assert found.steps.tolist() == [20, 40, 60]
    assert np.array_equal(found.pairs.sum(axis=1), whole.pairs[:, 0, 0])
    assert np.allclose(found.expected.sum(axis=1), whole.expected[:, 0, 0])
    sim.checkpoint(tmp_path / "at60.h5")
    sim.run(20)
    again = liquid()
    rest = RadialBlocks(5, 50, 2.5, stretch=4)
    again.add_measure(rest)
    again.add_measure(RadialDistribution(5, 50, 2.5))
    again.restore(tmp_path / "at60.h5")
    again.run(20)
    assert np.array_equal(rest.result().pairs, blocks.result().pairs)
