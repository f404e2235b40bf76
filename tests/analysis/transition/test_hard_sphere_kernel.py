"""Hard-sphere operator: conservation, transport coefficients, and brackets by another representation."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import eval_legendre, roots_genlaguerre, roots_legendre

from knudsen.analysis.kinetic.brackets import pair_brackets
from knudsen.analysis.kinetic.scattering import SoftSphereScattering
from knudsen.analysis.transition.hard_sphere_kernel import (
    MEAN_RATE_VISCOSITY,
    VISCOSITY_FACTOR,
    HardSphereCollisions,
    Resolution,
    collision_frequency,
    hard_sphere_gas,
)

PRANDTL = 0.660694457  # converged: 2/3 * 1.016033941656 / 1.025218168323


RESOLUTION = Resolution(28, 12, 20, 10)


@pytest.fixture(scope="module")
def gas():
    return hard_sphere_gas(RESOLUTION)


def flux(operator, f):
    """<f loss^-1 f> of a part odd in c_x that is orthogonal to the invariants."""
    root = np.sqrt(2 * operator.weight)
    symmetric = root[:, None] * operator.odd / root
    return (f * root) @ np.linalg.lstsq(symmetric, f * root, rcond=1e-10)[0]


def test_mean_collision_frequency_is_the_unit():
    mean = quad(lambda c: 4 / sqrt(pi) * c**2 * np.exp(-(c**2)) * collision_frequency(c), 1e-12, 9)[0]
    assert mean == pytest.approx(1, abs=1e-12)
    assert collision_frequency(1e3) == pytest.approx(1e3 * sqrt(pi / 8), rel=1e-6)


def test_viscosity_is_the_unit(gas):
    """Infinite-order Chapman-Enskog: <c_x c_z loss^-1 c_x c_z> = 1/4 with rates in p/mu."""
    assert 4 * flux(gas.shear, gas.shear.speed) == pytest.approx(1, abs=1e-8)


def test_prandtl_number(gas):
    conductivity = flux(gas.normal, gas.normal.speed * (gas.energy - gas.density))
    assert 1.25 / conductivity == pytest.approx(PRANDTL, abs=1e-8)


def test_viscosity_factor_is_the_limit_of_the_sonine_series():
    pair = pair_brackets(SoftSphereScattering(0.5, 1.0), 0.5, 40, rank=2)
    loss = pair.own_a + pair.cross
    assert loss[0, 0] * np.linalg.inv(loss)[0, 0] == pytest.approx(VISCOSITY_FACTOR, abs=1e-11)


@pytest.mark.parametrize("rank", [0, 1])
def test_gain_of_an_invariant_is_its_loss_at_every_ordinate(rank):
    """K 1 = nu and K c_z = nu c_z, pointwise: both parts of the kernel, with nothing projected."""
    collisions = HardSphereCollisions(RESOLUTION)
    gain = collisions.gain[rank].sum(axis=0)[:, 0, 0]
    speed = np.sqrt(collisions.speed**2 + collisions.energy)
    error = gain / collision_frequency(speed) - 1
    assert np.sqrt(2 * collisions.operator(rank, [], []).weight @ error**2) < 1e-8
    assert np.abs(error[speed < 3]).max() < 1e-6


def test_invariants_have_no_loss_and_all_else_decays(gas):
    for operator, part, invariants in (
        (gas.normal, "even", [gas.density, gas.energy]),
        (gas.normal, "odd", [gas.normal.speed]),
        (gas.shear, "even", [gas.velocity]),
        (gas.shear, "odd", []),
    ):
        matrix = getattr(operator, part)
        for invariant in invariants:
            assert operator.weight * (matrix @ invariant) == pytest.approx(0, abs=1e-13)
        root = np.sqrt(operator.weight)
        symmetric = root[:, None] * matrix / root
        assert symmetric == pytest.approx(symmetric.T, abs=1e-11)
        rates = np.linalg.eigvalsh((symmetric + symmetric.T) / 2)
        assert np.all(rates > -1e-11) and np.sum(rates < 1e-9) == len(invariants)


def bracket(f, g, degree, partners=True, points=24):
    """<f P_l loss g P_l>, f and g functions of the speed, from centre-of-mass and relative velocities.

    A hard-sphere collision makes g isotropic: what is left of a harmonic is its mean over g's directions.
    """
    centre, centre_weight = roots_genlaguerre(points, 0.5)
    relative, relative_weight = roots_genlaguerre(points, 1.0)
    x, angle = roots_legendre(points)
    G, s = np.sqrt(centre)[:, None, None], np.sqrt(relative)[:, None]
    c, partner = np.sqrt((G**2 + s**2) / 2 + G * s * x), np.sqrt((G**2 + s**2) / 2 - G * s * x)
    weight = np.multiply.outer(np.outer(centre_weight / centre_weight.sum(), relative_weight), angle / 2)
    harmonic = eval_legendre(degree, (G + s * x) / (sqrt(2) * c))
    kept = [((h(c) * harmonic) @ angle / 2)[..., None] for h in (f, g)]
    turned = eval_legendre(degree, (G**2 - s**2) / (2 * c * partner))
    loss = f(c) * (g(c) + partners * g(partner) * turned) - 2 * kept[0] * kept[1]
    return np.sum(weight * loss) / (2 * degree + 1)


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_brackets_agree_with_those_of_the_collision_integral(gas, degree):
    """The kernel integral against the eightfold collision integral, on harmonics of three degrees."""
    c = np.sqrt(gas.energy + 1.5)
    matrix = gas.normal.even if degree % 2 == 0 else gas.normal.odd
    shapes = [lambda c: c**degree, lambda c: c**degree * (1 - c**2 / 3)]
    for f in shapes:
        for g in shapes:
            left, right = (h(c) * eval_legendre(degree, gas.normal.speed / c) for h in (f, g))
            on_ordinates = gas.normal.mean(left, matrix @ right)
            assert on_ordinates == pytest.approx(MEAN_RATE_VISCOSITY * bracket(f, g, degree), rel=1e-5)


def test_a_kernel_without_the_partners_would_be_seen():
    """Control: leave out what the partner loses, and the bracket of the viscosity is far off."""
    args = lambda c: c**2, lambda c: c**2, 2
    assert abs(bracket(*args, partners=False) / bracket(*args) - 1) > 0.01


@pytest.mark.parametrize("sizes", [(6, 8, 6, 6), (20, 6, 16, 6), (20, 8, 24, 6), (20, 8, 16, 1)])
def test_resolutions_that_lose_an_invariant_are_refused(sizes):
    with pytest.raises(ValueError, match="collision invariants"):
        Resolution(*sizes)
