"""Channel flows with slip against their closed forms, quadrature and limits."""

from math import log, pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.integrate import quad

from knudsen.analysis.continuum.channel import (
    PowerLawGas,
    creep_coefficient,
    mass_flow,
    plane_velocity,
    poiseuille_coefficient,
    pressure_along,
    tube_velocity,
)
from knudsen.analysis.continuum.transpiration import thermomolecular_pressure, transpiration_exponent

ARGON = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.81)


def test_gas():
    assert ARGON.viscosity(546.3) == pytest.approx(2.117e-5 * 2**0.81, rel=1e-14)
    assert ARGON.conductivity(300.0) / ARGON.viscosity(300.0) == pytest.approx(
        15 / 4 * BOLTZMANN / ARGON.mass, rel=1e-13
    )
    assert ARGON.free_path(300.0, 1e5) == pytest.approx(
        ARGON.viscosity(300.0) * sqrt(2 * BOLTZMANN * 300 / ARGON.mass) / 1e5, rel=1e-13
    )


@pytest.mark.parametrize("delta", [2.0, 10.0, 300.0])
def test_poiseuille_closed_forms(delta):
    plane = delta / 6 + 1.018 + 2 * 0.4 / delta
    assert poiseuille_coefficient(delta, 1.018, 0.4) == pytest.approx(plane, rel=1e-13)
    assert poiseuille_coefficient(delta, (1.018, 1.018), (0.4, 0.4)) == pytest.approx(plane, rel=1e-13)
    tube = delta / 4 + 1.018 + 0.4 / delta
    assert poiseuille_coefficient(delta, 1.018, 0.4, "tube") == pytest.approx(tube, rel=1e-13)


def test_flow_rate_is_the_integral_of_the_profile():
    delta, slip, second = 7.0, (1.0, 2.9), (0.3, 0.8)
    mean = quad(plane_velocity, 0, 1, args=(delta, slip, second))[0]
    assert 2 * delta * mean == pytest.approx(poiseuille_coefficient(delta, slip, second), rel=1e-12)
    mean = quad(lambda r: 2 * r * tube_velocity(r, delta, 1.3, 0.6), 0, 1)[0]
    assert 2 * delta * mean == pytest.approx(poiseuille_coefficient(delta, 1.3, 0.6, "tube"), rel=1e-12)


def test_profile_meets_the_slip_conditions_and_the_momentum_balance():
    delta, slip, second = 7.0, (1.0, 2.9), (0.3, 0.8)
    y = np.array([0.0, 0.5, 1.0])
    bottom, middle, top = plane_velocity(y, delta, slip, second)
    left, right = -3 * bottom + 4 * middle - top, bottom - 4 * middle + 3 * top  # exact for a parabola
    assert 4 * (bottom - 2 * middle + top) == pytest.approx(-1.0, rel=1e-12)
    assert bottom == pytest.approx(slip[0] * left / delta + second[0] / delta**2, rel=1e-12)
    assert top == pytest.approx(-slip[1] * right / delta + second[1] / delta**2, rel=1e-12)
    assert abs(top - slip[1] * right / delta) > 0.1  # the wrong normal would be seen


def test_creep_between_plates():
    assert creep_coefficient(20.0, 1.018, 1.0) == pytest.approx(1.018 / 20, rel=1e-14)
    assert creep_coefficient(20.0, 1.018, shape="tube") == pytest.approx(1.018 / 20, rel=1e-14)
    # no slip but creep on one plate: a linear profile, whose mean is half
    assert creep_coefficient(20.0, (1.0, 0.0)) == pytest.approx(0.5 / 20, rel=1e-14)
    swapped = creep_coefficient(20.0, (0.0, 1.0), (3.0, 1.0))
    assert creep_coefficient(20.0, (1.0, 0.0), (1.0, 3.0)) == pytest.approx(swapped, rel=1e-13)


@pytest.mark.parametrize("shape, bulk, second", [("plane", 1 / 6, 2), ("tube", 1 / 4, 1)])
def test_mass_flow_is_the_integral_of_the_coefficient(shape, bulk, second):
    p1, p2, size, length, T = 3e4, 1e4, 1e-6, 1e-3, 300.0
    e = float(ARGON.viscosity(T) * ARGON.thermal_speed(T)) / size
    total = quad(lambda p: poiseuille_coefficient(p / e, 1.1, 0.5, shape), p2, p1, epsrel=1e-12)[0]
    flow = mass_flow(ARGON, T, (p1, p2), size, length, 1.1, 0.5, shape)
    assert flow == pytest.approx(size / (ARGON.thermal_speed(T) * length) * total, rel=1e-11)
    closed = bulk * (p1**2 - p2**2) / (2 * e) + 1.1 * (p1 - p2) + second * 0.5 * e * log(p1 / p2)
    assert flow == pytest.approx(size / (ARGON.thermal_speed(T) * length) * closed, rel=1e-13)
    assert mass_flow(ARGON, T, (p2, p1), size, length, 1.1, 0.5, shape) == pytest.approx(-flow, rel=1e-13)
    assert mass_flow(ARGON, T, (p1, p1), size, length, 1.1, 0.5, shape) == 0


def test_hagen_poiseuille():
    """Without slip: rho_mean R^2 (p1 - p2) / (8 mu L)."""
    p1, p2, R, L, T = 3e5, 1e5, 1e-4, 0.1, 300.0
    density = (p1 + p2) / 2 * ARGON.mass / (BOLTZMANN * T)
    expected = density * R**2 * (p1 - p2) / (8 * ARGON.viscosity(T) * L)
    assert mass_flow(ARGON, T, (p1, p2), R, L, 0.0, shape="tube") == pytest.approx(expected, rel=1e-13)


def test_pressure_along_the_channel():
    share, pressures = np.linspace(0, 1, 7), (3e4, 1e4)
    p = pressure_along(share, ARGON, 300.0, pressures, 1e-6, 1.1, 0.5)
    total = mass_flow(ARGON, 300.0, pressures, 1e-6, 1e-3, 1.1, 0.5)
    for z, here in zip(share[1:], p[1:], strict=True):
        part = mass_flow(ARGON, 300.0, (pressures[0], here), 1e-6, 1e-3 * z, 1.1, 0.5)
        assert part == pytest.approx(total, rel=1e-11)
    straight = pressure_along(0.5, ARGON, 300.0, (2e5, 1e5), 10.0, 0.0)
    assert straight == pytest.approx(sqrt((2e5**2 + 1e5**2) / 2), rel=1e-12)
    assert np.all(pressure_along(share, ARGON, 300.0, (1e4, 1e4), 1e-6, 1.1) == 1e4)


def test_thermomolecular_pressure():
    """Without slip p_2^2 - p_1^2 = 12 sigma_T int (mu v0 / H)^2 d ln T; with gamma = 1/2, sqrt(T)."""
    p1, T1, T2, omega, delta = 100.0, 300.0, 600.0, 0.81, 20.0
    pressure = thermomolecular_pressure(
        p1, (T1, T2), delta, omega, lambda d: transpiration_exponent(d, 0.0, 1.018)
    )
    power = 2 * omega + 1
    expected = p1 * sqrt(1 + 12 * 1.018 / delta**2 * ((T2 / T1) ** power - 1) / power)
    assert pressure == pytest.approx(expected, rel=1e-11)
    free = thermomolecular_pressure(p1, (T1, T2), 1e-3, omega, lambda d: 0.5)
    assert free == pytest.approx(p1 * sqrt(2), rel=1e-12)
    assert thermomolecular_pressure(p1, (T1, T1), 1.0, omega, lambda d: 0.5) == p1
    back = thermomolecular_pressure(
        pressure,
        (T2, T1),
        delta * (pressure / p1) * 2 ** -(omega + 0.5),
        omega,
        lambda d: transpiration_exponent(d, 0.0, 1.018),
    )
    assert back == pytest.approx(p1, rel=1e-11)


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: PowerLawGas(-1.0, 1e-5), "mass"),
        (lambda: PowerLawGas(1e-26, 1e-5, omega=float("nan")), "omega"),
        (lambda: ARGON.viscosity(-300.0), "temperature"),
        (lambda: ARGON.free_path(300.0, 0.0), "pressure"),
        (lambda: poiseuille_coefficient(0.0, 1.0), "delta"),
        (lambda: poiseuille_coefficient(1.0, -1.0), "not negative"),
        (lambda: poiseuille_coefficient(1.0, 1.0, shape="annulus"), "unknown"),
        (lambda: poiseuille_coefficient(1.0, (1.0, 1.0), shape="tube"), "plane channel"),
        (lambda: plane_velocity(1.5, 1.0, 1.0), "gap"),
        (lambda: plane_velocity(np.nan, 1.0, 1.0), "gap"),
        (lambda: tube_velocity(-0.1, 1.0, 1.0), "radius"),
        (lambda: pressure_along(np.nan, ARGON, 300.0, (2e5, 1e5), 1e-6, 1.0), "fractions"),
        (lambda: thermomolecular_pressure(1.0, (1.0, 2.0), 1.0, np.nan, lambda d: 0.5), "omega"),
        (lambda: thermomolecular_pressure(1.0, (1.0, 2.0), 1.0, 0.5, lambda d: np.nan), "exponent"),
        (lambda: mass_flow(ARGON, 300.0, (1e5, 0.0), 1e-6, 1e-3, 1.0), "pressures"),
        (lambda: pressure_along(1.2, ARGON, 300.0, (2e5, 1e5), 1e-6, 1.0), "fractions"),
        (lambda: thermomolecular_pressure(1.0, (1.0, -1.0), 1.0, 0.5, lambda d: 0.5), "temperatures"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_slip_table_of_the_definitions():
    """G_P -> delta / 6 + sigma_P: the free path is (2 / sqrt(pi)) times shorter than ell."""
    knudsen = 0.05
    delta = sqrt(pi) / (2 * knudsen)
    assert poiseuille_coefficient(delta, 0.98737) == pytest.approx(delta / 6 + 0.98737, rel=1e-14)
