"""Fits return what made their data, say how well they match, and their errors cover the truth."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.fitting import fit_soft_sphere, fit_soft_sphere_to, pair_coefficients
from knudsen.analysis.kinetic.lennard_jones_fit import fit_lennard_jones
from knudsen.core.gases import Mixture
from knudsen.core.interactions import LennardJones, VariableSoftSphere

MASS = 6.6335e-26
ARGON = LennardJones(3.542e-10, 93.3)
T = np.linspace(150, 900, 16)


# --- coefficients of a pair -------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["hs", "vss", "lj"])
def test_like_pair_is_the_gas(model):
    krypton = Mixture(["Kr"], model)
    theory = ChapmanEnskog(krypton, 300.0, 4)
    found = pair_coefficients(krypton.interaction(0, 0), krypton.masses[0], 300.0, 2e4, 4)
    assert found.viscosity == pytest.approx(theory.viscosity([1.0]), rel=1e-13)
    assert found.diffusion == pytest.approx(theory.self_diffusion(2e4), rel=1e-13)


@pytest.mark.parametrize("model", ["hs", "vss", "lj"])
def test_unlike_pair_diffuses_as_the_binary_does_at_first_order(model):
    mixture = Mixture(["He", "Kr"], model)
    found = pair_coefficients(mixture.interaction(0, 1), 2 * mixture.reduced_mass(0, 1), 300.0, 1e5, 1)
    binary = ChapmanEnskog(mixture, 300.0, 1).diffusion_binary(0.3, 1e5)
    assert found.diffusion == pytest.approx(binary, rel=1e-12)


# --- soft spheres -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sphere",
    [
        VariableSoftSphere(4.11e-10, 0.81, 1.40),
        VariableSoftSphere(2.3e-10, 0.66, 1.26, 300.0),
        VariableSoftSphere(5e-10, 0.5, 1.0),
        VariableSoftSphere(5e-10, 1.0, 2.14),
        VariableSoftSphere(3e-10, 0.7, 0.8),
    ],
)
@pytest.mark.parametrize("order", [1, 8])
def test_soft_sphere_comes_back(sphere, order):
    data = pair_coefficients(sphere, MASS, T, 5e4, order)
    fit = fit_soft_sphere(
        T, *data, mass=MASS, pressure=5e4, order=order, temperature_ref=sphere.temperature_ref
    )
    assert fit.interaction.diameter_ref == pytest.approx(sphere.diameter_ref, rel=1e-8)
    assert fit.interaction.omega == pytest.approx(sphere.omega, abs=1e-8)
    assert fit.interaction.alpha == pytest.approx(sphere.alpha, rel=1e-8)
    assert max(fit.viscosity.largest, fit.diffusion.largest, fit.schmidt.largest) < 1e-9
    assert (fit.order, fit.temperatures) == (order, (150.0, 900.0))


def test_variable_hard_sphere_and_hard_sphere_come_back_from_viscosity_alone():
    for model, sphere in (("vhs", VariableSoftSphere(4.17e-10, 0.81)), ("hs", VariableSoftSphere(3.6e-10))):
        mu = pair_coefficients(sphere, MASS, T).viscosity
        fit = fit_soft_sphere(T, mu, None, MASS, model)
        assert fit.interaction.diameter_ref == pytest.approx(sphere.diameter_ref, rel=1e-10)
        assert fit.interaction.omega == pytest.approx(sphere.omega, abs=1e-10)
        assert fit.interaction.alpha == 1.0
        assert fit.diffusion is None and fit.schmidt is None


def test_first_order_is_birds_closed_forms():
    """mu and Sc of Bird's VSS argon; Sc = (2 + alpha)/(0.6 (7 - 2 omega) alpha)."""
    omega, alpha, d = 0.81, 1.40, 4.11e-10
    level = 5 * (alpha + 1) * (alpha + 2) * sqrt(MASS * BOLTZMANN * 273 / pi)
    mu = level / (4 * alpha * (5 - 2 * omega) * (7 - 2 * omega) * d**2) * (T / 273) ** omega
    schmidt = (2 + alpha) / (0.6 * (7 - 2 * omega) * alpha)
    diffusion = mu * BOLTZMANN * T / (schmidt * MASS * 101325.0)
    fit = fit_soft_sphere(T, mu, diffusion, MASS, order=1)
    assert fit.interaction.diameter_ref == pytest.approx(d, rel=1e-9)
    assert fit.interaction.alpha == pytest.approx(alpha, rel=1e-9)


def test_residuals_are_those_of_the_fitted_sphere():
    target = pair_coefficients(ARGON, MASS, T)
    fit = fit_soft_sphere_to(ARGON, MASS, T)
    found = pair_coefficients(fit.interaction, MASS, T)
    for name in ("viscosity", "diffusion"):
        deviation = getattr(found, name) / getattr(target, name) - 1
        assert getattr(fit, name).largest == pytest.approx(np.max(np.abs(deviation)), rel=1e-9)
        assert getattr(fit, name).rms == pytest.approx(sqrt(np.mean(deviation**2)), rel=1e-9)
    schmidt = found.viscosity / found.diffusion * target.diffusion / target.viscosity - 1
    assert fit.schmidt.largest == pytest.approx(np.max(np.abs(schmidt)), rel=1e-9)


def test_no_soft_sphere_nearby_fits_better():
    fit = fit_soft_sphere_to(ARGON, MASS, T)
    target = pair_coefficients(ARGON, MASS, T)

    def misfit(d, omega, alpha):
        found = pair_coefficients(VariableSoftSphere(d, omega, alpha), MASS, T)
        return sum(np.sum(np.log(f / t) ** 2) for f, t in zip(found, target, strict=True))

    best = fit.interaction
    least = misfit(best.diameter_ref, best.omega, best.alpha)
    for d, omega, alpha in [
        (1.002, 0, 1),
        (0.998, 0, 1),
        (1, 0.002, 1),
        (1, -0.002, 1),
        (1, 0, 1.01),
        (1, 0, 0.99),
    ]:
        assert misfit(best.diameter_ref * d, best.omega + omega, best.alpha * alpha) > least


def test_narrower_ranges_fit_better_and_vhs_misses_the_diffusion():
    wide, narrow = (fit_soft_sphere_to(ARGON, MASS, np.linspace(300 - w, 300 + w, 9)) for w in (150, 15))
    assert narrow.viscosity.largest < 0.05 * wide.viscosity.largest
    assert wide.viscosity.largest < 0.02
    vhs = fit_soft_sphere_to(ARGON, MASS, np.linspace(150, 450, 9), model="vhs")
    assert vhs.diffusion.rms > 0.1  # the known fault of VHS, some 20 %
    assert wide.diffusion.rms < 0.02


def test_lennard_jones_argon_at_room_temperature_is_near_birds():
    """Loosely: Bird's VSS argon (d 4.11 A, omega 0.81, alpha 1.40 at 273 K) comes from measurements."""
    argon = LennardJones(3.405e-10, 119.8)  # the parameters of liquid argon
    found = fit_soft_sphere_to(argon, MASS, np.linspace(200, 400, 11), order=1).interaction
    assert found.diameter_ref == pytest.approx(4.11e-10, rel=0.005)
    assert found.omega == pytest.approx(0.81, abs=0.01)
    assert found.alpha == pytest.approx(1.40, abs=0.05)


# --- Lennard-Jones ----------------------------------------------------------------------------------


@pytest.mark.parametrize("potential", [ARGON, LennardJones(2.551e-10, 10.22), LennardJones(5e-10, 600.0)])
@pytest.mark.parametrize("order", [1, 8])
def test_lennard_jones_comes_back(potential, order):
    mu = pair_coefficients(potential, MASS, T, order=order).viscosity
    fit = fit_lennard_jones(T, mu, MASS, order=order)
    assert fit.potential.sigma == pytest.approx(potential.sigma, rel=1e-8)
    assert fit.potential.epsilon_over_k == pytest.approx(potential.epsilon_over_k, rel=1e-7)
    assert fit.viscosity.largest < 1e-10


def noisy_fits(noise, claimed, count=200):
    """Deviations over their stated errors [fit, (sigma, epsilon)] of fits of noisy argon."""
    random = np.random.default_rng(11)
    mu = pair_coefficients(ARGON, MASS, T).viscosity
    found = []
    for _ in range(count):
        fit = fit_lennard_jones(T, mu * np.exp(noise * random.standard_normal(len(T))), MASS, claimed)
        sigma = (fit.potential.sigma - ARGON.sigma) / fit.sigma_error
        epsilon = (fit.potential.epsilon_over_k - ARGON.epsilon_over_k) / fit.epsilon_error
        found.append((sigma, epsilon))
    return np.array(found)


@pytest.mark.parametrize("claimed", [0.005, None])
def test_errors_cover_the_truth(claimed):
    scaled = noisy_fits(0.005, claimed)
    count = len(scaled)
    spread = 1.0 if claimed else sqrt(14 / 12)  # Student's t of 14 degrees of freedom is wider
    assert np.all(np.abs(scaled.mean(axis=0)) < 4 * spread / sqrt(count))
    assert np.all(np.abs(scaled.std(axis=0) / spread - 1) < 4 / sqrt(2 * count) * 1.2)
    covered = np.mean(np.abs(scaled) < spread, axis=0)
    assert np.all(np.abs(covered - 0.683) < 4 * sqrt(0.683 * 0.317 / count))


def test_coverage_would_see_errors_that_are_too_small():
    scaled = noisy_fits(0.005, 0.0025, count=100)
    assert np.all(scaled.std(axis=0) > 1.5)


def test_hot_data_leave_the_two_parameters_correlated():
    hot = np.linspace(1500, 3000, 16)
    fits = [
        fit_lennard_jones(at, pair_coefficients(ARGON, MASS, at).viscosity, MASS, 0.01) for at in (T, hot)
    ]
    assert fits[1].epsilon_error > 5 * fits[0].epsilon_error
    assert fits[1].correlation < fits[0].correlation < 0


# --- bad input --------------------------------------------------------------------------------------

MU = pair_coefficients(VariableSoftSphere(4e-10, 0.8, 1.4), MASS, T)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: fit_soft_sphere([300.0], [2e-5], [2e-5], MASS), "2 different temperatures or more"),
        (lambda: fit_soft_sphere([300.0, 300.0], [2e-5] * 2, None, MASS, "vhs"), "2 different temperatures"),
        (lambda: fit_soft_sphere(T, MU.viscosity, None, MASS), "alpha needs diffusion data"),
        (lambda: fit_soft_sphere(T, -MU.viscosity, MU.diffusion, MASS), "viscosity must be positive"),
        (lambda: fit_soft_sphere(T, MU.viscosity, 0 * MU.diffusion, MASS), "diffusion must be positive"),
        (lambda: fit_soft_sphere(T, MU.viscosity[:3], MU.diffusion, MASS), "give one value for each of 16"),
        (lambda: fit_soft_sphere(T, *MU, mass=5 * MASS), "Schmidt number of"),
        (lambda: fit_soft_sphere(T, MU.viscosity * T**0.4, None, MASS, "vhs"), "choose a hotter range"),
        (lambda: fit_soft_sphere(T, MU.viscosity / T**0.4, None, MASS, "vhs"), "check the data"),
        (lambda: fit_soft_sphere_to(ARGON, MASS, [1.0, 300.0]), "lies outside the range 0.1 to 1000"),
        (lambda: fit_lennard_jones(T[:2], MU.viscosity[:2], MASS), "3 different temperatures or more"),
        (lambda: fit_lennard_jones(T, 0 * T, MASS), "viscosity must be positive"),
        (lambda: fit_lennard_jones(-T, MU.viscosity, MASS), "temperature must be positive"),
        (lambda: fit_lennard_jones(T, MU.viscosity, MASS, 0.0), "uncertainty must be positive"),
        (lambda: fit_lennard_jones([0.1, 10.0, 2000.0], [1e-5] * 3, MASS), "span more than"),
        (lambda: fit_lennard_jones(T, 1e-6 * T ** (2 / 3), MASS), "do not follow a Lennard-Jones gas"),
        (lambda: pair_coefficients(ARGON, 0.0, T), "mass must be positive"),
        (lambda: pair_coefficients(ARGON, MASS, [T]), "give them in one row"),
        (lambda: pair_coefficients(ARGON, MASS, T, order=2.5), "order must be a whole number"),
        (lambda: pair_coefficients(ARGON, MASS, T, pressure=np.nan), "pressure must be positive"),
    ],
)
def test_bad_data_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_unknown_model_is_refused():
    with pytest.raises(KeyError, match="choose one of hs, vhs, vss"):
        fit_soft_sphere(T, *MU, mass=MASS, model="lj")
