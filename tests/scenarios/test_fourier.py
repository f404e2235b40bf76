"""Heat flux between plates from a config to estimates, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.binary_flows import binary_channel
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.core.gases import Mixture
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.fourier import SCENARIO, FourierConfig, curves
from knudsen.scenarios.loading import check

SIGMAS = 4


@pytest.fixture(scope="module")
def hard_spheres(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fourier")
    return finished(SCENARIO, folder, delta=2.0, accommodation=0.8, steps=900, particles_per_cell=40)


def test_estimates_stand_within_their_errors_of_theory(hard_spheres):
    for name, most in (
        ("heat_flux_ratio", 0.015), ("temperature_jump_coefficient", 0.12), ("thermal_conductivity", 0.06)
    ):  # fmt: skip
        estimate = hard_spheres.estimate(name)
        assert estimate.gated
        assert abs(estimate.deviation) < SIGMAS, (name, estimate)
        assert estimate.stderr < most * estimate.theory, (name, estimate)


def test_the_theory_is_that_of_the_tables(hard_spheres):
    ratio = hard_spheres.estimate("heat_flux_ratio")
    assert ratio.theory == pytest.approx(hard_sphere_channel(2.0, 0.8).fourier_ratio, rel=1e-5)


def test_another_gap_or_wall_is_seen(hard_spheres):
    """The control: a quarter more gas, walls that accommodate all."""
    ratio = hard_spheres.estimate("heat_flux_ratio")
    for other in (hard_sphere_channel(2.5, 0.8), hard_sphere_channel(2.0, 1.0)):
        assert abs(ratio.value - other.fourier_ratio) > SIGMAS * ratio.stderr


def test_the_left_plate_is_the_cold_one(hard_spheres):
    temperature = hard_spheres.profile("temperature").value
    theory = hard_spheres.profile("temperature_theory").value
    assert temperature[0] < 300 < temperature[-1]
    assert theory[0] < 300 < theory[-1]


def test_molecules_of_a_finite_ratio_say_the_same(tmp_path):
    """Plain DSMC of the same gas; free molecules lose 3/8 ((r - 1)/(r + 1))^2 = 0.6 % at r = 1.3.

    The control: walls that accommodate all.
    """
    values = {"method": "direct", "temperature_ratio": 1.3, "particles_per_cell": 50, "steps": 1200}
    result = finished(SCENARIO, tmp_path, delta=2.0, accommodation=0.8, **values)
    ratio = result.estimate("heat_flux_ratio")
    assert ratio.gated
    tolerance = SIGMAS * ratio.stderr + 0.006 * ratio.theory
    assert abs(ratio.value - ratio.theory) < tolerance
    assert abs(ratio.value - hard_sphere_channel(2.0, 1.0).fourier_ratio) > tolerance
    assert ratio.theory_error == pytest.approx(0.375 * (0.3 / 2.3) ** 2 * ratio.theory, rel=0.01)
    assert ratio.stderr < 0.03 * ratio.theory
    SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "temperature.svg").exists()


def test_lords_walls_take_heat_as_theory_says(tmp_path):
    """The control: Maxwell's walls of the same accommodation of momentum."""
    walls = {"normal_accommodation": 0.2, "tangential_accommodation": 0.7}
    result = finished(SCENARIO, tmp_path, delta=2.0, **walls, steps=700, particles_per_cell=40)
    ratio = result.estimate("heat_flux_ratio")
    assert ratio.gated
    assert abs(ratio.deviation) < SIGMAS
    assert ratio.stderr < 0.02 * ratio.theory
    assert abs(ratio.value - hard_sphere_channel(2.0, 0.7).fourier_ratio) > SIGMAS * ratio.stderr


def test_a_mixture_conducts_as_mccormacks_model_says(tmp_path):
    """The control: free molecules that all have the mean mass carry more, by m^(-1/2) against its mean."""
    values = {"gases": ["He", "Ar"], "accommodation": 0.6, "temperature_ratio": 1.5, "delta": 0.5}
    result = finished(SCENARIO, tmp_path, **values, particles_per_cell=80, steps=1000, transient_steps=200)
    ratio = result.estimate("heat_flux_ratio")
    assert (ratio.theory_kind, ratio.gated) == ("approximate", False)
    expected = binary_channel(Mixture(["He", "Ar"], "hs"), 0.5, 0.5, accommodation=0.6).fourier_ratio
    assert ratio.theory == pytest.approx(expected, rel=1e-6)
    tolerance = SIGMAS * ratio.stderr + 0.03 * expected
    assert abs(ratio.value - expected) < tolerance
    assert ratio.stderr < 0.015 * expected
    masses = np.array(Mixture(["He", "Ar"], "hs").masses)
    of_mean_mass = np.sqrt(masses.mean()) * (1 / np.sqrt(masses)).mean()
    assert abs(ratio.value * of_mean_mass - expected) > tolerance


def test_plates_have_the_mean_and_the_ratio_asked_for():
    left, right = check(FourierConfig, {"temperature_ratio": 1.5, "temperature": 250.0}).plate_temperatures
    assert right / left == pytest.approx(1.5)
    assert (left + right) / 2 == pytest.approx(250.0)
    with pytest.raises(ConfigError, match="plates alike"):
        check(FourierConfig, {"temperature_ratio": 1.0})


@pytest.mark.parametrize(
    "values, low_signal",
    [
        ({}, True),
        ({"delta": 5.0}, False),
        ({"knudsen": 1.0}, True),
        ({"knudsen": 0.1}, False),
        ({"delta": 5.0, "method": "low_signal"}, True),
    ],
)
def test_wide_gaps_are_of_plain_molecules(values, low_signal):
    assert check(FourierConfig, values).low_signal == low_signal


@pytest.mark.parametrize("gases", [["Ar"], ["He", "Ar"]])
def test_curves_join_the_limits(gases):
    """Kinetic theory goes from the temperature jump to free molecules."""
    config = FourierConfig(gases=gases, accommodation=0.8)
    exact, jump, free = curves(config, "delta", [1e-3, 1.0, 100.0])["heat_flux_ratio"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=2e-3)
    np.testing.assert_allclose(exact.value[2], jump.value[2], rtol=2e-3)
    assert abs(jump.value[1] / exact.value[1] - 1) > 0.01
