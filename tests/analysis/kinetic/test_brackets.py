"""Bracket integrals: conservation, symmetry, exactness of the quadrature, scattering moments."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import eval_legendre, roots_genlaguerre, roots_jacobi, roots_legendre

from knudsen.analysis.kinetic.brackets import MAXIMUM_ORDER, pair_brackets, sonine
from knudsen.analysis.kinetic.scattering import SoftSphereScattering, scattering_law
from knudsen.core.interactions import VariableSoftSphere

LAW, FRACTION = SoftSphereScattering(0.735, 1.33), 0.09


def collided(law, share, order, rank):
    """Own and cross brackets by quadrature over the velocities of a collision, with no expansion at all.

    The nodes are exact for the polynomials of this order: energies, the angle between G and g, cos chi on
    its own weight, and the azimuth of scattering.  The components of h are averaged by h(C) . h(C').
    """
    points = 2 * order + rank + 1
    centre, centre_weight = roots_genlaguerre(points, 0.5)
    energy, energy_weight = roots_genlaguerre(points, 1.5 - law.omega)
    cosine, cosine_weight = roots_legendre(points)
    node, chi_weight = roots_jacobi(points, 0, law.alpha - 1)  # cos chi = 2 u^(1/alpha) - 1
    azimuth = 2 * np.pi * np.arange(2 * points) / (2 * points)
    weight = np.ones(())
    for one in (centre_weight, energy_weight, cosine_weight, chi_weight, np.ones_like(azimuth)):
        weight = weight[..., None] * one / one.sum()
    G, s, x, chi, turn = np.meshgrid(
        np.sqrt(centre), energy, cosine, node, azimuth, indexing="ij", sparse=True
    )
    g, sine, bent = np.sqrt(s), np.sqrt(1 - x**2), np.sqrt(1 - chi**2)
    along, across = g * x, g * sine
    after = (
        g * (x * chi + sine * bent * np.cos(turn)),
        g * (sine * chi - x * bent * np.cos(turn)),
        g * bent * np.sin(turn),
    )

    def molecule(own, other, relative):
        return own * G + other * relative[0], other * relative[1], other * relative[2]

    def dot(c, d):
        return sum(i * j for i, j in zip(c, d, strict=True))

    def average(c, d):  # <b_p h(C) . b_q h(D)>
        squares, product = (dot(c, c), dot(d, d)), dot(c, d)
        joined = (1.0, product / 3, (product**2 - squares[0] * squares[1] / 3) / 5)[rank]
        p, q = (sonine(order, rank, np.broadcast_to(square, weight.shape)) for square in squares)
        return (p * (weight * joined)).reshape(order, -1) @ q.reshape(order, -1).T

    a, b = np.sqrt(share), np.sqrt(1 - share)
    before = (along, across, np.zeros_like(g))
    first, last = molecule(a, b, before), molecule(a, b, after)
    return (
        average(first, first) - average(first, last),
        average(first, molecule(b, -a, before)) - average(first, molecule(b, -a, after)),
    )


@pytest.mark.parametrize("share", [0.5, 0.09])
@pytest.mark.parametrize("law", [SoftSphereScattering(0.5, 1.0), SoftSphereScattering(0.8, 1.4)])
@pytest.mark.parametrize("rank", [0, 1, 2])
def test_brackets_are_the_integrals_over_collisions(law, share, rank):
    own, cross = collided(law, share, 2, rank)
    pair = pair_brackets(law, share, 2, rank)
    assert pair.own_a == pytest.approx(own, abs=1e-13)
    assert pair.cross == pytest.approx(cross, abs=1e-13)
    other = pair_brackets(law, share + 0.01, 2, rank)
    assert np.abs(other.own_a - own).max() > 1e-4  # another mass is seen


def test_hard_spheres_of_one_gas_have_the_textbook_brackets():
    """Chapman and Cowling (1970), section 10.21: a_pq = (4, -1; 45/4), b_pq = (4, -1; 205/12)."""
    hard = SoftSphereScattering(0.5, 1.0)
    vector, tensor = (pair_brackets(hard, 0.5, 3, rank) for rank in (1, 2))
    for whole, norms, expected in (
        ((vector.own_a + vector.cross)[1:, 1:], [15 / 4, 105 / 16], [[4, -1], [-1, 45 / 4]]),
        ((tensor.own_a + tensor.cross)[:2, :2], [5 / 2, 35 / 4], [[4, -1], [-1, 205 / 12]]),
    ):
        scaled = whole * np.sqrt(np.outer(norms, norms))
        assert scaled / scaled[0, 0] * 4 == pytest.approx(np.array(expected), rel=1e-13)


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
def test_the_highest_order_is_as_exact(rank):
    """Against the next quadrature down, and dissipative still."""
    low, high = (pair_brackets(LAW, FRACTION, order, rank) for order in (80, MAXIMUM_ORDER))
    for small, large in zip(low, high, strict=True):
        assert large[:80, :80] == pytest.approx(small, abs=1e-12)
    operator = np.block([[high.own_a, high.cross], [high.cross.T, high.own_b]])
    assert np.linalg.eigvalsh(operator)[0] > -1e-13


@pytest.mark.parametrize("rank", [1, 2])
def test_polynomials_are_orthonormal(rank):
    energy, weight = roots_genlaguerre(8, rank + 0.5)
    p = sonine(6, rank, energy)
    assert (p * weight) @ p.T / weight.sum() == pytest.approx(np.eye(6), abs=1e-12)


def test_the_law_of_soft_spheres_is_their_exponents_at_any_temperature():
    assert scattering_law(VariableSoftSphere(4e-10, 0.8, 1.3), 300.0) == (0.8, 1.3)


@pytest.mark.parametrize(
    "share, order, rank, message",
    [
        (0.0, 3, 1, "mass fraction must lie between 0 and 1"),
        (1.0, 3, 1, "mass fraction"),
        (np.nan, 3, 1, "mass fraction"),
        (0.5, 0, 1, "order must be a whole number"),
        (0.5, MAXIMUM_ORDER + 2, 1, "order must be a whole number"),
        (0.5, 3, 3, "rank must be a whole number from 0 to 2"),
        (0.5, 3, -1, "rank must be"),
    ],
)
def test_bad_pairs_are_refused(share, order, rank, message):
    with pytest.raises(ValueError, match=message):
        pair_brackets(LAW, share, order, rank)


def test_bad_polynomials_are_refused():
    with pytest.raises(ValueError, match="order must be a whole number"):
        sonine(2.5, 1, 1.0)
    with pytest.raises(ValueError, match="rank must be a whole number"):
        sonine(2, 3, 1.0)
    with pytest.raises(ValueError, match="energy must be finite"):
        sonine(2, 1, [1.0, np.nan])
