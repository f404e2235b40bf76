"""Slip of a sheared gas from a config to estimates, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.binary_flows import diffusion_slip
from knudsen.analysis.transition.hard_sphere import hard_sphere_slip
from knudsen.core.gases import Mixture
from knudsen.scenarios.kramers import SCENARIO, KramersConfig, curves

SIGMAS = 4


@pytest.fixture(scope="module")
def sheared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kramers")
    values = {
        "method": "direct",
        "delta": 3.0,
        "cells": 24,
        "particles_per_cell": 40,
        "steps": 4000,
        "speed_ratio": 0.2,
    }
    return finished(SCENARIO, folder, **values), folder


def test_estimates_stand_within_their_errors_of_theory(sheared):
    for name, most in (("slip_coefficient", 0.05), ("knudsen_layer_defect", 0.3)):
        estimate = sheared[0].estimate(name)
        assert estimate.gated == (name != "knudsen_layer_defect")  # which a finite drive moves by percents
        assert abs(estimate.deviation) < SIGMAS, (name, estimate)
        assert estimate.stderr < most * abs(estimate.theory), (name, estimate)


def test_the_gap_is_nearly_two_half_spaces(sheared):
    """What is left at delta = 3 is 0.2 % of sigma_P; the layers read at the wall lack some percent."""
    slip = sheared[0].estimate("slip_coefficient")
    assert slip.theory == pytest.approx(hard_sphere_slip().sigma_P, rel=3e-3)
    assert slip.theory_source.endswith("; half space 0.987329")
    layer = sheared[0].estimate("knudsen_layer_defect")
    assert layer.theory == pytest.approx(-0.2718, rel=0.06)
    assert layer.theory_source.endswith("; half space -0.2718")


def test_another_wall_is_seen(sheared):
    """The control: walls that accommodate 0.9 slip by 1.2."""
    slip = sheared[0].estimate("slip_coefficient")
    assert abs(slip.value - hard_sphere_slip(0.9).sigma_P) > SIGMAS * slip.stderr


def test_the_layer_has_the_shape_of_theory(sheared):
    result, folder = sheared
    layer, theory = (result.profile(name) for name in ("velocity_defect", "velocity_defect_theory"))
    np.testing.assert_array_less(np.abs(layer.value - theory.value), 5 * layer.stderr)
    alone = result.profile("velocity_defect_half_space").value
    np.testing.assert_allclose(theory.value[:6], alone[:6], atol=0.01)
    assert alone[0] < 3 * alone[5] < 0
    SCENARIO.figures(result, folder)
    assert (folder / "knudsen_layer.svg").exists()


def test_narrow_gaps_are_read_alike_by_either_method(tmp_path):
    """Plain DSMC at delta = 0.5, where no part of the gas is a bulk; theory is of that gap."""
    values = {"method": "direct", "delta": 0.5, "speed_ratio": 0.5, "particles_per_cell": 60, "steps": 1500}
    slip = finished(SCENARIO, tmp_path, **values, cells=20).estimate("slip_coefficient")
    assert slip.gated
    assert abs(slip.deviation) < SIGMAS
    assert slip.stderr < 0.01 * slip.theory
    assert abs(slip.theory - hard_sphere_slip().sigma_P) > SIGMAS * slip.stderr  # the control


def test_low_signals_say_the_same(tmp_path):
    values = {"method": "low_signal", "cells": 12, "particles_per_cell": 5, "steps": 1200}
    result = finished(SCENARIO, tmp_path, delta=3.0, **values)
    slip = result.estimate("slip_coefficient")
    assert abs(slip.deviation) < SIGMAS
    assert slip.stderr < 0.2 * slip.theory


def test_a_mixture_slips_as_mccormacks_model_says(tmp_path):
    """The control: one gas at diffuse walls slips by 1."""
    values = {"gases": ["He", "Ar"], "accommodation": 0.6, "cells": 20, "speed_ratio": 0.5}
    result = finished(SCENARIO, tmp_path, **values, particles_per_cell=20, steps=5000)
    slip = result.estimate("slip_coefficient")
    expected = diffusion_slip(Mixture(["He", "Ar"], "hs"), 0.5, accommodation=0.6).sigma_P
    assert slip.theory == pytest.approx(expected, rel=0.01)
    assert not slip.gated
    tolerance = SIGMAS * slip.stderr + 0.03 * expected
    assert abs(slip.value - expected) < tolerance < abs(slip.value - 1)
    assert slip.stderr < 0.05 * expected
    SCENARIO.figures(result, tmp_path)


def test_curves_join_the_limits():
    exact, half_space, free = curves(KramersConfig(), "delta", [1e-3, 1.0, 20.0])["slip_coefficient"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=2e-3)
    np.testing.assert_allclose(exact.value[2], half_space.value[2], rtol=2e-5)
    assert abs(half_space.value[1] / exact.value[1] - 1) > 0.01
