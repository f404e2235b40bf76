"""Cross-sections against energy: an independent grid, quadrature over b, limits, the cache, refusals."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import eval_legendre

from knudsen.analysis.kinetic import cross_sections as module
from knudsen.analysis.kinetic.cross_sections import (
    MAXIMUM_DEGREE,
    Grid,
    cross_sections,
    integrals,
    inverse_power_losses,
    tabulate,
)
from knudsen.analysis.kinetic.turning_points import Field, RadialGrid, landmarks
from knudsen.core.deflection import orbit
from knudsen.core.kernels import device
from knudsen.core.potentials import InversePower, Mie, UserPotential
from knudsen.core.shapes import LENNARD_JONES, inverse_power_shape, user_shape

FINER = RadialGrid(nodes=20, angles=128, panel=0.6, depth=25.0)


@pytest.fixture(scope="module")
def field():
    return Field(LENNARD_JONES)


def test_the_critical_orbit_of_lennard_jones(field):
    """V + r V'/2 = 4 (2 x - 5 x^2), x = r^-6, is largest at x = 1/5: E = 4/5, r = 5^(1/6)."""
    marks = landmarks(field)
    assert marks.energy == pytest.approx(0.8, rel=1e-13)
    assert marks.radius == pytest.approx(5 ** (1 / 6), rel=1e-7)
    # 4 (2 x - 5 x^2) = 4/5 - 20 (x - 1/5)^2, dx = -6 x dr / r
    assert marks.breadth == pytest.approx(np.sqrt(0.8 / 20) / (6 / 5), rel=1e-4)


@pytest.mark.parametrize("energies", [[1e-5, 1e-3, 0.1, 0.5, 0.79], [0.81, 1.0, 3.0, 100.0, 1e5]])
def test_two_grids_agree(field, energies):
    marks, energies = landmarks(field), np.array(energies)
    one, other = (integrals(field, marks, energies, grid) for grid in (RadialGrid(), FINER))
    assert one[1:14] == pytest.approx(other[1:14], rel=3e-9)
    assert one[1:7] == pytest.approx(other[1:7], rel=2e-10)


@pytest.mark.parametrize("energy", [0.9, 5.0, 200.0])
def test_the_integral_over_the_impact_parameter(field, energy):
    """2 pi int (1 - P_l) b db by scipy, above the critical energy, where b counts the paths as well."""
    marks, deflection = landmarks(field), orbit(LENNARD_JONES).deflection
    value = integrals(field, marks, np.array([energy]), RadialGrid())[:, 0]
    for l in (1, 2, 3):
        parts = [
            quad(
                lambda b, l=l: (1 - eval_legendre(l, np.cos(deflection(b, energy)))) * b,
                *limits, epsabs=1e-11, epsrel=1e-11, limit=300,
            )[0]
            for limits in ((0, 1), (1, 1.8), (1.8, 3), (3, 60))
        ]  # fmt: skip
        assert value[l] == pytest.approx(2 * np.pi * sum(parts), rel=1e-8)


def test_slow_molecules_are_captured():
    """E -> 0: capture at b < b_o and the tail scale as E^(-1/3), the power law of r^-6."""
    field = Field(LENNARD_JONES)
    values = integrals(field, landmarks(field), np.array([1e-5, 8e-5]), RadialGrid())
    assert values[1, 0] / values[1, 1] == pytest.approx(2, rel=0.03)


@pytest.mark.parametrize(
    ("n", "first", "second"),
    [(4, 0.422, 0.436), (6, 0.385, 0.357), (10, 0.383, 0.319), (20, 0.407, 0.307)],
)
def test_inverse_powers_have_chapman_and_cowlings_constants(n, first, second):
    """V = epsilon (sigma/r)^n, force n epsilon sigma^n / r^(n+1) = kappa / r^nu::

    Q^(l) = 2 pi (kappa / m_r g^2)^(2/n) A_l(nu), A_1 and A_2 printed to three digits (1970, section 10.31)
    """
    losses = inverse_power_losses(float(n))
    area = 2 * np.pi * (n / 2) ** (2 / n)
    assert losses[1] / area == pytest.approx(first, abs=5.1e-4)
    assert (2 / 3) * losses[2] / area == pytest.approx(second, abs=5.1e-4)


@pytest.mark.parametrize("n", [8.0, 14.0])
def test_inverse_powers_by_quadrature_over_the_impact_parameter(n):
    deflection = orbit(inverse_power_shape(n)).deflection
    for l in (1, 2):
        parts = [
            quad(
                lambda b, l=l: (1 - eval_legendre(l, np.cos(deflection(b, 1.0)))) * b, *limits, epsabs=1e-12
            )[0]
            for limits in ((0, 1), (1, 2), (2, 30))
        ]
        assert inverse_power_losses(n)[l] == pytest.approx(2 * np.pi * sum(parts), rel=1e-9)
    field = Field(inverse_power_shape(n))
    finer = integrals(field, landmarks(field), np.array([1.0]), FINER)[:, 0]
    assert inverse_power_losses(n)[1:] == pytest.approx(finer[1:], rel=1e-12)


def test_steep_inverse_powers_are_hard_spheres_to_the_order_1_over_n():
    off = np.array([inverse_power_losses(n)[1:4] - np.pi for n in (250.0, 500.0, 1000.0)])
    assert np.abs(off[2]).max() < 0.02
    assert off[1] - off[2] == pytest.approx((off[0] - off[1]) / 2, rel=0.1, abs=2e-4)  # 1/n^2 at 250


@device
def twelve_six(r):
    return 4.0 * (r**-12 - r**-6)


def test_a_users_function_and_mie_12_6_give_lennard_jones():
    energies = np.array([0.01, 0.5, 0.79])
    expected = integrals(Field(LENNARD_JONES), landmarks(Field(LENNARD_JONES)), energies, RadialGrid())
    for shape, tolerance in ((Mie(1e-10, 1.0).shape, 1e-11), (user_shape(twelve_six), 1e-9)):
        field = Field(shape)
        assert integrals(field, landmarks(field), energies, RadialGrid())[:8] == pytest.approx(
            expected[:8], rel=tolerance
        )


def test_bounded_cores_let_fast_molecules_through():
    @device
    def soft(r):
        return 2.0 * np.exp(-r * r)

    field = Field(user_shape(soft))
    marks = landmarks(field)
    values = integrals(field, marks, np.array([0.5, 1e3]), RadialGrid())
    assert marks.energy == 0.0 and values[1, 1] < 1e-4 < 1 < values[1, 0]
    finer = integrals(field, marks, np.array([0.5, 1e3]), FINER)
    assert values[1:4] == pytest.approx(finer[1:4], rel=1e-6)


def test_the_table_is_kept_and_found_again(tmp_path, monkeypatch):
    calls = []
    coarse = Grid(RadialGrid(6, 8, 3.0, 6.0), nodes=3, octaves=2, logarithmic=5.0, split=1)
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(module, "tabulate", lambda shape: calls.append(shape) or tabulate(shape, coarse))
    shape = Mie(1e-10, 1.0, 11, 5).shape
    first = module.cross_sections.__wrapped__(shape)
    again = module.cross_sections.__wrapped__(shape)
    assert len(calls) == 1 and [path.suffix for path in tmp_path.iterdir()] == [".npz"]
    assert np.array_equal(first.values, again.values) and np.array_equal(first.energy, again.energy)
    module.cross_sections.__wrapped__(Mie(1e-10, 1.0, 11, 4).shape)
    assert len(calls) == 2


def test_the_table_is_shared_by_all_scales():
    assert cross_sections(LENNARD_JONES) is cross_sections(LENNARD_JONES)
    assert cross_sections(LENNARD_JONES).values.shape[0] == MAXIMUM_DEGREE + 1


@device
def buckingham(r):
    return 4e4 * np.exp(-9.0 * r) - 8.0 * r**-6


@device
def two_barriers(r):
    return r**-12 - r**-6 - 3.0 * np.exp(-30.0 * (r - 3.0) ** 2)


@pytest.mark.parametrize(
    ("potential", "message"),
    [(buckingham, "falls again inside"), (two_barriers, r"barriers of orbits: only one")],
)
def test_potentials_that_cannot_be_tabulated_are_refused(potential, message):
    with pytest.raises(ValueError, match=message):
        landmarks(Field(UserPotential(1e-10, 1.0, potential).shape))


def test_infinite_cross_sections_are_refused():
    with pytest.raises(ValueError, match="infinite cross-sections: n must exceed 1"):
        inverse_power_losses(float(InversePower(1e-10, 1.0, 1).n))


@pytest.mark.parametrize("reduced", [0.09, 1001.0, -1.0, np.nan])
def test_temperatures_outside_the_table_are_refused(reduced):
    with pytest.raises(ValueError, match=r"outside the range 0\.1 to 1000"):
        cross_sections(LENNARD_JONES).thermal(reduced)
