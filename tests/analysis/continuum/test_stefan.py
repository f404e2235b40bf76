"""Evaporation: Stefan's film, films between two temperatures, Arnold's tube and transient."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import quad, solve_ivp

from knudsen.analysis.continuum.arnold import (
    arnold_fraction,
    arnold_interface_fraction,
    arnold_rate,
    evaporation_path,
)
from knudsen.analysis.continuum.counterdiffusion import Slab, composition_profile, equimolar_flux, velocities
from knudsen.analysis.continuum.stefan import (
    ackermann_temperature,
    film_driving_force,
    film_pressure,
    nonisothermal_resistance,
    power_law_resistance,
    stefan_film_flux,
    stefan_flux,
    stefan_profile,
    stefan_velocities,
)

P, T, D, L = 101325.0, 300.0, 2.5e-5, 0.1
MASSES = (0.018015, 0.028965)
C = P / (GAS_CONSTANT * T)


def power_law(T):
    return D * (T / 300.0) ** 1.75


# --- isothermal --------------------------------------------------------------------------------------


def test_flux_profile_and_slab_agree():
    flux = float(stefan_flux(P, T, D, L, 0.6 * P, 0.1 * P))
    assert flux == pytest.approx(C * D / L * np.log(0.9 / 0.4), rel=1e-14)
    assert stefan_profile(L, (0.0, 0.6), flux, C * D) == pytest.approx(0.1, rel=1e-13)
    z = np.linspace(0, L, 11)
    numeric = composition_profile(Slab(z, T, C), flux, (0.0, 0.6), D, total_flux=flux, tolerance=1e-11)
    assert numeric == pytest.approx(stefan_profile(z, (0.0, 0.6), flux, C * D), abs=1e-10)


def test_flux_depends_on_the_film_pressure():
    """p D constant: N_A p_BM is the same at every total pressure, and p/p_BM is the gain over equimolar."""
    pressures = np.array([0.7e5, 1e5, 1e6])
    flux = stefan_flux(pressures, T, 2.0 / pressures, L, 6e4, 1e4)
    assert flux * film_pressure(pressures, 6e4, 1e4) == pytest.approx(
        2.0 * 5e4 / (GAS_CONSTANT * T * L), rel=1e-13
    )
    equimolar = equimolar_flux(0.6, 0.1, D, C, L)
    gain = stefan_flux(P, T, D, L, 0.6 * P, 0.1 * P) / equimolar
    assert gain == pytest.approx(P / film_pressure(P, 0.6 * P, 0.1 * P), rel=1e-13)
    assert film_pressure(P, 0.2 * P, 0.2 * P) == pytest.approx(0.8 * P, rel=1e-15)


def test_dilute_vapour_is_equimolar_and_nearly_boiling_diverges():
    dilute = stefan_flux(P, T, D, L, 1e-7 * P)
    assert dilute == pytest.approx(equimolar_flux(1e-7, 0.0, D, C, L), rel=1e-7)
    assert stefan_flux(P, T, D, L, P * (1 - 1e-12)) > 27 * C * D / L


def test_stefan_velocity_carries_the_stagnant_gas():
    """B stands still: v_B = 0 = v* + V_B, and rho v = M_A N_A."""
    flux = float(stefan_flux(P, T, D, L, 0.6 * P))
    v_molar, v_mass = stefan_velocities(flux, [0.5, 0.1], C, MASSES)
    motion = velocities((flux, 0.0), [0.5, 0.1], C, MASSES)
    assert v_molar == pytest.approx(motion.molar, rel=1e-15)
    assert v_mass == pytest.approx(motion.mass, rel=1e-15)
    assert v_molar == pytest.approx(2 * [flux * GAS_CONSTANT * T / P], rel=1e-14)
    assert np.all(motion.species[:, 1] == 0)


def test_centre_of_mass_drifts_in_equimolar_counterdiffusion():
    motion = velocities((0.3, -0.3), np.linspace(0.1, 0.9, 5), C, MASSES)
    assert np.all(motion.molar == 0)
    assert motion.mass_flux == pytest.approx((MASSES[0] - MASSES[1]) * 0.3, rel=1e-14)
    assert np.all(motion.mass < 0)  # towards where the heavy gas goes


# --- between two temperatures ------------------------------------------------------------------------


@pytest.mark.parametrize("exponent", [0.5, 1.75, 2.0, 2.5])
@pytest.mark.parametrize("faces", [(350.0, 290.0), (290.0, 350.0), (300.0, 300.0), (300.0, 300.0 + 1e-7)])
def test_power_law_resistance_is_the_integral(exponent, faces):
    def local(z):
        temperature = faces[0] + (faces[1] - faces[0]) * z / L
        return GAS_CONSTANT * temperature / (P * D * (temperature / 300.0) ** exponent)

    expected = quad(local, 0, L, epsabs=0, epsrel=1e-12)[0]
    assert power_law_resistance(L, faces, D, 300.0, exponent, P) == pytest.approx(expected, rel=1e-11)


def test_film_between_two_temperatures():
    flux = stefan_film_flux(L, (350.0, 290.0), power_law, P, 4e4)
    closed = film_driving_force(P, 4e4) / power_law_resistance(L, (350.0, 290.0), D, 300.0, 1.75, P)
    assert flux == pytest.approx(float(closed), rel=1e-11)
    assert stefan_film_flux(L, (300.0, 300.0), power_law, P, 4e4) == pytest.approx(
        float(stefan_flux(P, 300.0, D, L, 4e4)), rel=1e-12
    )


def test_enthalpy_carried_by_the_flux_bends_the_temperature():
    """The profile solves lambda T'' = N C_p T', and the flux belongs to that profile."""
    heat_capacity, conductivity = 34.0, 0.026
    flux = stefan_film_flux(L, (350.0, 290.0), power_law, P, 8e4, 0.0, heat_capacity, conductivity)
    flow = flux * heat_capacity * L / conductivity

    def temperature(z):
        return float(ackermann_temperature(z, L, (350.0, 290.0), flow))

    drive = float(film_driving_force(P, 8e4))
    resistance = nonisothermal_resistance(L, temperature, power_law, P)
    assert flux == pytest.approx(drive / resistance, rel=1e-11)
    z = np.linspace(0, L, 201)
    profile = ackermann_temperature(z, L, (350.0, 290.0), flow)
    heat = -conductivity * np.gradient(profile, z, edge_order=2) + flux * heat_capacity * profile
    assert np.ptp(heat[1:-1]) < 1e-4 * np.ptp(flux * heat_capacity * profile)
    assert flux > 1.002 * stefan_film_flux(
        L, (350.0, 290.0), power_law, P, 8e4
    )  # the hot end is blown outwards


# --- tubes -------------------------------------------------------------------------------------------


def test_level_drops_as_the_square_root():
    """The closed path solves dL/dt = N_A(L)/c_L."""
    args = {"pressure": P, "temperature": T, "diffusion": D, "vapour": 4e4}
    liquid = 55e3
    hours = np.linspace(0, 100 * 3600.0, 5)
    rate = solve_ivp(
        lambda t, y: stefan_flux(length=y[0], **args) / liquid, (0, hours[-1]), [0.05], t_eval=hours,
        rtol=1e-12, atol=1e-15,
    )  # fmt: skip
    path = evaporation_path(hours, 0.05, P, T, D, 4e4, liquid)
    assert path == pytest.approx(rate.y[0], rel=1e-10)
    slope = np.diff(path**2) / np.diff(hours)
    assert slope == pytest.approx(2 * C * D * np.log(1 / (1 - 4e4 / P)) / liquid, rel=1e-9)


@pytest.mark.parametrize("fraction, phi", [(0.25, 0.1562), (0.5, 0.3578), (0.75, 0.6618)])
def test_arnold_rate_is_the_published_one(fraction, phi):
    """Bird, Stewart and Lightfoot (2002), table 20.1-1."""
    assert arnold_rate(fraction) == pytest.approx(phi, abs=5e-5)
    assert arnold_interface_fraction(arnold_rate(fraction)) == pytest.approx(fraction, rel=1e-13)


def test_arnold_limits():
    assert arnold_rate(0.0) == 0.0
    assert arnold_rate(1e-6) == pytest.approx(1e-6 / np.sqrt(np.pi), rel=1e-6)  # no Stefan flow
    assert arnold_interface_fraction(arnold_rate(1 - 1e-12)) == pytest.approx(1 - 1e-12, abs=1e-15)


def test_arnold_profile_solves_its_equation():
    """x_t + v* x_z = D x_zz with v* = phi sqrt(D/t), and its gradient at the liquid is the flux."""
    fraction, t, h = 0.6, 50.0, 1e-4
    phi = arnold_rate(fraction)
    for z in (0.01, 0.05, 0.1):
        x = arnold_fraction([z - h, z, z + h], t, fraction, D)
        x_t = (arnold_fraction(z, t * 1.001, fraction, D) - arnold_fraction(z, t * 0.999, fraction, D)) / (
            0.002 * t
        )
        advection = phi * np.sqrt(D / t) * (x[2] - x[0]) / (2 * h)
        assert x_t + advection == pytest.approx(D * (x[2] - 2 * x[1] + x[0]) / h**2, rel=1e-5)
        assert abs(advection) > 0.1 * abs(x_t)  # the Stefan flow matters
    gradient = (arnold_fraction(1e-7, t, fraction, D) - fraction) / 1e-7
    assert -D * gradient / (1 - fraction) == pytest.approx(phi * np.sqrt(D / t), rel=1e-4)


def test_arnold_vapour_is_what_has_left_the_liquid():
    """The vapour above the liquid is the integral of N_A: 2 phi sqrt(D t) in units of c."""
    t, fraction = 50.0, 0.6
    held = quad(lambda z: float(arnold_fraction(z, t, fraction, D)), 0, 1.0, epsabs=1e-12, limit=200)[0]
    assert held == pytest.approx(2 * arnold_rate(fraction) * np.sqrt(D * t), rel=1e-9)


# --- bad input ---------------------------------------------------------------------------------------


def test_boiling_is_refused():
    for vapour in (P, 1.1 * P, -1.0):
        with pytest.raises(ValueError, match="vapour pressures must lie"):
            stefan_flux(P, T, D, L, vapour)
    with pytest.raises(ValueError, match="boils"):
        film_pressure(P, P)
    with pytest.raises(ValueError, match="boils"):
        stefan_film_flux(L, (300.0, 310.0), power_law, P, P)
    for fraction in (1.0, -0.1):
        with pytest.raises(ValueError, match="lie in"):
            arnold_rate(fraction)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="diffusion must be positive"):
        stefan_flux(P, T, 0.0, L, 1e3)
    with pytest.raises(ValueError, match="length must be positive"):
        stefan_flux(P, T, D, 0.0, 1e3)
    with pytest.raises(ValueError, match="not negative"):
        evaporation_path(-1.0, L, P, T, D, 1e3, 1e4)
    with pytest.raises(ValueError, match="time must be positive"):
        arnold_fraction(0.1, 0.0, 0.5, D)
    with pytest.raises(ValueError, match="no velocity"):
        velocities((1.0, -1.0), 1.0, C, MASSES)
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        equimolar_flux(1.2, 0.0, D, C, L)
    with pytest.raises(ValueError, match="position must be finite and not negative"):
        arnold_fraction(-0.1, 1.0, 0.5, D)
    with pytest.raises(ValueError, match="phi must be finite and not negative"):
        arnold_interface_fraction(-0.1)
    with pytest.raises(ValueError, match="position must lie in"):
        ackermann_temperature(2 * L, L, (300.0, 400.0), 1.0)
    with pytest.raises(ValueError, match="x_A must lie in"):
        stefan_velocities(1.0, 1.5, C, MASSES)


def test_ackermann_temperature_of_a_strong_flow():
    """exp(-a) of the rise is left at z = L - L/a; at a = 1000 exp(a) alone would overflow."""
    warm = ackermann_temperature(L * (1 - 1e-3), L, (300.0, 400.0), 1000.0)
    assert warm == pytest.approx(300 + 100 * np.exp(-1), rel=1e-12)
    cold = ackermann_temperature(L * 1e-3, L, (300.0, 400.0), -1000.0)
    assert cold == pytest.approx(400 - 100 * np.exp(-1), rel=1e-12)
