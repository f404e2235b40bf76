"""Burnett's one-dimensional stress and heat flux against Grad's moment equations, and published relations."""

import numpy as np
import pytest

from knudsen.analysis.irreversible.burnett import HARD_SPHERE, MAXWELL, Slopes, State

RNG = np.random.default_rng(8)


def grad_second_order(state, slopes):
    """(sigma, q) to second order, for Maxwell molecules, from Grad's 13 moment equations in one dimension::

        D sigma + (7/3) sigma u' + (4/3) p u' + (8/15) q' = -(p/mu) sigma
        D q + (16/5) q u' + (7/2) sigma theta' - (sigma/rho) p' + theta sigma' + (5/2) p theta'
            = -(2/3)(p/mu) q

    theta = RT, whose iteration from sigma = -(4/3) mu u', q = -(15/4) R mu T' with mu ~ T, D T = -(2/3) T u'.
    """
    mu, p, rho, T = state.arrays()
    d, R = slopes, p / (rho * T)
    sigma, q = -4 / 3 * mu * d.velocity, -15 / 4 * R * mu * d.temperature
    rate = d.acceleration - d.velocity**2  # D(u')
    sigma_rate = -4 / 3 * (mu * rate - 2 / 3 * mu * d.velocity**2)
    sigma_slope = -4 / 3 * mu * (d.velocity_second + d.temperature / T * d.velocity)
    q_slope = -15 / 4 * R * mu * (d.temperature_second + d.temperature**2 / T)
    heating = -2 / 3 * (d.temperature * d.velocity + T * d.velocity_second)
    q_rate = -15 / 4 * R * mu * (heating - d.velocity * d.temperature - 2 / 3 * d.velocity * d.temperature)
    stress = -mu / p * (sigma_rate + 7 / 3 * sigma * d.velocity + 8 / 15 * q_slope)
    terms = (
        q_rate
        + 16 / 5 * q * d.velocity
        + 7 / 2 * sigma * R * d.temperature
        - sigma / rho * d.pressure
        + R * T * sigma_slope
    )
    return stress, -3 / 2 * mu / p * terms


@pytest.mark.parametrize("seed", range(4))
def test_maxwell_molecules_are_grads(seed):
    rng = np.random.default_rng(seed)
    state, slopes = State(*rng.uniform(0.5, 2.0, 4)), Slopes(*rng.normal(size=6))
    stress, heat = grad_second_order(state, slopes)
    assert MAXWELL.normal_stress(state, slopes) == pytest.approx(stress, rel=1e-12)
    assert MAXWELL.heat_flux(state, slopes) == pytest.approx(heat, rel=1e-12)
    assert HARD_SPHERE.normal_stress(state, slopes) != pytest.approx(stress, rel=1e-2)


@pytest.mark.parametrize("gas, exponent", [(MAXWELL, 1.0), (HARD_SPHERE, 0.5)])
def test_coefficients_are_related_as_published(gas, exponent):
    w1, w2, w3 = gas.stress[:3]
    t1, t2, _, t4, _ = gas.heat
    assert w1 == pytest.approx(2 / 3 * (3.5 - exponent) * w2, rel=1e-3)
    assert t1 == pytest.approx(-2 / 3 * (3.5 - exponent) * t2, rel=1e-3)
    assert t4 == w3


def test_conduction_at_rest_stresses_hard_spheres_but_not_maxwell_molecules():
    state = State(2e-5, 1e3, 0.016, 300.0)
    slope = 1e5
    proportional = Slopes(temperature=slope, temperature_second=-(slope**2) / 300)  # lambda ~ T
    assert abs(MAXWELL.normal_stress(state, proportional)) < 1e-15
    root = Slopes(temperature=slope, temperature_second=-(slope**2) / 600)  # lambda ~ sqrt(T)
    expected = 2 / 3 * (0.219 - 2.418 / 2) * 4e-10 * slope**2 / (0.016 * 300.0**2)
    assert HARD_SPHERE.normal_stress(state, root) == pytest.approx(expected, rel=1e-12)
    assert HARD_SPHERE.heat_flux(state, root) == 0


def test_states_along_a_line_are_one_call():
    state = State(2e-5, 1e3, np.linspace(0.01, 0.02, 5), np.linspace(300, 400, 5))
    slopes = Slopes(temperature=1e5, pressure=RNG.normal(size=5), velocity=3.0)
    batch = HARD_SPHERE.normal_stress(state, slopes)
    one = State(2e-5, 1e3, state.density[2], state.temperature[2])
    there = Slopes(temperature=1e5, pressure=slopes.pressure[2], velocity=3.0)
    assert batch.shape == (5,) and batch[2] == HARD_SPHERE.normal_stress(one, there)


@pytest.mark.parametrize("name", State._fields)
def test_states_that_are_not_positive_are_refused(name):
    good = State(2e-5, 1e3, 0.016, 300.0)
    with pytest.raises(ValueError, match=f"{name} must be positive"):
        MAXWELL.normal_stress(good._replace(**{name: 0.0}), Slopes())


@pytest.mark.parametrize("name", Slopes._fields)
def test_slopes_that_are_not_finite_are_refused(name):
    for method in (MAXWELL.normal_stress, HARD_SPHERE.heat_flux):
        with pytest.raises(ValueError, match=f"{name} must be finite"):
            method(State(2e-5, 1e3, 0.016, 300.0), Slopes(**{name: np.nan}))
