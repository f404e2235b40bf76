"""Diffusion of many species: symmetry, binary limits, traces, labels, the inverse relations."""

import numpy as np
import pytest

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

ATMOSPHERE = 101325.0
GASES = ["He", "Ne", "Ar", "Xe"]
X = np.array([0.15, 0.4, 0.25, 0.2])
TRACES = np.array(
    [[1e-6, 0.5, 0.3, 0.2 - 1e-6], [0.0, 0.5, 0.3, 0.2], [0.0, 0.5, 0.0, 0.5], [0.0, 0.0, 1.0, 0.0]]
)
COMPOSITIONS = np.vstack([X, TRACES])


def double(original, name="marked"):
    return Species(name, original.molar_mass, original.hs, original.vhs, original.vss)


@pytest.fixture(scope="module", params=["hs", "vss"])
def theory(request):
    return ChapmanEnskog(Mixture(GASES, request.param), 300.0, order=6)


def mass_fractions(theory, x):
    weight = x * np.array(theory.mixture.masses)
    return weight / weight.sum(axis=-1, keepdims=True)


# --- the matrix -------------------------------------------------------------------------------------


def test_the_matrix_is_symmetric_and_moves_no_mass(theory):
    matrix = theory.diffusion_matrix(X, ATMOSPHERE)
    scale = matrix.max()
    assert matrix == pytest.approx(matrix.T, abs=1e-13 * scale)
    assert mass_fractions(theory, X) @ matrix == pytest.approx(0, abs=1e-13 * scale)
    assert np.all(np.linalg.eigvalsh(matrix) > -1e-13 * scale)
    assert np.sum(np.linalg.eigvalsh(matrix) < 1e-10 * scale) == 1


def test_the_matrix_falls_with_pressure_and_takes_one_for_each_composition(theory):
    x = np.stack([X, X[::-1]])
    matrix = theory.diffusion_matrix(x, [ATMOSPHERE, 2 * ATMOSPHERE])
    assert matrix[0] == pytest.approx(theory.diffusion_matrix(X, ATMOSPHERE), rel=1e-12)
    assert 2 * matrix[1] == pytest.approx(theory.diffusion_matrix(X[::-1], ATMOSPHERE), rel=1e-12)


def test_the_response_is_the_matrix_where_it_is_finite_and_moves_no_mass_at_traces(theory):
    matrix = theory.diffusion_matrix(X, ATMOSPHERE)
    assert theory.diffusion_response(X, ATMOSPHERE) == pytest.approx(matrix * X, rel=1e-12)
    response = theory.diffusion_response(COMPOSITIONS, ATMOSPHERE)
    assert np.all(np.isfinite(response))
    moved = mass_fractions(theory, COMPOSITIONS)[:, None, :] @ response
    assert moved == pytest.approx(0, abs=1e-13 * response.max())


def test_only_the_diagonal_is_infinite_where_a_species_is_absent(theory):
    x = TRACES[2]
    matrix = theory.diffusion_matrix(x, ATMOSPHERE)
    assert np.array_equal(np.isinf(matrix), np.diag(x == 0))
    near = x + 1e-9 * np.array([1, -1, 1, -1])
    off = ~np.eye(4, dtype=bool)
    assert matrix[off] == pytest.approx(theory.diffusion_matrix(near, ATMOSPHERE)[off], rel=1e-6)


def test_a_trace_moves_as_marked_molecules_do(theory):
    """V_i = -D_i grad ln x_i with D_i of the marked trace, none of the others moving."""
    response = theory.diffusion_response(TRACES[1], ATMOSPHERE)
    marked = theory.tracer_diffusion(TRACES[1], ATMOSPHERE)[0]
    assert response[0, 0] == pytest.approx(marked, rel=1e-12)
    assert response[1:, 0] == pytest.approx(0, abs=1e-16 * marked)


def test_traces_join_their_limits(theory):
    close, limit = TRACES[0], TRACES[1]
    for name in ("diffusion_response", "maxwell_stefan_diffusivities", "fick_matrix", "tracer_diffusion"):
        near, at = (getattr(theory, name)(x, ATMOSPHERE) for x in (close, limit))
        assert near == pytest.approx(at, rel=1e-4, abs=1e-5 * np.abs(at).max()), name
    near, at = (theory.thermal_diffusion_factors(x) for x in (close, limit))
    assert near == pytest.approx(at, abs=1e-5)


# --- the same in other forms ------------------------------------------------------------------------


def test_maxwell_stefan_is_the_inverse_of_the_matrix(theory):
    """Any forces d give velocities V that return d; a diffusivity off by 1 % would not."""
    forces = np.array([0.3, -0.5, 0.4, -0.2])
    velocity = -theory.diffusion_matrix(X, ATMOSPHERE) @ forces
    stefan = theory.maxwell_stefan_diffusivities(X, ATMOSPHERE)
    assert stefan == pytest.approx(stefan.T, rel=1e-12)

    def returned(stefan):
        difference = velocity[None, :] - velocity[:, None]
        return np.sum(X[:, None] * X * difference / stefan, axis=-1)

    assert returned(stefan) == pytest.approx(forces, abs=1e-13)
    wrong = stefan.copy()
    wrong[0, 1] *= 1.01
    assert np.abs(returned(wrong) - forces).max() > 1e-4


def test_maxwell_stefan_at_first_order_is_that_of_the_pairs(theory):
    first = theory.truncated(1)
    stefan = first.maxwell_stefan_diffusivities(COMPOSITIONS, ATMOSPHERE)
    for i, j in theory.mixture.pair_numbers():
        if i == j:
            expected = first.self_diffusion(ATMOSPHERE, i)
        else:
            pair = Mixture([GASES[i], GASES[j]], theory.mixture.model)
            expected = ChapmanEnskog(pair, 300.0, 1).diffusion_binary(0.5, ATMOSPHERE)
        assert stefan[:, i, j] == pytest.approx(expected, rel=1e-11), (i, j)


def test_marked_molecules_meet_the_sum_of_resistances(theory):
    stefan = theory.maxwell_stefan_diffusivities(COMPOSITIONS, ATMOSPHERE)
    expected = 1 / np.sum(COMPOSITIONS[:, None, :] / stefan, axis=-1)
    assert theory.tracer_diffusion(COMPOSITIONS, ATMOSPHERE) == pytest.approx(expected, rel=1e-12)


def test_fick_is_the_matrix_in_the_molar_frame(theory):
    gradient = np.array([0.3, -0.5, 0.4, -0.2])
    velocity = -theory.diffusion_matrix(X, ATMOSPHERE) @ gradient
    flux = X * (velocity - X @ velocity)
    expected = -theory.fick_matrix(X, ATMOSPHERE) @ gradient[:-1]
    assert expected == pytest.approx(flux[:-1], rel=1e-11)


def test_tracer_and_fick_of_one_species_are_self_diffusion_and_nothing():
    theory = ChapmanEnskog(Mixture(["Ar"], "hs"), order=5)
    assert theory.maxwell_stefan_diffusivities([1.0], 1.0)[0, 0] == pytest.approx(
        theory.self_diffusion(1.0), rel=1e-13
    )
    assert theory.fick_matrix([1.0], 1.0).shape == (0, 0)
    assert theory.diffusion_matrix([1.0], 1.0) == pytest.approx(0, abs=1e-13 * theory.self_diffusion(1.0))


@pytest.mark.parametrize("x", [[0.0, 0.0, 1.0], [1e-6, 1e-6, 1 - 2e-6], [1e-6, 1 - 2e-6, 1e-6]])
def test_heavy_traces_keep_their_symmetry(x):
    """Mass ratio 1e4: what two heavy traces exert on each other is a small part of their motion."""
    gases = (("a", 20.0, 4e-10), ("b", 30.0, 6e-10), ("c", 2e-3, 3e-10))
    shared = [(n, m, VariableSoftSphere(d)) for n, m, d in gases]
    theory = ChapmanEnskog(Mixture([Species(n, m, s, s, s) for n, m, s in shared], "hs"), order=6)
    stefan = theory.maxwell_stefan_diffusivities(x, 1.0)
    assert stefan == pytest.approx(stefan.T, rel=1e-10)
    assert theory.truncated(1).maxwell_stefan_diffusivities(x, 1.0) == pytest.approx(
        theory.truncated(1).maxwell_stefan_diffusivities([0.3, 0.3, 0.4], 1.0), rel=1e-10
    )
    soret = theory.thermal_diffusion_coefficients(x, 1.0)
    dufour = theory.partial_thermal_diffusion(x, 1.0).sum(axis=0)
    assert soret == pytest.approx(dufour, abs=1e-12 * np.abs(soret).max())


# --- binaries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("gases", [["He", "Ar"], ["Xe", "He"]])
def test_a_binary_in_every_form(gases):
    theory = ChapmanEnskog(Mixture(gases, "vss"), order=8)
    x1 = np.array([0.0, 1e-6, 0.3, 1.0])
    x = np.stack([x1, 1 - x1], axis=-1)
    diffusion, factor = theory.diffusion_binary(x1, ATMOSPHERE), theory.thermal_diffusion_factor(x1)
    stefan = theory.maxwell_stefan_diffusivities(x, ATMOSPHERE)
    assert stefan[:, 0, 1] == pytest.approx(diffusion, rel=1e-10)
    assert theory.fick_matrix(x, ATMOSPHERE)[:, 0, 0] == pytest.approx(diffusion, rel=1e-10)
    assert theory.thermal_diffusion_factors(x)[:, 0, 1] == pytest.approx(factor, rel=1e-9)
    ratio = theory.thermal_diffusion_ratios(x)
    assert ratio[:, 0] == pytest.approx(theory.thermal_diffusion_ratio(x1), abs=1e-13)
    y = mass_fractions(theory, x)
    expected = (diffusion * factor)[:, None] * np.stack([y[:, 1], -y[:, 0]], axis=-1)
    assert theory.thermal_diffusion_coefficients(x, ATMOSPHERE) == pytest.approx(expected, rel=1e-9)
    matrix = theory.diffusion_matrix(x[2], ATMOSPHERE)
    assert matrix[0, 1] == pytest.approx(-diffusion[2] * y[2, 0] * y[2, 1] / (x[2, 0] * x[2, 1]), rel=1e-10)


# --- thermal diffusion ------------------------------------------------------------------------------


def test_thermal_diffusion_follows_its_definitions(theory):
    coefficient = theory.thermal_diffusion_coefficients(X, ATMOSPHERE)
    ratio = theory.thermal_diffusion_ratios(X)
    scale = np.abs(coefficient).max()
    assert mass_fractions(theory, X) @ coefficient == pytest.approx(0, abs=1e-13 * scale)
    assert ratio.sum() == pytest.approx(0, abs=1e-13)
    assert theory.diffusion_matrix(X, ATMOSPHERE) @ ratio == pytest.approx(coefficient, abs=1e-12 * scale)
    factors = theory.thermal_diffusion_factors(X)
    assert X * (factors @ X) == pytest.approx(ratio, abs=1e-13)
    assert ratio[0] < 0 < ratio[3]  # the light species goes to the hot side


# --- labels, absent species, isotopes ---------------------------------------------------------------


def test_an_absent_species_leaves_the_binary():
    binary = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=6)
    ternary = ChapmanEnskog(Mixture(["He", "Xe", "Ar"], "vss"), order=6)
    x, padded, kept = [0.4, 0.6], [0.4, 0.0, 0.6], np.ix_([0, 2], [0, 2])
    for name in ("diffusion_matrix", "diffusion_response", "maxwell_stefan_diffusivities"):
        whole = getattr(ternary, name)(padded, ATMOSPHERE)
        assert whole[kept] == pytest.approx(getattr(binary, name)(x, ATMOSPHERE), rel=1e-11), name
    for name in ("thermal_diffusion_coefficients", "tracer_diffusion"):
        whole = getattr(ternary, name)(padded, ATMOSPHERE)
        assert whole[[0, 2]] == pytest.approx(getattr(binary, name)(x, ATMOSPHERE), rel=1e-11), name
    ratio = ternary.thermal_diffusion_ratios(padded)
    assert ratio[[0, 2]] == pytest.approx(binary.thermal_diffusion_ratios(x), rel=1e-11)
    assert ratio[1] == 0


def test_two_labels_of_one_gas_merge():
    """He and two labels of argon: labelled argon diffuses as one, and its labels do not feel heat."""
    helium, argon = Mixture(["He", "Ar"], "vss").species
    binary = ChapmanEnskog(Mixture([helium, argon], "vss"), order=6)
    ternary = ChapmanEnskog(Mixture([helium, argon, double(argon)], "vss"), order=6)
    x, split = np.array([0.4, 0.6]), np.array([0.4, 0.1, 0.5])
    merged, whole = (t.diffusion_matrix(c, ATMOSPHERE) for t, c in ((binary, x), (ternary, split)))
    # forces in proportion move both labels alike
    forces = np.array([0.3, -0.05, -0.25])
    moved = whole @ forces
    assert moved == pytest.approx((merged @ [0.3, -0.3])[[0, 1, 1]], rel=1e-11)
    stefan = ternary.maxwell_stefan_diffusivities(split, ATMOSPHERE)
    joined = binary.maxwell_stefan_diffusivities(x, ATMOSPHERE)
    index = np.ix_([0, 1, 1], [0, 1, 1])
    assert stefan == pytest.approx(joined[index], rel=1e-11)  # the diagonal is two labels' own
    assert ternary.thermal_diffusion_factors(split)[1, 2] == pytest.approx(0, abs=1e-12)
    assert ternary.tracer_diffusion(split, ATMOSPHERE)[1:] == pytest.approx(
        binary.tracer_diffusion(x, ATMOSPHERE)[1], rel=1e-11
    )


def test_isotopes_separate_by_their_masses_difference_only():
    """alpha_T is odd in the masses' difference and proportional to it; hard spheres, first order:

    alpha_T -> (105/118) (m1 - m2) / (m1 + m2), the isotopic limit (Chapman and Cowling, chapter 14).
    """
    shared = VariableSoftSphere(3e-10)

    def factor(mass_1, mass_2, order=2):
        pair = [Species(n, m, shared, shared, shared) for n, m in (("a", mass_1), ("b", mass_2))]
        return ChapmanEnskog(Mixture(pair, "hs"), order=order).thermal_diffusion_factor([0.1, 0.5, 0.9])

    small = 1e-5
    plus, minus = factor(0.04 * (1 + small), 0.04), factor(0.04, 0.04 * (1 + small))
    assert plus == pytest.approx(-minus[::-1], rel=1e-8)
    assert plus / (small / 2) == pytest.approx(105 / 118, rel=1e-5)
    assert factor(0.04 * (1 + 2 * small), 0.04) / plus == pytest.approx(2, rel=1e-4)


def test_bad_input_is_refused(theory):
    with pytest.raises(ValueError, match="needs order 2"):
        theory.truncated(1).thermal_diffusion_coefficients(X, ATMOSPHERE)
    for name in ("thermal_diffusion_ratios", "thermal_diffusion_factors"):
        with pytest.raises(ValueError, match="needs order 2"):
            getattr(theory.truncated(1), name)(X)
    with pytest.raises(ValueError, match="pressure must be positive"):
        theory.diffusion_matrix(X, -1.0)
    with pytest.raises(ValueError, match="one for each of"):
        theory.diffusion_matrix([0.5, 0.5], ATMOSPHERE)
    with pytest.raises(ValueError, match="sum to one"):
        theory.maxwell_stefan_diffusivities([0.5, 0.5, 0.5, 0.5], ATMOSPHERE)
