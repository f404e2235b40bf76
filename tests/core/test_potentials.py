"""Pair potentials: values by hand, force as the slope, precision kept, mixing, bad input."""

import math

import numba
import numpy as np
import pytest

from knudsen.core.interactions import VariableSoftSphere, unlike_pair
from knudsen.core.kernels import device
from knudsen.core.potentials import InversePower, LennardJones, Mie, UserPotential

SCALES = (3.4e-10, 120.0)


@device
def morse(r):
    return (1 - math.exp(-6.0 * (r - 1.12))) ** 2 - 1


@device
def morse_force(r):
    fall = math.exp(-6.0 * (r - 1.12))
    return -12.0 * (1 - fall) * fall


POTENTIALS = [
    LennardJones(*SCALES),
    Mie(*SCALES),
    Mie(*SCALES, 9, 6),
    Mie(*SCALES, 14.5, 7),
    Mie(*SCALES, 36, 6),
    InversePower(*SCALES, 4),
    InversePower(*SCALES, 1),
    InversePower(*SCALES, 2.5),
    UserPotential(*SCALES, morse),
    UserPotential(*SCALES, morse, morse_force),
]


def test_lennard_jones_by_hand():
    energy, force = LennardJones(*SCALES).shape
    assert (energy(1.0), force(1.0)) == (0.0, 24.0)
    minimum = 2 ** (1 / 3)
    assert energy(minimum) == pytest.approx(-1, rel=1e-15)
    assert force(minimum) == pytest.approx(0, abs=1e-13)
    # r = 2: V = 4 (2^-12 - 2^-6), F / r = 24 (2^-13 - 2^-8)
    assert energy(4.0) == pytest.approx(4 * (2**-12 - 2**-6), rel=1e-15)
    assert force(4.0) == pytest.approx(24 * (2**-13 - 2**-8), rel=1e-15)


def kind(potential):
    """A name without addresses: test processes must agree on it."""
    return type(potential).__name__


@pytest.mark.parametrize("potential", POTENTIALS, ids=kind)
def test_the_force_is_the_slope_of_the_energy(potential):
    energy, force = potential.shape
    for r in (0.85, 1.0, 1.3, 2.2):
        h = 1e-4 * r
        slope = (8 * (energy((r + h) ** 2) - energy((r - h) ** 2))) / (12 * h)
        slope -= (energy((r + 2 * h) ** 2) - energy((r - 2 * h) ** 2)) / (12 * h)
        assert force(r * r) * r == pytest.approx(-slope, rel=1e-8, abs=1e-10)


def test_the_six_point_difference_is_good_to_1e_10():
    given, difference = (UserPotential(*SCALES, morse, force).shape.force for force in (morse_force, None))
    for r in (0.9, 1.0, 1.3, 2.0):
        assert difference(r * r) == pytest.approx(given(r * r), rel=1e-10)


@pytest.mark.parametrize(("n", "m"), [(12, 6), (9, 6), (14.5, 7), (8, 4)])
def test_mie_wells_are_one_deep_and_cross_zero_at_sigma(n, m):
    energy, force = Mie(*SCALES, n, m).shape
    minimum = (n / m) ** (2 / (n - m))
    assert energy(minimum) == pytest.approx(-1, rel=1e-14)
    assert force(minimum) == pytest.approx(0, abs=1e-12)
    assert energy(1.0) == 0


def test_mie_12_6_is_lennard_jones():
    r2 = np.linspace(0.7, 9, 50)
    for mie, lennard_jones in zip(Mie(*SCALES).shape, LennardJones(*SCALES).shape, strict=True):
        assert [mie(x) for x in r2] == pytest.approx([lennard_jones(x) for x in r2], rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("potential", POTENTIALS[:8], ids=kind)
@pytest.mark.parametrize("real", [np.float32, np.float64])
def test_both_precisions_are_kept(potential, real):
    kind = numba.from_dtype(np.dtype(real))
    for function in potential.shape:
        assert isinstance(function(real(1.4)), float)
        returned = {
            str(o.signature.return_type) for o in function.overloads.values() if o.signature.args == (kind,)
        }
        assert returned == {str(kind)}


def test_a_shape_is_shared_by_all_scales_and_keyed_by_what_it_computes():
    assert LennardJones(*SCALES).shape is LennardJones(1e-10, 5.0).shape
    assert Mie(*SCALES, 9, 6).shape is Mie(1e-10, 5.0, 9.0, 6.0).shape
    keys = {potential.shape.key for potential in POTENTIALS}
    assert None not in keys and len(keys) == len(POTENTIALS)


def test_lorentz_berthelot():
    pair = unlike_pair(LennardJones(3e-10, 100.0), LennardJones(4e-10, 225.0))
    assert (pair.sigma, pair.epsilon_over_k) == (pytest.approx(3.5e-10), pytest.approx(150.0))


@pytest.mark.parametrize("other", [Mie(*SCALES), VariableSoftSphere(3e-10)], ids=["Mie", "soft sphere"])
def test_pairs_without_a_rule_are_refused(other):
    with pytest.raises(ValueError, match="give the pair's interaction explicitly"):
        unlike_pair(LennardJones(*SCALES), other)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: LennardJones(0.0, 100.0), ValueError, "sigma must be positive"),
        (lambda: LennardJones(3e-10, float("nan")), ValueError, "epsilon_over_k must be positive"),
        (lambda: Mie(3e-10, 100.0, 6, 12), ValueError, "n > m > 2"),
        (lambda: Mie(3e-10, 100.0, 12, 2), ValueError, "n > m > 2"),
        (lambda: InversePower(3e-10, 100.0, 0), ValueError, r"exponent n must lie in \(0, 1000\]"),
        (lambda: UserPotential(3e-10, 100.0, 4.0), TypeError, "is a function of r / sigma"),
    ],
)
def test_potentials_that_make_no_sense_are_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()
