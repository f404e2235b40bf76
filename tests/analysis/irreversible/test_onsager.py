"""Onsager's matrix from Chapman-Enskog: reciprocity of two routes, the second law, closed forms, frames."""

import numpy as np
import pytest
from scipy.constants import N_A
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.irreversible.frames import Fluxes, Medium
from knudsen.analysis.irreversible.heat_flux import heat_flux, monatomic_enthalpies, reduced_heat_flux
from knudsen.analysis.irreversible.onsager import (
    OnsagerMatrix,
    dufour_coefficients,
    frame_transformation,
    heat_transformation,
    ideal_gas_forces,
    onsager_matrix,
)
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

T, P = 300.0, 101325.0
N = P / (BOLTZMANN * T)
NAMES = ["He", "Ar", "N2", "Xe", "H2"]
RNG = np.random.default_rng(11)


def theory_of(names, model="vss", order=6):
    return ChapmanEnskog(Mixture(names, model), T, order)


def masses_of(theory):
    return np.array(theory.mixture.masses)


THREE = theory_of(["He", "Ar", "Kr"])
X3 = np.array([0.2, 0.5, 0.3])
L3 = onsager_matrix(THREE, X3, P)


def forces_of(theory, x, size=40):
    """Temperature gradients and diffusion forces that sum to zero, drawn at random, and their X."""
    gradient = RNG.normal(size=size) * 1e4
    d = RNG.normal(size=(size, x.shape[-1])) * 30
    d -= x * d.sum(axis=-1, keepdims=True)
    return gradient, d, ideal_gas_forces(masses_of(theory), x, T, gradient, d)


# --- reciprocity ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("species", [2, 3, 5])
@pytest.mark.parametrize("model, order", [("hs", 2), ("vss", 5), ("vhs", 12)])
def test_soret_and_dufour_routes_agree(species, model, order):
    theory = theory_of(NAMES[:species], model, order)
    x = RNG.dirichlet(np.ones(species), size=30)
    L = onsager_matrix(theory, x, P)
    assert L.asymmetry.max() < 1e-12
    largest = abs(L.cq).max(axis=-1, keepdims=True)
    assert (abs(L.qc - L.cq) / largest).max() < 1e-11
    assert abs(L.cq).max() > 1e-6


def test_routes_agree_for_traces_and_absent_species():
    for trace in (1e-3, 1e-6, 1e-9, 0.0):
        x = np.array([trace, 0.4, 0.6 - trace])
        L = onsager_matrix(THREE, x, P)
        assert L.asymmetry < 1e-12
        assert np.all(np.isfinite(L.matrix))
    assert np.all(L.matrix[1] == 0)


def test_a_collision_operator_out_of_symmetry_would_be_seen():
    theory = theory_of(["He", "Ar", "Kr"])
    brackets = theory.operator.vector_brackets.copy()
    brackets[1, 0, 1, 0, 1] *= 1 + 1e-6
    theory.operator.__dict__["vector_brackets"] = brackets
    assert onsager_matrix(theory, X3, P).asymmetry > 1e-9


def test_maxwell_molecules_do_not_couple():
    L = onsager_matrix(theory_of(["He", "Ar"], "maxwell"), [0.3, 0.7], P)
    assert abs(L.cq).max() < 1e-10 * np.sqrt(L.qq * L.cc[0, 0])
    assert abs(L.qc).max() < 1e-10 * np.sqrt(L.qq * L.cc[0, 0])


# --- closed forms of the binary -------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("He", "Ar"), ("Ar", "He"), ("Xe", "H2")])
@pytest.mark.parametrize("x1", [0.1, 0.5, 0.97])
def test_binary_by_its_coefficients(names, x1):
    theory = theory_of(names)
    m, x = masses_of(theory), np.array([x1, 1 - x1])
    D, k_T = theory.diffusion_binary(x1, P), theory.thermal_diffusion_ratio(x1)
    mass_density = N * x @ m
    through = N**2 * m[0] * m[1] / mass_density * D  # j_1 = -through (d_1 + k_T grad ln T)
    L = onsager_matrix(theory, x, P)
    assert L.cq[0] == pytest.approx(T * through * k_T, rel=1e-10)
    assert L.qc[0] == pytest.approx(T * through * k_T, rel=1e-10)
    assert L.cc[0, 0] == pytest.approx(through * N * m[0] * m[1] * x1 * x[1] / (BOLTZMANN * mass_density))
    assert L.qq == pytest.approx(T**2 * theory.thermal_conductivity_uniform(x), rel=1e-13)


def test_dufour_flux_warms_the_light_rich_side():
    theory = theory_of(["He", "Ar"])
    X = ideal_gas_forces(
        masses_of(theory), np.array([0.5, 0.5]), T, 0.0, [100.0, -100.0]
    )  # helium towards +x
    flux = onsager_matrix(theory, [0.5, 0.5], P).fluxes(X)
    alpha_T = theory.thermal_diffusion_factor(0.5)
    assert alpha_T < 0
    assert flux[0] == pytest.approx(-P * alpha_T * theory.diffusion_binary(0.5, P) * 100.0, rel=1e-10)
    assert flux[0] > 0 and flux[1] < 0
    argon_first = dufour_coefficients(theory_of(["Ar", "He"]), [0.5, 0.5], P)
    assert dufour_coefficients(theory, [0.5, 0.5], P)[::-1] == pytest.approx(argon_first, rel=1e-12)


# --- the second law -------------------------------------------------------------------------------------


def test_entropy_production_is_that_of_conduction_and_friction():
    # sigma = lambda (grad ln T)^2 + (n k / 2) sum_ij x_i x_j (V_i - V_j)^2 / D_ij, lambda without diffusion
    # and D_ij of Maxwell and Stefan: other coefficients than the matrix is made of.
    gradient, _, X = forces_of(THREE, X3)
    V = L3.fluxes(X)[:, 1:] / (N * X3 * masses_of(THREE))
    friction = (V[:, :, None] - V[:, None, :]) ** 2 / THREE.maxwell_stefan_diffusivities(X3, P)
    diffusive = N * BOLTZMANN / 2 * np.einsum("i,j,sij->s", X3, X3, friction)
    conductive = THREE.thermal_conductivity(X3) * (gradient / T) ** 2
    sigma = L3.entropy_production(X)
    assert sigma == pytest.approx(conductive + diffusive, rel=1e-10)
    assert np.all(sigma > 0)
    assert np.all(abs(sigma - diffusive - THREE.thermal_conductivity_uniform(X3) * (gradient / T) ** 2) > 0)


def test_nothing_is_produced_in_equilibrium_or_by_a_common_acceleration():
    assert L3.entropy_production(np.zeros(4)) == 0
    scale = np.sqrt(np.diag(L3.matrix))
    common = np.array([0.0, 1.0, 1.0, 1.0])
    assert abs(L3.fluxes(common) / scale).max() < 1e-12 * scale[1:].max()


@pytest.mark.parametrize("order", [2, 3, 8])
def test_the_matrix_is_positive(order):
    theory = theory_of(NAMES, order=order)
    L = onsager_matrix(theory, RNG.dirichlet(np.ones(5), size=50), P)
    assert L.least_eigenvalue.min() > -1e-12
    assert np.all(L.independent().least_eigenvalue > 1e-6)


def test_coefficients_against_the_second_law_would_be_seen():
    matrix = L3.matrix.copy()
    matrix[0, 1:] *= 100
    matrix[1:, 0] *= 100
    assert OnsagerMatrix(matrix).least_eigenvalue < -1e-3
    with pytest.raises(ValueError, match="negative diagonal"):
        _ = OnsagerMatrix(-matrix).least_eigenvalue


# --- other choices of fluxes and forces -----------------------------------------------------------------


def test_total_heat_flux_carries_enthalpy_and_keeps_the_entropy_production():
    masses = masses_of(THREE) * N_A
    h = monatomic_enthalpies(T, masses) + np.array([0.0, 3e4, -2e4])  # as of polyatomic gases
    _, _, X = forces_of(THREE, X3)
    other = L3.with_total_heat_flux(h)
    X_other = X.copy()
    X_other[:, 1:] -= h * X[:, :1]
    reduced, total = L3.fluxes(X), other.fluxes(X_other)
    assert total[:, 1:] == pytest.approx(reduced[:, 1:], rel=1e-8, abs=1e-9 * abs(reduced[:, 1:]).max())
    carried = heat_flux(reduced[:, 0], reduced[:, 1:], h)
    assert total[:, 0] == pytest.approx(carried, rel=1e-8)
    assert reduced_heat_flux(carried, reduced[:, 1:], h) == pytest.approx(reduced[:, 0], rel=1e-8)
    assert other.entropy_production(X_other) == pytest.approx(L3.entropy_production(X), rel=1e-9)
    assert not np.allclose(other.entropy_production(X), L3.entropy_production(X), rtol=1e-3)
    assert other.asymmetry < 1e-12
    assert other.transformed(heat_transformation(-h)).matrix == pytest.approx(L3.matrix, rel=1e-7, abs=1e-18)


def test_any_transformation_keeps_the_entropy_production_and_the_symmetry():
    A = np.eye(4) + 0.3 * RNG.normal(size=(4, 4))
    scale = np.diag(1 / np.sqrt(np.diag(L3.matrix)))
    one = L3.transformed(scale)
    X = RNG.normal(size=(20, 4))
    assert one.transformed(A).asymmetry < 1e-12
    produced = one.transformed(A).entropy_production(X @ np.linalg.inv(A))
    assert produced == pytest.approx(one.entropy_production(X), rel=1e-9)


@pytest.mark.parametrize("dependent", [0, 1, 2, -1])
def test_independent_fluxes_keep_the_entropy_production(dependent):
    _, _, X = forces_of(THREE, X3)
    row = 1 + range(3)[dependent]
    relative = X.copy()
    relative[:, 1:] -= X[:, row, None]
    reduced = L3.independent(dependent)
    produced = reduced.entropy_production(np.delete(relative, row, axis=-1))
    assert produced == pytest.approx(L3.entropy_production(X), rel=1e-10)


def test_heats_of_transport_are_the_thermal_diffusion_ratios():
    # q' = p sum k_Ti V_i at uniform temperature: Q*_i = kT k_Ti / x_i per molecule, but for a part ~ m_i.
    per_mass = BOLTZMANN * T * THREE.thermal_diffusion_ratios(X3) / (X3 * masses_of(THREE))
    assert L3.heats_of_transport() == pytest.approx(per_mass - per_mass[2], rel=1e-10)
    heats = L3.heats_of_transport(0)
    assert heats == pytest.approx(per_mass - per_mass[0], rel=1e-10) and heats[0] == 0


@pytest.mark.parametrize("frame", ["molar", "volume", 1])
def test_frames_share_the_entropy_production_in_mechanical_equilibrium_only(frame):
    _, _, X = forces_of(THREE, X3)  # d sums to zero, so sum rho_i X_i does
    medium = Medium.ideal_gas(X3, P / (BOLTZMANN * N_A * T), masses_of(THREE) * N_A)
    A = frame_transformation(medium, frame)
    moved = L3.transformed(A)
    assert moved.entropy_production(X) == pytest.approx(L3.entropy_production(X), rel=1e-9)
    fluxes = L3.fluxes(X[0])
    molar = Fluxes(medium, fluxes[1:] / medium.molar_masses).relative_to(frame, "mass")
    assert moved.fluxes(X[0])[1:] == pytest.approx(molar, rel=1e-8, abs=1e-9 * abs(molar).max())
    falling = X + np.array([0.0, 3e3, 3e3, 3e3])
    assert L3.entropy_production(falling) == pytest.approx(L3.entropy_production(X), rel=1e-6)
    assert not np.allclose(moved.entropy_production(falling), L3.entropy_production(X), rtol=1e-3)


def test_states_along_a_slab_are_one_call():
    x = np.linspace(0.1, 0.9, 5)[:, None] * [1, -1] + [0, 1]
    theory = theory_of(["He", "Ar"])
    batch = onsager_matrix(theory, x, P)
    assert batch.matrix.shape == (5, 3, 3) and batch.asymmetry.shape == (5,)
    assert batch.matrix[3] == pytest.approx(onsager_matrix(theory, x[3], P).matrix, rel=1e-11)


# --- heat fluxes ----------------------------------------------------------------------------------------


def test_energy_flux_of_equimolar_counterdiffusion_needs_no_frame():
    # With N_A = -N_B and equal molar enthalpies, diffusion carries nothing and the energy flux is q'.
    medium = Medium([12.0, 28.0], [0.004, 0.040])
    fluxes = Fluxes(medium, [0.3, -0.3])
    H = monatomic_enthalpies(T) * np.ones(2)
    q = heat_flux(7.0, fluxes.relative_to("mass"), H)
    assert heat_flux(7.0, fluxes.laboratory, H) == pytest.approx(7.0, rel=1e-14)
    assert reduced_heat_flux(q, fluxes.relative_to("mass"), H) == pytest.approx(7.0, rel=1e-12)
    assert q - 7.0 == pytest.approx(-H[0] * 40.0 * fluxes.velocity("mass"), rel=1e-12)
    per_mass = monatomic_enthalpies(T, medium.molar_masses)
    assert heat_flux(7.0, fluxes.relative_to("mass", "mass"), per_mass) == pytest.approx(q, rel=1e-12)


# --- bad input ------------------------------------------------------------------------------------------


def test_bad_input_is_refused():
    first_order = theory_of(["He", "Ar"], order=1)
    with pytest.raises(ValueError, match="order 2"):
        dufour_coefficients(first_order, [0.5, 0.5], P)
    with pytest.raises(ValueError, match="order 2"):
        onsager_matrix(first_order, [0.5, 0.5], P)
    with pytest.raises(ValueError, match="pressure must be positive"):
        onsager_matrix(THREE, X3, -P)
    with pytest.raises(ValueError, match="sum to one"):
        onsager_matrix(THREE, [0.5, 0.5, 0.5], P)
    with pytest.raises(ValueError, match="square"):
        OnsagerMatrix(np.ones((2, 3)))
    with pytest.raises(ValueError, match="absent"):
        ideal_gas_forces([1e-26, 1e-26], [0.0, 1.0], T, 0.0, [0.0, 0.0])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: heat_flux(0.0, [1.0, 2.0], [1.0, 2.0, 3.0]), "each of 2 species"),
        (lambda: heat_flux(np.nan, [1.0, 2.0], [1.0, 2.0]), "reduced heat flux must be finite"),
        (lambda: heat_flux(0.0, [np.nan, 2.0], [1.0, 2.0]), "flux must be finite"),
        (lambda: reduced_heat_flux(0.0, [1.0, 2.0], [1.0, np.inf]), "enthalpy must be finite"),
        (lambda: reduced_heat_flux(0.0, 1.0, 2.0), "each of 1 species"),
        (lambda: monatomic_enthalpies(T, [0.004, np.nan]), "molar_masses must be positive"),
        (lambda: OnsagerMatrix([[1.0]]), "square"),
        (lambda: L3.fluxes([1.0, 2.0, 3.0]), "give 4, heat first"),
        (lambda: L3.entropy_production([np.nan, 1.0, 2.0, 3.0]), "forces must be finite"),
        (lambda: L3.transformed(np.ones((4, 3))), "give the shape of L"),
        (lambda: L3.with_total_heat_flux([1.0, 2.0]), "give the shape of L"),
        (lambda: heat_transformation(1.0), "each of 1 species"),
        (lambda: L3.independent(3), "no species number 3"),
        (lambda: L3.heats_of_transport(-4), "no species number -4"),
        (lambda: OnsagerMatrix(np.diag([2.0, 0.0, 1.0])).heats_of_transport(), "absent"),
        (lambda: frame_transformation(Medium([1.0, 3.0], [0.004, 0.04]), "laboratory"), "frame that moves"),
        (lambda: ideal_gas_forces([1e-26, 1e-26], [0.5, 0.6], T, 0.0, [0.0, 0.0]), "sum to one"),
        (lambda: ideal_gas_forces([1e-26], [0.5, 0.5], T, 0.0, [0.0, 0.0]), "one for each of"),
        (lambda: ideal_gas_forces([1e-26] * 2, [0.5, 0.5], T, np.nan, [0.0, 0.0]), "temperature gradient"),
        (lambda: ideal_gas_forces([1e-26] * 2, [0.5, 0.5], T, 0.0, [0.0]), "diffusion force has shape"),
    ],
)
def test_bad_forces_and_fluxes_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
