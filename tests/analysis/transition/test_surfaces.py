"""Walls of Cercignani, Lampis and Lord: their kernel and their limits."""

import numpy as np
import pytest

from knudsen.analysis.transition.channel import channel_flow
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, hard_sphere_gas
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.slip import slip_of
from knudsen.analysis.transition.surfaces import (
    Lord,
    free_ratios,
    grazing_accommodation,
    wall_across,
    wall_along,
)

FLOWS = ("G_P", "G_T", "couette_ratio", "fourier_ratio")
COEFFICIENTS = ("sigma_P", "sigma_T", "zeta_T")


@pytest.fixture(scope="module", params=["shakhov", "hard spheres"])
def gas(request):
    return relaxing_gas() if request.param == "shakhov" else hard_sphere_gas(Resolution(20, 8, 16, 6))


def flows(gas, delta, surface):
    found = channel_flow(gas, delta, surface)
    return np.array([getattr(found, name) for name in FLOWS])


def coefficients(gas, surface):
    found = slip_of(gas, surface)
    return np.array([getattr(found, name) for name in COEFFICIENTS])


def given_back(wall, operator, function):
    """A of a function [node], by its share 1 - 2 rate/(1 + rate) of each product."""
    measure = operator.speed * operator.weight
    kept = (1 - wall.rates) / (1 + wall.rates)
    return wall.functions @ (kept * (wall.functions.T @ (measure * function)))


@pytest.mark.parametrize("alpha, most", [(0.02, 2e-4), (0.2, 1e-5), (0.7, 1e-6), (1.0, 1e-6)])
def test_gaussians_come_back_as_the_kernel_has_them(gas, alpha, most):
    """Noncentral chi^2 of c_x^2: exp(-s c^2) becomes exp(-(1 - alpha) s c^2/(1 + alpha s))/(1 + alpha s)."""
    s, sigma, c = 0.8, 0.6, gas.normal.speed
    for surface, error in ((Lord(alpha, sigma), 0), (Lord(min(1.0, alpha + 0.2) - 0.1, sigma), 1)):
        for degree in (0, 1):
            transverse = gas.normal_transverse[:, degree]
            wall = wall_across(gas, surface)
            found = given_back(wall, gas.normal, np.exp(-s * c**2) * transverse)
            expected = np.exp(-(1 - alpha) * s * c**2 / (1 + alpha * s)) / (1 + alpha * s)
            expected *= (1 - sigma) ** (2 * degree) * transverse
            off = np.sqrt(
                gas.normal.mean(c * (found - expected), found - expected)
                / gas.normal.mean(c * expected, expected)
            )
            assert off > 0.01 if error else off < most


def test_molecules_and_drift_are_kept_as_they_must(gas):
    """No molecule passes; of the momentum along the wall the share 1 - sigma_t comes back."""
    surface = Lord(0.3, 0.4)
    measure = gas.normal.speed * gas.normal.weight
    across, along = wall_across(gas, surface), wall_along(gas, surface)
    assert np.abs(across.exchange(measure, gas.density)).max() < 1e-12
    assert given_back(along, gas.shear, gas.velocity) == pytest.approx(0.6 * gas.velocity, abs=1e-9)
    anything = np.cos(np.arange(measure.size))
    assert abs(gas.density @ across.exchange(measure, anything)) < 1e-12


def test_a_wall_that_accommodates_all_is_diffuse(gas):
    for delta in (0.1, 5.0):
        assert flows(gas, delta, Lord(1.0, 1.0)) == pytest.approx(flows(gas, delta, 1.0), rel=1e-9)
        assert np.all(np.abs(flows(gas, delta, Lord(0.9, 0.9)) / flows(gas, delta, 1.0) - 1) > 1e-4)
    assert coefficients(gas, Lord(1.0, 1.0)) == pytest.approx(coefficients(gas, 1.0), rel=1e-9)


def test_a_wall_all_but_specular_is_that_of_maxwell(gas):
    """Its drag on h ~ c_z is that of alpha = sigma_t, against which the rest of h is small."""
    found, maxwell = slip_of(gas, Lord(0.0, 0.01)), slip_of(gas, 0.01)
    assert found.sigma_P == pytest.approx(maxwell.sigma_P, rel=1e-3)
    assert found.sigma_P == pytest.approx(199 * np.sqrt(np.pi) / 2, rel=0.01)


def test_slip_does_not_see_the_normal_velocity_where_momentum_is_lost(gas):
    """At sigma_t = 1 all of h that is odd in c_z is lost, whatever alpha_n; the jump sees it."""
    found, diffuse = coefficients(gas, Lord(0.3, 1.0)), coefficients(gas, 1.0)
    assert found[:2] == pytest.approx(diffuse[:2], rel=1e-9)
    assert found[2] > 1.5 * diffuse[2]


def test_free_molecules_meet_each_plate_alone(gas):
    for surface in (Lord(0.5, 0.6), Lord(0.0, 1.5), Lord(1.0, 0.3), 0.7):
        found = channel_flow(gas, 1e-4, surface)
        ratios = free_ratios(surface)
        assert found.couette_ratio == pytest.approx(ratios.couette_ratio, rel=1e-3)
        assert found.fourier_ratio == pytest.approx(ratios.fourier_ratio, rel=1e-3)


@pytest.mark.parametrize("surface", [Lord(0.8, 0.5), Lord(0.0, 0.5), 0.5])
def test_the_flow_of_nearly_free_molecules_rises_by_those_that_graze(surface):
    """By (2 - a)/a ln(10)/sqrt(pi) a decade of delta, a = 1 where the wall turns slow ones away from it."""
    rise = np.subtract(*(channel_flow(relaxing_gas(), delta, surface).G_P for delta in (1e-4, 1e-3)))
    alpha = grazing_accommodation(surface)
    assert rise == pytest.approx((2 - alpha) / alpha * np.log(10) / np.sqrt(np.pi), rel=0.04)


@pytest.mark.parametrize("surface", [Lord(0.03, 0.5), Lord(0.5, 1.5)])
def test_coarser_ordinates_say_the_same(surface):
    for delta in (0.01, 1.0, 10.0):
        fine, coarse = (flows(relaxing_gas(2 / 3, nodes), delta, surface) for nodes in (48, 36))
        assert coarse == pytest.approx(fine, rel=1e-5)


def test_plates_may_differ():
    """Half and half of a diffuse and of another wall lie between the two, alike from either side."""
    gas, other = relaxing_gas(), Lord(0.4, 0.5)
    there, back = flows(gas, 1.0, (1.0, other)), flows(gas, 1.0, (other, 1.0))
    assert there == pytest.approx(back, rel=1e-9)
    low, high = np.sort([flows(gas, 1.0, 1.0), flows(gas, 1.0, other)], axis=0)
    assert np.all((low < there) & (there < high))


@pytest.mark.parametrize("values", [(-0.1, 0.5), (1.1, 0.5), (0.5, 0.0), (0.5, 2.0)])
def test_bad_input(values):
    with pytest.raises(ValueError, match=r"alpha_n|sigma_t"):
        Lord(*values)
