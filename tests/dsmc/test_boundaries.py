"""What faces send in: the samplers by scripted uniforms, the numbers by closed form."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.rng import Stream
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Specular
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.emission import count_emission
from knudsen.dsmc.face_table import FaceTable
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.surfaces import emission_species, flux_normal_speed

GAS = Mixture(["He", "Ar", "Xe"])
MASSES = np.array(GAS.masses)
BOLTZMANN = 1.380649e-23


def faces(left, right=Specular(), weight=1.0):  # noqa: B008
    return FaceTable([Slab(1.0, 1, left, right).grid], GAS, [weight], Device("cpu"))


@pytest.mark.parametrize("u", [2.0**-33, 0.1, 0.5, math.exp(-1), 0.999, 1 - 2.0**-33])
def test_normal_speed_is_the_quantile_of_the_flux_maxwellian(u):
    """u = integral from v to infinity of (2 v / c^2) exp(-v^2/c^2): v = c (-ln u)^(1/2)."""
    c = 350.0
    speed = flux_normal_speed(c, u)
    assert speed == pytest.approx(c * math.sqrt(-math.log(u)), rel=1e-12)
    beyond, _ = quad(lambda v: 2 * v / c**2 * math.exp(-((v / c) ** 2)), speed, 12 * c, epsabs=1e-13)
    assert beyond == pytest.approx(u, rel=1e-9, abs=1e-12)


def test_a_plain_maxwellian_would_be_seen():
    """<v> = c pi^(1/2)/2 and <v^2> = c^2 over the flux, not the c pi^(-1/2) and c^2/2 of the gas itself."""
    u = (np.arange(20_000) + 0.5) / 20_000
    speeds = np.array([flux_normal_speed(1.0, value) for value in u])
    assert speeds.mean() == pytest.approx(math.sqrt(math.pi) / 2, rel=1e-4)
    assert np.mean(speeds**2) == pytest.approx(1.0, rel=1e-3)


def test_species_change_at_the_cumulative_shares():
    cumulative = np.array([[1.0, 1.0, 1.0], [0.2, 0.5, 1.0]])
    below = math.nextafter(0.2, 0)
    expected = {2.0**-33: 0, below: 0, 0.2: 1, 0.3: 1, 0.5: 2, 1 - 2.0**-33: 2}
    assert {u: emission_species(cumulative, 1, u) for u in expected} == expected


def test_a_cumulative_share_short_of_one_still_gives_a_species():
    cumulative = np.array([[0.2, 0.5, 0.999]])
    assert emission_species(cumulative, 0, 0.9999) == 2


def test_absent_species_are_never_sent_out():
    table = faces(ExchangeReservoir(300.0, (0.0, 1.0, 0.0)))
    for u in (2.0**-33, 0.5, 1 - 2.0**-33):
        assert emission_species(table.cumulative[0], 0, u) == 1


def test_exchange_shares_are_flux_weighted():
    """x_s m_s^(-1/2) / sum_k x_k m_k^(-1/2)."""
    x = np.array([0.2, 0.5, 0.3])
    table = faces(ExchangeReservoir(300.0, tuple(x)))
    flux = x / np.sqrt(MASSES)
    np.testing.assert_allclose(np.diff(table.cumulative[0, 0], prepend=0), flux / flux.sum(), rtol=1e-12)
    assert table.cumulative[0, 0, -1] == 1.0


def test_thermal_speeds_and_wall_velocities():
    table = faces(DiffuseWall(250.0, (1.0, 2.0)), ExchangeReservoir(350.0, (1.0, 0.0, 0.0)))
    expected = np.sqrt(2 * BOLTZMANN * np.array([[250.0], [350.0]]) / MASSES)
    np.testing.assert_allclose(table.thermal_speed[0], expected, rtol=1e-12)
    np.testing.assert_array_equal(table.velocity[0], [[1.0, 2.0], [0.0, 0.0]])


def test_open_faces_emit_the_half_range_flux():
    """n x_s (k T / (2 pi m_s))^(1/2), n = p / (k T)."""
    reservoir = OpenReservoir(2000.0, 300.0, (0.5, 0.3, 0.2))
    n = 2000.0 / (BOLTZMANN * 300.0)
    expected = n * np.array([0.5, 0.3, 0.2]) * np.sqrt(BOLTZMANN * 300.0 / (2 * np.pi * MASSES))
    np.testing.assert_allclose(reservoir.flux(MASSES), expected, rtol=1e-12)
    np.testing.assert_allclose(faces(reservoir, weight=4e9).arrivals[0, 0], expected / 4e9, rtol=1e-12)


@pytest.mark.parametrize("means", [(0.0, 0.02), (0.7, 3.0), (15.0, 40.0)])
def test_emitted_numbers_are_poisson(means):
    """Chi-squared over the counts of 20,000 copies, and their independence."""
    copies = 20_000
    emitted = np.zeros((copies, 4), np.int64)
    arrivals = np.tile(np.array([means, means[::-1]]), (copies, 1, 1))
    count_emission(copies, arrivals, 1.0, emitted, np.arange(copies), int(Stream.EMISSION_COUNT), 3)
    for column, mean in zip(emitted.T, (*means, *means[::-1]), strict=True):
        if mean == 0:
            assert not column.any()
            continue
        values = np.arange(column.max() + 1)
        expected = copies * stats.poisson.pmf(values, mean)
        kept = expected > 8
        observed = np.bincount(column)
        observed = np.append(observed[kept], observed[~kept].sum())
        expected = np.append(expected[kept], copies - expected[kept].sum())
        assert stats.chisquare(observed, expected).pvalue > 1e-4
    if 0 not in means:
        off_diagonal = np.corrcoef(emitted.T)[np.triu_indices(4, 1)]
        assert np.all(np.abs(off_diagonal) < 4 / np.sqrt(copies))


def test_room_grows_before_molecules_enter():
    """A slab that fills from near vacuum keeps every molecule: those counted in are those there."""
    reservoir = OpenReservoir(1000.0, 300.0, (0.5, 0.5))
    simulation = Simulation(
        Mixture(["He", "Ar"]), Slab(1e-6, 5, reservoir, reservoir), Filling(20.0, 300.0, (0.5, 0.5)),
        particles_per_cell=4, timestep=2e-10, copies=3, device="cpu",
    )  # fmt: skip
    first = simulation.particles.capacity
    simulation.sample(1, 40)
    before = simulation.particle_count
    simulation.run(40)
    number = simulation.result().walls[0, :, :, :, :, 0].sum(axis=(0, 1, 2))
    assert simulation.particles.capacity > 5 * first
    assert simulation.particle_count == before + number[1] - number[0]
    assert simulation.result().sums[0, :, :, :, 0].sum() > 0


@pytest.mark.parametrize(
    ("face", "arguments", "message"),
    [
        (DiffuseWall, (0.0,), "temperature must be positive"),
        (DiffuseWall, (math.nan,), "temperature must be positive"),
        (DiffuseWall, (300.0, (math.inf, 0.0)), "velocity"),
        (ExchangeReservoir, (-1.0, (1.0,)), "temperature must be positive"),
        (ExchangeReservoir, (300.0, (0.5, 0.6)), "sum to one"),
        (ExchangeReservoir, (300.0, (1.5, -0.5)), "lie in"),
        (ExchangeReservoir, (300.0, (math.nan, 1.0)), "lie in"),
        (OpenReservoir, (0.0, 300.0, (1.0,)), "pressure must be positive"),
        (OpenReservoir, (math.inf, 300.0, (1.0,)), "pressure must be positive"),
        (OpenReservoir, (1.0, 300.0, ()), "sum to one"),
    ],
)
def test_a_face_that_makes_no_sense_is_refused(face, arguments, message):
    with pytest.raises(ValueError, match=message):
        face(*arguments)
