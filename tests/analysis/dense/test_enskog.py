"""Revised Enskog theory against Enskog's closed forms, the dilute theory, and what mixtures must obey."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.dense.enskog import RevisedEnskog
from knudsen.analysis.kinetic.brackets import pair_brackets
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.scattering import SoftSphereScattering
from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere

T = 300.0
KT = BOLTZMANN * T
ARGON = Mixture(["Ar"], "hs")
PACKINGS = [0.01, 0.2, 0.45]


# --- one species: Enskog's closed forms -------------------------------------------------------------


def gas(packing, order):
    theory, dilute = RevisedEnskog(ARGON, T, order), ChapmanEnskog(ARGON, T, order)
    n = theory.fluid.number_densities([1.0], packing)
    return theory, dilute, n, theory.fluid.contact_values(n)[0, 0]


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize(
    "order, constant", [(1, 0.16 + 48 / (25 * pi)), (24, 0.16 + 48 / (25 * pi) / 1.016033941656)]
)
def test_viscosity_of_one_species(packing, order, constant):
    theory, dilute, n, chi = gas(packing, order)
    y = 4 * packing  # b rho
    enskog = 1 / chi + 0.8 * y + constant * y**2 * chi
    assert theory.viscosity(n) / dilute.viscosity([1.0]) == pytest.approx(enskog, rel=1e-11)


def test_high_order_constants_are_enskogs():
    assert 0.16 + 48 / (25 * pi) / 1.016033941656 == pytest.approx(0.7615, abs=1e-4)
    assert 0.36 + 32 / (25 * pi) / 1.025218168323 == pytest.approx(0.7575, abs=1e-4)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize(
    "order, constant", [(2, 0.36 + 32 / (25 * pi)), (24, 0.36 + 32 / (25 * pi) / 1.025218168323)]
)
def test_conductivity_of_one_species(packing, order, constant):
    theory, dilute, n, chi = gas(packing, order)
    y = 4 * packing
    enskog = 1 / chi + 1.2 * y + constant * y**2 * chi
    ratio = theory.thermal_conductivity(n) / dilute.thermal_conductivity([1.0])
    assert ratio == pytest.approx(enskog, rel=1e-11)


@pytest.mark.parametrize("packing", PACKINGS)
def test_bulk_viscosity_of_one_species(packing):
    theory, _, n, chi = gas(packing, 3)
    parts = theory.bulk_viscosity_parts(n)
    first = ChapmanEnskog(ARGON, T, 1).viscosity([1.0])
    assert theory.bulk_viscosity(n) == pytest.approx(
        16 / (5 * pi) * first * (4 * packing) ** 2 * chi, rel=1e-12
    )
    assert abs(parts.kinetic) < 1e-20 * parts.collisional


@pytest.mark.parametrize("packing", PACKINGS)
def test_self_diffusion_and_collision_rate_of_one_species(packing):
    theory, dilute, n, chi = gas(packing, 24)
    expected = dilute.self_diffusion(n[0] * KT) / chi
    assert theory.self_diffusion(n) == pytest.approx(expected, rel=1e-12)
    rate = dilute.collision_frequency([1.0], n[0] * KT)[0] * chi
    assert theory.collision_frequency(n)[0] == pytest.approx(rate, rel=1e-12)


# --- mixtures ---------------------------------------------------------------------------------------


def test_dilute_limit_is_chapman_enskog():
    mixture, x = Mixture(["He", "Xe", "Ar"], "hs"), np.array([0.5, 0.2, 0.3])
    theory, dilute = RevisedEnskog(mixture, T, 8), ChapmanEnskog(mixture, T, 8)
    n = theory.fluid.number_densities(x, 1e-12)
    pressure = n.sum() * KT
    assert theory.viscosity(n) == pytest.approx(dilute.viscosity(x), rel=1e-10)
    assert theory.thermal_conductivity(n) == pytest.approx(dilute.thermal_conductivity(x), rel=1e-10)
    np.testing.assert_allclose(theory.diffusion_matrix(n), dilute.diffusion_matrix(x, pressure), rtol=1e-10)
    assert theory.bulk_viscosity(n) < 1e-20 * theory.viscosity(n)


@pytest.mark.parametrize("x1", [0.0, 1e-6, 0.3, 1.0])
def test_dilute_limit_of_a_binary(x1):
    mixture, x = Mixture(["He", "Xe"], "hs"), np.array([x1, 1 - x1])
    theory, dilute = RevisedEnskog(mixture, T, 8), ChapmanEnskog(mixture, T, 8)
    n = theory.fluid.number_densities(x, 1e-13)
    diffusion = dilute.diffusion_binary(x1, n.sum() * KT)
    assert theory.diffusion_binary(n) == pytest.approx(diffusion, rel=1e-10)
    assert theory.diffusion_fick(n) == pytest.approx(diffusion, rel=1e-10)
    assert theory.thermal_diffusion_factor(n) == pytest.approx(dilute.thermal_diffusion_factor(x1), rel=1e-10)


@pytest.mark.parametrize("packing", PACKINGS)
def test_identical_species_are_one(sphere, packing):
    twins = Mixture([sphere("a", 40, 3.6), sphere("b", 40, 3.6)], "hs")
    one = Mixture([sphere("a", 40, 3.6)], "hs")
    mixed, pure = RevisedEnskog(twins, T, 6), RevisedEnskog(one, T, 6)
    n = mixed.fluid.number_densities([0.3, 0.7], packing)
    total = [n.sum()]
    assert mixed.pressure(n) == pytest.approx(pure.pressure(total), rel=1e-13)
    assert mixed.viscosity(n) == pytest.approx(pure.viscosity(total), rel=1e-12)
    assert mixed.bulk_viscosity(n) == pytest.approx(pure.bulk_viscosity(total), rel=1e-12)
    assert mixed.thermal_conductivity(n) == pytest.approx(pure.thermal_conductivity(total), rel=1e-12)
    assert mixed.diffusion_binary(n) == pytest.approx(pure.self_diffusion(total), rel=1e-12)
    assert mixed.thermodynamic_factor(n) == pytest.approx(1, rel=1e-12)
    assert mixed.thermal_diffusion_factor(n) == pytest.approx(0, abs=1e-12)


def test_order_of_the_species_does_not_matter():
    one, other = (RevisedEnskog(Mixture(names, "hs"), T, 5) for names in (["Kr", "He"], ["He", "Kr"]))
    n = one.fluid.number_densities([0.4, 0.6], 0.3)
    back = n[::-1]
    for name in (
        "viscosity",
        "bulk_viscosity",
        "thermal_conductivity",
        "diffusion_binary",
        "thermodynamic_factor",
    ):
        assert getattr(one, name)(n) == pytest.approx(getattr(other, name)(back), rel=1e-11)
    assert one.thermal_diffusion_factor(n) == pytest.approx(-other.thermal_diffusion_factor(back), rel=1e-10)
    assert one.self_diffusion(n, 0) == pytest.approx(other.self_diffusion(back, 1), rel=1e-12)


def test_first_order_bulk_viscosity_is_the_closed_form():
    """Species heat unequally and even out by collisions: (8/3) M_1 M_2 of the excess a collision."""
    theory = RevisedEnskog(Mixture(["Xe", "He"], "hs"), T, 1)
    n = theory.fluid.number_densities([0.4, 0.6], 0.3)
    m1, m2 = theory.mixture.masses
    d = theory.fluid.contact_diameters[0, 1]
    rate = theory.fluid.contact_values(n)[0, 1] * pi * d**2 * sqrt(8 * KT * (m1 + m2) / (pi * m1 * m2))
    weight = theory.transfer.expansion(n)[0]
    exchange = n[1] * rate * 8 / 3 * m1 * m2 / (m1 + m2) ** 2
    expected = 2 / 3 * KT * n[0] * weight**2 / exchange
    assert theory.bulk_viscosity_parts(n).kinetic == pytest.approx(expected, rel=1e-12)


def test_scalar_brackets_exchange_energy_and_keep_it():
    share = 0.3
    pair = pair_brackets(SoftSphereScattering(0.5, 1.0), share, 6, 0)
    assert pair.own_a[1, 1] == pytest.approx(8 / 3 * share * (1 - share), rel=1e-13)
    np.testing.assert_allclose(pair.own_a[:, 1], -pair.cross[:, 1], atol=1e-14)  # energy
    np.testing.assert_allclose(pair.own_a[0], 0, atol=1e-14)  # number
    longer = pair_brackets(SoftSphereScattering(0.5, 1.0), share, 12, 0)
    np.testing.assert_allclose(longer.cross[:6, :6], pair.cross, atol=1e-13)  # the quadrature is exact


def test_series_converges_and_batches_agree_with_single_states():
    mixture = Mixture(["He", "Xe"], "hs")
    theory, half = RevisedEnskog(mixture, T, 32), RevisedEnskog(mixture, T, 16)
    n = theory.fluid.number_densities(np.array([[0.2, 0.8], [0.7, 0.3]]), np.array([0.1, 0.4]))
    for name in (
        "viscosity",
        "bulk_viscosity",
        "thermal_conductivity",
        "diffusion_fick",
        "thermal_diffusion_factor",
    ):
        values = getattr(theory, name)(n)
        assert values.shape == (2,)
        assert values[1] == pytest.approx(getattr(theory, name)(n[1]), rel=1e-12)
        np.testing.assert_allclose(getattr(half, name)(n), values, rtol=1e-3)


def test_parts_add_up_and_collisions_take_over():
    theory = RevisedEnskog(Mixture(["Ne", "Kr"], "hs"), T, 4)
    n = theory.fluid.number_densities([0.5, 0.5], np.array([0.001, 0.45]))
    for name in ("viscosity", "thermal_conductivity"):
        parts = getattr(theory, f"{name}_parts")(n)
        np.testing.assert_allclose(parts.kinetic + parts.collisional, getattr(theory, name)(n), rtol=1e-14)
        assert parts.collisional[0] < 0.02 * parts.kinetic[0]
        assert parts.collisional[1] > 3 * parts.kinetic[1]


# --- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "build, message",
    [
        (lambda: RevisedEnskog(Mixture(["Ar"], "vss")), "no pair of hard spheres"),
        (lambda: RevisedEnskog(Mixture(["Ar"], "lj")), "no pair of hard spheres"),
        (lambda: RevisedEnskog(Mixture(["Ar"], "hs"), -1.0), "temperature must be positive"),
        (lambda: RevisedEnskog(ARGON, [300.0, 400.0]), "temperature must be one number"),
        (lambda: RevisedEnskog(ARGON, T, 0), "order must be a whole number"),
        (lambda: RevisedEnskog(ARGON).self_diffusion([1e25], 1), "no species number 1"),
        (
            lambda: RevisedEnskog(Mixture(["He", "Ar"], "hs"), T, 1).thermal_diffusion_factor([1e25, 1e25]),
            "order 2",
        ),
        (lambda: RevisedEnskog(ARGON).pressure([np.nan]), "must be finite"),
        (lambda: RevisedEnskog(ARGON, T, 1).thermal_conductivity([1e25]), "needs order 2"),
        (lambda: RevisedEnskog(ARGON).viscosity([1e30]), "no fluid: lower the density"),
        (lambda: RevisedEnskog(ARGON).viscosity([1e25, 1e25]), "on the last axis"),
        (lambda: RevisedEnskog(ARGON).diffusion_binary([1e25]), "needs two species"),
        (
            lambda: RevisedEnskog(Mixture(["Ar", "Kr"], "hs")).diffusion_matrix([1e25, 0.0]),
            "every species present",
        ),
    ],
)
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_diameters_that_do_not_add_are_refused():
    wide = Mixture(["Ar", "Kr"], "hs", {("Ar", "Kr"): VariableSoftSphere(4.5e-10)})
    with pytest.raises(ValueError, match="Ar-Kr is no pair of hard spheres of the mean diameter"):
        RevisedEnskog(wide)
