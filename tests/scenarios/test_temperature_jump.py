"""The temperature jump from a config to estimates, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.hard_sphere import hard_sphere_slip
from knudsen.scenarios.temperature_jump import SCENARIO, TemperatureJumpConfig, curves

SIGMAS = 4


@pytest.fixture(scope="module")
def heated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jump")
    values = {
        "method": "direct",
        "delta": 3.0,
        "cells": 24,
        "particles_per_cell": 40,
        "steps": 4000,
        "temperature_ratio": 1.25,
    }
    return finished(SCENARIO, folder, **values), folder


def test_estimates_stand_within_their_errors_of_theory(heated):
    for name, most in (("temperature_jump_coefficient", 0.04), ("knudsen_layer_defect", 0.2)):
        estimate = heated[0].estimate(name)
        assert estimate.gated == (name != "knudsen_layer_defect")  # which a finite drive moves by percents
        assert abs(estimate.deviation) < SIGMAS, (name, estimate)
        assert estimate.stderr < most * abs(estimate.theory), (name, estimate)


def test_the_gap_is_nearly_two_half_spaces(heated):
    """What is left at delta = 3 is 0.7 % of zeta_T; the layers read at the wall lack some percent."""
    jump = heated[0].estimate("temperature_jump_coefficient")
    assert jump.theory == pytest.approx(hard_sphere_slip().zeta_T, rel=8e-3)
    assert jump.theory_source.endswith("; half space 1.88982")
    layer = heated[0].estimate("knudsen_layer_defect")
    assert layer.theory == pytest.approx(-0.581, rel=0.08)
    assert layer.theory_source.endswith("; half space -0.5809")


def test_another_wall_is_seen(heated):
    """The control: walls that accommodate 0.9 have a jump of 2.3."""
    jump = heated[0].estimate("temperature_jump_coefficient")
    assert abs(jump.value - hard_sphere_slip(0.9).zeta_T) > SIGMAS * jump.stderr


def test_the_layer_has_the_shape_of_theory(heated):
    result, folder = heated
    layer, theory = (result.profile(name) for name in ("temperature_defect", "temperature_defect_theory"))
    np.testing.assert_array_less(np.abs(layer.value - theory.value), 5 * layer.stderr)
    SCENARIO.figures(result, folder)
    assert (folder / "knudsen_layer.svg").exists()


def test_curves_join_the_limits():
    lines = curves(TemperatureJumpConfig(), "delta", [1e-3, 1.0, 20.0])
    exact, half_space, free = lines["temperature_jump_coefficient"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=2e-3)
    np.testing.assert_allclose(exact.value[2], half_space.value[2], rtol=1e-4)
    assert abs(half_space.value[1] / exact.value[1] - 1) > 0.01
