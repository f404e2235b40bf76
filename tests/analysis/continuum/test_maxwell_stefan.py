"""Films of N species against their closed forms, a published evaporation, and their own equations."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.continuum.counterdiffusion import Slab, predicted_profile
from knudsen.analysis.continuum.diffusivities import fick_matrix, pair_matrix, resistance_matrix
from knudsen.analysis.continuum.maxwell_stefan import (
    equimolar,
    film_compositions,
    film_fluxes,
    flux_ratio,
    stagnant,
)
from knudsen.analysis.continuum.stefan import power_law_resistance
from knudsen.analysis.continuum.varying_film import Film, film_fluxes_varying, film_of_theory
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture

TERNARY = pair_matrix({(0, 1): 83.3e-6, (0, 2): 68.0e-6, (1, 2): 16.8e-6}, 3)  # H2, N2, CO2
CONCENTRATION, LENGTH = 40.0, 0.05
FIRST, SECOND = np.array([0.0, 0.50086, 0.49914]), np.array([0.50121, 0.49879, 0.0])


def binary(D):
    return np.full((2, 2), D)


def maxwell_stefan_sum(x, fluxes, diffusivities):
    """Right-hand side written as the double sum of the textbook."""
    return np.array(
        [
            sum(
                (x[i] * fluxes[j] - x[j] * fluxes[i]) / (CONCENTRATION * diffusivities[i, j])
                for j in range(len(x))
                if j != i
            )
            for i in range(len(x))
        ]
    )


@pytest.mark.parametrize("ends", [(0.9, 0.1), (0.0, 1.0), (0.3, 0.3)])
def test_binary_limits_are_the_closed_forms(ends):
    start, end = ([x, 1 - x] for x in ends)
    conductance = 2e-5 * CONCENTRATION
    flux = film_fluxes(start, end, binary(conductance), LENGTH, equimolar(2))
    expected = conductance / LENGTH * (ends[0] - ends[1])
    assert flux == pytest.approx([expected, -expected], rel=1e-12, abs=1e-18)


def test_stagnant_binary_is_stefans_film():
    conductance = 2e-5 * CONCENTRATION
    flux = film_fluxes([0.97, 0.03], [0.1, 0.9], binary(conductance), LENGTH, stagnant(1, 2))
    assert flux[0] == pytest.approx(conductance / LENGTH * np.log(0.9 / 0.03), rel=1e-11)
    assert abs(flux[1]) < 1e-15 * flux[0]


def test_binary_of_graham_ratio():
    """N_B = r N_A: N_A = (c D/(L s)) ln((1 - s x_2)/(1 - s x_1)), s = 1 + r."""
    ratio = -np.sqrt(4.0 / 40.0)
    flux = film_fluxes([0.8, 0.2], [0.1, 0.9], binary(1e-3), LENGTH, flux_ratio(1, 0, ratio, 2))
    s = 1 + ratio
    assert flux[0] == pytest.approx(1e-3 / (LENGTH * s) * np.log((1 - 0.1 * s) / (1 - 0.8 * s)), rel=1e-11)
    assert flux[1] == pytest.approx(ratio * flux[0], rel=1e-12)


def test_equal_diffusivities_decouple_any_number_of_species():
    """dx_i/dz = (x_i N - N_i)/(c D): each species follows the binary exponential with the common N."""
    start, end = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.1, 0.2, 0.2, 0.5])
    flux = film_fluxes(start, end, np.full((4, 4), 1e-3), LENGTH, stagnant(3, 4))
    total = 1e-3 / LENGTH * np.log(end[3] / start[3])
    growth = np.exp(total * LENGTH / 1e-3)
    assert flux == pytest.approx(total * (start * growth - end) / (growth - 1), rel=1e-10, abs=1e-15)


def test_stagnant_species_of_a_ternary_obeys_gilliland():
    """ln(x_3L/x_30) = (N_1/D_13 + N_2/D_23) L/c, exactly, for N_3 = 0."""
    start, end = np.array([0.319, 0.528, 0.153]), np.array([0.05, 0.02, 0.93])
    flux = film_fluxes(start, end, CONCENTRATION * TERNARY, LENGTH, stagnant(2, 3))
    drag = (flux[0] / TERNARY[0, 2] + flux[1] / TERNARY[1, 2]) * LENGTH / CONCENTRATION
    assert drag == pytest.approx(np.log(end[2] / start[2]), rel=1e-11)


def test_acetone_and_methanol_evaporate_into_air():
    """Taylor and Krishna (1993), section 2.1 (Carty and Schrodt's tube), mol/(m^2 s)."""
    D = pair_matrix({(0, 1): 8.48e-6, (0, 2): 13.72e-6, (1, 2): 19.91e-6}, 3)
    c = 99.4e3 / (GAS_CONSTANT * 328.5)
    flux = film_fluxes([0.319, 0.528, 0.153], [0, 0, 1], c * D, 0.238, stagnant(2, 3))
    assert flux[:2] == pytest.approx([1.783e-3, 3.127e-3], rel=4e-4)


@pytest.mark.parametrize(
    "weights", [equimolar(3), stagnant(1, 3), flux_ratio(0, 2, -2.0, 3), [1.0, 3.7, 4.7]]
)
def test_profile_joins_the_faces_and_solves_the_equations(weights):
    flux = film_fluxes(FIRST, SECOND, CONCENTRATION * TERNARY, LENGTH, weights)
    z = np.linspace(0, LENGTH, 2001)
    x = film_compositions(FIRST, flux, CONCENTRATION * TERNARY, z)
    assert x[-1] == pytest.approx(SECOND, abs=1e-12)
    assert np.max(np.abs(x.sum(axis=1) - 1)) < 1e-13
    assert abs(np.dot(weights, flux)) < 1e-14 * np.max(np.abs(flux))
    gradient = np.gradient(x, z, axis=0, edge_order=2)
    slope = maxwell_stefan_sum(x[1000], flux, TERNARY)
    assert gradient[1000] == pytest.approx(slope, rel=1e-5, abs=1e-7 / LENGTH)
    wrong = maxwell_stefan_sum(
        x[1000], flux, pair_matrix({(0, 1): 68e-6, (0, 2): 83.3e-6, (1, 2): 16.8e-6}, 3)
    )
    assert np.max(np.abs(wrong - slope)) > 1e-2 * np.max(np.abs(slope))  # the pairs must not be confused


def test_fluxes_turn_with_the_film_and_scale_with_it():
    forth = film_fluxes(FIRST, SECOND, TERNARY, LENGTH, equimolar(3))
    back = film_fluxes(SECOND, FIRST, TERNARY, 2 * LENGTH, equimolar(3))
    assert forth == pytest.approx(-2 * back, rel=1e-10)


def test_ten_species_and_traces():
    rng = np.random.default_rng(3)
    D = rng.uniform(1e-5, 1e-4, (10, 10))
    D = D + D.T
    start, end = rng.dirichlet(np.ones(10)), rng.dirichlet(np.ones(10))
    start[0], end[0] = 1e-9, 3e-9
    start, end = start / start.sum(), end / end.sum()
    flux = film_fluxes(start, end, D, LENGTH, equimolar(10))
    assert film_compositions(start, flux, D, LENGTH) == pytest.approx(end, abs=1e-12)


def test_fick_matrix_inverts_the_film_at_small_differences():
    x, step = np.array([0.25, 0.5, 0.25]), 1e-6 * np.array([1.0, -3.0, 2.0])
    flux = film_fluxes(x - step / 2, x + step / 2, CONCENTRATION * TERNARY, LENGTH, equimolar(3))
    fick = -CONCENTRATION / LENGTH * fick_matrix(x, TERNARY) @ step[:2]
    assert flux[:2] == pytest.approx(fick, rel=1e-9)


def test_fick_matrix_of_a_trace_and_of_a_binary():
    """A trace of 1 and 2 in 3 diffuses by D_13 and D_23 alone; a binary by D_12 at any composition."""
    trace = fick_matrix([0, 0, 1], TERNARY)
    assert trace == pytest.approx(np.diag([68.0e-6, 16.8e-6]), rel=1e-14)
    assert fick_matrix([[0.2, 0.8], [0.9, 0.1]], binary(3e-5)).ravel() == pytest.approx([3e-5, 3e-5])


def test_fick_matrix_does_not_depend_on_the_species_left_out():
    """Its eigenvalues are the same whichever species is written last."""
    x, order = np.array([0.2, 0.3, 0.5]), [2, 0, 1]
    swapped = fick_matrix(x[order], TERNARY[np.ix_(order, order)])
    values = np.linalg.eigvals(fick_matrix(x, TERNARY))
    assert np.sort(np.linalg.eigvals(swapped)) == pytest.approx(np.sort(values), rel=1e-12)
    assert np.all(values > 0)


def test_resistance_matrix_takes_many_compositions():
    x = np.array([[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]])
    both = resistance_matrix(x, TERNARY)
    assert both == pytest.approx(np.stack([resistance_matrix(one, TERNARY) for one in x]), rel=1e-15)


# --- varying properties ------------------------------------------------------------------------------

PRESSURE = 1e5


def test_varying_film_of_constant_properties_is_the_exact_one():
    film = Film(LENGTH, PRESSURE, lambda x, T: TERNARY, temperature=300.0)
    c = PRESSURE / (GAS_CONSTANT * 300.0)
    for weights in (equimolar(3), stagnant(1, 3)):
        exact = film_fluxes(FIRST, SECOND, c * TERNARY, LENGTH, weights)
        assert film_fluxes_varying(film, FIRST, SECOND, weights) == pytest.approx(exact, rel=1e-8, abs=1e-12)


def test_varying_film_between_two_temperatures():
    """Stefan's film with D ~ T^1.7 and T linear: the closed resistance."""
    film = Film(1e-2, PRESSURE, lambda x, T: binary(2e-5 * (T / 300) ** 1.7), lambda z: 300.0 + 4e3 * z)
    flux = film_fluxes_varying(film, [0.6, 0.4], [0.1, 0.9], stagnant(1, 2))
    resistance = power_law_resistance(1e-2, (300.0, 340.0), 2e-5, 300.0, 1.7, PRESSURE)
    assert flux[0] == pytest.approx(np.log(0.9 / 0.4) / resistance, rel=1e-9)


def test_diffusivity_that_follows_composition():
    """Equimolar binary with D = D_0 (1 + x_1): N = (c D_0/L) [x + x^2/2]."""
    film = Film(LENGTH, PRESSURE, lambda x, T: binary(2e-5 * (1 + x[0])))
    flux = film_fluxes_varying(film, [0.9, 0.1], [0.2, 0.8], equimolar(2))
    c = PRESSURE / (GAS_CONSTANT * 300.0)
    assert flux[0] == pytest.approx(c * 2e-5 / LENGTH * (0.7 + (0.81 - 0.04) / 2), rel=1e-9)


def test_thermodynamic_factor_scales_a_binary():
    """Gamma = 1 - 2 A x1 x2 (regular): N = (c D/L) int Gamma dx."""
    film = Film(
        LENGTH, PRESSURE, lambda x, T: binary(2e-5), thermodynamic_factor=lambda x, T: [[1 - 2 * x[0] * x[1]]]
    )
    flux = film_fluxes_varying(film, [0.9, 0.1], [0.2, 0.8], equimolar(2))
    area = 0.7 - ((0.81 - 0.04) - 2 * (0.729 - 0.008) / 3)
    assert flux[0] == pytest.approx(PRESSURE / (GAS_CONSTANT * 300.0) * 2e-5 / LENGTH * area, rel=1e-9)


def test_thermal_diffusion_drives_a_film_of_equal_faces():
    """x_1 equal at both faces, k_T constant: N_1 = -(p D/(R L)) k_T ln(T_2/T_1)/mean T for D ~ T."""
    film = Film(
        LENGTH, PRESSURE, lambda x, T: binary(2e-5 * T / 300), lambda z: 300.0 + 2000.0 * z,
        thermal_diffusion_ratios=lambda x, T: [0.1, -0.1],
    )  # fmt: skip
    flux = film_fluxes_varying(film, [0.5, 0.5], [0.5, 0.5], equimolar(2))
    conductance = PRESSURE * 2e-5 / (GAS_CONSTANT * 300.0)  # c D is uniform
    assert flux[0] == pytest.approx(-conductance * 0.1 * np.log(400 / 300) / LENGTH, rel=1e-7)


def test_binary_film_of_theory_carries_the_flux_of_its_slab():
    """The slab's own profile (composition and thermal diffusion by Chapman-Enskog) joins the same faces."""
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=2)

    def temperature(z):
        return 300.0 + 2000.0 * z

    film = film_of_theory(theory, 0.01, PRESSURE, temperature)
    flux = film_fluxes_varying(film, [0.8, 0.2], [0.3, 0.7], equimolar(2))
    z = np.linspace(0, 0.01, 41)
    slab = Slab(z, temperature(z), PRESSURE / (GAS_CONSTANT * temperature(z)))
    profile = predicted_profile(theory, slab, flux[0], (0.0, 0.8), tolerance=1e-8)
    assert profile[-1] == pytest.approx(0.3, abs=2e-7)
    still = film_of_theory(theory, 0.01, PRESSURE, temperature, thermal_diffusion=False)
    assert film_fluxes_varying(still, [0.8, 0.2], [0.3, 0.7], equimolar(2))[0] != pytest.approx(
        flux[0], rel=1e-3
    )


def test_ternary_film_of_theory_at_first_order_is_the_constant_one():
    """At order 1 the Maxwell-Stefan coefficients do not depend on composition."""
    theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=1)
    film = film_of_theory(theory, LENGTH, PRESSURE)
    D = theory.maxwell_stefan_diffusivities([0.2, 0.3, 0.5], PRESSURE)
    c = PRESSURE / (GAS_CONSTANT * 300.0)
    exact = film_fluxes(FIRST, SECOND, c * (D + D.T) / 2, LENGTH, equimolar(3))
    assert film_fluxes_varying(film, FIRST, SECOND, equimolar(3)) == pytest.approx(exact, rel=1e-8)


# --- bad input ---------------------------------------------------------------------------------------


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="present at both faces"):
        film_fluxes([1.0, 0.0], [0.5, 0.5], binary(1.0), 1.0, stagnant(1, 2))
    with pytest.raises(ValueError, match="cannot carry these fluxes"):
        film_compositions([0.5, 0.5], [1.0, -1.0], binary(1.0), 1.0)
    with pytest.raises(ValueError, match="do not close"):
        film_fluxes([0.5, 0.5], [0.5, 0.5], binary(1.0), 1.0, [0.0, 0.0])
    with pytest.raises(ValueError, match="sum to one"):
        film_fluxes([0.5, 0.6], [0.5, 0.5], binary(1.0), 1.0, equimolar(2))
    with pytest.raises(ValueError, match="symmetric"):
        film_fluxes([0.5, 0.5], [0.5, 0.5], [[1, 2], [3, 1]], 1.0, equimolar(2))
    with pytest.raises(ValueError, match="positive"):
        film_fluxes([0.5, 0.5], [0.5, 0.5], [[1, -2], [-2, 1]], 1.0, equimolar(2))
    with pytest.raises(ValueError, match="2 by 2"):
        film_fluxes([0.5, 0.5], [0.5, 0.5], TERNARY, 1.0, equimolar(2))
    with pytest.raises(ValueError, match="weights must be"):
        film_fluxes([0.5, 0.5], [0.5, 0.5], binary(1.0), 1.0, equimolar(3))
    with pytest.raises(ValueError, match="each once"):
        pair_matrix({(0, 1): 1.0}, 3)
    with pytest.raises(ValueError, match="two different species"):
        flux_ratio(1, 1, 1.0, 3)
    with pytest.raises(ValueError, match="temperature must be positive"):
        Film(1.0, 1.0, lambda x, T: binary(1.0), lambda z: 1.0 - 2 * z)


@pytest.mark.parametrize("trace", [1e-9, 1e-15])
def test_stagnant_trace_at_either_face(trace):
    """N L/(c D) = ln(0.5/x)."""
    trace_face, even = [1 - trace, trace], [0.5, 0.5]
    flux = film_fluxes(trace_face, even, binary(1.0), 1.0, stagnant(1, 2))
    assert flux[0] == pytest.approx(np.log(0.5 / trace), rel=1e-10)
    assert film_fluxes(even, trace_face, binary(1.0), 1.0, stagnant(1, 2)) == pytest.approx(-flux, rel=1e-10)


def test_hard_films_are_joined():
    """Traces, diffusivities a hundredfold apart and every closing condition."""
    rng = np.random.default_rng(0)
    for case in range(60):
        species = int(rng.integers(2, 8))
        D = np.exp(rng.uniform(np.log(1e-6), np.log(1e-4), (species, species)))
        D = np.sqrt(D * D.T)
        start, end = (0.999 * rng.dirichlet(np.full(species, 0.5)) + 0.001 / species for _ in range(2))
        kept = int(np.argmax(np.minimum(start, end)))
        weights = (equimolar(species), stagnant(kept, species), rng.uniform(0.2, 3, species))[case % 3]
        flux = film_fluxes(start, end, D, LENGTH, weights)
        x = film_compositions(start, flux, D, np.linspace(0, LENGTH, 21))
        assert x[-1] == pytest.approx(end, abs=1e-9)
        assert x.min() > -1e-12


def test_what_is_no_state_or_flux_is_refused():
    with pytest.raises(ValueError, match="no species number 2"):
        stagnant(2, 2)
    with pytest.raises(ValueError, match="flux ratio must be finite"):
        flux_ratio(0, 1, np.nan, 2)
    for x in ([0.5, np.nan], [1.2, -0.2]):
        with pytest.raises(ValueError, match="mole fractions must lie"):
            fick_matrix(x, binary(1.0))
        with pytest.raises(ValueError, match="mole fractions must lie"):
            film_compositions(x, [0.0, 0.0], binary(1.0), 1.0)
    with pytest.raises(ValueError, match="fluxes must be finite"):
        film_compositions([0.5, 0.5], [np.nan, 0.0], binary(1.0), 1.0)


def test_a_stagnant_trace_beyond_reach_is_refused():
    with pytest.raises(SimulationFault, match="not found"):
        film_fluxes([1.0, 1e-60], [0.5, 0.5], binary(1.0), 1.0, stagnant(1, 2))
