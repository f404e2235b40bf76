"""The hard-sphere equation of state against closed forms, its own derivatives and Gibbs-Duhem."""

from math import log, pi

import numpy as np
import pytest

from knudsen.analysis.dense.contact import PACKING_LIMIT, HardSphereFluid

TERNARY = HardSphereFluid([1.0, 1.7, 0.6])
DENSITIES = np.array([[0.1, 0.03, 0.3], [0.3, 0.06, 0.2], [1e-4, 2e-4, 3e-4], [0.2, 0.0, 0.5]])


@pytest.mark.parametrize("eta", [1e-8, 0.1, 0.3, 0.494, PACKING_LIMIT])
def test_one_species_is_carnahan_starling(eta):
    fluid = HardSphereFluid([3.0])
    n = fluid.number_densities([1.0], eta)
    assert fluid.packing_fraction(n) == pytest.approx(eta, rel=1e-14)
    factor = (1 + eta + eta**2 - eta**3) / (1 - eta) ** 3
    assert fluid.compressibility_factor(n) == pytest.approx(factor, rel=1e-13)
    assert fluid.contact_values(n)[0, 0] == pytest.approx((1 - eta / 2) / (1 - eta) ** 3, rel=1e-13)
    energy = eta * (4 - 3 * eta) / (1 - eta) ** 2
    assert fluid.excess_free_energy(n) / n[0] == pytest.approx(energy, rel=1e-7 if eta < 1e-6 else 1e-13)
    slope = 1 + (8 * eta - 2 * eta**2) / (1 - eta) ** 4  # d(n Z)/dn
    assert fluid.potential_derivatives(n)[0, 0] == pytest.approx(slope, rel=1e-13)


def test_pressure_of_the_contact_values_is_that_of_the_free_energy():
    n = DENSITIES
    potentials = TERNARY.excess_chemical_potentials(n)
    thermal = n.sum(axis=-1) + np.sum(n * potentials, axis=-1) - TERNARY.excess_free_energy(n)
    np.testing.assert_allclose(TERNARY.pressure(n), thermal, rtol=1e-13)


def test_pressure_is_the_printed_bmcsl_form():
    n = DENSITIES
    xi0, xi1, xi2, xi3 = (pi / 6 * n @ np.array([1.0, 1.7, 0.6]) ** k for k in range(4))
    free = 1 - xi3
    printed = 6 / pi * (xi0 / free + 3 * xi1 * xi2 / free**2 + (3 - xi3) * xi2**3 / free**3)
    np.testing.assert_allclose(TERNARY.pressure(n), printed, rtol=1e-13)
    percus_yevick = 6 / pi * (xi0 / free + 3 * xi1 * xi2 / free**2 + 3 * xi2**3 / free**3)  # control
    assert np.max(np.abs(percus_yevick / printed - 1)) > 1e-3


@pytest.mark.parametrize("n", DENSITIES[[0, 1]])
def test_derivatives_are_those_of_the_free_energy(n):
    step = 1e-6
    potentials, second = TERNARY.excess_chemical_potentials(n), TERNARY.potential_derivatives(n)
    for b, bump in enumerate(step * np.eye(3)):
        slope = (TERNARY.excess_free_energy(n + bump) - TERNARY.excess_free_energy(n - bump)) / (2 * step)
        assert slope == pytest.approx(potentials[b], rel=1e-8)
        change = TERNARY.excess_chemical_potentials(n + bump) - TERNARY.excess_chemical_potentials(n - bump)
        np.testing.assert_allclose(second[:, b], np.eye(3)[b] + n * change / (2 * step), rtol=1e-7)


def test_potential_derivatives_are_symmetric_and_obey_gibbs_duhem():
    n, step = DENSITIES[1], 1e-6
    second = TERNARY.potential_derivatives(n)
    np.testing.assert_allclose(second / n[:, None], (second / n[:, None]).T, rtol=1e-13)
    for b, bump in enumerate(step * np.eye(3)):
        slope = (TERNARY.pressure(n + bump) - TERNARY.pressure(n - bump)) / (2 * step)
        assert second[:, b].sum() == pytest.approx(slope, rel=1e-8)


def test_partial_volumes_fill_the_volume_and_follow_the_pressure():
    np.testing.assert_allclose(np.sum(DENSITIES * TERNARY.partial_volumes(DENSITIES), axis=-1), 1, rtol=1e-13)
    n = DENSITIES[1]  # v_a = (dp/dn_a) / (n dp/dn at constant composition)
    rise = TERNARY.potential_derivatives(n).sum(axis=0)
    np.testing.assert_allclose(TERNARY.partial_volumes(n), rise / (rise @ n), rtol=1e-13)


def test_second_virial_coefficient_is_half_the_exclusion_sphere():
    n = np.array([1e-8, 2e-8, 3e-8])  # the third virial term is 2e-7 of the second
    exclusion = 2 * pi / 3 * n @ TERNARY.contact_diameters**3 @ n
    assert TERNARY.excess_free_energy(n) == pytest.approx(exclusion, rel=1e-6)
    assert TERNARY.compressibility_factor(n) - 1 == pytest.approx(exclusion / n.sum(), rel=1e-6)


def test_equal_spheres_are_one_species_and_point_particles_only_see_free_volume():
    halves, whole = HardSphereFluid([2.0, 2.0]), HardSphereFluid([2.0])
    assert halves.pressure([0.03, 0.02]) == pytest.approx(whole.pressure([0.05]), rel=1e-14)
    point = HardSphereFluid([2.0, 1e-6])
    n = np.array([0.05, 0.0])  # the Widom insertion of a point succeeds in the volume that is free
    free = 1 - point.packing_fraction(n)
    assert point.excess_chemical_potentials(n)[1] == pytest.approx(-log(free), rel=1e-5)
    assert point.contact_values(n)[0, 1] == pytest.approx(1 / free, rel=1e-5)


@pytest.mark.parametrize(
    "diameters, n, message",
    [
        ([0.0], [1.0], "positive lengths"),
        ([[1.0]], [1.0], "positive lengths"),
        ([1.0], [0.1, 0.2], "on the last axis"),
        ([1.0, 2.0], [0.1, -0.1], "none negative"),
        ([1.0, 2.0], [0.0, 0.0], "not all zero"),
        ([1.0], [np.nan], "finite"),
        ([1.0], [1.2], "no fluid: lower the density"),
        ([1.0], [1e-160], "ideal gas: raise the density"),
    ],
)
def test_bad_states_are_refused(diameters, n, message):
    with pytest.raises(ValueError, match=message):
        HardSphereFluid(diameters).pressure(n)


def test_bad_packing_or_composition_is_refused():
    fluid = HardSphereFluid([1.0, 2.0])
    for packing in (0.6, 0.0, np.nan):
        with pytest.raises(ValueError, match="packing fraction must lie in"):
            fluid.number_densities([0.5, 0.5], packing)
    for x in ([0.5, 0.6], [0.0, 0.0]):
        with pytest.raises(ValueError, match="sum to one"):
            fluid.number_densities(x, 0.3)
    with pytest.raises(ValueError, match="one for each of"):
        fluid.number_densities([1.0], 0.3)
