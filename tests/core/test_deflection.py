"""Deflection angle: closed forms, limits, quadrature by scipy, orbits, both machines' code."""

import types

import numba
import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.core.deflection import deflection_angle, orbit
from knudsen.core.interactions import VariableSoftSphere
from knudsen.core.kernels import Kernel, cuda_body, device
from knudsen.core.potentials import InversePower, LennardJones, Mie, UserPotential

K = 1.380649e-23
LENNARD_JONES = orbit(LennardJones(1e-10, 1.0).shape)


@pytest.mark.parametrize(("b", "energy"), [(0.3, 1.0), (2.0, 0.5), (1e-3, 3.0), (50.0, 1.0), (0.0, 2.0)])
def test_closed_forms_of_inverse_powers(b, energy):
    """Coulomb: tan(chi/2) = 1/(2 E b).  Inverse square: chi = pi (1 - b / sqrt(b^2 + 1/E))."""
    coulomb, square = (orbit(InversePower(1e-10, 1.0, n).shape).deflection(b, energy) for n in (1, 2))
    assert coulomb == pytest.approx(2 * np.arctan2(1, 2 * energy * b), abs=1e-12)
    assert square == pytest.approx(np.pi * (1 - b / np.sqrt(b * b + 1 / energy)), abs=1e-12)


def test_maxwells_molecules_depend_on_one_variable():
    """n = 4: chi is a function of b E^(1/4), and chi(b) = pi - 2 int dx / sqrt(1 - x^2 - (x/v)^4)."""
    deflection = orbit(InversePower(1e-10, 1.0, 4).shape).deflection
    scaled = [deflection(0.8 * energy**-0.25, energy) for energy in (1e-3, 1.0, 1e4)]
    assert scaled == pytest.approx([scaled[0]] * 3, abs=1e-12)
    # x = sin(phi) x_1 removes the end's root: 1 - x^2 - (x/v)^4 = (x_1^2 - x^2)(1 + (x^2 + x_1^2) / v^4)
    v4 = 0.8**4
    end2 = v4 / 2 * (np.sqrt(1 + 4 / v4) - 1)
    swept = quad(lambda p: 1 / np.sqrt(1 + end2 * (1 + np.sin(p) ** 2) / v4), 0, np.pi / 2, epsabs=1e-13)[0]
    assert scaled[0] == pytest.approx(np.pi - 2 * swept, abs=1e-12)


def test_steep_repulsion_is_the_hard_sphere():
    """chi = 2 arccos(b / d) as n grows, to the order 1 / n."""
    for b in (0.0, 0.3, 0.7, 0.9):
        off = [
            orbit(InversePower(1e-10, 1.0, n).shape).deflection(b, 1.0) - 2 * np.arccos(b)
            for n in (100.0, 200.0, 400.0)
        ]
        assert abs(off[2]) < 0.01
        assert np.diff(off)[1] == pytest.approx(np.diff(off)[0] / 2, rel=0.1, abs=1e-12)


def test_small_angles_are_those_of_first_order():
    """chi = (sqrt(pi)/E) sum C n Gamma((n+1)/2) / (2 Gamma(n/2)) ... : -C_6 (15 pi/16)/(E b^6) at large b."""
    for b in (30.0, 300.0):
        first = -4 * 15 * np.pi / 16 / (1.5 * b**6)
        assert LENNARD_JONES.deflection(b, 1.5) == pytest.approx(first, rel=2e-4 if b < 100 else 1e-8)


def by_scipy(b, energy):
    """chi by quad in x = r_m / r, the outermost root found among all roots of the polynomial in 1/r^2."""
    # 1 - b^2 u - 4 (u^6 - u^3) / E = 0, u = 1 / r^2
    roots = np.roots([-4 / energy, 0, 0, 4 / energy, 0, -b * b, 1])
    u = min(root.real for root in roots if abs(root.imag) < 1e-9 and root.real > 0)

    def radial(psi):
        x2 = u * np.cos(psi) ** 2
        return (1 - b * b * x2 - 4 * (x2**6 - x2**3) / energy) / np.sin(psi) ** 2

    swept = quad(
        lambda psi: 1 / np.sqrt(radial(psi)), 1e-4, np.pi / 2, epsabs=1e-13, epsrel=1e-13, limit=500
    )[0]
    # radial is even in psi: the start is a Taylor step.
    swept += 1e-4 / np.sqrt(radial(1e-4))
    return np.pi - 2 * b * np.sqrt(u) * swept


@pytest.mark.parametrize("energy", [0.02, 0.3, 0.79, 0.81, 2.0, 100.0])
@pytest.mark.parametrize("b", [0.2, 0.9, 1.6, 2.4, 4.0])
def test_lennard_jones_against_scipy(b, energy):
    assert LENNARD_JONES.deflection(b, energy) == pytest.approx(by_scipy(b, energy), abs=1e-8)


def test_the_angle_at_a_turning_point_is_converged():
    """The integral over psi by Gauss-Legendre of 200 nodes, away from orbits."""
    node, weight = np.polynomial.legendre.leggauss(200)
    psi, weight = (node + 1) * np.pi / 4, weight * np.pi / 4
    for b, energy in ((0.3, 0.5), (1.0, 1.0), (1.5, 3.0), (0.9, 200.0), (2.0, 1.0)):
        r_m = LENNARD_JONES.turning_point(b, energy)
        value = 4 * (r_m**-12 - r_m**-6)
        assert 1 - value / energy == pytest.approx((b / r_m) ** 2, abs=1e-13)
        s6 = (np.cos(psi) / r_m) ** 6
        change = (4 * s6 * (s6 - 1) - value) / (energy * np.sin(psi) ** 2)
        h = (b / r_m) ** 2 - change
        expected = -2 * weight @ (change / (np.sqrt(h) * (np.sqrt(h) + b / r_m)))
        assert LENNARD_JONES.deflection(b, energy) == pytest.approx(expected, abs=1e-10)


def test_beside_an_orbit_the_angle_grows_as_the_logarithm():
    """E = 0.3: each tenth of the distance in b adds the same angle, twice as much inside as outside."""
    energy = 0.3
    # The orbit: V + r V'/2 = E with x = r^-6: 4 (2 x - 5 x^2) = E, the outer root.
    x = (1 - np.sqrt(1 - 5 * energy / 4)) / 5
    r2 = x ** (-1 / 3)
    b = np.sqrt(r2 * (1 - 4 * (x * x - x) / energy))
    inside = np.array([LENNARD_JONES.deflection(b * (1 - d), energy) for d in (1e-5, 1e-6, 1e-7, 1e-8)])
    outside = np.array([LENNARD_JONES.deflection(b * (1 + d), energy) for d in (1e-5, 1e-6, 1e-7, 1e-8)])
    assert np.diff(inside) == pytest.approx(np.diff(inside)[-1], rel=1e-4)
    assert np.diff(outside) == pytest.approx(np.diff(inside)[-1] / 2, rel=5e-3)
    assert np.isfinite(LENNARD_JONES.deflection(b, energy)) and LENNARD_JONES.deflection(b, energy) < -10


def test_a_barrier_narrower_than_the_search_is_found():
    """Just outside the orbit the path turns at the barrier, not at the core."""
    energy = 0.799
    x = (1 - np.sqrt(1 - 5 * energy / 4)) / 5
    r2 = x ** (-1 / 3)
    b = np.sqrt(r2 * (1 - 4 * (x * x - x) / energy))
    assert LENNARD_JONES.turning_point(b * (1 + 1e-9), energy) == pytest.approx(np.sqrt(r2), rel=1e-3)
    assert LENNARD_JONES.turning_point(b * (1 - 1e-9), energy) < np.sqrt(r2) * 0.995


@device
def soft(r):
    return 2.0 * np.exp(-r * r)


def test_molecules_pass_through_a_bounded_core():
    deflection = orbit(UserPotential(1e-10, 1.0, soft).shape).deflection
    assert deflection(0.0, 3.0) == 0.0
    assert deflection(1e-4, 3.0) == pytest.approx(0, abs=1e-3)
    assert deflection(0.0, 1.0) == pytest.approx(np.pi, abs=1e-12)
    assert deflection(0.5, 3.0) > 0.1


def test_si_arguments_and_shapes():
    argon = LennardJones(3.542e-10, 93.3)
    b, g, mass = np.array([[1.0], [2.0], [3.0]]) * 1e-10, np.array([200.0, 800.0]), 3.3e-26
    chi = deflection_angle(argon, b, g, mass)
    assert chi.shape == (3, 2)
    energy = mass * g[1] ** 2 / (2 * K * 93.3)
    assert chi[2, 1] == pytest.approx(LENNARD_JONES.deflection(3 / 3.542, energy), abs=1e-12)
    assert float(deflection_angle(Mie(3.542e-10, 93.3), 3e-10, 800.0, mass)) == pytest.approx(
        chi[2, 1], abs=1e-12
    )


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((VariableSoftSphere(3e-10), 0.0, 1.0, 1e-26), TypeError, "VariableSoftSphere is no pair potential"),
        ((LennardJones(3e-10, 90.0), -1e-10, 1.0, 1e-26), ValueError, "impact_parameter must be finite"),
        ((LennardJones(3e-10, 90.0), 1e-10, 0.0, 1e-26), ValueError, "relative_speed must be positive"),
        ((LennardJones(3e-10, 90.0), 1e-10, np.nan, 1e-26), ValueError, "relative_speed must be positive"),
        ((LennardJones(3e-10, 90.0), 1e-10, 1.0, 0.0), ValueError, "reduced_mass must be positive"),
    ],
)
def test_bad_input_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        deflection_angle(*arguments)


lennard_jones_deflection = LENNARD_JONES.deflection


def scatter(i, b, energy, chi):
    chi[i] = lennard_jones_deflection(b[i], energy[i])


def test_it_compiles_for_cuda(monkeypatch):
    from numba import cuda
    from numba.cuda import dispatcher

    monkeypatch.setattr(
        dispatcher, "get_current_device", lambda: types.SimpleNamespace(compute_capability=(9, 0))
    )
    arrays = (numba.float64[::1],) * 3
    code, _ = cuda.compile(
        cuda_body(Kernel(scatter)), numba.void(numba.int64, *arrays), device=False, cc=(9, 0), abi="numba"
    )
    assert ".target sm_90" in code
