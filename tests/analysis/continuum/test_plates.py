"""Couette flow and conduction between plates: closed forms, balances, finite differences, limits."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.integrate import solve_bvp

from knudsen.analysis.continuum.channel import PowerLawGas
from knudsen.analysis.continuum.plates import (
    PlateFlow,
    SlipWall,
    conduction_heat_flux,
    couette_ratio,
    fourier_ratio,
)

ARGON = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.81)
CONSTANT = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.0)
C_P = 2.5 * BOLTZMANN / ARGON.mass
P, H = 1e5, 2e-6


def test_small_differences_give_the_reduced_ratios():
    T, U, dT = 300.0, 1e-4, 1e-4
    speed = float(ARGON.thermal_speed(T))
    delta = H / float(ARGON.free_path(T, P))
    couette = PlateFlow(ARGON, P, H, SlipWall(T, slip=1.0, jump=2.0), SlipWall(T, U, slip=2.9, jump=5.0))
    free = P * U / (sqrt(pi) * speed)
    assert couette.stress / free == pytest.approx(couette_ratio(delta, (1.0, 2.9)), rel=1e-11)
    lower, upper = SlipWall(T + dT / 2, jump=1.89), SlipWall(T - dT / 2, jump=5.37)
    free = P * speed / sqrt(pi) * dT / T
    expected = pytest.approx(fourier_ratio(delta, (1.89, 5.37)), rel=2e-6)  # dT / T squared, and rounding
    assert conduction_heat_flux(ARGON, P, H, lower, upper) / free == expected
    assert PlateFlow(ARGON, P, H, lower, upper).heat_flux(H / 2) / free == expected


def test_reduced_ratios():
    assert couette_ratio(10.0, (0.98737, 0.98737)) == pytest.approx(sqrt(pi) / (10 + 2 * 0.98737), rel=1e-14)
    K = 15 * sqrt(pi) / 8 * (2 / 3) / 0.660694457
    assert fourier_ratio(10.0, (1.8898, 1.8898), 0.660694457) == pytest.approx(
        K / (10 + 2 * 1.8898), rel=1e-14
    )


@pytest.mark.parametrize(
    "slip, jump, prandtl, couette, fourier",
    [  # channel_hard_sphere and channel_bgk_shakhov at delta = 10, slip_jump_maxwell_accommodation
        (0.98737, 1.8898, 0.660694457, 0.148018, 0.243370),
        (1.016191, 1.30272, 1.0, 0.14731246, 0.17578801),
    ],
)
def test_slip_and_jump_against_kinetic_solutions(slip, jump, prandtl, couette, fourier):
    """Between plates the Knudsen layers touch as exp(-delta): at delta = 10 slip theory is right to 2e-4."""
    assert couette_ratio(10.0, (slip, slip)) == pytest.approx(couette, rel=2e-4)
    assert fourier_ratio(10.0, (jump, jump), prandtl) == pytest.approx(fourier, rel=2e-4)
    assert abs(couette_ratio(10.0, (1.02 * slip, 1.02 * slip)) / couette - 1) > 1e-3


@pytest.mark.parametrize("omega", [0.0, 0.5, 0.81, 1.0])
def test_viscous_heating_without_slip(omega):
    """Equal walls: T at mid-gap is T_wall + Pr U^2 / (8 c_p), whatever omega is."""
    gas = PowerLawGas(6.63e-26, 2.117e-5, 273.15, omega)
    flow = PlateFlow(gas, P, H, SlipWall(300.0), SlipWall(300.0, 500.0))
    assert flow.temperature(H / 2) == pytest.approx(300 + 2 / 3 * 500**2 / (8 * C_P), rel=1e-10)
    assert flow.velocity(H / 2) == pytest.approx(250.0, rel=1e-10)


def test_constant_properties_with_slip_and_jump():
    """T - T_wall = (tau^2 / lambda mu) (y (H - y) / 2 + zeta ell H / 2 + zeta_2 ell^2), ell(T_gas)."""
    wall = {"slip": 1.0, "jump": 1.9, "second_jump": 0.7}
    flow = PlateFlow(CONSTANT, P, H, SlipWall(300.0, **wall), SlipWall(300.0, 200.0, **wall))
    surface = float(flow.temperature(0.0))
    mu, conductivity = float(CONSTANT.viscosity(300.0)), float(CONSTANT.conductivity(300.0))
    length = float(CONSTANT.free_path(surface, P))
    assert flow.stress == pytest.approx(mu * 200 / (H + 2 * length), rel=1e-10)
    y = np.linspace(0, H, 5)
    slope = flow.stress / mu
    assert flow.velocity(y) == pytest.approx(slope * (y + length), rel=1e-10)
    heated = y * (H - y) / 2 + 1.9 * length * H / 2 + 0.7 * length**2
    assert flow.temperature(y) == pytest.approx(300 + mu * slope**2 / conductivity * heated, rel=1e-10)


def test_conduction_closed_form():
    """lambda ~ T^omega without jump: T^(1+omega) is linear."""
    lower, upper = SlipWall(500.0), SlipWall(300.0)
    q = conduction_heat_flux(ARGON, P, H, lower, upper)
    power = 1.81
    scale = float(ARGON.conductivity(273.15)) * 273.15 / power / H
    assert q == pytest.approx(scale * ((500 / 273.15) ** power - (300 / 273.15) ** power), rel=1e-12)
    flow = PlateFlow(ARGON, P, H, lower, upper)
    assert flow.heat_flux([0.0, H]) == pytest.approx(q, rel=1e-10)
    y = np.linspace(0, H, 5)
    linear = 500**power + (300**power - 500**power) * y / H
    assert flow.temperature(y) == pytest.approx(linear ** (1 / power), rel=1e-10)
    assert conduction_heat_flux(ARGON, P, H, upper, lower) == pytest.approx(-q, rel=1e-12)
    assert conduction_heat_flux(ARGON, P, H, lower, lower) == 0


WALLS = (
    SlipWall(300.0, slip=1.0, jump=1.9, second_jump=0.4),
    SlipWall(400.0, 400.0, slip=2.9, jump=5.4, second_jump=0.9),
)


def test_energy_balance():
    flow = PlateFlow(ARGON, P, H, *WALLS)
    lower, upper = flow.heat_to_walls
    assert lower + upper == pytest.approx(flow.stress * 400, rel=1e-11)
    conducted = flow.heat_flux(H) - flow.heat_flux(0.0)
    assert abs(conducted / (flow.stress * 400) - 1) > 0.05  # the slip's work is no rounding error


def test_against_a_boundary_value_solver():
    """The same equations and wall conditions in y, by collocation."""
    flow = PlateFlow(ARGON, P, H, *WALLS)

    def equations(y, z):  # u, tau, T, q / c
        mu = ARGON.viscosity(z[2])
        return (
            np.array([z[1] / mu, 0 * y, -z[3] / mu, z[1] ** 2 / mu / ARGON.conductivity_over_viscosity]) * H
        )

    def walls(a, b):
        misfits = []
        for z, wall, sign in ((a, WALLS[0], 1), (b, WALLS[1], -1)):
            u, tau, T, q = z
            mu = ARGON.viscosity(T)
            length = ARGON.thermal_speed(T) * mu / P
            slope = -q / mu  # dT/dy
            bend = -(tau**2) / ARGON.conductivity_over_viscosity / mu**2 - 0.81 * slope**2 / T
            misfits.append(u - wall.velocity - wall.slip * length * sign * tau / mu)
            jump = wall.jump * length * sign * slope - wall.second_jump * length**2 * bend
            misfits.append(T - wall.temperature - jump)
        return np.array(misfits)

    y = np.linspace(0, 1, 30)
    stress = float(ARGON.viscosity(350.0)) * 400 / H
    guess = np.array(
        [400 * y, 0 * y + stress, 300 + 100 * y, -float(ARGON.viscosity(350.0)) * 100 / H + 0 * y]
    )
    solution = solve_bvp(equations, walls, y, guess, tol=1e-9, max_nodes=20000)
    assert solution.success
    assert flow.stress == pytest.approx(solution.y[1, 0], rel=1e-7)
    at = np.array([0.0, 0.3, 1.0])
    assert flow.velocity(at * H) == pytest.approx(solution.sol(at)[0], rel=1e-7)
    assert flow.temperature(at * H) == pytest.approx(solution.sol(at)[2], rel=1e-7)
    assert flow.heat_flux(at * H) / ARGON.conductivity_over_viscosity == pytest.approx(
        solution.sol(at)[3], rel=1e-6
    )


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: couette_ratio(-1.0, (0.0, 0.0)), "delta"),
        (lambda: fourier_ratio(1.0, (-1.0, 0.0)), "not negative"),
        (lambda: fourier_ratio(1.0, (1.0, 0.0), 0.0), "Prandtl"),
        (lambda: SlipWall(0.0), "temperature"),
        (lambda: SlipWall(300.0, slip=-1.0), "not negative"),
        (lambda: SlipWall(300.0, float("inf")), "velocity"),
        (lambda: PlateFlow(ARGON, -1.0, H, *WALLS), "pressure"),
        (lambda: PlateFlow(ARGON, P, H, *WALLS).velocity(2 * H), "y must lie"),
        (lambda: conduction_heat_flux(ARGON, P, H, *WALLS), "PlateFlow"),
        (
            lambda: conduction_heat_flux(
                PowerLawGas(1e-26, 1e-5, 300.0, -1.0), P, H, SlipWall(300.0), SlipWall(301.0)
            ),
            "omega = -1",
        ),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
