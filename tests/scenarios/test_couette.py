"""Couette flow from a config to estimates, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.binary_flows import binary_channel
from knudsen.analysis.transition.channel import channel_flow
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, hard_sphere_gas
from knudsen.analysis.transition.surfaces import Lord
from knudsen.core.gases import Mixture
from knudsen.scenarios.couette import SCENARIO, CouetteConfig, curves

SIGMAS = 4


@pytest.fixture(scope="module")
def hard_spheres(tmp_path_factory):
    folder = tmp_path_factory.mktemp("couette")
    return finished(SCENARIO, folder, delta=2.0, accommodation=0.8, steps=900, particles_per_cell=40)


def test_estimates_stand_within_their_errors_of_theory(hard_spheres):
    for name, most in (("shear_stress_ratio", 0.01), ("slip_length", 0.06), ("viscosity", 0.03)):
        estimate = hard_spheres.estimate(name)
        assert estimate.gated
        assert abs(estimate.deviation) < SIGMAS, (name, estimate)
        assert estimate.stderr < most * estimate.theory, (name, estimate)


def test_the_theory_is_that_of_the_tables(hard_spheres):
    ratio = hard_spheres.estimate("shear_stress_ratio")
    assert ratio.theory == pytest.approx(hard_sphere_channel(2.0, 0.8).couette_ratio, rel=1e-5)


def test_another_gap_or_wall_is_seen(hard_spheres):
    """The control: a quarter more gas, walls that accommodate all."""
    ratio = hard_spheres.estimate("shear_stress_ratio")
    for other in (hard_sphere_channel(2.5, 0.8), hard_sphere_channel(2.0, 1.0)):
        assert abs(ratio.value - other.couette_ratio) > SIGMAS * ratio.stderr


def test_molecules_of_a_finite_drive_say_the_same(tmp_path):
    """Plain DSMC of the same gas at U = 0.5 v0, whose second order is 0.4 %.

    The control: walls that accommodate 0.9.
    """
    values = {"method": "direct", "speed_ratio": 0.5, "particles_per_cell": 50, "steps": 800}
    result = finished(SCENARIO, tmp_path, delta=2.0, accommodation=0.8, **values)
    ratio = result.estimate("shear_stress_ratio")
    assert ratio.gated
    tolerance = SIGMAS * ratio.stderr + 0.002 * ratio.theory
    assert abs(ratio.value - ratio.theory) < tolerance
    assert ratio.stderr < 0.015 * ratio.theory
    assert abs(ratio.value - hard_sphere_channel(2.0, 0.9).couette_ratio) > tolerance
    assert ratio.theory_error < 0.01 * ratio.theory
    SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "velocity.svg").exists()


def test_lords_walls_drag_as_theory_says(tmp_path):
    """The control: walls that accommodate a sixth more of the momentum."""
    walls = {"normal_accommodation": 0.2, "tangential_accommodation": 0.7}
    result = finished(SCENARIO, tmp_path, delta=2.0, **walls, steps=700, particles_per_cell=30)
    ratio = result.estimate("shear_stress_ratio")
    assert ratio.gated
    assert abs(ratio.deviation) < SIGMAS
    assert ratio.stderr < 0.015 * ratio.theory
    gas, walls = hard_sphere_gas(Resolution(20, 8, 16, 6)), (Lord(0.2, 0.7), Lord(0.2, 0.82))
    expected, other = (channel_flow(gas, 2.0, wall).couette_ratio for wall in walls)
    assert ratio.theory == pytest.approx(expected, rel=1e-9)
    assert abs(ratio.value - other) > SIGMAS * ratio.stderr


def test_a_mixture_at_lords_walls_has_no_theory_but_a_number(tmp_path):
    values = {"gases": ["He", "Ar"], "normal_accommodation": 0.9, "tangential_accommodation": 0.8}
    result = finished(SCENARIO, tmp_path, **values, particles_per_cell=10, steps=600, transient_steps=200)
    ratio = result.estimate("shear_stress_ratio")
    assert ratio.theory is None
    assert 0 < ratio.value < 1


def test_walls_of_maxwell_drag_a_mixture_as_mccormacks_model_says(tmp_path):
    """The control: free molecules that all have the mean mass drag less, by m^(1/2) against its mean."""
    values = {"gases": ["He", "Ar"], "accommodation": 0.6, "delta": 0.5, "speed_ratio": 0.7}
    result = finished(SCENARIO, tmp_path, **values, particles_per_cell=80, steps=1000, transient_steps=200)
    ratio = result.estimate("shear_stress_ratio")
    assert (ratio.theory_kind, ratio.gated) == ("approximate", False)
    expected = binary_channel(Mixture(["He", "Ar"], "hs"), 0.5, 0.5, accommodation=0.6).couette_ratio
    assert ratio.theory == pytest.approx(expected, rel=1e-6)
    tolerance = SIGMAS * ratio.stderr + 0.03 * expected
    assert abs(ratio.value - expected) < tolerance
    assert ratio.stderr < 0.015 * expected
    masses = np.array(Mixture(["He", "Ar"], "hs").masses)
    of_mean_mass = np.sqrt(masses).mean() / np.sqrt(masses.mean())
    assert abs(ratio.value * of_mean_mass - expected) > tolerance


def test_a_sweep_of_composition_ends_in_one_gas():
    """At either end stands the theory of that gas alone, between them McCormack's of both."""
    config = CouetteConfig(gases=["He", "Ar"], delta=1.0)
    exact = curves(config, "x_left", [0.0, 0.01, 0.5, 0.99, 1.0])["shear_stress_ratio"][0].value
    alone = curves(CouetteConfig(gases=["Ar"]), "delta", [1.0])["shear_stress_ratio"][0].value
    assert exact[[0, -1]] == pytest.approx(np.repeat(alone, 2), rel=1e-9)
    assert exact[1] == pytest.approx(exact[0], rel=0.02)
    assert exact[3] == pytest.approx(exact[4], rel=0.02)
    assert abs(exact[2] / exact[0] - 1) > 0.02


@pytest.mark.parametrize("gases", [["Ar"], ["He", "Ar"]])
def test_curves_join_the_limits(gases):
    """Kinetic theory goes from slip flow to free molecules."""
    config = CouetteConfig(gases=gases, accommodation=0.8)
    exact, slip, free = curves(config, "delta", [1e-3, 1.0, 100.0])["shear_stress_ratio"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=2e-3)
    np.testing.assert_allclose(exact.value[2], slip.value[2], rtol=2e-3)
    assert abs(slip.value[1] / exact.value[1] - 1) > 0.01
