"""Diffusion in dense hard-sphere mixtures: symmetry, thermodynamics, Lorentz gas, reciprocity, isotopes."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.dense.enskog import RevisedEnskog
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

T = 300.0
KT = BOLTZMANN * T


def test_first_order_diffusion_is_the_dilute_one_over_chi():
    mixture = Mixture(["Kr", "Ne"], "hs")
    theory, dilute = RevisedEnskog(mixture, T, 1), ChapmanEnskog(mixture, T, 1)
    n = theory.fluid.number_densities([0.4, 0.6], 0.3)
    chi = theory.fluid.contact_values(n)
    expected = dilute.diffusion_binary(0.4, n.sum() * KT) / chi[0, 1]
    assert theory.diffusion_binary(n) == pytest.approx(expected, rel=1e-12)
    self = n / n.sum() * chi[0]  # first order: 1/D = sum_b x_b chi_ab / D_ab
    pairs = [dilute.self_diffusion(n.sum() * KT, 0), dilute.diffusion_binary(0.4, n.sum() * KT)]
    assert theory.self_diffusion(n, 0) == pytest.approx(1 / np.sum(self / pairs), rel=1e-12)


def test_diffusion_matrix_is_symmetric_and_holds_the_binary():
    theory = RevisedEnskog(Mixture(["He", "Xe", "Ar"], "hs"), T, 6)
    n = theory.fluid.number_densities([0.5, 0.2, 0.3], 0.35)
    D = theory.diffusion_matrix(n)
    np.testing.assert_allclose(D, D.T, rtol=1e-11)
    scale = np.abs(D) @ (n * theory.mixture.masses)
    np.testing.assert_allclose(D @ (n * theory.mixture.masses) / scale, 0, atol=1e-13)
    assert np.all(np.linalg.eigvalsh(D)[1:] > 0)
    binary = RevisedEnskog(Mixture(["He", "Xe"], "hs"), T, 6)
    n = binary.fluid.number_densities([0.4, 0.6], 0.35)
    D = binary.diffusion_matrix(n)
    relative = 0.24 * (D[0, 0] - 2 * D[0, 1] + D[1, 1])
    assert binary.diffusion_binary(n) == pytest.approx(relative, rel=1e-12)


def test_thermodynamic_factor_is_that_of_the_chemical_potential(sphere):
    """x1 d(mu1/kT)/dx1 at constant pressure, by differences along the isobar."""
    theory = RevisedEnskog(Mixture([sphere("a", 40, 5.0), sphere("b", 4, 2.0)], "hs"), T, 2)
    fluid, step, x1 = theory.fluid, 1e-4, 0.2
    n = fluid.number_densities([x1, 1 - x1], 0.4)
    pressure = fluid.pressure(n)

    def potential(fraction):
        x = np.array([fraction, 1 - fraction])
        total = n.sum()
        for _ in range(50):
            density = total * x
            total += (pressure - fluid.pressure(density)) / (fluid.potential_derivatives(density) @ x).sum()
        return np.log(total * fraction) + fluid.excess_chemical_potentials(total * x)[0]

    slope = (potential(x1 + step) - potential(x1 - step)) / (2 * step)
    assert theory.thermodynamic_factor(n) == pytest.approx(x1 * slope, rel=1e-6)
    assert abs(theory.thermodynamic_factor(n) - 1) > 0.05  # the check sees more than the ideal gas


def test_diffusion_matrix_and_thermodynamic_matrix_make_ficks_law():
    theory = RevisedEnskog(Mixture(["Kr", "Ne"], "hs"), T, 4)
    n = theory.fluid.number_densities([0.4, 0.6], 0.35)
    force = theory.thermodynamic_matrix(n) @ [1.0, -1.0]
    assert force.sum() == pytest.approx(0, abs=1e-12)
    velocity = -theory.diffusion_matrix(n) @ force
    assert 0.24 * (velocity[0] - velocity[1]) == pytest.approx(-theory.diffusion_fick(n), rel=1e-11)


@pytest.mark.parametrize("packing", [0.1, 0.3, 0.45])
def test_light_points_among_heavy_spheres_are_a_lorentz_gas(sphere, packing):
    """No series is needed: points of free path l = 1/(n_2 pi d_12^2 chi) carry the flux -(l/3) grad(n' c),
    n' = n_1 / (1 - eta) their density in the free volume, c their mean speed.

    So D = l c / 3; at rest n' ~ T^(-1/2) while p = n_2 kT Z(eta) is uniform, and x_1 ~ n' (1 - eta) / eta::

        -alpha_T = d ln x_1 / d ln T = -1/2 + Z / [(1 - eta)(Z + eta dZ/d eta)]

    What the order leaves falls as its square: a Richardson step takes most of it.
    """
    mixture = Mixture([sphere("light", 4e-7, 4e-6), sphere("heavy", 40, 4)], "hs")
    coarse, fine = (RevisedEnskog(mixture, T, order) for order in (25, 50))
    n = fine.fluid.number_densities([0.0, 1.0], packing)

    def limit(name):
        rough, better = (getattr(theory, name)(n) for theory in (coarse, fine))
        return better + (better - rough) / 3

    path = (1 - packing) / (n[1] * pi * (2e-10) ** 2)
    speed = sqrt(8 * KT / (pi * mixture.masses[0]))
    assert limit("self_diffusion") == pytest.approx(path * speed / 3, rel=2e-5)
    factor = fine.fluid.compressibility_factor(n)
    stiffness = fine.fluid.potential_derivatives(n)[1, 1]  # Z + eta dZ/d eta
    expected = 0.5 - factor / ((1 - packing) * stiffness)
    assert limit("thermal_diffusion_factor") == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("names, x1", [(["He", "Xe"], 0.3), (["Kr", "Ne"], 0.6)])
def test_diffusion_carries_the_heat_that_thermal_diffusion_asks(names, x1):
    """Onsager: q' = q - sum h_a n_a V_a = kT Gamma alpha_T J*_1 at uniform T, q from another drive's solve.

    The partial enthalpy of hard spheres is h_a = (3/2) kT + p v_a.
    """
    theory, x = RevisedEnskog(Mixture(names, "hs"), T, 8), np.array([x1, 1 - x1])
    n = theory.fluid.number_densities(x, 0.35)
    speeds = theory.operator.dilute.half_speeds
    drive = np.zeros((2, 8, 1))
    drive[:, 0, 0] = speeds * [-x[1], x[0]]  # d_1 = x1 x2
    chi = theory.fluid.contact_values(n)
    response = theory.operator.dilute.vector_response(x, drive, chi)[..., 0]
    fluxes = x * speeds * response[:, 0]  # n_a V_a
    carried = (1.5 + theory.transfer.diffusion(n)) @ fluxes
    conducted = -sqrt(2.5) * theory.transfer.heat(n) @ (x * speeds * response[:, 1])
    enthalpy = 1.5 + theory.fluid.pressure(n) * theory.fluid.partial_volumes(n)
    reduced = carried + conducted - enthalpy @ fluxes
    heat = reduced / (x[1] * fluxes[0] - x[0] * fluxes[1])
    alpha = theory.thermal_diffusion_factor(n)
    assert heat == pytest.approx(theory.thermodynamic_factor(n) * alpha, rel=1e-11)
    assert abs(heat - alpha) > 0.05  # without Gamma it would fail


def test_isotopes_separate_by_their_masses_alone(sphere):
    """Equal diameters: no thermodynamic part, alpha_T = alpha_k + Z_1 - Z_2; it grows with density."""
    theory = RevisedEnskog(Mixture([sphere("heavy", 44, 3.6), sphere("light", 40, 3.6)], "hs"), T, 6)
    n = theory.fluid.number_densities([0.5, 0.5], np.array([1e-9, 0.1, 0.3]))
    np.testing.assert_allclose(theory.thermodynamic_factor(n), 1, rtol=1e-12)
    factor = theory.thermal_diffusion_factor(n)
    assert np.all(np.diff(factor) > 0) and factor[0] > 0
    assert factor[0] == pytest.approx(
        ChapmanEnskog(theory.mixture, T, 6).thermal_diffusion_factor(0.5), rel=1e-8
    )
