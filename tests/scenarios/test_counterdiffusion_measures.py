"""Estimators of counterdiffusion on profiles whose answers are known."""

from types import SimpleNamespace

import numpy as np
import pytest

from knudsen.analysis.continuum.counterdiffusion import Slab
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Measured
from knudsen.core.gases import Mixture
from knudsen.core.results import Estimate
from knudsen.scenarios.equimolar_counterdiffusion import CounterdiffusionConfig
from knudsen.scenarios.equimolar_counterdiffusion.estimates import against
from knudsen.scenarios.equimolar_counterdiffusion.exponents import diffusion_exponents
from knudsen.scenarios.equimolar_counterdiffusion.measures import (
    Bulk,
    bulk_numbers,
    flux_numbers,
    momentum_numbers,
    near,
)
from knudsen.scenarios.equimolar_counterdiffusion.setup import setup
from knudsen.scenarios.equimolar_counterdiffusion.theory import (
    dufour_temperature,
    free_molecular_fluxes,
    interpolated_fluxes,
    predicted_line,
)
from knudsen.scenarios.power_law import power_law

LENGTH = 2e-6
POSITION = (np.arange(80) + 0.5) * LENGTH / 80
BULK = Bulk.of(POSITION, LENGTH, 1e-7)
NO_STRESS = np.zeros(len(BULK.position)), 1.0
HE_AR = Mixture(("He", "Ar"))


def exact(array):
    """A Measured without scatter."""
    return Measured(np.asarray(array), np.stack([array] * 3))


def linear_profiles(N_A, N_B, D, c=40.0):
    """Profiles of a straight line whose slope is that of J*_A at the mid-plane."""
    slope = -(N_A - 0.5 * (N_A + N_B)) / (c * D)
    x_A = 0.5 + slope * (POSITION - LENGTH / 2)
    flux = np.broadcast_to([N_A, N_B], (80, 2))
    masses = np.array([0.004, 0.040])
    x = np.stack([x_A, 1 - x_A], axis=-1)
    fields = {
        "molar_flux": flux,
        "mole_fraction": x,
        "molar_concentration": np.full(80, c),
        "mass_flux": flux @ masses,
        "mass_density": c * x @ masses,
    }
    return SimpleNamespace(positions=POSITION, __getitem__=None, fields=fields)


class Profiles:
    """What the estimators ask of SlabProfiles."""

    positions = POSITION

    def __init__(self, *numbers, **options):
        self.fields = linear_profiles(*numbers, **options).fields

    def __getitem__(self, name):
        return exact(self.fields[name])


@pytest.mark.parametrize("N_B", [-900.0, -300.0])
def test_the_slope_of_the_bulk_gives_back_the_diffusion_coefficient(N_B):
    found = bulk_numbers(Profiles(900.0, N_B, 6.7e-5), BULK, (0.9, 0.1))
    assert found["diffusion_binary"].value == pytest.approx(6.7e-5, rel=1e-12)
    assert found["diffusion_binary"].stderr < 1e-15
    reach = found["slope"].value * LENGTH / 2
    assert found["composition_jump_left"].value == pytest.approx(0.9 - (0.5 - reach), rel=1e-12)
    assert found["composition_jump_right"].value == pytest.approx(0.1 - (0.5 + reach), rel=1e-12)


def test_fluxes_and_mid_plane_velocities_follow_from_the_profiles():
    found = flux_numbers(Profiles(900.0, -900.0, 6.7e-5), LENGTH)
    assert found["molar_flux_total"].value == 0
    assert found["flux_ratio"].value == -1
    assert found["mass_flux"].value == pytest.approx(-0.036 * 900)
    assert found["mass_velocity"].value == pytest.approx(-0.036 * 900 / (40 * 0.022))


def test_the_bend_is_that_of_a_known_parabola_and_ignores_line_and_layers():
    scaled = BULK.scaled(POSITION)
    layer = np.where(BULK.inside, 0.0, 0.3)
    curve = 0.4 - 0.2 * scaled + 1e-3 * (3 * scaled**2 - 1) / 2 + layer
    assert BULK.bend(curve, 1.0) == pytest.approx(1e-3, rel=1e-2)
    assert BULK.bend(curve, 0.0) == pytest.approx(-0.5e-3, rel=1e-2)
    assert abs(BULK.bend(curve - 1e-3 * (3 * scaled**2 - 1) / 2, 1.0)) < 1e-15


def test_noise_does_not_bias_the_bend():
    noise = np.random.default_rng(5).normal(0, 1e-3, (4000, 80))
    bends = BULK.bend(0.5 - 0.2 * BULK.scaled(POSITION) + noise, 1.0)
    assert abs(bends.mean()) < 4 * bends.std() / 4000**0.5
    assert bends.std() < 1e-3


def test_a_rarefied_slab_keeps_a_third_as_bulk_and_too_few_cells_are_refused():
    assert Bulk.of(POSITION, LENGTH, LENGTH).inside.sum() in (26, 27)
    with pytest.raises(ValueError, match="cells are in the bulk"):
        Bulk.of(POSITION[::10], LENGTH, LENGTH)


def test_a_place_is_at_least_one_cell():
    assert near(POSITION, LENGTH, LENGTH / 2).sum() == 8
    assert near(POSITION[::10], LENGTH, POSITION[10]).sum() == 1


def test_prediction_is_straight_for_maxwell_molecules_of_one_temperature():
    theory = ChapmanEnskog(Mixture(("He", "Ar"), "maxwell"), 300.0, 4)
    ones = np.ones(BULK.inside.sum())
    line = predicted_line(
        theory, BULK, Slab(BULK.places, 300 * ones, 40.6 * ones), (900.0, 0.0), 0.5, *NO_STRESS
    )
    D = theory.diffusion_binary(0.5, 40.6 * 8.314462618 * 300)
    assert line.slope == pytest.approx(-900 / (40.6 * D), rel=1e-6)
    assert abs(line.bend) < 1e-7


def test_prediction_bends_as_diffusion_varies_with_composition():
    theory = ChapmanEnskog(HE_AR, 300.0, 6)
    ones = np.ones(BULK.inside.sum())
    state = Slab(BULK.places, 300 * ones, 40.6 * ones)
    line, mirrored = (
        predicted_line(theory, BULK, state, (sign * 900.0, 0.0), 0.5, *NO_STRESS, 1.0) for sign in (1, -1)
    )
    # D_AB falls as x_A rises, so the profile is steeper where A is plenty: convex both ways round.
    assert line.bend > 1e-5 and mirrored.bend > 1e-5


def test_dufour_effect_vanishes_for_maxwell_molecules_and_cools_the_heavy_side_of_he_ar():
    x_A = 0.9 - 0.8 * POSITION / LENGTH
    maxwell = ChapmanEnskog(Mixture(("He", "Ar"), "maxwell"), 300.0, 4)
    assert np.allclose(dufour_temperature(maxwell, POSITION, x_A, 900.0, 101325.0), 300, atol=1e-6)
    there, back = (
        dufour_temperature(ChapmanEnskog(HE_AR, 300.0, 6), POSITION, x, sign * 900.0, 101325.0)
        for x, sign in ((x_A, 1), (x_A[::-1], -1))
    )
    assert there[0] > 300 > there[-1] > 290
    assert np.allclose(there, back[::-1], atol=1e-9)


def config(**values):
    return CounterdiffusionConfig.model_validate(values)


def test_free_molecular_fluxes_of_the_open_slab_keep_grahams_ratio():
    masses = np.array(HE_AR.masses)
    N_A, N_B = free_molecular_fluxes(config(boundary="open"), masses)
    assert pytest.approx(-((masses[1] / masses[0]) ** 0.5), rel=1e-12) == N_A / N_B
    assert pytest.approx(40.62 / 4 * 0.8 * 1260, rel=1e-3) == N_A


def test_free_molecular_exchange_is_equimolar_and_fills_the_slab():
    N_A, N_B = free_molecular_fluxes(config(x_left=1.0, x_right=0.0), np.array(HE_AR.masses))
    assert N_A == -N_B
    # All of A flies right, all of B left: c = N_A (2/v_A + 2/v_B).
    assert pytest.approx(40.62 / (2 / 1259.8 + 2 / 398.8), rel=1e-3) == N_A


@pytest.mark.parametrize("boundary", ["exchange", "open"])
def test_interpolated_flux_has_both_limits(boundary):
    thick, thin = config(boundary=boundary, knudsen=1e-5), config(boundary=boundary, knudsen=1e5)
    scale = setup(thick)
    N_A, _ = interpolated_fluxes(thick, scale)
    if boundary == "exchange":
        assert pytest.approx(40.62 * 6.72e-5 * 0.8 / scale.length, rel=0.02) == N_A
    free, _ = free_molecular_fluxes(thin, np.array(HE_AR.masses))
    assert interpolated_fluxes(thin, setup(thin))[0] == pytest.approx(free, rel=1e-3)


def test_theory_from_the_same_run_carries_the_error_of_the_difference():
    random = np.random.default_rng(2)
    common, own = random.normal(0, 1, (2, 4000)) / 4000
    value = Measured(np.array(5.0), 5 + common)
    independent = against("a", "1", value, Measured(np.array(5.0), 5 + own), "exact", "")
    assert np.hypot(independent.stderr, independent.theory_error) == pytest.approx(
        np.hypot(value.stderr, Measured(0, own).stderr), rel=0.05
    )
    same = against("a", "1", value, value, "exact", "")
    assert same.deviation == 0 and same.stderr == pytest.approx(float(value.stderr))


def test_power_law_of_synthetic_points():
    T, p = np.array([200.0, 300.0, 400.0, 300.0, 300.0]), np.array([1.0, 1.0, 1.0, 2.0, 4.0]) * 1e5
    values = 3e-5 * T**1.735 / p
    found = power_law(np.column_stack([T, p]), values, 0.01 * values)
    assert found.exponents == pytest.approx([1.735, -1.0], abs=1e-10)
    assert found.stderrs[0] == pytest.approx(
        0.01 / np.sqrt(np.sum((np.log(T) - np.log(T).mean()) ** 2)), rel=0.3
    )


@pytest.mark.parametrize("values", [[1.0, -1.0, 2.0], [1.0, 2.0, 0.0]])
def test_power_law_refuses_values_without_logarithm(values):
    with pytest.raises(ValueError, match="positive"):
        power_law(np.array([[1.0], [2.0], [3.0]]), np.array(values), np.ones(3))


def test_power_law_refuses_keys_that_vary_together():
    both = np.array([[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]])
    with pytest.raises(ValueError, match="apart"):
        power_law(both, np.ones(3), np.ones(3))


def point(D, theory, kind="numerical", **settings):
    config = {"temperature": 300.0, "pressure": 1e5, "gases": ["He", "Ar"], "model": "vss"} | settings
    estimate = Estimate("diffusion_binary", D, 0.01 * D, "m2 s-1", theory, theory_kind=kind)
    return SimpleNamespace(
        settings=settings, result=SimpleNamespace(config=config, estimate=lambda name: estimate)
    )


def test_exponents_of_a_temperature_sweep_and_their_theory():
    points = [point(T**1.8, T**1.735, temperature=T) for T in (200.0, 300.0, 400.0)]
    (found,) = diffusion_exponents(points)
    assert (found.name, found.value) == ("exponent_temperature", pytest.approx(1.8))
    assert found.theory == pytest.approx(1.735)
    assert found.theory_error < 1e-9


def test_a_potential_has_the_exponent_of_its_converged_theory():
    points = [point(T**1.8, T**1.71, temperature=T, model="lj") for T in (200.0, 300.0, 400.0)]
    (found,) = diffusion_exponents(points)
    assert (found.value, found.theory) == (pytest.approx(1.8), pytest.approx(1.71))
    assert "omega" not in found.theory_source


def test_exponents_where_a_bulk_lay_within_its_knudsen_layers_are_beside_approximate_theory():
    kinds = ("numerical", "numerical", "approximate")
    points = [point(1 / p, 1 / p, kind, pressure=p) for p, kind in zip((1e6, 1e5, 1e4), kinds, strict=True)]
    assert [diffusion_exponents(some)[0].theory_kind for some in (points[:2], points)] == [
        "numerical", "approximate",
    ]  # fmt: skip


def test_pressure_exponent_tells_a_wrong_law_from_the_right_one():
    right, wrong = (
        diffusion_exponents([point(1 / p**power, 1 / p, pressure=p) for p in (1e4, 1e5, 1e6)])[0]
        for power in (1.0, 0.9)
    )
    assert abs(right.deviation) < 1e-6 and abs(wrong.deviation) > 4


def test_no_exponents_without_a_sweep_of_temperature_or_pressure():
    assert diffusion_exponents([point(1.0, 1.0, seed=1), point(1.0, 1.0, seed=2)]) == []
    mixed = [point(1.0, 1.0, pressure=1e5), point(1.0, 1.0, pressure=1e4, model="hs")]
    assert diffusion_exponents(mixed) == []


def test_inertia_and_stress_tilt_the_predicted_line():
    """P d(x_A + excess)/dz = p (dx_A/dz without them): slope = (p/P) plain - slope of the excess."""
    theory, ones = ChapmanEnskog(Mixture(["He", "Ar"]), 300.0, 8), np.ones(len(BULK.places))
    state = Slab(BULK.places, 300 * ones, 40.6 * ones)
    plain = predicted_line(theory, BULK, state, (900.0, 0.0), 0.5, *NO_STRESS)
    excess = 0.01 * BULK.position / BULK.length
    tilted = predicted_line(theory, BULK, state, (900.0, 0.0), 0.5, excess, 0.99, plain.bend_at)
    assert tilted.slope == pytest.approx(0.99 * plain.slope - 0.01 / BULK.length, rel=1e-10)
    assert tilted.bend == pytest.approx(0.99 * plain.bend, rel=1e-6)


def test_share_of_momentum_is_that_of_molecules_without_drift_and_that_of_inertia_with_it():
    """xi_A of two cold beams, u_A and u_B: n_A m_A u_A^2 over the sum of both."""
    density, speed, masses = np.array([2.0, 1.0]), np.array([3.0, -1.0]), np.array([1.0, 4.0])
    mean = (density * masses * speed).sum() / (density * masses).sum()
    tensor = np.zeros((BULK.position.size, 2, 6))
    tensor[..., 0] = density * masses * (speed - mean) ** 2

    def everywhere(value):
        return exact(np.broadcast_to(value, (len(BULK.position), *np.shape(value))))

    q = {
        "species_pressure_tensor": exact(tensor),
        "number_density": everywhere(density),
        "species_velocity": everywhere(speed),
        "mass_velocity": everywhere(mean),
        "mole_fraction": everywhere(density / density.sum()),
        "pressure": everywhere(1.0),
    }
    found = momentum_numbers(q, BULK, masses)
    flux = density * masses * speed**2
    np.testing.assert_allclose(found["excess"].value, flux[0] / flux.sum() - 2 / 3, rtol=1e-12)
    assert found["pressure_share"].value == pytest.approx(1 / flux.sum())
