"""Collision integrals: the reference table, closed forms, refinement, refusals."""

from math import factorial, gamma, pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.integrate import quad

from knudsen.analysis.kinetic.collision_integrals import (
    LENNARD_JONES,
    collision_integral,
    collision_integral_si,
    collision_ratios,
    hard_sphere_factor,
    legendre_of_power,
    soft_sphere_loss,
)
from knudsen.analysis.kinetic.cross_sections import Grid, cross_sections, tabulate
from knudsen.analysis.kinetic.turning_points import RadialGrid
from knudsen.core.interactions import InversePower, LennardJones, Mie, VariableSoftSphere

INDICES = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 2), (2, 3), (2, 4), (2, 5), (3, 3), (3, 4), (3, 5)]
# T*: Omega^(l,s)* in the order of INDICES, then A*, B*, C*; computed independently, two grids to 1e-10.
# fmt: off
TABLE = {
    0.5: (
        2.066268635, 1.707232329, 1.469614744, 1.310310715, 1.202133414,
        2.285229222, 2.007002886, 1.788203710, 1.618192443, 1.852577159,
        1.658083987, 1.511625889, 1.10596908, 1.28623289, 0.82623929,
    ),
    1.0: (
        1.439797671, 1.204186412, 1.076114602, 1.000457175, 0.951350247,
        1.593168962, 1.389318269, 1.258548608, 1.172244524, 1.308849451,
        1.191644025, 1.112499840, 1.10652281, 1.19216310, 0.83635808,
    ),
    2.0: (
        1.075400661, 0.951471749, 0.888318427, 0.849386629, 0.821902187,
        1.175791800, 1.072142181, 1.011291809, 0.971325101, 1.016633940,
        0.958829119, 0.920294538, 1.09335231, 1.11966180, 0.88476024,
    ),
    5.0: (
        0.842812511, 0.784940657, 0.750771079, 0.726388655, 0.707330470,
        0.926806300, 0.882323879, 0.852839449, 0.830714123, 0.833861764,
        0.805304032, 0.783899249, 1.09965893, 1.09350414, 0.93133484,
    ),
    10.0: (
        0.742234801, 0.700797476, 0.673300951, 0.652539798, 0.635852307,
        0.824370758, 0.792650323, 0.769301582, 0.750685795, 0.747278558,
        0.724828290, 0.706974718, 1.11066034, 1.09235457, 0.94417222,
    ),
    50.0: (
        0.575967614, 0.546107205, 0.524766404, 0.508268865, 0.494891509,
        0.649791873, 0.625553378, 0.606705962, 0.591348951, 0.587877612,
        0.570015942, 0.555479299, 1.12817432, 1.09636444, 0.94815610,
    ),
}
# fmt: on


@pytest.mark.parametrize("reduced", TABLE)
def test_lennard_jones_to_the_printed_digits(reduced):
    values = [float(collision_integral(LENNARD_JONES, l, s, reduced)) for l, s in INDICES]
    assert values == pytest.approx(TABLE[reduced][:12], abs=5.1e-10)
    ratios = [float(ratio) for ratio in collision_ratios(LENNARD_JONES, reduced)]
    assert ratios == pytest.approx(TABLE[reduced][12:], abs=5.1e-9)


def test_a_grid_refined_everywhere_gives_the_same():
    """All that order 12 needs, T* = 0.1 to 1000, against finer panels and rules; a coarse one is seen."""
    finer = tabulate(
        LENNARD_JONES.shape, Grid(RadialGrid(16, 80, 0.9, 23.0), nodes=16, octaves=20, logarithmic=0.55)
    )
    coarse = tabulate(
        LENNARD_JONES.shape, Grid(RadialGrid(6, 24, 3.0, 8.0), nodes=4, octaves=6, logarithmic=2.0)
    )
    for reduced in (0.1, 0.3, 1.0, 10.0, 100.0, 1000.0):
        for l, s in (*INDICES, (5, 9), (13, 13), (13, 26)):
            base, fine, rough = (
                legendre_of_power(l) @ (share[: l + 1] @ at**s)
                for at, share in (
                    t.thermal(reduced) for t in (cross_sections(LENNARD_JONES.shape), finer, coarse)
                )
            )
            assert base == pytest.approx(fine, rel=2e-11)
            assert reduced > 1 or rough != pytest.approx(fine, rel=2e-11)


def test_temperatures_may_have_any_shape_and_scales_do_not_matter():
    reduced = np.array([[0.5, 1.0], [2.0, 5.0]])
    values = collision_integral(LennardJones(4e-10, 250.0), 2, 2, reduced)
    assert values.shape == (2, 2)
    assert values.ravel() == pytest.approx([TABLE[t][5] for t in (0.5, 1.0, 2.0, 5.0)], abs=5.1e-10)


def test_recurrence_in_the_temperature():
    """Omega^(l,s+1)* = Omega^(l,s)* + T* / (s + 2) dOmega^(l,s)*/dT* (Hirschfelder et al., eq. 8.2-10)."""
    t, h = 1.7, 1e-3
    for l, s in ((1, 1), (2, 2), (3, 4)):
        low, at, high = (float(collision_integral(LENNARD_JONES, l, s, x)) for x in (t - h, t, t + h))
        slope = (high - low) / (2 * h)
        following = float(collision_integral(LENNARD_JONES, l, s + 1, t))
        assert following == pytest.approx(at + t / (s + 2) * slope, rel=1e-6)


@pytest.mark.parametrize("n", [9.0, 14.0])
def test_mie_approaches_its_repulsion_at_high_temperature(n):
    """T* -> infinity: Omega* of C r^-n, which is C^(2/n) that of r^-n."""
    depth = n / (n - 6) * (n / 6) ** (6 / (n - 6))
    mie = float(collision_integral(Mie(1e-10, 1.0, n, 6), 2, 2, 1000.0))
    power = depth ** (2 / n) * float(collision_integral(InversePower(1e-10, 1.0, n), 2, 2, 1000.0))
    assert mie == pytest.approx(power, rel=0.06)
    assert float(collision_integral(Mie(1e-10, 1.0, 12, 6), 2, 2, 1.0)) == pytest.approx(
        1.593168962, abs=1e-9
    )


def test_maxwell_molecules_in_closed_form():
    """V = epsilon (sigma/r)^4: Omega = sqrt(kT/2 pi m_r) Gamma(s + 3/2) / 2 Q_l (epsilon/kT)^(1/2)."""
    pair, mass = InversePower(3e-10, 100.0, 4), 3e-26
    area = 2 * pi * 0.42194 * sqrt(2) * 9e-20  # A_1(5) of Chapman and Cowling, recomputed to five digits
    for temperature in (50.0, 700.0):
        expected = sqrt(BOLTZMANN * temperature / (2 * pi * mass)) * gamma(2.5) / 2 * area
        value = float(collision_integral_si(pair, 1, 1, temperature, mass))
        assert value == pytest.approx(expected * sqrt(100.0 / temperature), rel=3e-5)


@pytest.mark.parametrize(("l", "s"), INDICES)
def test_hard_spheres(l, s):
    """sqrt(kT / 2 pi m_r) (s + 1)! / 2 [1 - (1 + (-1)^l) / (2 (1 + l))] pi d^2."""
    spheres = sqrt(BOLTZMANN * 300 / (2 * pi * 3e-26)) * factorial(s + 1) / 2 * pi * 9e-20
    value = float(collision_integral_si(VariableSoftSphere(3e-10), l, s, 300.0, 3e-26))
    assert value == pytest.approx(spheres * hard_sphere_factor(l), rel=1e-13)


@pytest.mark.parametrize("alpha", [1.0, 1.4, 2.2])
@pytest.mark.parametrize("l", [1, 2, 5])
def test_soft_spheres_by_quadrature(l, alpha):
    loss = quad(lambda u: 1 - (2 * u ** (1 / alpha) - 1) ** l, 0, 1, epsabs=1e-13)[0]
    assert soft_sphere_loss(l, alpha) == pytest.approx(loss, abs=1e-11)
    pair, mass, s = VariableSoftSphere(4e-10, 0.74, alpha), 3e-26, 3
    thermal = sqrt(2 * BOLTZMANN * 500 / mass)
    speeds = quad(
        lambda x: np.exp(-x * x) * x ** (2 * s + 3) * pair.cross_section(x * thermal, mass) * 1e20, 0, 12
    )
    expected = sqrt(BOLTZMANN * 500 / (2 * pi * mass)) * speeds[0] * 1e-20 * loss
    assert float(collision_integral_si(pair, l, s, 500.0, mass)) == pytest.approx(expected, rel=1e-9)


def test_lennard_jones_in_si_is_hard_spheres_times_the_reduced():
    argon = LennardJones(3.542e-10, 93.3)
    sphere = collision_integral_si(VariableSoftSphere(3.542e-10), 2, 2, 300.0, 3.3e-26)
    value = collision_integral_si(argon, 2, 2, 300.0, 3.3e-26)
    assert float(value / sphere) == pytest.approx(
        float(collision_integral(argon, 2, 2, 300 / 93.3)), rel=1e-13
    )


def test_powers_of_the_cosine_are_sums_of_legendre_polynomials():
    for l in (1, 2, 7, 26):
        coefficients = legendre_of_power(l)
        assert coefficients.sum() == pytest.approx(1, abs=1e-13) and coefficients.min() >= -1e-16
        assert np.polynomial.legendre.legval(0.3, coefficients) == pytest.approx(0.3**l, abs=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((LENNARD_JONES, 0, 1, 1.0), "l must be a whole number from 1 to 26"),
        ((LENNARD_JONES, 27, 27, 1.0), "l must be a whole number"),
        ((LENNARD_JONES, 2, 0, 1.0), "s must be a whole number from 1 to 40"),
        ((LENNARD_JONES, 1, 41, 1.0), "s must be a whole number"),
        ((LENNARD_JONES, 1, 1, 0.05), r"outside the range 0.1 to 1000"),
        ((LENNARD_JONES, 1, 1, [1.0, 2000.0]), r"outside the range 0.1 to 1000"),
        ((LENNARD_JONES, 1, 1, -1.0), "reduced temperature must be positive"),
        ((InversePower(1e-10, 1.0, 1), 1, 1, 1.0), "infinite cross-sections"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        collision_integral(*arguments)
