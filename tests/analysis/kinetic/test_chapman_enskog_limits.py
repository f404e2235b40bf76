"""Chapman-Enskog theory against its own symmetries and limits; collision rates; refusals."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Species

TEMPERATURE, ATMOSPHERE = 300.0, 101325.0
KT = BOLTZMANN * TEMPERATURE
HALF = [0.5, 0.5]


def double(original):
    """A species that differs from the original by name only."""
    return Species("marked", original.molar_mass, original.hs, original.vhs, original.vss)


# --- symmetries and limits --------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["hs", "vss"])
def test_order_of_the_species_only_turns_the_sign_of_the_factor(model):
    x1 = np.array([0.0, 1e-6, 0.2, 0.5, 1.0])
    one, other = ChapmanEnskog(Mixture(["He", "Ar"], model)), ChapmanEnskog(Mixture(["Ar", "He"], model))
    mirrored = other.diffusion_binary(1 - x1, 1.0)
    assert one.diffusion_binary(x1, 1.0) == pytest.approx(mirrored, rel=1e-11)
    mirrored = other.thermal_diffusion_factor(1 - x1)
    assert one.thermal_diffusion_factor(x1) == pytest.approx(-mirrored, rel=1e-10)


@pytest.mark.parametrize("gases, model", [(["He", "Ar"], "vss"), (["He", "Xe"], "hs"), (["Ar", "Kr"], "vhs")])
def test_conductivities_agree_with_the_thermal_diffusion_factor(gases, model):
    """lambda' - lambda = n k x1 x2 D12 alpha_T^2 holds by Onsager's relation only."""
    theory = ChapmanEnskog(Mixture(gases, model), order=8)
    x1 = np.array([0.1, 0.5, 0.9])
    x = np.stack([x1, 1 - x1], axis=-1)
    heat = theory.thermal_conductivity_uniform(x) - theory.thermal_conductivity(x)
    n_diffusion = theory.diffusion_binary(x1, 1.0) / (BOLTZMANN * theory.temperature)
    expected = BOLTZMANN * x1 * (1 - x1) * n_diffusion * theory.thermal_diffusion_factor(x1) ** 2
    assert heat == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("gases", [["He", "Ar"], ["He", "Xe"]])
def test_traces_join_the_pure_gas(gases):
    theory = ChapmanEnskog(Mixture(gases, "vss"))
    x1 = np.array([0.0, 1e-12, 1e-6, 1 - 1e-6, 1 - 1e-12, 1.0])
    x = np.stack([x1, 1 - x1], axis=-1)
    for values in (
        theory.diffusion_binary(x1, ATMOSPHERE),
        theory.thermal_diffusion_factor(x1),
        theory.viscosity(x),
        theory.thermal_conductivity(x),
    ):
        assert np.all(np.isfinite(values))
        assert values[[1, 4]] == pytest.approx(values[[0, 5]], rel=1e-9)
        assert values[[2, 3]] == pytest.approx(values[[0, 5]], rel=2e-5)
    for species, gas_name in enumerate(gases):
        pure = ChapmanEnskog(Mixture([gas_name], "vss"))
        fractions = np.eye(2)[species]
        assert theory.viscosity(fractions) == pytest.approx(pure.viscosity([1.0]), rel=1e-12)
        assert theory.thermal_conductivity(fractions) == pytest.approx(
            pure.thermal_conductivity([1.0]), rel=1e-12
        )
        assert theory.self_diffusion(1.0, species) == pytest.approx(pure.self_diffusion(1.0), rel=1e-12)


def test_marked_molecules_diffuse_as_in_their_own_gas():
    argon = Mixture(["Ar"], "vss").species[0]
    marked = double(argon)
    theory = ChapmanEnskog(Mixture([argon, marked], "vss"), order=10)
    diffusion = theory.diffusion_binary([0.0, 0.3, 1.0], ATMOSPHERE)
    assert diffusion == pytest.approx(theory.self_diffusion(ATMOSPHERE), rel=1e-12)
    assert theory.thermal_diffusion_factor(0.3) == pytest.approx(0, abs=1e-12)


def test_splitting_a_species_in_two_changes_nothing():
    helium, argon = Mixture(["He", "Ar"], "vss").species
    marked = double(argon)
    binary = ChapmanEnskog(Mixture([helium, argon], "vss"), order=8)
    ternary = ChapmanEnskog(Mixture([helium, argon, marked], "vss"), order=8)
    x, split = [0.4, 0.6], [0.4, 0.1, 0.5]
    for name in ("viscosity", "thermal_conductivity", "thermal_conductivity_uniform", "prandtl_number"):
        assert getattr(ternary, name)(split) == pytest.approx(getattr(binary, name)(x), rel=1e-11), name


def test_four_labels_of_one_gas_are_that_gas():
    argon = Mixture(["Ar"], "vss").species[0]
    labels = [Species(name, argon.molar_mass, argon.hs, argon.vhs, argon.vss) for name in "abcd"]
    pure = ChapmanEnskog(Mixture([argon], "vss"), order=8)
    theory = ChapmanEnskog(Mixture(labels, "vss"), order=8)
    x = np.array([[0.1, 0.2, 0.3, 0.4], [0.0, 1e-6, 0.5, 0.5 - 1e-6]])
    for name in ("viscosity", "thermal_conductivity", "thermal_conductivity_uniform", "prandtl_number"):
        assert getattr(theory, name)(x) == pytest.approx(getattr(pure, name)([1.0]), rel=1e-12), name
    diffusion = pure.self_diffusion(ATMOSPHERE)
    assert theory.maxwell_stefan_diffusivities(x, ATMOSPHERE) == pytest.approx(diffusion, rel=1e-12)
    assert theory.tracer_diffusion(x, ATMOSPHERE) == pytest.approx(diffusion, rel=1e-12)
    fick = theory.fick_matrix(x, ATMOSPHERE)
    assert fick == pytest.approx(np.broadcast_to(diffusion * np.eye(3), fick.shape), abs=1e-12 * diffusion)
    assert theory.thermal_diffusion_ratios(x) == pytest.approx(0, abs=1e-12)


def test_compositions_in_a_batch_equal_compositions_one_by_one():
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=6)
    x1 = np.linspace(0, 1, 6).reshape(2, 3)
    batch = theory.thermal_diffusion_factor(x1)
    assert batch.shape == (2, 3)
    single = [[theory.thermal_diffusion_factor(x) for x in row] for row in x1]
    assert batch == pytest.approx(np.array(single), rel=1e-12)


def test_another_temperature_equals_a_theory_built_there():
    mixture = Mixture(["He", "Ar"], "vss")
    cold, built = ChapmanEnskog(mixture, 300.0, 6), ChapmanEnskog(mixture, 700.0, 6)
    factor = cold.at(700.0).thermal_diffusion_factor(0.3)
    assert factor == built.thermal_diffusion_factor(0.3)
    assert factor != cold.thermal_diffusion_factor(0.3)


def test_brackets_of_a_potential_follow_the_temperature():
    mixture = Mixture(["Kr", "Ar"], "lj")
    cold, built = ChapmanEnskog(mixture, 300.0, 4), ChapmanEnskog(mixture, 700.0, 4)
    assert cold.thermal_diffusion_factor(0.5) < 0.8 * built.thermal_diffusion_factor(0.5)
    assert cold.at(700.0).thermal_diffusion_factor(0.5) == built.thermal_diffusion_factor(0.5)
    with pytest.raises(ValueError, match="infinite range"):
        built.collision_frequency(HALF, ATMOSPHERE)


def test_default_order_is_converged_for_helium_argon():
    mixture, x1 = Mixture(["He", "Ar"], "vss"), np.array([0.0, 0.5, 1.0])
    theory, limit = ChapmanEnskog(mixture), ChapmanEnskog(mixture, order=40)
    for name, tolerance in (("diffusion_binary", 1e-6), ("thermal_diffusion_factor", 5e-6)):
        pressure = (ATMOSPHERE,) if name == "diffusion_binary" else ()
        ours, exact = getattr(theory, name)(x1, *pressure), getattr(limit, name)(x1, *pressure)
        assert ours == pytest.approx(exact, rel=tolerance)


# --- collisions -------------------------------------------------------------------------------------


def test_hard_spheres_collide_at_the_textbook_rate():
    """nu = 4 n d^2 sqrt(pi kT / m) (one gas), lambda_mu = (5 pi / 16) lambda_HS at first order."""
    argon = Mixture(["Ar"], "hs")
    theory = ChapmanEnskog(argon, TEMPERATURE, order=1)
    density, diameter = ATMOSPHERE / KT, 3.6e-10
    rate = 4 * density * diameter**2 * sqrt(pi * KT / argon.masses[0])
    assert theory.collision_frequency([1.0], ATMOSPHERE)[0] == pytest.approx(rate, rel=1e-12)
    path = 1 / (sqrt(2) * pi * diameter**2 * density)
    assert theory.mean_free_path([1.0], ATMOSPHERE) == pytest.approx(5 * pi / 16 * path, rel=1e-12)


def test_pair_rates_balance():
    """x_a nu_ab = x_b nu_ba, and nu_ab = n_b d^2 sqrt(8 pi kT / m_r) (T_ref / T)^(omega - 1/2)."""
    mixture = Mixture(["He", "Ar"], "vss")
    theory = ChapmanEnskog(mixture, TEMPERATURE, order=1)
    pair = mixture.interaction(0, 1)
    rate = pair.diameter_ref**2 * sqrt(8 * pi * KT / mixture.reduced_mass(0, 1))
    rate *= (273.0 / TEMPERATURE) ** (pair.omega - 0.5)
    assert theory.collision_rate(0, 1) == pytest.approx(rate, rel=1e-12)
    assert theory.collision_rate(1, 0) == theory.collision_rate(0, 1)
    frequency = theory.collision_frequency([1.0, 0.0], ATMOSPHERE)
    assert frequency[1] == pytest.approx(rate * ATMOSPHERE / KT, rel=1e-12)


# --- refusals ---------------------------------------------------------------------------------------


def test_bad_input_is_named_with_its_remedy():
    mixture = Mixture(["He", "Ar"], "vss")
    first, theory = ChapmanEnskog(mixture, order=1), ChapmanEnskog(mixture, order=4)
    for temperature in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="temperature must be positive"):
            ChapmanEnskog(mixture, temperature)
    with pytest.raises(ValueError, match="temperature must be one number"):
        ChapmanEnskog(mixture, [300.0, 400.0])
    for order in (0, 101, 2.5, 4.0, "4", None, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="order must be a whole number"):
            ChapmanEnskog(mixture, order=order)
        with pytest.raises(ValueError, match="order must be a whole number"):
            theory.truncated(order)
    with pytest.raises(ValueError, match="above this theory's 4"):
        theory.truncated(5)
    for species in (2, -3, 0.5, "He"):
        with pytest.raises(ValueError, match="no species number"):
            theory.self_diffusion(ATMOSPHERE, species)
        with pytest.raises(ValueError, match="no species number"):
            theory.schmidt_number(species)
        with pytest.raises(ValueError, match="no species number"):
            theory.collision_rate(0, species)
    with pytest.raises(ValueError, match="pressure must be one number"):
        theory.self_diffusion([1e5, 2e5])
    with pytest.raises(ValueError, match="pressure must be positive"):
        theory.diffusion_binary(0.5, 0.0)
    with pytest.raises(ValueError, match="sum to one"):
        theory.viscosity([0.5, 0.4])
    for outside in ([1.1, -0.1], [float("nan"), 0.5]):
        with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
            theory.viscosity(outside)
    with pytest.raises(ValueError, match="one for each of"):
        theory.viscosity([1.0])
    for coefficient in (first.thermal_conductivity, first.thermal_conductivity_uniform):
        with pytest.raises(ValueError, match="needs order 2"):
            coefficient(HALF)
    with pytest.raises(ValueError, match="needs order 2"):
        first.thermal_diffusion_ratio(0.5)
    with pytest.raises(ValueError, match="needs two species"):
        ChapmanEnskog(Mixture(["Ar"])).diffusion_binary(0.5, ATMOSPHERE)
