"""Equilibria in fields: closed forms, hydrostatics, content, the relativistic rotor and its limit."""

from math import exp

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import c as LIGHT_SPEED
from scipy.constants import k as BOLTZMANN
from scipy.integrate import quad
from scipy.special import kn

from knudsen.analysis.continuum.fields import (
    centrifugal_potential,
    closed_vessel_profile,
    gravitational_potential,
    ideal_gas_profile,
    liquid_equilibrium,
    redshift,
    relativistic_rotor,
    separation_factor,
)

T = 300.0
RT = GAS_CONSTANT * T
MASSES = np.array([0.004, 0.040])


def test_barometric_mixture():
    heights = np.array([0.0, 1e3, 5e4])
    p = ideal_gas_profile(gravitational_potential(heights, 9.81), [3e4, 7e4], MASSES, T)
    expected = np.array([3e4, 7e4]) * np.exp(-np.outer(heights, MASSES) * 9.81 / RT)
    assert p == pytest.approx(expected, rel=1e-13)
    h = 1e-2  # hydrostatics: dp/dz = -rho g
    above, below = (
        ideal_gas_profile(gravitational_potential(1e3 + s, 9.81), [3e4, 7e4], MASSES, T) for s in (h, -h)
    )
    weight = np.sum(p[1] * MASSES) / RT * 9.81
    assert (above - below).sum() / (2 * h) == pytest.approx(-weight, rel=1e-7)


def test_content_of_closed_vessels():
    mean = np.array([2.0, 1.0])
    length, g = 4e4, 9.81
    ends = (0.0, g * length)
    for i in (0, 1):
        filled = quad(lambda z, i=i: closed_vessel_profile(g * z, ends, mean, MASSES, T)[i], 0, length)[0]
        assert filled / length == pytest.approx(mean[i], rel=1e-12)
    omega, inner, outer = 4000.0, 0.05, 0.1
    ends = tuple(float(centrifugal_potential(r, omega)) for r in (inner, outer))
    for i in (0, 1):
        filled = quad(
            lambda r, i=i: (
                2 * r * closed_vessel_profile(centrifugal_potential(r, omega), ends, mean, MASSES, T)[i]
            ),
            inner,
            outer,
        )[0]
        assert filled / (outer**2 - inner**2) == pytest.approx(mean[i], rel=1e-12)
    rim, axis = closed_vessel_profile(np.array(ends[::-1]), ends, mean, MASSES, T)
    work = omega**2 * (outer**2 - inner**2) / 2
    assert rim / axis == pytest.approx(np.exp(MASSES * work / RT), rel=1e-12)


def test_separation_factor():
    omega, rim = 5000.0, 0.1
    expected = exp((0.352 - 0.349) * omega**2 * rim**2 / (2 * RT))
    assert separation_factor(0.349, 0.352, T, omega, (0.0, rim)) == pytest.approx(expected, rel=1e-13)
    at = ideal_gas_profile(
        centrifugal_potential(np.array([0.0, rim]), omega), [0.993, 0.007], [0.352, 0.349], T
    )
    ratio = at[:, 1] / at[:, 0]
    assert ratio[0] / ratio[1] == pytest.approx(expected, rel=1e-12)  # the light gas is rich at the axis


def test_liquid_equilibrium_is_hydrostatic_and_chemical():
    masses, volumes = np.array([0.018, 0.342, 0.046]), np.array([1.8e-5, 2.16e-4, 5.8e-5])
    x0, phi = np.array([0.7, 0.1, 0.2]), np.array([0.0, -2e4, -2e5])
    x, rise = liquid_equilibrium(phi, x0, masses, volumes, T)
    assert x.sum(axis=1) == pytest.approx(1.0, abs=1e-13)
    assert x[0] == pytest.approx(x0, rel=1e-14) and rise[0] == 0
    potential = RT * np.log(x / x0) + np.outer(rise, volumes) + np.outer(phi, masses)
    assert np.max(np.abs(potential)) < 1e-9 * RT
    step = 1.0
    near, p = liquid_equilibrium([-2e4 - step, -2e4 + step], x0, masses, volumes, T)
    density = (x[1] * masses).sum() / (x[1] * volumes).sum()
    assert (p[1] - p[0]) / (2 * step) == pytest.approx(-density, rel=1e-7)
    slope = np.log(near[1] / near[0]) / (2 * step)
    assert slope == pytest.approx(-(masses - volumes * density) / RT, rel=1e-6)


def test_buoyancy_decides_who_sinks():
    """Dilute: c ~ exp[M (1 - v rho) omega^2 r^2 / (2 R T)]; a solute of the liquid's density stays."""
    phi = -5e3
    for density_ratio, sign in ((1.3, 1), (0.9, -1), (1.0, 0)):
        volume = 1.8e-5 * 100
        mass = 0.018 * 100 * density_ratio
        x, _ = liquid_equilibrium(phi, [1 - 1e-9, 1e-9], [0.018, mass], [1.8e-5, volume], T)
        expected = exp(mass * (1 - 1 / density_ratio) * 5e3 / RT)
        assert x[1] / 1e-9 == pytest.approx(expected, rel=1e-5)
        assert np.sign(round(float(x[1] / 1e-9 - 1), 6)) == sign


# --- relativistic rotor -----------------------------------------------------------------------------


def test_tolman_and_klein():
    r = np.array([0.0, 0.3, 0.9]) * LIGHT_SPEED
    temperature, _ = relativistic_rotor(r, 1.0, T, 1e-43)
    assert temperature * redshift(r, 1.0) == pytest.approx(T, rel=1e-14)
    assert redshift(r, 1.0) == pytest.approx(np.sqrt(1 - np.array([0.0, 0.09, 0.81])), rel=1e-14)


@pytest.mark.parametrize("rest_over_thermal", [0.1, 3.0, 60.0])
def test_relativistic_hydrostatics(rest_over_thermal):
    """dp/dr = (e + p) omega^2 r / c^2 / g^2, e = n (m c^2 K_1 / K_2 + 3 k T): an independent balance."""
    mass = rest_over_thermal * BOLTZMANN * T / LIGHT_SPEED**2

    def state(beta):
        temperature, density = relativistic_rotor(beta * LIGHT_SPEED, 1.0, T, mass)
        z = mass * LIGHT_SPEED**2 / (BOLTZMANN * temperature)
        pressure = density * BOLTZMANN * temperature
        return pressure, pressure * (z * kn(1, z) / kn(2, z) + 3)

    beta, h = 0.5, 1e-4
    slope = sum(w * state(beta + s * h)[0] for w, s in ((8, 1), (-8, -1), (-1, 2), (1, -2))) / (12 * h)
    pressure, energy = state(beta)
    assert slope == pytest.approx((energy + pressure) * beta / (1 - beta**2), rel=1e-9)
    newtonian = pressure * rest_over_thermal * beta
    assert abs(slope / newtonian - 1) > 0.2  # Newton's balance is seen to be wrong here


def test_newtonian_limit():
    """ln(n / n_0) = z b^2 / 2 + (3/4) b^2 + z b^4 / 8 + (15/16) b^2 / z + ..., b = omega r / c."""
    argon, omega, r = 6.63e-26, 5000.0, 0.1
    _, density = relativistic_rotor(r, omega, T, argon)
    assert density == pytest.approx(exp(argon * (omega * r) ** 2 / (2 * BOLTZMANN * T)), rel=1e-9)
    at_switch = [
        relativistic_rotor(1e5, 1.0, T, z * BOLTZMANN * T / LIGHT_SPEED**2)[1] for z in (9.999e5, 1.0001e6)
    ]
    assert np.log(at_switch[1]) / np.log(at_switch[0]) == pytest.approx(1.0001 / 0.9999, rel=1e-8)
    z, beta = 400.0, 0.05
    mass = z * BOLTZMANN * T / LIGHT_SPEED**2
    _, density = relativistic_rotor(beta * LIGHT_SPEED, 1.0, T, mass)
    newton = z * beta**2 / 2
    first = newton + 0.75 * beta**2 + z * beta**4 / 8 + 15 / 16 * beta**2 / z
    assert np.log(density) == pytest.approx(first, abs=1e-5)
    assert abs(np.log(density) - newton) > 1e-3


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: ideal_gas_profile(0.0, [1.0], [0.0], T), "molar masses"),
        (lambda: closed_vessel_profile(2.0, (0.0, 1.0), [1.0], [0.03], T), "potential must lie in"),
        (lambda: ideal_gas_profile(np.nan, [1.0], [0.03], T), "potential must be finite"),
        (lambda: ideal_gas_profile(0.0, [-1.0], [0.03], T), "reference"),
        (lambda: closed_vessel_profile(1.0, (1.0, 1.0), [1.0], [0.03], T), "two finite potentials"),
        (lambda: closed_vessel_profile(np.nan, (0.0, 1.0), [1.0], [0.03], T), "potential must lie in"),
        (lambda: separation_factor(0.1, 0.2, T, np.nan, (0.0, 1.0)), "angular speed"),
        (lambda: liquid_equilibrium(np.nan, [0.5, 0.5], [1, 1], [1, 1], T), "potential must be finite"),
        (lambda: separation_factor(0.1, 0.2, -1.0, 1.0, (0.0, 1.0)), "temperature"),
        (lambda: separation_factor(0.1, 0.2, T, 1.0, (1.0, 0.5)), "ascend"),
        (lambda: liquid_equilibrium(0.0, [0.5, 0.6], [1, 1], [1, 1], T), "sum to one"),
        (lambda: liquid_equilibrium(0.0, [0.5, 0.5], [1, 1], [1, 0], T), "molar volumes"),
        (lambda: redshift(LIGHT_SPEED, 1.0), "speed of light"),
        (lambda: relativistic_rotor(0.0, 1.0, T, -1.0), "mass"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
