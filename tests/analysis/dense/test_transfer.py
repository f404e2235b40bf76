"""Collisional transfer against the collision integral itself, done by quadrature over both molecules.

A collision at the line of centres s hands over momentum 2 m_ab (s.g) s and energy 2 m_ab (s.g)(s.G); the
flux of a pair is half the sum over lines of centres with s.g > 0, that is a quarter of the sum over all.
"""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.integrate import dblquad

from knudsen.analysis.dense.contact import HardSphereFluid
from knudsen.analysis.dense.transfer import CollisionalTransfer

MASSES = np.array([1.0, 3.0])
TRANSFER = CollisionalTransfer(HardSphereFluid([1.0, 1.6]), MASSES)
N = np.array([0.12, 0.07])


def sphere():
    """Unit vectors and weights (sum 4 pi), exact to degree 7."""
    z, w = np.polynomial.legendre.leggauss(4)
    phi = np.arange(8) * pi / 4
    flat = np.sqrt(1 - z**2)[:, None]
    unit = np.stack([flat * np.cos(phi), flat * np.sin(phi), z[:, None] + 0 * phi], axis=-1)
    return unit.reshape(-1, 3), np.repeat(w * pi / 4, 8)


def gaussian(mass):
    """Velocities and weights (sum 1) of a Maxwellian at kT = 1, exact to degree 7 in each component."""
    node, w = np.polynomial.hermite_e.hermegauss(4)
    grid = np.stack(np.meshgrid(node, node, node, indexing="ij"), axis=-1).reshape(-1, 3)
    weight = np.einsum("i,j,k->ijk", w, w, w).ravel() / sqrt(2 * pi) ** 3
    return grid / sqrt(mass), weight


def pair_flux(a, b, perturbation, energy):
    """Collisional flux over n_a n_b chi d^3 when a's distribution is a Maxwellian times the perturbation."""
    (va, wa), (vb, wb), (s, ws) = gaussian(MASSES[a]), gaussian(MASSES[b]), sphere()
    reduced = MASSES[a] * MASSES[b] / (MASSES[a] + MASSES[b])
    g = va[:, None] - vb
    centre = (MASSES[a] * va[:, None] + MASSES[b] * vb) / (MASSES[a] + MASSES[b])
    weight = np.einsum("i,j->ij", wa * perturbation(va, MASSES[a]), wb)
    along = np.einsum("ijx,sx->ijs", g, s)
    given = np.einsum("ij,ijs,s->s", weight, 2 * reduced * along**2, ws / 4)
    if energy:
        given = np.einsum("ij,ijs,ijs,s->s", weight, 2 * reduced * along**2, centre @ s.T, ws / 4)
        return given @ s
    return np.einsum("s,sx,sy->xy", given, s, s)


def collisional(a, perturbation, energy=False):
    """The flux that the perturbation of a drives, over n_a: a is either partner of each ordered pair."""
    fluid = TRANSFER.fluid
    chi, d = fluid.contact_values(N), fluid.contact_diameters
    return sum(2 * N[b] * chi[a, b] * d[a, b] ** 3 * pair_flux(a, b, perturbation, energy) for b in (0, 1))


def kinetic(a, perturbation, moment):
    v, w = gaussian(MASSES[a])
    return np.sum(w * perturbation(v, MASSES[a]) * moment(v, MASSES[a]))


def square(v, mass):
    return mass * np.sum(v**2, axis=-1) / 2


@pytest.mark.parametrize("a", [0, 1])
def test_heat_flux_of_a_conducting_species(a):
    def conducting(v, m):
        return (square(v, m) - 2.5) * v[:, 2]

    # Gauss-Hermite of 4 nodes is exact to degree 7: C_z^2 (C^2 - 5/2)^2 is of degree 6
    carried = kinetic(a, conducting, lambda v, m: square(v, m) * v[:, 2])
    ratio = collisional(a, conducting, energy=True)[2] / carried
    assert 1 + ratio == pytest.approx(TRANSFER.heat(N)[a], rel=1e-12)


@pytest.mark.parametrize("a", [0, 1])
def test_heat_flux_of_a_diffusing_species(a):
    def drifting(v, m):
        return m * v[:, 2]  # V_z = 1

    total = 2.5 + collisional(a, drifting, energy=True)[2]
    assert total == pytest.approx(1.5 + TRANSFER.diffusion(N)[a], rel=1e-12)


@pytest.mark.parametrize("a", [0, 1])
def test_force_on_a_species_in_a_gradient_of_temperature(a):
    """Partners are hotter on one side: the momentum they hand over, and that of a's own gradient."""

    def hotter(v, m):
        return square(v, m) - 1.5  # d ln f / d ln T at constant density

    fluid = TRANSFER.fluid
    chi, d = fluid.contact_values(N), fluid.contact_diameters
    collided = sum(2 * N[b] * chi[a, b] * d[a, b] ** 3 * pair_flux(b, a, hotter, False)[2, 2] for b in (0, 1))
    assert 1 + collided == pytest.approx(TRANSFER.diffusion(N)[a], rel=1e-12)


@pytest.mark.parametrize("a", [0, 1])
def test_stress_of_a_sheared_species(a):
    def sheared(v, m):
        return v[:, 0] * v[:, 2]

    carried = kinetic(a, sheared, lambda v, m: m * v[:, 0] * v[:, 2])
    ratio = collisional(a, sheared)[0, 2] / carried
    assert 1 + ratio == pytest.approx(TRANSFER.shear(N)[a], rel=1e-12)


@pytest.mark.parametrize("a", [0, 1])
def test_pressure_of_a_heated_species(a):
    def heated(v, m):
        return square(v, m) - 1.5

    carried = kinetic(a, heated, lambda v, m: 2 * square(v, m) / 3)
    ratio = np.trace(collisional(a, heated)) / 3 / carried
    factor = TRANSFER.fluid.compressibility_factor(N)
    assert 1 + ratio - factor == pytest.approx(TRANSFER.expansion(N)[a], rel=1e-11)


def test_pressure_of_the_mixture_at_rest():
    def rest(v, m):
        return np.ones(len(v))

    pressure = N.sum() + sum(N[a] / 2 * collisional(a, rest)[2, 2] for a in (0, 1))
    assert pressure == pytest.approx(TRANSFER.fluid.pressure(N), rel=1e-12)


def test_sums_over_species():
    n = np.array([[0.12, 0.07], [0.3, 0.01], [1e-6, 2e-6]])
    pressure = TRANSFER.fluid.pressure(n)
    np.testing.assert_allclose(np.sum(n * TRANSFER.diffusion(n), axis=-1), pressure, rtol=1e-14)
    np.testing.assert_allclose(np.sum(n * TRANSFER.expansion(n), axis=-1) / pressure, 0, atol=1e-15)


def test_touching_spheres_drag_on_each_other():
    """One pair at 45 degrees of the shear: momentum of approaching spheres whose mean velocities differ.

    Along the line of centres the relative velocity w is Gaussian of variance kT/m_ab about
    -d s.(grad u).s; the transfer 2 m_ab <w^2; w > 0> changes by -4 m_ab d s.(grad u).s <w; w > 0>.
    """
    one = CollisionalTransfer(HardSphereFluid([1.0]), [2.0])
    n, reduced, shift = 0.4, 1.0, 1e-4

    def approach(mean):  # <w^2; w > 0> by quadrature
        w = np.linspace(0, 12, 20001)
        return np.trapezoid(w**2 * np.exp(-((w - mean) ** 2) / 2) / sqrt(2 * pi), w)

    slope = (approach(shift) - approach(-shift)) / (2 * shift)
    # sum over s of (s_x s_z)^2 = 4 pi/15; half for each pair counted once, twice m_ab, once d
    angular = dblquad(lambda p, z: z**2 * (1 - z**2) * np.cos(p) ** 2, -1, 1, 0, 2 * pi)[0]
    chi = one.fluid.contact_values([n])[0, 0]
    viscosity = 0.5 * n**2 * chi * 2 * reduced * slope * angular
    assert 0.6 * one.touching([n], 1.0) == pytest.approx(viscosity, rel=1e-6)


def test_bad_masses_and_energies_are_refused():
    with pytest.raises(ValueError, match="one each a species"):
        CollisionalTransfer(HardSphereFluid([1.0, 2.0]), [1.0])
    with pytest.raises(ValueError, match="masses must be positive"):
        CollisionalTransfer(HardSphereFluid([1.0]), [-1.0])
    for energy in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="kT must be positive"):
            TRANSFER.touching(N, energy)
