"""Collisions: samplers by scripted uniforms, one collision's invariants, the counting of candidates."""

import itertools
import math

import numpy as np
import pytest

from knudsen.core.gases import MODELS, Mixture
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.collisions.laws import cross_section_times_speed, deflection_cosine
from knudsen.dsmc.collisions.partners import partners
from knudsen.dsmc.collisions.scattering import scatter_pair, velocity_change
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

UNIFORMS = [2.0**-33, 0.01, 0.3, 0.5, 0.75, 0.999, 1 - 2.0**-33]
RNG = np.random.default_rng(12)
ALONG_X = [(500.0, 0.0, 0.0), (-500.0, 0.0, 0.0), (300.0, 0.0, 1e-9), (-300.0, 1e-12, 0.0)]
RELATIVE = [*ALONG_X, (0.0, 1.0, 0.0), (0.0, 0.0, -2.0), *map(tuple, RNG.standard_normal((20, 3)) * 1000)]


@pytest.mark.parametrize("alpha", [1.0, 1.26, 1.4, 2.0, 3.0])
@pytest.mark.parametrize("u", UNIFORMS)
def test_vss_deflection(alpha, u):
    """cos(chi) = 2 (b/d)^(2/alpha) - 1 with (b/d)^2 = u."""
    expected = 2 * math.exp(math.log(u) / alpha) - 1
    assert deflection_cosine(1 / alpha, u) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("alpha", [1.0, 1.4, 3.0])
def test_moments_of_the_vss_deflection(alpha):
    """<1 - cos> = 2/(alpha + 1), <1 - cos^2> = 4 alpha/((alpha + 1)(alpha + 2)), by the midpoint rule."""
    u = (np.arange(20_000) + 0.5) / 20_000
    cosine = np.array([deflection_cosine(1 / alpha, value) for value in u])
    assert np.mean(1 - cosine) == pytest.approx(2 / (alpha + 1), rel=1e-4)
    assert np.mean(1 - cosine**2) == pytest.approx(4 * alpha / ((alpha + 1) * (alpha + 2)), rel=1e-4)


@pytest.mark.parametrize("model", MODELS)
def test_rate_is_the_cross_section_times_the_speed(model):
    """sigma_T g of the interaction; the kernel's power is in float32, so to 1e-6."""
    gas = Mixture(["He", "Xe"], model)
    for a, b in gas.pair_numbers():
        pair, m_r = gas.interaction(a, b), gas.reduced_mass(a, b)
        for g in (1e-3, 10.0, 700.0, 5e4):
            rate = cross_section_times_speed(pair.cross_section_prefactor(m_r), 1 - pair.omega, g**2)
            assert rate == pytest.approx(pair.cross_section(g, m_r) * g, rel=1e-6)


@pytest.mark.parametrize("g", RELATIVE)
def test_the_relative_velocity_keeps_its_length_and_turns_by_chi(g):
    """|g'| = |g| and g.g' = g^2 cos(chi), for g along x as well."""
    g = np.array(g)
    for cos_chi, turn in itertools.product((-1.0, -0.9, 0.0, 0.3, 1.0), (0.0, 0.1, 0.25, 0.6, 0.999)):
        after = g + velocity_change(*g, cos_chi, turn)
        assert after @ after == pytest.approx(g @ g, rel=3e-13)
        assert g @ after == pytest.approx(cos_chi * (g @ g), abs=3e-13 * (g @ g))


@pytest.mark.parametrize("g", RELATIVE)
def test_the_azimuth_goes_once_round_the_relative_velocity(g):
    """The part across g turns by 2 pi turn: its components on two fixed axes are cosine and sine."""
    g = np.array(g)
    chi = 1.0
    zero, quarter = (velocity_change(*g, math.cos(chi), turn) for turn in (0.0, 0.25))
    along = (math.cos(chi) - 1) * g
    axes = [(np.array(change) - along) / (math.sin(chi) * np.linalg.norm(g)) for change in (zero, quarter)]
    assert axes[0] @ axes[1] == pytest.approx(0, abs=1e-9)
    for turn in (0.05, 0.4, 0.7, 0.95):
        across = (velocity_change(*g, math.cos(chi), turn) - along) / (math.sin(chi) * np.linalg.norm(g))
        assert across @ axes[0] == pytest.approx(math.cos(2 * math.pi * turn), abs=1e-9)
        assert across @ axes[1] == pytest.approx(math.sin(2 * math.pi * turn), abs=1e-9)


def test_molecules_at_one_velocity_stay_there():
    assert velocity_change(0.0, 0.0, 0.0, -0.3, 0.4) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("mass_ratio", [1.0, 10.0, 1000.0, 0.03])
def test_a_collision_keeps_momentum_and_energy(mass_ratio):
    """To 1e-13 of the pair's own, for any masses and deflection."""
    masses = np.array([mass_ratio, 1.0])
    for _ in range(200):
        velocity = RNG.standard_normal((3, 2)) * 500 / np.sqrt(masses)
        after = velocity.copy()
        scatter_pair(0, 1, *after, masses[0] / masses.sum(), RNG.uniform(-1, 1), RNG.random())
        scale = (masses * np.linalg.norm(velocity, axis=0)).sum()
        np.testing.assert_allclose(after @ masses, velocity @ masses, rtol=0, atol=1e-13 * scale)
        energy = (masses * (velocity**2).sum(axis=0)).sum()
        assert (masses * (after**2).sum(axis=0)).sum() == pytest.approx(energy, rel=1e-13)
        assert not np.allclose(after, velocity)


def words_of(n):
    """A word for each integer below n."""
    return [-((-k * 2**32) // n) for k in range(n)]


@pytest.mark.parametrize("n", [2, 3, 5])
def test_like_partners_are_every_ordered_pair_once(n):
    """Never a molecule with itself: all n (n - 1) pairs by n (n - 1) choices of the words."""
    chosen = [partners(i, j, 7, n, 7, n) for i in words_of(n) for j in words_of(n - 1)]
    assert sorted(chosen) == sorted(itertools.permutations(range(7, 7 + n), 2))


def test_unlike_partners_are_every_pair_once():
    chosen = [partners(i, j, 7, 3, 10, 4) for i in words_of(3) for j in words_of(4)]
    assert sorted(chosen) == sorted(itertools.product(range(7, 10), range(10, 14)))


def pairs_in_a_cell(model, molecules=2, copies=4000, timestep=1e-10, pressure=1e4):
    return Simulation(
        Mixture(["Ar"], model), Slab(1e-6, 1, Periodic(), Periodic()), Filling(pressure, 300.0, (1.0,)),
        particles_per_cell=molecules, timestep=timestep, copies=copies, seed=1, device="cpu",
    )  # fmt: skip


@pytest.mark.parametrize("timestep", [1e-11, 1e-10, 1.7e-9, 5e-8])
def test_candidates_are_poisson(timestep):
    """Mean and variance N (N - 1)/2 W (sigma_T g)_max dt/V, from a few hundredths of one to some hundred."""
    simulation = pairs_in_a_cell("vhs", timestep=timestep)
    expected = simulation.weights[0, 0] / 1e-6 * timestep * simulation._collider.majorant[0, 0, 0]
    simulation.step += 1
    simulation.sort()
    simulation.collide()
    candidates = simulation._collider.events[0, 0, :, 0]
    copies = len(candidates)
    assert abs(candidates.mean() - expected) < 4 * math.sqrt(expected / copies)
    assert abs(candidates.var(ddof=1) / expected - 1) < 4 * math.sqrt((2 + 1 / expected) / copies)


def test_one_molecule_alone_never_collides():
    simulation = pairs_in_a_cell("vhs", molecules=1, copies=50)
    before = np.sort(simulation.particles.vx)
    simulation.run(20)
    assert simulation.resolution()["collisions"] == 0
    np.testing.assert_array_equal(np.sort(simulation.particles.vx), before)


def test_the_separation_of_partners_is_theirs():
    """Two points of a cell of width h are h/3 apart in the mean."""
    simulation = pairs_in_a_cell("vhs", molecules=20, copies=500, timestep=2e-10)
    simulation.run(50)
    found = simulation.resolution()
    stderr = 1e-6 / math.sqrt(18 * found["collisions"])
    assert found["collisions"] > 10_000
    assert abs(found["mean_collision_separation"] - 1e-6 / 3) < 4 * stderr


def test_maxwell_molecules_do_not_pass_their_majorant():
    """sigma_T g is the same for every pair: each candidate collides, and an overflow is a false alarm."""
    simulation = pairs_in_a_cell("maxwell", molecules=30, copies=20)
    simulation.run(20)
    found = simulation.resolution()
    assert found["acceptance"] == 1.0
    assert found["majorant_overflows"] == 0
