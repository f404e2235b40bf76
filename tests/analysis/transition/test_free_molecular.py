"""Free-molecular results against closed forms, direct integrals and ray tracing."""

from math import log, pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.integrate import quad

from knudsen.analysis.transition.clausing import (
    SLIT,
    TUBE,
    slit_transmission,
    slit_wall_flux,
    tube_transmission,
    tube_transmission_long,
    tube_wall_flux,
)
from knudsen.analysis.transition.free_molecular import (
    FreeMolecularSlab,
    Plate,
    combined_accommodation,
    effusion_enrichment,
    effusion_flux,
    slit_flow_coefficient_leading,
    transpiration_pressure,
    tube_flow_coefficients,
)

MASS, DENSITY, T = 6.63e-26, 1e20, 300.0
PRESSURE, V0 = DENSITY * BOLTZMANN * T, sqrt(2 * BOLTZMANN * T / MASS)


# --- transmission -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "length, tube, slit",
    [  # free_molecular_transmission
        (1.0, 0.671983902, 0.684380822),
        (10.0, 0.190942432, 0.240557200),
    ],
)
def test_clausing_against_the_table(length, tube, slit):
    assert tube_transmission(length) == pytest.approx(tube, abs=2e-9)  # the table's own error is 1.6e-9
    assert slit_transmission(length) == pytest.approx(slit, abs=6e-10)


@pytest.mark.parametrize("duct", [TUBE, SLIT])
def test_kernel_and_escape_belong_together(duct):
    for x in (0.0, 0.3, 2.0, 30.0):
        assert duct.escape(x) == pytest.approx(quad(duct.kernel, x, np.inf, epsabs=1e-13)[0], abs=1e-11)
    assert duct.escape(0.0) == pytest.approx(0.5, abs=1e-15)


@pytest.mark.parametrize(("duct", "wall_flux"), [(TUBE, tube_wall_flux), (SLIT, slit_wall_flux)])
def test_the_wall_flux_solves_clausings_equation(duct, wall_flux):
    """By adaptive quadrature, and its mirror image is the share of the other end."""
    length = 3.0
    for x in (0.0, 0.4, 1.7, 3.0):

        def landed(y, x=x):
            return duct.kernel(abs(x - y)) * wall_flux(y, length)

        parts = [quad(landed, *ends, epsabs=1e-11)[0] for ends in ((0, x), (x, length))]
        expected = duct.escape(x) + sum(parts)
        assert wall_flux(x, length) == pytest.approx(expected, abs=1e-7)
    x = np.linspace(0, length, 9)
    for alpha in (1.0, 0.4):
        flux = wall_flux(x, length, alpha)
        np.testing.assert_allclose(flux + flux[::-1], 1, atol=1e-10)
        assert np.all(np.diff(flux) < 0)
    with pytest.raises(ValueError, match="positions"):
        wall_flux(3.1, length)


def test_the_wall_flux_of_a_long_tube_falls_as_its_density():
    x = np.array([90.0, 110.0])
    first, last = tube_wall_flux(x, 200.0)
    assert tube_transmission(200.0) / ((first - last) / 20) == pytest.approx(8 / 3, rel=0.01)


def test_short_ducts_are_orifices():
    """1 - W -> L / (2R), L / H (1 - ...): the wall seen from the inlet, half of which comes back."""
    short = 1e-5
    assert tube_transmission(short) == pytest.approx(1 - short / 2, abs=short**2)
    assert slit_transmission(short) == pytest.approx(1 - short / 2, abs=short**2)
    assert tube_transmission(short, 0.5) == pytest.approx(1 - short / 4, abs=short**2)


@pytest.mark.parametrize("accommodation", [1.0, 0.5, 0.2])
def test_long_tube(accommodation):
    """W L reaches the limit as 1 / L to logarithms: halving 1/L nearly halves what is missing."""
    missing = [
        1 - tube_transmission(length, accommodation) / tube_transmission_long(length, accommodation)
        for length in (50.0, 100.0, 200.0)
    ]
    assert 0 < missing[2] < missing[1] < missing[0] < 0.5
    assert 0.5 < missing[2] / missing[1] < missing[1] / missing[0] < 0.72


def test_tube_limits_agree():
    for accommodation in (1.0, 0.3):
        poiseuille, creep = tube_flow_coefficients(accommodation)
        transmitted = tube_transmission_long(1e3, accommodation) * 1e3 / sqrt(pi)
        assert poiseuille == pytest.approx(transmitted, rel=1e-14)
        assert creep / poiseuille == 0.5  # p ~ sqrt(T) at zero net flow
    assert tube_flow_coefficients()[0] == pytest.approx(1.5045055561273502, rel=1e-14)


def test_long_slit_grows_by_logarithms():
    growth = [slit_transmission(2 * L) * 2 * L - slit_transmission(L) * L for L in (25.0, 100.0)]
    assert abs(growth[1] - log(2)) < 0.03 and abs(growth[1] - log(2)) < abs(growth[0] - log(2)) + 0.02


def _ray_traced(length, accommodation, count, rng):
    """Share of molecules through a tube of radius one, flight by flight."""
    radius, angle = np.sqrt(rng.random(count)), 2 * pi * rng.random(count)
    cos = np.sqrt(rng.random(count))  # cosine law about the axis
    sin = np.sqrt(1 - cos**2)
    position = np.stack([radius, np.zeros(count), np.zeros(count)], axis=1)
    direction = np.stack([sin * np.cos(angle), sin * np.sin(angle), cos], axis=1)
    passed = 0
    while len(position):
        p, d = position[:, :2], direction[:, :2]
        a, b = (d**2).sum(1), (p * d).sum(1)
        flight = (-b + np.sqrt(np.maximum(b**2 + a * (1 - (p**2).sum(1)), 0))) / a
        position = position + flight[:, None] * direction
        passed += np.count_nonzero(position[:, 2] >= length)
        inside = (position[:, 2] > 0) & (position[:, 2] < length)
        position, direction = position[inside], direction[inside]
        normal = np.zeros_like(position)
        normal[:, :2] = -position[:, :2]
        position[:, :2] /= np.hypot(position[:, 0], position[:, 1])[:, None]
        specular = direction - 2 * (direction * normal).sum(1)[:, None] * normal
        cos, angle = np.sqrt(rng.random(len(position))), 2 * pi * rng.random(len(position))
        sin = np.sqrt(1 - cos**2)
        tangent = np.stack([-normal[:, 1], normal[:, 0], np.zeros(len(position))], axis=1)
        diffuse = cos[:, None] * normal + (sin * np.cos(angle))[:, None] * tangent
        diffuse[:, 2] += sin * np.sin(angle)
        is_diffuse = rng.random(len(position)) < accommodation
        direction = np.where(is_diffuse[:, None], diffuse, specular)
    return passed / count


@pytest.mark.parametrize("accommodation", [1.0, 0.4])
def test_tube_by_ray_tracing(accommodation):
    count = 200_000
    expected = tube_transmission(4.0, accommodation)
    traced = _ray_traced(4.0, accommodation, count, np.random.default_rng(7))
    stderr = sqrt(expected * (1 - expected) / count)
    assert abs(traced - expected) < 4 * stderr
    assert abs(traced - tube_transmission(4.0, 0.97 * accommodation)) > 4 * stderr  # it would see 3 %


def _ray_traced_slit(length, accommodation, count, rng):
    """Share of molecules through a slit of height one: the wall to wall step in z, specular or new."""

    def slopes(m):  # dz per unit of height after diffuse emission: cosine law
        cos, angle = np.sqrt(rng.random(m)), 2 * pi * rng.random(m)
        return np.sqrt(1 - cos**2) * np.cos(angle) / cos

    cos, angle = np.sqrt(rng.random(count)), 2 * pi * rng.random(count)
    across = np.sqrt(1 - cos**2) * np.abs(np.cos(angle))
    z, step, passed = rng.random(count) * cos / across, cos / across, 0
    while len(z):
        passed += np.count_nonzero(z >= length)
        inside = (z > 0) & (z < length)
        z, step = z[inside], step[inside]
        step = np.where(rng.random(len(z)) < accommodation, slopes(len(z)), step)
        z = z + step
    return passed / count


@pytest.mark.parametrize("accommodation", [1.0, 0.4])
def test_slit_by_ray_tracing(accommodation):
    count = 200_000
    expected = slit_transmission(4.0, accommodation)
    traced = _ray_traced_slit(4.0, accommodation, count, np.random.default_rng(11))
    stderr = sqrt(expected * (1 - expected) / count)
    assert abs(traced - expected) < 4 * stderr
    assert abs(traced - slit_transmission(4.0, 0.97 * accommodation)) > 4 * stderr


@pytest.mark.parametrize("transmission", [tube_transmission, slit_transmission])
def test_ducts_out_of_range(transmission):
    with pytest.raises(ValueError, match="long-duct limit"):
        transmission(201.0)
    with pytest.raises(ValueError, match="accommodation"):
        transmission(1.0, 0.0)
    with pytest.raises(ValueError, match="length"):
        transmission(-1.0)
    with pytest.raises(ValueError, match="accommodation"):
        tube_transmission_long(10.0, 0.0)


# --- plates -----------------------------------------------------------------------------------------


def test_couette_stress_and_fourier_flux_of_diffuse_plates():
    U, dT = 1e-3, 1e-3
    couette = FreeMolecularSlab(MASS, DENSITY, Plate(T, U), Plate(T))
    assert couette.stress == pytest.approx(PRESSURE * U / (sqrt(pi) * V0), rel=1e-12)
    fourier = FreeMolecularSlab(MASS, DENSITY, Plate(T + dT / 2), Plate(T - dT / 2))
    assert fourier.heat_flux == pytest.approx(PRESSURE * V0 / sqrt(pi) * dT / T, rel=1e-10)


@pytest.mark.parametrize("first, second", [(1.0, 1.0), (0.5, 0.5), (0.2, 0.9)])
def test_accommodation_scales_the_fluxes(first, second):
    ratio = 1 / (1 / first + 1 / second - 1)
    assert combined_accommodation(first, second) == pytest.approx(ratio, rel=1e-14)
    diffuse = FreeMolecularSlab(MASS, DENSITY, Plate(T, 50.0), Plate(T))
    slab = FreeMolecularSlab(MASS, DENSITY, Plate(T, 50.0, first), Plate(T, 0.0, second))
    assert slab.stress / diffuse.stress == pytest.approx(ratio, rel=1e-13)
    assert slab.molecular_flux == pytest.approx(DENSITY * V0 / (2 * sqrt(pi)), rel=1e-13)


def test_strong_temperature_ratio():
    """q = n k sqrt(8 k / (pi m)) sqrt(T1 T2) (sqrt T1 - sqrt T2), T = sqrt(T1 T2) between diffuse plates."""
    hot, cold = 900.0, 100.0
    slab = FreeMolecularSlab(MASS, DENSITY, Plate(hot), Plate(cold))
    q = DENSITY * BOLTZMANN * sqrt(8 * BOLTZMANN / (pi * MASS)) * sqrt(hot * cold) * (sqrt(hot) - sqrt(cold))
    assert slab.heat_flux == pytest.approx(q, rel=1e-13)
    assert slab.temperature == pytest.approx(sqrt(hot * cold), rel=1e-13)
    assert slab.pressures[0] == pytest.approx(slab.pressures[1], rel=1e-15)


def test_slab_against_moments_of_its_distribution():
    """The streams' balance, and every moment, by sums over the two half Maxwellians."""
    plates = Plate(500.0, 300.0, 0.7), Plate(250.0, -40.0, 0.4)
    slab = FreeMolecularSlab(MASS, DENSITY, *plates)
    rightward = np.linalg.solve([[1, -0.3], [-0.6, 1]], [0.7, 0.0])  # a_+ and a_-
    rates = [slab.molecular_flux * a for a in (rightward.sum(), 2 - rightward.sum())]
    densities = [
        rate * sqrt(pi * MASS / (2 * BOLTZMANN * p.temperature))
        for rate, p in zip(rates, plates, strict=True)
    ]
    assert sum(densities) == pytest.approx(DENSITY, rel=1e-13)
    mean = sum(n * p.velocity for n, p in zip(densities, plates, strict=True)) / DENSITY
    assert slab.velocity == pytest.approx(mean, rel=1e-12)
    passed = slab.molecular_flux * (rightward[0] - rightward[1])
    assert slab.stress == pytest.approx(passed * MASS * 340.0, rel=1e-12)
    heat = passed * (2 * BOLTZMANN * 250.0 + MASS * (300.0**2 - 40.0**2) / 2)
    assert slab.energy_flux == pytest.approx(heat, rel=1e-12)
    assert slab.heat_flux == pytest.approx(heat - mean * slab.stress, rel=1e-12)
    energy = sum(
        n * (1.5 * BOLTZMANN * p.temperature + MASS * (p.velocity - mean) ** 2 / 2)
        for n, p in zip(densities, plates, strict=True)
    )
    assert 1.5 * DENSITY * BOLTZMANN * slab.temperature == pytest.approx(energy, rel=1e-12)


# --- exchange, effusion -----------------------------------------------------------------------------


def test_graham_and_effusion():
    light, heavy = 6.6e-27, 6.6e-26
    flux_light = effusion_flux(light, (1.0, 0.2), (T, T))
    flux_heavy = effusion_flux(heavy, (0.2, 1.0), (T, T))
    assert flux_light / flux_heavy == pytest.approx(-sqrt(heavy / light), rel=1e-13)
    alone = effusion_flux(light, (1.0, 0.0), (T, T)) / effusion_flux(heavy, (1.0, 0.0), (T, T))
    assert alone == pytest.approx(effusion_enrichment(light, heavy), rel=1e-13)
    n, mean_speed = 1.0 / (BOLTZMANN * T), sqrt(8 * BOLTZMANN * T / (pi * light))
    assert effusion_flux(light, (1.0, 0.0), (T, T)) == pytest.approx(n * mean_speed / 4, rel=1e-13)
    assert effusion_flux(light, (1.0, 0.0), (T, T), 0.25) == pytest.approx(n * mean_speed / 16, rel=1e-13)


def test_transpiration_stops_the_flow():
    other = transpiration_pressure(2.0, 300.0, 77.0)
    through = effusion_flux(MASS, (2.0, 0.0), (300.0, 77.0))
    assert abs(effusion_flux(MASS, (2.0, other), (300.0, 77.0))) < 1e-14 * through
    assert abs(effusion_flux(MASS, (2.0, 2.0), (300.0, 77.0))) > 0.5 * through  # equal pressures do not


def test_slit_coefficient():
    step = slit_flow_coefficient_leading(1e-5, 0.5) - slit_flow_coefficient_leading(1e-4, 0.5)
    assert step == pytest.approx(3 * log(10) / sqrt(pi), rel=1e-12)
    with pytest.raises(ValueError, match="delta"):
        slit_flow_coefficient_leading(2.0)


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: Plate(-1.0), "temperature"),
        (lambda: Plate(300.0, accommodation=1.2), "accommodation"),
        (lambda: Plate(300.0, float("nan")), "velocity"),
        (lambda: FreeMolecularSlab(0.0, 1e20, Plate(T), Plate(T)), "mass"),
        (lambda: FreeMolecularSlab(MASS, -1.0, Plate(T), Plate(T)), "number density"),
        (lambda: effusion_flux(MASS, (-1.0, 0.0), (T, T)), "pressures"),
        (lambda: effusion_flux(MASS, (1.0, 0.0), (T, T), 1.5), "transmission"),
        (lambda: transpiration_pressure(0.0, T, T), "pressure"),
        (lambda: tube_flow_coefficients(0.0), "accommodation"),
        (lambda: effusion_enrichment(1.0, -1.0), "masses"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
