"""Scattering laws: exact on polynomials, the scale of their losses, closed forms, refusals."""

from math import gamma, pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.special import eval_genlaguerre

from knudsen.analysis.kinetic.brackets import pair_brackets
from knudsen.analysis.kinetic.cross_sections import cross_sections, inverse_power_losses
from knudsen.analysis.kinetic.scattering import (
    PotentialScattering,
    SoftSphereScattering,
    rate_coefficient,
    reference_rate,
    scattering_law,
)
from knudsen.core.interactions import InversePower, LennardJones, Mie, VariableSoftSphere
from knudsen.core.shapes import LENNARD_JONES

ARGON = LennardJones(3.542e-10, 93.3)


@pytest.mark.parametrize("reduced", [0.3, 1.0, 3.2, 100.0])
@pytest.mark.parametrize("points", [5, 14])
def test_the_rule_is_exact_on_every_polynomial(reduced, points):
    """loss[l] f = (1/pi) int s e^-s f Q_l(s T*) ds for f = L_k^(1) of norm one, k = 0 .. 2 points - 1."""
    energy, loss = PotentialScattering(LENNARD_JONES, reduced).quadrature(points, points)
    at, share = cross_sections(LENNARD_JONES).thermal(reduced)
    for k in range(2 * points):
        inside, expected = (eval_genlaguerre(k, 1, s) / sqrt(k + 1) for s in (energy, at))
        assert loss @ inside == pytest.approx(share[: points + 1] @ expected / pi, abs=2e-12)
    beyond = share[1] @ at ** (4 * points + 3) / pi
    assert loss[1] @ energy ** (4 * points + 3) != pytest.approx(beyond, rel=1e-10)


def test_nothing_is_lost_in_degree_zero():
    _, loss = scattering_law(ARGON, 300.0).quadrature(3, 5)
    assert loss.shape[0] == 4 and not loss[0].any() and loss[1:].any()


def test_the_inverse_power_is_one_law_at_every_temperature():
    """Maxwell molecules: the losses are the same energies' as VHS of omega = 1, whatever the angle."""
    maxwell = InversePower(3e-10, 100.0, 4)
    law = scattering_law(maxwell, 300.0)
    assert law == scattering_law(maxwell, 3.0)
    energy, loss = law.quadrature(2, 6)
    other, _ = SoftSphereScattering(1.0, 1.0).quadrature(2, 6)
    assert energy == pytest.approx(other)
    assert loss.sum(axis=1) == pytest.approx(inverse_power_losses(4.0)[:3] / pi)


@pytest.mark.parametrize("n", [4.0, 10.0])
def test_inverse_powers_have_the_viscosity_index_of_their_exponent(n):
    """reference_rate ~ T^(1/2 - 2/n): mu ~ T^(1/2 + 2/n), omega of Bird."""
    pair = InversePower(3e-10, 100.0, n)
    low, high = (reference_rate(pair, 3e-26, t) for t in (100.0, 1000.0))
    assert np.log10(high / low) == pytest.approx(0.5 - 2 / n, abs=1e-12)
    spheres = pi * 9e-20 * sqrt(8 * BOLTZMANN * 100 / (pi * 3e-26))
    assert low == pytest.approx(spheres * gamma(2 - 2 / n), rel=1e-12)


def test_a_steep_power_scatters_like_hard_spheres():
    """n = 1000: brackets times the reference rate within 1/n of those of hard spheres of diameter sigma."""
    pair, sphere = InversePower(3e-10, 300.0, 1000), VariableSoftSphere(3e-10)
    results = [
        pair_brackets(scattering_law(each, 300.0), 0.3, 4, 1).own_a * reference_rate(each, 3e-26, 300.0)
        for each in (pair, sphere)
    ]
    assert results[0] == pytest.approx(results[1], rel=0.02, abs=0.02 * np.abs(results[1]).max())


def test_momentum_is_conserved_by_the_signed_weights():
    fraction = 0.09
    pair = pair_brackets(scattering_law(ARGON, 300.0), fraction, 12, rank=1)
    a, b = np.sqrt([fraction, 1 - fraction])
    assert a * pair.own_a[:, 0] + b * pair.cross[:, 0] == pytest.approx(0, abs=1e-13)


@pytest.mark.parametrize("rank", [1, 2])
def test_each_order_holds_the_orders_below(rank):
    law = scattering_law(ARGON, 60.0)
    low, high = pair_brackets(law, 0.3, 5, rank), pair_brackets(law, 0.3, 20, rank)
    for small, large in zip(low, high, strict=True):
        assert large[:5, :5] == pytest.approx(small, abs=1e-11)


@pytest.mark.parametrize("rank", [1, 2])
def test_the_operator_dissipates(rank):
    pair = pair_brackets(scattering_law(Mie(3e-10, 200.0, 14, 6), 300.0), 0.3, 12, rank)
    operator = np.block([[pair.own_a, pair.cross], [pair.cross.T, pair.own_b]])
    rounding = 2e-12 * np.abs(operator).max()
    assert operator == pytest.approx(operator.T, abs=rounding)
    assert np.all(np.linalg.eigvalsh(operator) > -rounding)


def test_soft_spheres_keep_their_rate():
    sphere = VariableSoftSphere(4.1e-10, 0.81, 1.4)
    assert reference_rate(sphere, 3e-26, 300.0) == rate_coefficient(sphere, 3e-26, 300.0)
    assert scattering_law(sphere, 300.0) == SoftSphereScattering(0.81, 1.4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rate_coefficient(ARGON, 3e-26, 300.0), "no collision rate"),
        (lambda: scattering_law(ARGON, -300.0), "temperature must be positive"),
        (lambda: scattering_law(ARGON, 9.0), r"kT/epsilon = 0.09646 lies outside the range 0.1 to 1000"),
        (lambda: scattering_law(ARGON, 300.0).quadrature(27, 27), "take order 25 or less"),
        (lambda: scattering_law(ARGON, 300.0).quadrature(26, 31), "carry 30 points, not 31"),
        (lambda: scattering_law(InversePower(3e-10, 90.0, 6), 300.0).quadrature(27, 5), "order 25 or less"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
