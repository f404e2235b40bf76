"""Diffusion forces in still columns and rotors, Einstein's relation, Gibbs-Duhem checks."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.irreversible.forces import (
    diffusion_forces,
    diffusion_from_mobility,
    gibbs_duhem_along,
    gibbs_duhem_residual,
    mobility,
    pressure_diffusion_ratios,
    thermodynamic_factors,
)
from knudsen.analysis.irreversible.frames import Medium
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

T, G = 300.0, 9.81
RT = GAS_CONSTANT * T
MASSES = np.array([0.004, 0.040, 0.131])


def column(position, acceleration, masses=MASSES, scale=1.0):
    """Partial pressures of a still gas in a field: each species falls off by its own weight."""
    return np.array([2e4, 5e4, 1e4]) * np.exp(scale * masses * acceleration * position[:, None] / RT)


def gradient(values, position):
    return np.gradient(values, position, axis=0, edge_order=2)[2:-2]


def column_forces(partial, position, molar_forces):
    p = partial.sum(axis=-1)
    x = partial / p[:, None]
    medium = Medium(partial[2:-2] / RT, MASSES)
    return diffusion_forces(medium, T, gradient(x, position), gradient(p, position), molar_forces)


def test_a_barometric_column_does_not_diffuse():
    z = np.linspace(0, 20.0, 2001)
    forces = column_forces(column(z, -G), z, -MASSES * G)
    ordinary = abs(gradient(column(z, -G) / column(z, -G).sum(axis=-1)[:, None], z)).max()
    assert abs(forces).max() < 1e-7 * ordinary
    # gravity pulls each molecule alike, so it may as well be left out; barodiffusion may not
    assert column_forces(column(z, -G), z, 0.0) == pytest.approx(forces, abs=1e-15)
    partial = column(z, -G)
    x = partial / partial.sum(axis=-1)[:, None]
    without = diffusion_forces(Medium(partial[2:-2] / RT, MASSES), T, gradient(x, z))
    assert abs(without).max() > 0.9 * ordinary


def test_a_force_on_one_species_is_balanced_by_its_own_profile():
    # F on species 3 alone: only its partial pressure follows exp(F z / RT); the pressure supports the column.
    z, F = np.linspace(0, 1e-3, 2001), np.array([0.0, 0.0, 2e5])
    partial = np.array([2e4, 5e4, 1e4]) * np.exp(F * z[:, None] / RT)
    assert abs(column_forces(partial, z, F)).max() < 1e-6 * abs(column_forces(partial, z, 0.0)).max()


def test_a_gas_centrifuge_at_rest_does_not_diffuse():
    r, omega = np.linspace(0.02, 0.1, 4001), 3000.0
    partial = np.array([2e4, 5e4, 1e4]) * np.exp(MASSES * omega**2 * r[:, None] ** 2 / (2 * RT))
    forces = column_forces(partial, r, MASSES * omega**2 * r[2:-2, None])
    ordinary = abs(gradient(partial / partial.sum(axis=-1)[:, None], r)).max()
    assert abs(forces).max() < 1e-5 * ordinary


def test_liquid_column_balances_weight_and_buoyancy():
    # In an ideal mixture of partial volumes V_i, d ln x_i / dz = -(M_i - rho V_i) g / RT (sedimentation).
    c, volumes = np.array([1e4, 2e3]), np.array([4e-5, 3e-4])
    medium = Medium(c, [0.018, 0.35], volumes)
    x, rho = medium.mole_fractions, medium.mass_density
    slope = -x * (medium.molar_masses - rho * volumes) * G / RT
    forces = diffusion_forces(medium, T, slope, -rho * G, -medium.molar_masses * G)
    assert abs(forces).max() < 1e-12 * abs(slope).max()
    assert abs(diffusion_forces(medium, T, -slope, -rho * G)).max() > abs(slope).max()


def test_forces_sum_to_zero_and_the_light_go_to_low_pressure():
    rng = np.random.default_rng(2)
    medium = Medium(rng.uniform(1, 9, (7, 3)), MASSES)
    slope = rng.normal(size=(7, 3))
    slope -= slope.mean(axis=-1, keepdims=True)
    forces = diffusion_forces(medium, T, slope, rng.normal(size=7), rng.normal(size=(7, 3)) * 1e4)
    assert abs(forces.sum(axis=-1)).max() < 1e-13 * abs(forces).max()
    ratios = pressure_diffusion_ratios(Medium([10.0, 30.0], [0.004, 0.040]))
    assert ratios[0] == pytest.approx(0.25 * 0.75 * 0.036 / 0.031, rel=1e-13)


def test_einstein_relation_is_that_of_a_driven_gas():
    # Uniform gas, forces F_1 = -F_2 x1 / x2 per molecule (no net force): d_1 = -x1 F_1 / kT, so
    # V_1 - V_2 = D12 F_1 / (x2 kT).  In the molar frame u_1 = x2 (V_1 - V_2) = M F_1, M = D12 / kT.
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), T, order=5)
    p, x = 101325.0, np.array([0.3, 0.7])
    F = 1e-20 * np.array([1.0, -3 / 7])
    medium = Medium.ideal_gas(x, p / RT, [s.molar_mass for s in theory.mixture.species])
    avogadro = GAS_CONSTANT / BOLTZMANN
    d = diffusion_forces(medium, T, [0.0, 0.0], 0.0, F * avogadro)
    V = -theory.diffusion_matrix(x, p) @ d
    D = theory.diffusion_binary(0.3, p)
    assert 0.7 * (V[0] - V[1]) == pytest.approx(mobility(D, T) * F[0], rel=1e-9)
    assert diffusion_from_mobility(mobility(D, T), T) == pytest.approx(D, rel=1e-14)
    assert diffusion_from_mobility(mobility(D, T, 0.4), T, 0.4) == pytest.approx(D, rel=1e-14)


# --- Gibbs-Duhem ----------------------------------------------------------------------------------------


def margules(x, a=0.8, b=0.3):
    """ln gamma [.., 2] of g/RT = x1 x2 (a x1 + b x2) by its textbook form, and its slopes at x1 + x2 = 1."""
    x1, x2 = x
    log = np.array([x2**2 * (b + 2 * (a - b) * x1), x1**2 * (a + 2 * (b - a) * x2)])
    first = -2 * x2 * (b + 2 * (a - b) * x1) + 2 * (a - b) * x2**2
    second = 2 * x1 * (a + 2 * (b - a) * x2) - 2 * (b - a) * x1**2
    return log, np.array([first, second])  # d/dx1 with x2 = 1 - x1


def test_thermodynamic_factor_of_a_margules_mixture():
    x = np.array([0.3, 0.7])
    _, along = margules(x)
    slopes = np.stack([along, np.zeros(2)], axis=-1)  # x2 held: all the change in x1's column
    gamma = thermodynamic_factors(x, slopes)
    factor = 1 + x[0] * along[0]
    assert gamma @ [1.0, -1.0] == pytest.approx([factor, -factor], rel=1e-12)
    assert (gamma @ [1.0, -1.0]).sum() == pytest.approx(0.0, abs=1e-14)
    with pytest.raises(ValueError, match="Gibbs-Duhem"):
        thermodynamic_factors(x, slopes * [[1.0], [1.1]])


def test_non_ideal_forces_are_chemical_potential_gradients():
    x, slope = np.array([0.3, 0.7]), np.array([5.0, -5.0])
    _, along = margules(x)
    gamma = thermodynamic_factors(x, np.stack([along, np.zeros(2)], axis=-1))
    medium = Medium(x * 1e4, [0.03, 0.05])
    forces = diffusion_forces(medium, T, slope, thermodynamic_factors=gamma)
    potential = RT * (slope / x + along * slope[0])
    assert forces == pytest.approx(x * potential / RT, rel=1e-12)
    assert gibbs_duhem_residual(x * 1e4, potential) == pytest.approx(0.0, abs=1e-7)
    assert abs(gibbs_duhem_residual(x * 1e4, potential * [1.0, 1.01])) > 1e3


def test_ideal_gas_potentials_satisfy_the_relation_with_pressure_and_temperature():
    # mu_i = RT ln(p_i) + mu0_i(T): grad mu_i = RT grad ln p_i - s_i grad T, s = sum c_i s_i.
    c, s_molar = np.array([10.0, 30.0]), np.array([120.0, 150.0])
    partial_slope, gradient_T = np.array([3e3, -1e3]), 250.0
    potentials = partial_slope / c - s_molar * gradient_T
    residual = gibbs_duhem_residual(c, potentials, partial_slope.sum(), c @ s_molar, gradient_T)
    assert residual == pytest.approx(0.0, abs=1e-9 * c @ s_molar * gradient_T)
    assert abs(gibbs_duhem_residual(c, potentials, 0.0, c @ s_molar, gradient_T)) > 1e3


def test_tabulated_activities_pass_and_a_wrong_one_fails_the_area_test():
    x1 = np.linspace(0.1, 0.9, 801)
    x = np.stack([x1, 1 - x1], axis=-1)
    mu = RT * (np.log(x) + margules(x.T)[0].T)
    assert abs(gibbs_duhem_along(x, mu).sum()) < 1e-4 * RT
    assert abs(gibbs_duhem_along(x, mu)).max() < 1e-7 * RT
    assert abs(gibbs_duhem_along(x, mu * [1.0, 1.02]).sum()) > 1e-3 * RT


def test_bad_input_is_refused():
    medium = Medium([10.0, 30.0], [0.004, 0.040])
    with pytest.raises(ValueError, match="temperature"):
        diffusion_forces(medium, -1.0, [0.0, 0.0])
    with pytest.raises(ValueError, match=r"\[point, species\]"):
        gibbs_duhem_along([[0.5, 0.5]], [[1.0, 1.0]])
    for call in (
        lambda: mobility(0.0, T),
        lambda: mobility(1e-5, T, -1.0),
        lambda: diffusion_from_mobility(1.0, 0.0),
    ):
        with pytest.raises(ValueError, match="positive"):
            call()


GAS = Medium([10.0, 30.0], [0.004, 0.040])
ZERO = np.zeros((2, 2))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: diffusion_forces(GAS, T, [0.1, 0.1]), "must sum to zero"),
        (lambda: diffusion_forces(GAS, T, [0.0]), "gradient has shape"),
        (lambda: diffusion_forces(GAS, T, [np.nan, 0.1]), "gradient must be finite"),
        (lambda: diffusion_forces(GAS, T, [0.0, 0.0], np.nan), "pressure gradient must be finite"),
        (lambda: diffusion_forces(GAS, T, [0.0, 0.0], 0.0, [1.0]), "molar force has shape"),
        (lambda: diffusion_forces(GAS, T, [0.0, 0.0], 0.0, np.inf), "molar force must be finite"),
        (lambda: diffusion_forces(GAS, T, [0.0, 0.0], 0.0, 0.0, np.eye(3)), "give 2 x 2"),
        (lambda: thermodynamic_factors([0.3, 0.6], ZERO), "sum to one"),
        (lambda: thermodynamic_factors([0.3, 0.7], ZERO[0]), "give 2 x 2"),
        (lambda: thermodynamic_factors([0.3, 0.7], [[np.nan, 0.0], [0.0, 0.0]]), "slope must be finite"),
        (lambda: gibbs_duhem_residual([1.0, 2.0], [1.0, 2.0, 3.0]), "each of 2 species"),
        (lambda: gibbs_duhem_residual([1.0, 2.0], [1.0, np.nan]), "must be finite"),
        (lambda: gibbs_duhem_along([[0.5, 0.6], [0.4, 0.6]], ZERO), "sum to one"),
        (lambda: gibbs_duhem_along([[0.5, 0.5], [0.4, 0.6]], ZERO * np.nan), "potentials must be finite"),
        (lambda: diffusion_from_mobility(1e16, T, np.nan), "factor must be finite"),
    ],
)
def test_bad_gradients_and_shapes_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
