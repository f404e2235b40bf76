import numpy as np
import pytest
from scipy import stats
from scipy.spatial import cKDTree

from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.random_places import random_start
from knudsen.md.starts.start import Start, box_lengths, close_pairs, species_counts
from knudsen.md.starts.velocities import kinetic_temperature, maxwell_velocities


def nearest(start):
    return cKDTree(start.positions, boxsize=start.box).query(start.positions, k=2)[0][:, 1]


def coordination(start, distance):
    tree = cKDTree(start.positions, boxsize=start.box)
    return {len(found) - 1 for found in tree.query_ball_point(start.positions, distance * 1.001)}


# --- composition and box ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("atoms", "fractions", "counts"),
    [
        (10, [0.5, 0.5], [5, 5]),
        (11, [0.5, 0.5], [6, 5]),
        (10, [1 / 3, 1 / 3, 1 / 3], [4, 3, 3]),
        (7, [0.62, 0.38], [4, 3]),  # 4.34, 2.66
        (1000, [0.334, 0.666], [334, 666]),
        (5, [1.0, 0.0], [5, 0]),
    ],
)
def test_counts_by_largest_remainder(atoms, fractions, counts):
    assert species_counts(atoms, fractions).tolist() == counts


def test_box_has_the_density_and_the_aspect():
    box = box_lengths(500, 0.8, (1, 2, 5))
    assert 500 / box.prod() == pytest.approx(0.8, rel=1e-14)
    assert box / box[0] == pytest.approx([1, 2, 5], rel=1e-14)


# --- lattices -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "atoms", "neighbours", "distance"),
    # nearest neighbours of a lattice of unit density: a, sqrt(3)/2 a, a/sqrt(2), a^3 = atoms a cell
    [
        ("sc", 216, 6, 1.0),
        ("bcc", 250, 8, 3**0.5 / 2 * 2 ** (1 / 3)),
        ("fcc", 500, 12, 2**0.5 / 4 ** (1 / 6)),
    ],
)
def test_full_lattices_have_their_neighbours(kind, atoms, neighbours, distance):
    start = lattice_start(kind, atoms, 1.0)
    assert len(start.positions) == atoms
    assert start.density == pytest.approx(1.0, rel=1e-14)
    assert nearest(start) == pytest.approx(np.full(atoms, distance), rel=1e-12)
    assert coordination(start, distance) == {neighbours}
    assert np.all((start.positions > 0) & (start.positions < start.box))


def test_number_is_kept_by_vacancies_or_changed_to_fill():
    kept = lattice_start("fcc", 480, 0.8, seed=1)
    assert len(kept.positions) == 480
    assert kept.density == pytest.approx(0.8, rel=1e-14)
    other = lattice_start("fcc", 480, 0.8, seed=2)
    assert not np.array_equal(kept.positions, other.positions)
    assert len(np.unique(kept.positions, axis=0)) == 480
    filled = lattice_start("fcc", 480, 0.8, exact=False)
    assert len(filled.positions) == 500
    assert filled.density == pytest.approx(0.8, rel=1e-14)


@pytest.mark.parametrize("kind", ["sc", "bcc", "fcc"])
@pytest.mark.parametrize("atoms", [1, 2, 3, 101, 4001])
@pytest.mark.parametrize("aspect", [(1, 1, 1), (1, 1, 8), (5, 1, 2)])
def test_any_count_fits_any_box(kind, atoms, aspect):
    start = lattice_start(kind, atoms, 0.8442, aspect=aspect)
    assert start.positions.shape == (atoms, 3)
    assert start.box / start.box[0] == pytest.approx(np.array(aspect) / aspect[0], rel=1e-12)
    if atoms > 100:
        # A full simple-cubic lattice has its sites 1.058 apart, and vacancies crowd the rest.
        assert nearest(start).min() > 0.8
    filled = lattice_start(kind, atoms, 0.8442, aspect=aspect, exact=False)
    if atoms > 4000:
        assert abs(len(filled.positions) - atoms) < 0.1 * atoms
        assert nearest(filled).min() > 0.9


def test_species_are_dealt_in_exact_number_and_again_by_seed():
    first, again, other = (
        lattice_start("fcc", 500, 0.8, fractions=[0.3, 0.7], seed=seed) for seed in (4, 4, 5)
    )
    assert np.bincount(first.species).tolist() == [150, 350]
    assert np.array_equal(first.species, again.species)
    assert not np.array_equal(first.species, other.species)
    # Dealt, not in blocks: the numbers of the first half are hypergeometric.
    share = np.count_nonzero(first.species[:250] == 0)
    assert abs(share - 75) < 4 * stats.hypergeom(500, 150, 250).std()


def test_a_lattice_too_dense_is_refused():
    lattice_start("fcc", 500, 1.0, min_distance=1.12)
    with pytest.raises(ValueError, match=r"atoms \d+ and \d+ .* 1\.122 apart: the lattice is too dense"):
        lattice_start("fcc", 500, 1.0, min_distance=1.13)
    with pytest.raises(ValueError, match="species 1 and 1"):
        lattice_start("fcc", 500, 1.0, fractions=[0.5, 0.5], min_distance=[[0.5, 0.5], [0.5, 1.2]])


# --- random places --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("atoms", "density", "distance"), [(2000, 0.01, 1.0), (2000, 0.1, 1.0), (1000, 0.8442, 0.9)]
)
def test_random_places_keep_their_distance(atoms, density, distance):
    start = random_start(atoms, density, min_distance=distance, seed=2)
    assert start.positions.shape == (atoms, 3)
    assert start.density == pytest.approx(density, rel=1e-14)
    assert nearest(start).min() >= distance
    assert np.all((start.positions >= 0) & (start.positions < start.box))


def test_each_pair_of_species_has_its_own_distance():
    distance = np.array([[1.2, 0.9], [0.9, 0.5]])
    start = random_start(800, 0.5, min_distance=distance, fractions=[0.5, 0.5], aspect=(1, 1, 3))
    assert len(close_pairs(start, distance)[0]) == 0
    # Negative control: the larger distance for all is not kept.
    assert len(close_pairs(start, np.full((2, 2), 1.2))[0]) > 0


def test_a_dilute_gas_is_uniform():
    start = random_start(20_000, 1e-3, min_distance=0.8, seed=7)
    for axis in range(3):
        assert stats.kstest(start.positions[:, axis] / start.box[axis], "uniform").pvalue > 1e-4


def test_the_seed_decides():
    first, again, other = (
        random_start(300, 0.7, min_distance=0.85, seed=seed).positions for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_close_pairs_see_the_images():
    start = Start(np.array([[0.1, 5, 5], [9.9, 5, 5], [5, 5, 5.0]]), np.zeros(3, np.int32), np.full(3, 10.0))
    pairs, r = close_pairs(start, np.array([[1.0]]))
    assert sorted(pairs[0]) == [0, 1]
    assert r == pytest.approx([0.2])


def test_densities_out_of_reach_are_refused():
    with pytest.raises(ValueError, match=r"fill 0\.62\d of the volume.*0\.55: use a lattice"):
        random_start(500, 1.19, min_distance=1.0)
    with pytest.raises(ValueError, match="half the box's shortest edge"):
        random_start(4, 0.5, min_distance=1.0)


# --- velocities -----------------------------------------------------------------------------------


def test_momentum_is_zero_and_the_temperature_exact():
    masses = np.repeat([1.0, 40.0, 0.1], [500, 300, 200])
    v = maxwell_velocities(masses, 0.722, seed=3)
    assert np.abs(masses @ v).max() < 1e-12 * (masses @ np.abs(v)).max()
    # 3N - 3 degrees of freedom, by hand
    assert (masses[:, None] * v**2).sum() / 2997 == pytest.approx(0.722, rel=1e-13)
    assert kinetic_temperature(v, masses) == pytest.approx(0.722, rel=1e-13)
    assert np.array_equal(v, maxwell_velocities(masses, 0.722, seed=3))


def test_velocities_are_maxwellian_for_each_mass():
    masses = np.repeat([1.0, 25.0], 20_000)
    v = maxwell_velocities(masses, 1.44)
    for mass, part in ((1.0, v[:20_000]), (25.0, v[20_000:])):
        scaled = part.ravel() * np.sqrt(mass / 1.44)
        assert stats.kstest(scaled, "norm").pvalue > 1e-4
        assert stats.kstest(1.05 * scaled, "norm").pvalue < 1e-4


def test_canonical_temperatures_are_chi_squared():
    masses = np.array([1.0, 2.0, 3.0, 4.0])
    temperatures = [
        kinetic_temperature(maxwell_velocities(masses, 2.0, seed=seed, exact=False), masses)
        for seed in range(2_000)
    ]
    scaled = 9 * np.array(temperatures) / 2.0
    assert stats.kstest(scaled, stats.chi2(9).cdf).pvalue > 1e-4
    assert stats.kstest(scaled, stats.chi2(12).cdf).pvalue < 1e-4


def test_uses_of_a_seed_are_independent():
    positions = random_start(1000, 1e-3, min_distance=0.1, seed=5).positions
    v = maxwell_velocities(np.ones(1000), 1.0, seed=5)
    for i in range(3):
        for j in range(3):
            assert abs(np.corrcoef(positions[:, i], v[:, j])[0, 1]) < 4 / np.sqrt(1000)


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lattice_start("fc", 100, 0.8), "did you mean 'fcc'"),
        (lambda: lattice_start("diamond", 100, 0.8), "'sc', 'bcc' or 'fcc'"),
        (lambda: lattice_start("sc", 0, 0.8), "atoms must be a whole number"),
        (lambda: lattice_start("sc", 10.5, 0.8), "atoms must be a whole number"),
        (lambda: lattice_start("sc", 10, -0.8), "density must be positive"),
        (lambda: lattice_start("sc", 10, np.nan), "density must be positive"),
        (lambda: lattice_start("sc", 10, "dense"), "density must be one number"),
        (lambda: lattice_start("sc", 10, 0.8, aspect=(1, 1)), "aspect must be three"),
        (lambda: lattice_start("sc", 10, 0.8, aspect=(1, 1, 0)), "aspect must be three"),
        (lambda: lattice_start("sc", 10, 0.8, fractions=[0.5, 0.6]), "their sum one"),
        (lambda: lattice_start("sc", 10, 0.8, fractions=[1.5, -0.5]), "none negative"),
        (lambda: lattice_start("sc", 10, 0.8, fractions=[]), "one number a species"),
        (lambda: lattice_start("sc", 10, 0.8, seed=-1), "seed must be a whole number"),
        (lambda: random_start(100, 0.1, min_distance=-1.0), "none negative"),
        (lambda: random_start(100, 0.1, min_distance=np.inf), "must be finite"),
        (lambda: random_start(100, 0.1, min_distance=[[1, 2], [2, 1]]), "table of 1 x 1"),
        (lambda: random_start(100, 0.1, min_distance=[[1, 2], [1, 1]], fractions=[0.5, 0.5]), "symmetric"),
        (lambda: maxwell_velocities([1.0], 1.0), "two atoms or more"),
        (lambda: maxwell_velocities([1.0, -1.0], 1.0), "masses must be positive"),
        (lambda: maxwell_velocities([1.0, 1.0], 0.0), "temperature must be positive"),
        (lambda: kinetic_temperature(np.zeros((3, 3)), np.ones(2)), "got shape"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
