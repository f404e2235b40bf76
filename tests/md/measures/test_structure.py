"""g(r): shells of a lattice, an ideal gas, brute force over all images, the two ways to find pairs."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

# So small that atoms may lie anywhere.
IDEAL = PairTable.lorentz_berthelot([1e-3, 1e-3], [1e-2, 1e-2], 2.0)


def gas(counts, box, seed, pairs=IDEAL, copies=1):
    """So many atoms of each species at random places."""
    random = np.random.default_rng(seed)
    box = box if isinstance(box, Box) else Box(box)
    species = np.repeat(np.arange(len(counts)), counts)
    positions = random.uniform(0, 1, (copies, len(species), 3)) * np.array(box.lengths)
    positions = positions if copies > 1 else positions[0]
    velocities = random.uniform(-0.7, 0.7, positions.shape)
    return Simulation(
        positions, velocities, box, pairs, timestep=0.001, species=species, device="cpu", skin=0.4
    )


def taken(sim, **options):
    measure = RadialDistribution(**options)
    measure.bind(sim)
    measure.take(sim)
    return measure.result()


def by_brute_force(positions, species, box, edges, kinds=2):
    """Ordered pairs by distance, at the nearest image."""
    apart = box.separation(positions[:, None] - positions)
    distance = np.linalg.norm(apart, axis=-1)
    np.fill_diagonal(distance, np.inf)
    pairs = np.zeros((kinds, kinds, len(edges) - 1), int)
    for a, b in np.ndindex(kinds, kinds):
        pairs[a, b] = np.histogram(distance[species == a][:, species == b], edges)[0]
    return pairs


@pytest.mark.parametrize("r_max", [1.7, 3.9])
@pytest.mark.parametrize(
    "box", [Box((8.0, 9.0, 13.0)), Box((8.0, 9.0, 13.0), (True, False, True)), Box((30.0, 8.0, 8.0))]
)
def test_pairs_are_those_of_brute_force(box, r_max):
    """From the list and from the cells, in boxes of several shapes, periodic or not, atoms having moved."""
    sim = gas([40, 25], box, seed=5)
    for steps in (0, 130):
        sim.run(steps)
        found = taken(sim, bins=40, r_max=r_max)
        expected = by_brute_force(sim.positions, sim.species, box, found.edges)
        assert expected.sum() > 40
        assert np.array_equal(found.pairs[0], expected)
    assert sim.neighbours.builds[0] == 1


def test_shells_of_a_lattice_are_exact():
    """Face-centred cubic: 12, 6, 24, 12, 24, 8, 48 neighbours at a sqrt(1/2, 1, 3/2, ...)."""
    positions, velocities, length = lattice(5, 0.9)
    sim = Simulation(positions, velocities, length, PairTable(1.0, 1.0, 2.5), timestep=0.001, device="cpu")
    edge = length / 5
    for r_max in (2.4, 0.99 * length / 2):
        found = taken(sim, bins=600, r_max=r_max)
        filled = np.flatnonzero(found.pairs[0, 0, 0])
        shells, numbers = edge * np.sqrt(np.arange(1, 12) / 2), [12, 6, 24, 12, 24, 8, 48, 6, 36, 24, 24]
        for place, shell, number in zip(filled, shells, numbers, strict=False):
            assert found.edges[place] <= shell * (1 + 1e-12) and shell < found.edges[place + 1]
            assert found.pairs[0, 0, 0, place] == number * len(positions)
        assert len(filled) >= 3
        last = found.coordination[0, 0, 0, filled[2]]
        assert last == 42


def test_an_ideal_gas_has_one_everywhere():
    """Even of a few atoms: a pair is found with probability v/V, which is what g is held against."""
    for r_max in (2.0, 3.0):
        found = taken(gas([6, 1], 6.0, seed=11, copies=3000), bins=5, r_max=r_max)
        for a, b in ((0, 0), (0, 1), (1, 0)):
            values = found.values[:, a, b]
            error = values.std(axis=0, ddof=1) / np.sqrt(3000)
            sigmas = (values.mean(axis=0) - 1) / error
            assert np.abs(sigmas).max() < 4 and error[2:].max() < 0.07
        # Negative control: without (N - 1)/N an ideal gas of six atoms would seem to avoid itself.
        values = found.values[:, 0, 0] * 5 / 6
        pooled = values[:, 2:].mean(axis=1)
        assert (1 - pooled.mean()) / (pooled.std() / np.sqrt(3000)) > 10
        assert np.isnan(found.values[:, 1, 1]).all()


def test_samples_add_up():
    sim = gas([30, 20], 7.0, seed=3)
    measure = RadialDistribution(bins=20, r_max=3.0)
    measure.bind(sim)
    measure.take(sim)
    once = measure.result()
    measure.take(sim)
    twice = measure.result()
    assert np.array_equal(twice.pairs, 2 * once.pairs)
    assert np.array_equal(twice.values, once.values, equal_nan=True)
    assert np.array_equal(once.pairs, np.swapaxes(once.pairs, 1, 2))


def test_r_max_is_at_most_half_the_box():
    with pytest.raises(ValueError, match=r"beyond half the shortest box, 3\.5"):
        taken(gas([5, 5], (9.0, 7.0, 8.0), seed=1), r_max=3.6)
    taken(gas([5, 5], Box((9.0, 7.0, 8.0), (True, False, True)), seed=1), r_max=4.0)


@pytest.mark.parametrize("changes", [{"every": 0}, {"bins": 0}, {"r_max": -1.0}, {"r_max": np.nan}])
def test_bad_numbers_are_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        RadialDistribution(**changes)
