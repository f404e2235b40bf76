"""Bracket integrals: conservation, symmetry, exactness of the quadrature, scattering moments."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import eval_legendre, roots_genlaguerre

from knudsen.analysis.kinetic.brackets import pair_brackets, sonine
from knudsen.analysis.kinetic.scattering import SoftSphereScattering, scattering_law
from knudsen.core.interactions import VariableSoftSphere

LAW, FRACTION = SoftSphereScattering(0.735, 1.33), 0.09


@pytest.mark.parametrize("alpha", [1.0, 1.26, 1.4, 2.0])
def test_deflection_moments_are_the_integrals_over_the_impact_parameter(alpha):
    degree = 6
    _, loss = SoftSphereScattering(0.74, alpha).quadrature(degree, 8)
    for l in range(degree + 1):
        kept = quad(lambda u, l=l: eval_legendre(l, 2 * u ** (1 / alpha) - 1), 0, 1, epsabs=1e-12)[0]
        assert loss[l].sum() == pytest.approx(1 - kept, abs=1e-9)


def test_energies_carry_the_rate_of_collisions():
    """<s> over collisions is 5/2 - omega."""
    energy, loss = SoftSphereScattering(0.81, 1.0).quadrature(1, 5)
    assert loss[1] @ energy / loss[1].sum() == pytest.approx(2.5 - 0.81, rel=1e-12)


def test_momentum_is_conserved():
    pair = pair_brackets(LAW, FRACTION, 12, rank=1)
    a, b = np.sqrt([FRACTION, 1 - FRACTION])
    assert a * pair.own_a[:, 0] + b * pair.cross[:, 0] == pytest.approx(0, abs=1e-14)
    assert b * pair.own_b[:, 0] + a * pair.cross[0, :] == pytest.approx(0, abs=1e-14)


@pytest.mark.parametrize("rank", [1, 2])
def test_the_pair_operator_is_symmetric_and_dissipates(rank):
    pair = pair_brackets(LAW, FRACTION, 12, rank)
    operator = np.block([[pair.own_a, pair.cross], [pair.cross.T, pair.own_b]])
    assert operator == pytest.approx(operator.T, abs=1e-14)
    rates = np.linalg.eigvalsh(operator)
    conserved = 1 if rank == 1 else 0
    assert np.all(rates > -1e-14) and np.sum(rates < 1e-12) == conserved


@pytest.mark.parametrize("rank", [1, 2])
def test_exchanging_the_molecules_exchanges_the_brackets(rank):
    pair, swapped = pair_brackets(LAW, FRACTION, 9, rank), pair_brackets(LAW, 1 - FRACTION, 9, rank)
    assert pair.own_a == pytest.approx(swapped.own_b, abs=1e-13)
    assert pair.cross == pytest.approx(swapped.cross.T, abs=1e-13)


@pytest.mark.parametrize("rank", [1, 2])
def test_each_order_holds_the_orders_below(rank):
    """So the quadrature is exact at each: the nodes of order 40 give the brackets of order 5."""
    low, high = pair_brackets(LAW, FRACTION, 5, rank), pair_brackets(LAW, FRACTION, 40, rank)
    for small, large in zip(low, high, strict=True):
        assert large[:5, :5] == pytest.approx(small, abs=1e-13)


@pytest.mark.parametrize("rank", [1, 2])
def test_polynomials_are_orthonormal(rank):
    energy, weight = roots_genlaguerre(8, rank + 0.5)
    p = sonine(6, rank, energy)
    assert (p * weight) @ p.T / weight.sum() == pytest.approx(np.eye(6), abs=1e-12)


def test_the_law_of_soft_spheres_is_their_exponents_at_any_temperature():
    assert scattering_law(VariableSoftSphere(4e-10, 0.8, 1.3), 300.0) == (0.8, 1.3)
