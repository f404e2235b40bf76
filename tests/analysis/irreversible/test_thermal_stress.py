"""Linear Burnett stresses: one gas as published, Maxwell mixtures by moments, adjoint against direct."""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.irreversible.burnett import HARD_SPHERE
from knudsen.analysis.irreversible.diffusion_stress import MomentRates
from knudsen.analysis.irreversible.thermal_stress import _streamed, second_order_stress
from knudsen.analysis.kinetic.brackets import sonine
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.collision_operator import operator_matrix
from knudsen.core.gases import Mixture

T, P = 300.0, 1e4
KT = BOLTZMANN * T
N = P / KT
X3 = np.array([0.2, 0.5, 0.3])


def theory_of(names, model, order=10):
    return ChapmanEnskog(Mixture(names, model), T, order)


def reduced(theory):
    density = theory.mixture.masses[0] * N
    return second_order_stress(theory, [1.0], P).reduced(theory.viscosity([1.0]), P, density)


# --- one gas --------------------------------------------------------------------------------------------


def test_maxwell_gas_is_exact():
    assert reduced(theory_of(["Ar"], "maxwell")) == pytest.approx((2.0, 3.0, 0.0), abs=1e-12)


def test_hard_spheres_converge_to_sones_thermal_stress():
    # w3 = 2 gamma_3 / gamma_1^2 in Sone's notation (Molecular Gas Dynamics, 2007): 1.947906335, 1.270042427
    w2, w3, w4 = reduced(theory_of(["Ar"], "hs", order=30))
    assert w3 == pytest.approx(2 * 1.947906335 / 1.270042427**2, rel=2e-9)
    assert reduced(theory_of(["Ar"], "hs", order=24)) == pytest.approx((w2, w3, w4), rel=1e-7)


def test_published_hard_sphere_coefficients_are_off_by_a_part_in_a_thousand():
    found = reduced(theory_of(["Ar"], "hs", order=24))
    assert found == pytest.approx(HARD_SPHERE.stress[1:4], rel=1.2e-3)
    few = reduced(theory_of(["Ar"], "hs", order=2))
    assert not np.allclose(few, HARD_SPHERE.stress[1:4], rtol=1e-2, atol=0)


def test_an_argon_cut_in_three_is_argon():
    one, three = theory_of(["Ar"], "vss"), theory_of(["Ar"], "vss")
    argon = one.mixture.species[0]
    parts = [type(argon)(f"Ar{i}", argon.molar_mass, argon.hs, argon.vhs, argon.vss) for i in range(3)]
    three = ChapmanEnskog(Mixture(parts, "vss"), T, 10)
    whole, cut = second_order_stress(one, [1.0], P), second_order_stress(three, X3, P)
    for name in ("thermal", "acceleration", "barothermal"):
        assert getattr(cut, name) == pytest.approx(getattr(whole, name), rel=1e-11)
    assert abs(cut.diffusion).max() < 1e-12 * abs(cut.thermal)


# --- Maxwell mixtures, by moment equations ----------------------------------------------------------------


def test_maxwell_mixture_by_moments():
    # 0 = -sum_b R_ab P_b - 2 p_a (grad V_a)^o - (4/5) (grad q_a)^o, P the sum, q_a = -lambda_a T grad ln T
    theory = theory_of(["He", "Ar", "Xe"], "maxwell", order=3)
    stress = second_order_stress(theory, X3, P)
    rates = MomentRates.of(theory).relaxation(N * X3)
    conductive = 0.8 * T * np.linalg.solve(rates, theory.partial_conductivities_uniform(X3)).sum()
    assert stress.thermal == pytest.approx(conductive, rel=1e-10)
    velocities = -theory.diffusion_matrix(X3, P)  # of species a, under force j
    diffusive = -2 * P * np.linalg.solve(rates, X3[:, None] * velocities).sum(axis=0)
    assert stress.diffusion == pytest.approx(diffusive, rel=1e-9)
    partial = theory.partial_viscosities(X3)
    assert stress.diffusion == pytest.approx(-2 * partial @ velocities, rel=1e-9)
    # the shear stresses' own relaxation: P = -2 mu_a e, so -R P2 = d/dt(-2 mu_a e)
    delayed = 2 * np.linalg.solve(rates, partial).sum()
    assert stress.acceleration == pytest.approx(delayed, rel=1e-10)
    assert stress.barothermal == pytest.approx(0.0, abs=1e-12 * stress.thermal)


# --- the derivation, piece by piece -----------------------------------------------------------------------


def test_streaming_turns_rank_one_polynomials_into_rank_two():
    rng = np.random.default_rng(4)
    X, energy = rng.normal(size=7), rng.uniform(0, 6, 9)
    assert _streamed(X) @ sonine(7, 2, energy) == pytest.approx(X @ sonine(7, 1, energy), rel=1e-10)
    step = 1e-5
    slope = (X @ sonine(7, 1, energy + step) - X @ sonine(7, 1, energy - step)) / (2 * step)
    accelerated = -(X * np.sqrt(1 + 0.4 * np.arange(7))) @ sonine(7, 2, energy)  # e^s d/ds (e^-s b)
    assert accelerated == pytest.approx(slope - X @ sonine(7, 1, energy), rel=1e-6)


@pytest.mark.parametrize("model", ["hs", "vss", "lj"])
def test_solving_for_the_second_distribution_gives_the_same_stress(model):
    theory = theory_of(["He", "Ar", "Xe"], model, order=5)
    operator = theory.operator
    speeds = 2 * operator.half_speeds[:, None]
    X, Y = operator.thermal_response(X3), operator.shear_response(X3)
    p = np.arange(5)
    sources = {
        "thermal": speeds / N * _streamed(X),
        "acceleration": -Y / N,
        "barothermal": -2 * KT / (X3 @ theory.mixture.masses) / (N * speeds) * np.sqrt(1 + 0.4 * p) * X,
    }
    matrix = operator_matrix(operator.tensor_brackets, X3).reshape(15, 15)
    stress = second_order_stress(theory, X3, P)
    for name, source in sources.items():
        second = np.linalg.solve(matrix, source.ravel() / 2).reshape(3, 5)
        assert getattr(stress, name) == pytest.approx(-KT * X3 @ second[:, 0], rel=1e-10), name


def test_diffusion_part_is_that_of_the_response_to_each_force():
    theory = theory_of(["He", "Ar", "Xe"], "vss", order=5)
    operator = theory.operator
    own, coupling = operator.diffusion_response(X3)
    d = np.array([0.3, -0.5, 0.2])
    response = own * (d / X3)[:, None] + coupling @ d
    Y = operator.shear_response(X3)
    products = 2 * operator.half_speeds * np.sum(Y * _streamed(response), axis=-1)
    stress = second_order_stress(theory, X3, P)
    assert stress.diffusion @ d == pytest.approx(-KT / (2 * N) * X3 @ products, rel=1e-9)
    y = X3 * theory.mixture.masses
    assert y @ stress.diffusion == pytest.approx(0.0, abs=1e-12 * (y @ abs(stress.diffusion)))


# --- limits and input -------------------------------------------------------------------------------------


def test_traces_and_absent_species_need_no_care():
    theory = theory_of(["He", "Ar"], "vss")
    absent = second_order_stress(theory, [0.0, 1.0], P)
    argon = second_order_stress(theory_of(["Ar"], "vss"), [1.0], P)
    trace = second_order_stress(theory, [1e-9, 1 - 1e-9], P)
    assert absent.thermal == pytest.approx(argon.thermal, rel=1e-10)
    assert trace.thermal == pytest.approx(argon.thermal, rel=1e-6)
    assert trace.diffusion == pytest.approx(absent.diffusion, rel=1e-6)


def test_states_are_one_call_and_the_order_of_names_does_not_matter():
    x = np.linspace(0.1, 0.9, 5)[:, None] * [1, -1] + [0, 1]
    one = second_order_stress(theory_of(["He", "Ar"], "vss"), x, np.full(5, P))
    other = second_order_stress(theory_of(["Ar", "He"], "vss"), x[:, ::-1], P)
    assert one.thermal.shape == (5,) and one.diffusion.shape == (5, 2)
    assert one.diffusion == pytest.approx(other.diffusion[:, ::-1], rel=1e-9)
    assert one.barothermal == pytest.approx(other.barothermal, rel=1e-9)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="order 2"):
        second_order_stress(theory_of(["Ar"], "hs", order=1), [1.0], P)
    with pytest.raises(ValueError, match="pressure must be positive"):
        second_order_stress(theory_of(["Ar"], "hs"), [1.0], 0.0)
    stress = second_order_stress(theory_of(["Ar"], "hs"), [1.0], P)
    for bad in ((0.0, P, 1.0), (2e-5, np.nan, 1.0), (2e-5, P, -1.0)):
        with pytest.raises(ValueError, match="must be positive"):
            stress.reduced(*bad)
