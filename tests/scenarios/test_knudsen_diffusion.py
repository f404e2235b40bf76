"""Knudsen diffusion through pores, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.clausing import slit_transmission, tube_transmission
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.knudsen_diffusion import SCENARIO, KnudsenDiffusionConfig, curves
from knudsen.scenarios.loading import check

SIGMAS = 4


@pytest.fixture(scope="module")
def tube(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tube")
    return finished(SCENARIO, folder, length_over_radius=2.0, particles_per_cell=12)


def test_marks_pass_a_tube_as_clausing_says(tube):
    for name, most in (("transmission", 0.004), ("knudsen_diffusivity", 0.02)):
        estimate = tube.estimate(name)
        assert estimate.gated
        assert abs(estimate.deviation) < SIGMAS, estimate
        assert estimate.stderr < most * estimate.theory, estimate
    assert not tube.estimate("bosanquet_ratio").gated
    W = tube.estimate("transmission")
    assert W.theory == tube_transmission(2.0)
    # The controls: a tube a tenth longer, a slit, walls that let some slide.
    for other in (tube_transmission(2.2), slit_transmission(2.0), tube_transmission(2.0, 0.9)):
        assert abs(W.value - other) > SIGMAS * W.stderr


def test_the_wall_meets_what_clausings_equation_says(tube):
    measured, theory = tube.profile("wall_flux"), tube.profile("wall_flux_theory")
    deviations = (measured.value - theory.value) / measured.stderr
    assert np.all(np.abs(deviations) < SIGMAS + 1)
    assert np.all(measured.stderr < 0.02)
    assert np.abs(measured.value[::-1] - theory.value).max() > 0.3  # the control: from the other end


def test_a_slit_streams_into_vacuum_along_walls_that_let_slide(tmp_path):
    values = {"shape": "slit", "length_over_height": 2.0, "accommodation": 0.6, "drive": "vacuum"}
    result = finished(SCENARIO, tmp_path, **values, particles_per_cell=12)
    for name, most in (("transmission", 0.004), ("knudsen_diffusivity", 0.03)):
        estimate = result.estimate(name)
        assert abs(estimate.deviation) < SIGMAS, estimate
        assert estimate.stderr < most * estimate.theory, estimate
    W = result.estimate("transmission")
    assert W.theory == slit_transmission(2.0, 0.6)
    assert abs(W.value - slit_transmission(2.0)) > SIGMAS * W.stderr
    SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "wall_flux.svg").exists()


def test_a_hole_in_a_plate_between_vessels(tmp_path):
    """W of a plate of 0.2 radii, 0.910, not that of none; the vessels do not count."""
    values = {"shape": "orifice", "length_over_radius": 0.2, "particles_per_cell": 10, "steps": 400}
    result = finished(SCENARIO, tmp_path, **values, cells=2)
    (W,) = result.estimates
    assert W.theory == tube_transmission(0.2)
    assert abs(W.deviation) < SIGMAS, W
    assert W.stderr < 0.01
    assert abs(W.value - 1) > SIGMAS * W.stderr


def test_collisions_slow_marks_by_bosanquets_law(tmp_path):
    """At Kn = 2 a fourth less, which Bosanquet's law tells to 10 %; it gates nothing."""
    values = {"knudsen": 2.0, "length_over_radius": 4.0, "particles_per_cell": 12, "steps": 1500}
    result = finished(SCENARIO, tmp_path, **values, transient_steps=400)
    assert not any(estimate.gated for estimate in result.estimates)
    ratio, W = result.estimate("bosanquet_ratio"), result.estimate("transmission")
    assert abs(ratio.value - 1) < SIGMAS * ratio.stderr + 0.1
    assert ratio.stderr < 0.03
    assert W.value < 0.9 * W.theory


@pytest.mark.parametrize("drive", ["tracer", "vacuum"])
def test_curves_begin_at_free_molecules_and_leave_them(drive):
    config = KnudsenDiffusionConfig(drive=drive)
    for name in ("transmission", "knudsen_diffusivity"):
        law, free, dense = curves(config, "knudsen", [1e6, 1e-3])[name]
        assert law.value[0] == pytest.approx(free.value[0], rel=1e-4)
        assert law.value[1] == pytest.approx(dense.value[1], rel=0.03)


@pytest.mark.parametrize(
    "values",
    [
        {"gases": ["He", "Ar"]},
        {"shape": "slit", "length_over_radius": 3.0},
        {"shape": "tube", "length_over_height": 3.0},
        {"length_over_radius": 300.0},
        {"accommodation": 0.01},
        {"ensemble": 4},
    ],
)
def test_what_is_no_pore_is_refused(values):
    with pytest.raises(ConfigError):
        check(KnudsenDiffusionConfig, values)
