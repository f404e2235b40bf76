"""The sort by bin: stable, whole, the same for any lanes and in its CUDA form."""

import numpy as np
import pytest

from knudsen.core import sorting
from knudsen.core.device import Device
from knudsen.core.particles import COLUMNS, Particles
from knudsen.core.sorting import BinSort

CPU = Device("cpu")


def make(counts, bins, seed=0, dead=0.1, room=1.25, precision="double"):
    """Random particles in random bins, some dead (bin == bins); slots past the count hold rubbish."""
    random = np.random.default_rng(seed)
    copies = []
    for number in counts:
        columns = {name: random.random(number) for name in ("place", "vx", "vy", "vz")}
        columns["inner"] = random.random((number, 2))
        copies.append(columns | {"species": random.integers(0, 3, number, np.uint8)})
    particles = Particles.from_copies(copies, room, precision, CPU)
    particles.bin[...] = random.integers(0, bins, len(particles.bin))
    particles.bin[random.random(len(particles.bin)) < dead] = bins
    return particles


def column(particles, name):
    """A column by slot [slot, numbers of one particle]."""
    return getattr(particles, name).reshape(len(particles.bin), -1)


def expected_columns(particles, bins):
    """By NumPy: each copy's living in stable order of bin; and where each bin starts."""
    columns, starts = [], []
    for copy, count in enumerate(particles.counts):
        base = copy * particles.capacity
        keys = particles.bin[base : base + count]
        order = base + np.argsort(keys, kind="stable")
        order = order[: np.count_nonzero(keys < bins)]
        columns.append({name: column(particles, name)[order] for name in COLUMNS})
        starts.append(base + np.searchsorted(np.sort(keys), np.arange(bins + 1)))
    return columns, np.array(starts)


def by_library(sort, particles):
    """The CUDA form on the host: NumPy stands in for CuPy."""
    sort._offsets = None
    sort.sort(particles)


def by_counting(sort, particles):
    sort.sort(particles)


CASES = {
    "one bin": ([50], 1),
    "many bins, most empty": ([40], 1000),
    "one particle": ([1], 3),
    "unequal copies": ([100, 1, 37, 0, 250], 7),
    "several lanes": ([40_000, 31_001], 60),
}


@pytest.mark.parametrize("form", [by_counting, by_library])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dead", [0.0, 0.2, 1.0])
def test_each_form_is_numpys_stable_sort_copy_by_copy(form, case, dead):
    counts, bins = CASES[case]
    particles = make(counts, bins, dead=dead)
    columns, starts = expected_columns(particles, bins)
    sort = BinSort(bins, len(counts), particles.capacity, CPU)
    form(sort, particles)
    np.testing.assert_array_equal(sort.starts, starts)
    np.testing.assert_array_equal(particles.counts, [len(copy["place"]) for copy in columns])
    for copy, expected in enumerate(columns):
        base = copy * particles.capacity
        for name in COLUMNS:
            region = column(particles, name)[base : base + len(expected[name])]
            np.testing.assert_array_equal(region, expected[name])


def test_the_order_does_not_depend_on_the_lanes(monkeypatch):
    results = []
    for lane_particles in (10**9, 1000, 311, 50):
        monkeypatch.setattr(sorting, "LANE_PARTICLES", lane_particles)
        particles = make([5000, 4000], 30)
        sort = BinSort(30, 2, particles.capacity, CPU)
        sort.sort(particles)
        results.append((sort.lanes, sort.starts, particles))
    assert len({lanes for lanes, _, _ in results}) > 2
    for _, starts, particles in results[1:]:
        np.testing.assert_array_equal(starts, results[0][1])
        for copy, count in enumerate(particles.counts):
            live = slice(copy * particles.capacity, copy * particles.capacity + count)
            for name in COLUMNS:
                np.testing.assert_array_equal(
                    column(particles, name)[live], column(results[0][2], name)[live]
                )


def test_the_count_of_lanes_is_set_by_the_problem():
    assert [BinSort(4, 1, n, CPU).lanes for n in (1, 8191, 16_384, 10**9)] == [1, 1, 2, 32]


def test_a_second_sort_sees_only_the_living():
    particles = make([200], 5, dead=0.3)
    sort = BinSort(5, 1, particles.capacity, CPU)
    sort.sort(particles)
    living = int(particles.counts[0])
    particles.bin[:living] = 2
    particles.bin[living:] = 4
    sort.sort(particles)
    np.testing.assert_array_equal(sort.starts, [[0, 0, 0, living, living, living]])


def test_single_precision_velocities_are_moved_bit_for_bit():
    particles = make([300], 9, precision="mixed")
    columns, _ = expected_columns(particles, 9)
    BinSort(9, 1, particles.capacity, CPU).sort(particles)
    assert particles.vx.dtype == np.float32 and particles.along(0).dtype == np.float64
    np.testing.assert_array_equal(particles.vx[: particles.counts[0]], columns[0]["vx"][:, 0])


def test_growth_keeps_every_copy():
    particles = make([10, 7, 0], 4, room=1.0)
    before = [particles.vx[copy * 10 : copy * 10 + n].copy() for copy, n in enumerate((10, 7, 0))]
    particles.grow(25, CPU)
    assert particles.capacity == 25
    assert [len(each) for each in particles.columns] == [75, 75, 75, 75, 75, 150]
    for copy, vx in enumerate(before):
        np.testing.assert_array_equal(particles.vx[copy * 25 : copy * 25 + len(vx)], vx)
    BinSort(4, 3, particles.capacity, CPU).sort(particles)


def test_bytes_per_particle_count_both_buffers_and_the_bins():
    """Two sets of six float64, two of them internal, and a byte, and one int32 bin: 102 bytes."""
    assert make([100], 4, room=1.0).bytes_per_particle == 102
    assert make([100], 4, room=1.0, precision="mixed").bytes_per_particle == 62
