"""The first-order distribution: its moments by direct quadrature are the fluxes; known hard-sphere ratios."""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.distribution import (
    diffusion_flow,
    heat_flow,
    shear_flow,
    sonine_from_powers,
)
from knudsen.core.gases import Mixture

TEMPERATURE, ATMOSPHERE = 300.0, 101325.0
DENSITY = ATMOSPHERE / (BOLTZMANN * TEMPERATURE)
X = np.array([0.3, 0.5, 0.2])
FORCES = np.array([1.0, -0.7, -0.3])
NODES, WEIGHTS = np.polynomial.hermite.hermgauss(12)


@pytest.fixture(scope="module")
def theory():
    return ChapmanEnskog(Mixture(["He", "Ar", "Xe"], "vss"), TEMPERATURE, order=6)


def average(function):
    """Mean of a function of C over the Maxwellian, exact to degree 23 in each component."""
    grid = np.stack(np.meshgrid(NODES, NODES, NODES, indexing="ij"), axis=-1)
    weight = np.einsum("i,j,k->ijk", WEIGHTS, WEIGHTS, WEIGHTS) / np.pi**1.5
    return np.sum(weight * function(grid))


def speeds(theory):
    return np.sqrt(2 * BOLTZMANN * TEMPERATURE / np.array(theory.mixture.masses))


def velocities(theory, phi):
    return np.array(
        [v0 * average(lambda c, a=a: c[..., 0] * phi(a, c)) for a, v0 in enumerate(speeds(theory))]
    )


def reduced_heat_fluxes(theory, phi):
    """q'_a: kT n_a <c_x (C^2 - 5/2) phi>."""

    def carried(a):
        return average(lambda c: c[..., 0] * (np.sum(c**2, axis=-1) - 2.5) * phi(a, c))

    return ATMOSPHERE * X * speeds(theory) * [carried(a) for a in range(3)]


def test_heat_flow_carries_the_conductivity_and_thermal_diffusion(theory):
    phi = heat_flow(theory, X, ATMOSPHERE)
    expected = -theory.thermal_diffusion_coefficients(X, ATMOSPHERE)
    assert velocities(theory, phi) == pytest.approx(expected, rel=1e-10)
    expected = -theory.partial_conductivities_uniform(X) * TEMPERATURE
    assert reduced_heat_fluxes(theory, phi) == pytest.approx(expected, rel=1e-10)


def test_diffusion_flow_carries_the_velocities_and_their_heat(theory):
    phi = diffusion_flow(theory, X, FORCES, ATMOSPHERE)
    expected = -theory.diffusion_matrix(X, ATMOSPHERE) @ FORCES
    assert velocities(theory, phi) == pytest.approx(expected, rel=1e-10)
    expected = -ATMOSPHERE * theory.partial_thermal_diffusion(X, ATMOSPHERE) @ FORCES
    flux = reduced_heat_fluxes(theory, phi)
    assert flux == pytest.approx(expected, rel=1e-9)
    soret = theory.thermal_diffusion_coefficients(X, ATMOSPHERE)
    assert flux.sum() == pytest.approx(-ATMOSPHERE * soret @ FORCES, rel=1e-9)


def test_heat_flow_with_diffusion_held_off_carries_the_other_conductivity(theory):
    ratios = theory.thermal_diffusion_ratios(X)
    heat = heat_flow(theory, X, ATMOSPHERE)
    back = diffusion_flow(theory, X, -ratios, ATMOSPHERE)
    still = velocities(theory, heat) + velocities(theory, back)
    assert still == pytest.approx(0, abs=1e-11 * np.abs(velocities(theory, heat)).max())
    flux = reduced_heat_fluxes(theory, heat) + reduced_heat_fluxes(theory, back)
    assert flux == pytest.approx(-theory.partial_conductivities(X) * TEMPERATURE, rel=1e-9)


def test_shear_flow_carries_the_stress(theory):
    phi = shear_flow(theory, X, ATMOSPHERE)
    stress = [
        2 * ATMOSPHERE * x * average(lambda c, a=a: c[..., 0] * c[..., 1] * phi(a, c))
        for a, x in enumerate(X)
    ]
    assert stress == pytest.approx(-theory.partial_viscosities(X), rel=1e-10)


@pytest.mark.parametrize("flow", [heat_flow, shear_flow])
def test_no_flow_changes_density_momentum_or_energy(theory, flow):
    phi = flow(theory, X, ATMOSPHERE)
    masses = np.array(theory.mixture.masses)
    for a in range(3):
        assert average(lambda c, a=a: phi(a, c)) == pytest.approx(0, abs=1e-20)
        assert average(lambda c, a=a: np.sum(c**2, axis=-1) * phi(a, c)) == pytest.approx(0, abs=1e-20)
    momentum = X * masses * velocities(theory, phi)
    scale = np.max(X * masses * speeds(theory)) * np.abs(phi.coefficients).max()
    assert momentum.sum() == pytest.approx(0, abs=1e-13 * scale)


@pytest.mark.parametrize("flow", [heat_flow, shear_flow])
def test_closed_moments_are_those_of_the_quadrature(theory, flow):
    phi = flow(theory, X, ATMOSPHERE)
    power, sonine = phi.power_moments(5), phi.sonine_moments(5)
    for a in range(3):
        for r in range(5):

            def weighted(c, a=a, r=r):
                return np.prod(c[..., : phi.rank], -1) * np.sum(c**2, axis=-1) ** r * phi(a, c)

            assert power[a, r] == pytest.approx(average(weighted), rel=1e-9, abs=1e-13 * abs(power[a, 1]))
    assert sonine_from_powers(power, phi.rank) == pytest.approx(sonine, abs=1e-9 * np.abs(sonine).max())


def test_hard_sphere_ratios_at_two_polynomials_are_exact():
    """a2/a1 and b2/b1 from Chapman and Cowling's brackets, [4, -1; -1, 45/4] and [4, -1; -1, 205/12].

    With S^(1) and S^(2): a2/a1 = (4/45) (7/2)!/(2! (5/2)!) = 7/45; b2/b1 = (12/205) (7/2) = 42/205.
    """
    theory = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, order=3)
    a = heat_flow(theory, [1.0], ATMOSPHERE).sonine_moments(3)[0]
    assert a[0] == pytest.approx(0, abs=1e-12 * abs(a[1]))
    assert a[2] / a[1] == pytest.approx(7 / 45, rel=1e-12)
    b = shear_flow(theory.truncated(2), [1.0], ATMOSPHERE).sonine_moments(3)[0]
    assert b[1] / b[0] == pytest.approx(42 / 205, rel=1e-12)
    assert b[2] == 0


def test_the_ratios_of_maxwell_molecules_vanish_and_those_of_hard_spheres_converge():
    maxwell = ChapmanEnskog(Mixture(["Ar"], "maxwell"), TEMPERATURE, order=8)
    a = heat_flow(maxwell, [1.0], ATMOSPHERE).sonine_moments(6)[0]
    assert a[2:] / a[1] == pytest.approx(0, abs=1e-13)
    hard = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, order=30)
    fine, coarse = (heat_flow(t, [1.0], ATMOSPHERE).sonine_moments(6)[0] for t in (hard, hard.truncated(20)))
    assert fine == pytest.approx(coarse, abs=1e-8 * abs(fine[1]))
    assert np.all(fine[1:] / fine[1] > 0)


def test_density_sets_the_size_and_nothing_else(theory):
    once, twice = (shear_flow(theory, X, p).coefficients for p in (ATMOSPHERE, 2 * ATMOSPHERE))
    assert once == pytest.approx(2 * twice, rel=1e-14)
    size = heat_flow(theory, [0.0, 1.0, 0.0], ATMOSPHERE).sonine_moments(2)[1, 1]
    conductivity = theory.thermal_conductivity([0.0, 1.0, 0.0])
    # q = -kT n v0 <C_x S^(1) phi> grad ln T
    assert size == pytest.approx(conductivity / (BOLTZMANN * DENSITY * speeds(theory)[1]), rel=1e-12)


def test_bad_input_is_refused(theory):
    with pytest.raises(ValueError, match="their sum zero"):
        diffusion_flow(theory, X, [1.0, 0.0, 0.0], ATMOSPHERE)
    with pytest.raises(ValueError, match="absent takes no"):
        diffusion_flow(theory, [0.5, 0.5, 0.0], FORCES, ATMOSPHERE)
    with pytest.raises(ValueError, match="one composition"):
        shear_flow(theory, [X, X], ATMOSPHERE)
    with pytest.raises(ValueError, match="needs order 2"):
        heat_flow(theory.truncated(1), X, ATMOSPHERE)
    phi = shear_flow(theory, X, ATMOSPHERE)
    with pytest.raises(ValueError, match="three components"):
        phi(0, [1.0, 2.0])
    with pytest.raises(ValueError, match="velocity must be finite"):
        phi(0, [np.nan, 0.0, 0.0])
    with pytest.raises(ValueError, match="no species number 3"):
        phi(3, [1.0, 0.0, 0.0])
    with pytest.raises(ValueError, match="forces must be finite"):
        diffusion_flow(theory, X, [np.nan, 0.0, 0.0], ATMOSPHERE)
    for flow in (heat_flow, shear_flow):
        with pytest.raises(ValueError, match="pressure must be one number"):
            flow(theory, X, [ATMOSPHERE, ATMOSPHERE])
    for count in (0, 151, 2.5):
        for moments in (phi.power_moments, phi.sonine_moments):
            with pytest.raises(ValueError, match="count must be a whole number from 1 to 150"):
                moments(count)
    assert np.all(np.isfinite(phi.power_moments(150)))
    with pytest.raises(ValueError, match="rank must be a whole number from 1 to 2"):
        sonine_from_powers([1.0, 2.0], 3)
    with pytest.raises(ValueError, match="moments must be finite"):
        sonine_from_powers([1.0, np.nan], 1)
    for moments in (1.0, []):
        with pytest.raises(ValueError, match="on the last axis"):
            sonine_from_powers(moments, 1)
