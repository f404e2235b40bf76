"""Knudsen diffusion through pores, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from ray_tracing import lord_transmission
from scenario_runs import finished

from knudsen.analysis.transition.clausing import slit_transmission, tube_transmission
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.knudsen_diffusion import SCENARIO, KnudsenDiffusionConfig, curves, pore_of
from knudsen.scenarios.loading import check

SIGMAS = 4
SMALL = {"length_over_radius": 2.0, "particles_per_cell": 12, "steps": 800}


def lands(estimate, most):
    """Whether it is within 4 standard errors of a theory that gates it, and known well enough."""
    assert estimate.gated
    assert abs(estimate.deviation) < SIGMAS, estimate
    assert estimate.stderr < most * estimate.theory, estimate
    return True


@pytest.fixture(scope="module")
def tube(tmp_path_factory):
    return finished(SCENARIO, tmp_path_factory.mktemp("tube"), **SMALL)


def test_marks_pass_a_tube_as_clausing_says(tube):
    assert lands(tube.estimate("transmission"), 0.004)
    assert lands(tube.estimate("knudsen_diffusivity"), 0.02)
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
    values = {"shape": "slit", "length_over_height": 2.0, "accommodation": 0.6, "drive": "pressure"}
    result = finished(SCENARIO, tmp_path, **values, particles_per_cell=12, steps=1500)
    assert lands(result.estimate("transmission"), 0.004)
    assert lands(result.estimate("knudsen_diffusivity"), 0.03)
    W = result.estimate("transmission")
    assert W.theory == slit_transmission(2.0, 0.6)
    assert abs(W.value - slit_transmission(2.0)) > SIGMAS * W.stderr
    SCENARIO.figures(result, tmp_path)
    assert all((tmp_path / f"{name}.svg").exists() for name in ("wall_flux", "density"))


@pytest.mark.parametrize("ratio", [0.4, 3.0])
def test_free_molecules_do_not_feel_the_ratio_of_the_pressures(tmp_path, ratio):
    """W is of the difference of the ends, whichever is the denser one."""
    result = finished(SCENARIO, tmp_path, **SMALL, drive="pressure", pressure_ratio=ratio)
    assert lands(result.estimate("transmission"), 0.015)
    assert lands(result.estimate("knudsen_diffusivity"), 0.1)
    W, density = result.estimate("transmission"), result.profile("density")
    assert W.theory == tube_transmission(2.0)
    # The control: W over what the left reservoir alone sends.
    assert abs(W.value - (1 - ratio) * W.theory) > SIGMAS * W.stderr
    assert np.sign(density.value[-1] - density.value[0]) == np.sign(ratio - 1)


def test_a_hole_in_a_thin_plate_lets_all_through(tmp_path):
    """W = 1 whatever the plate does to what it meets, not that of a plate of 0.05 radii, 0.975."""
    walls = {"normal_accommodation": 0.4, "tangential_accommodation": 1.5}
    result = finished(SCENARIO, tmp_path, shape="orifice", particles_per_cell=12, steps=500, **walls)
    W, D = result.estimate("transmission"), result.estimate("knudsen_diffusivity")
    assert lands(W, 0.005) and lands(D, 0.005)
    assert W.theory == 1
    assert abs(W.value - tube_transmission(0.05)) > SIGMAS * W.stderr
    SCENARIO.figures(result, tmp_path)


def test_a_hole_in_a_thick_plate_between_vessels(tmp_path):
    """W of a plate of 0.2 radii, 0.910, not that of none; the vessels do not count."""
    values = {"shape": "orifice", "length_over_radius": 0.2, "particles_per_cell": 10, "steps": 500}
    result = finished(SCENARIO, tmp_path, **values, cells=2)
    W = result.estimate("transmission")
    assert lands(W, 0.01)
    assert W.theory == tube_transmission(0.2)
    assert abs(W.value - 1) > SIGMAS * W.stderr


def test_collisions_in_the_vessels_count():
    """At Kn = 110 they keep some 0.4 % of the marks from a hole, whose theory is then no test of a run."""
    for knudsen, kind in ((110.0, "asymptotic"), (1e6, "exact")):
        assert pore_of(KnudsenDiffusionConfig(shape="orifice", knudsen=knudsen)).kind() == kind
    assert pore_of(KnudsenDiffusionConfig(shape="orifice", knudsen=10.0)).opening < 0.03


@pytest.mark.parametrize("walls", [(1.0, 0.5), (0.3, 1.4)])
def test_lords_walls_let_through_what_rays_do(tmp_path, walls):
    """W of rays traced without the engine; Clausing's at alpha = sigma_t is a guide, of none beyond 1."""
    keys = dict(zip(("normal_accommodation", "tangential_accommodation"), walls, strict=True))
    result = finished(SCENARIO, tmp_path, **SMALL, **keys)
    W, (rays, error) = result.estimate("transmission"), lord_transmission(2.0, *walls)
    assert not W.gated
    combined = np.hypot(W.stderr, error)
    assert abs(W.value - rays) < SIGMAS * combined
    assert combined < 0.005 * rays
    assert abs(W.value - tube_transmission(2.0)) > SIGMAS * combined  # the control: diffuse walls
    if walls[1] <= 1:
        assert W.theory == tube_transmission(2.0, walls[1])
        assert abs(W.value / W.theory - 1) < 0.1
    else:
        assert W.theory is None
        assert [estimate.name for estimate in result.estimates] == ["transmission", "knudsen_diffusivity"]


def test_lords_walls_that_scatter_all_are_diffuse():
    config = KnudsenDiffusionConfig(normal_accommodation=1.0, tangential_accommodation=1.0)
    channel = pore_of(config)
    assert channel.kind() == "exact"
    assert channel.free.transmission == tube_transmission(10.0)
    assert (
        pore_of(KnudsenDiffusionConfig(normal_accommodation=0.9, tangential_accommodation=1.0)).kind()
        != "exact"
    )


def test_collisions_slow_marks_by_bosanquets_law(tmp_path):
    """At Kn = 2 a fourth less, which Bosanquet's law tells to 10 %; it gates nothing."""
    values = {"knudsen": 2.0, "length_over_radius": 4.0, "particles_per_cell": 12, "steps": 1500}
    result = finished(SCENARIO, tmp_path, **values, transient_steps=400)
    assert not any(estimate.gated for estimate in result.estimates)
    ratio, W = result.estimate("bosanquet_ratio"), result.estimate("transmission")
    assert abs(ratio.value - 1) < SIGMAS * ratio.stderr + 0.1
    assert ratio.stderr < 0.03
    assert abs(W.value / W.theory - 1) < 0.1
    assert W.value < 0.9 * tube_transmission(4.0)


def test_a_run_that_takes_long_says_so():
    assert not SCENARIO.warnings(KnudsenDiffusionConfig())
    (text,) = SCENARIO.warnings(KnudsenDiffusionConfig(knudsen=0.03))
    assert "hours of a core" in text


@pytest.mark.parametrize("shape", ["tube", "slit", "orifice"])
@pytest.mark.parametrize("drive", ["tracer", "pressure"])
def test_curves_begin_at_free_molecules_and_leave_them(shape, drive):
    config = KnudsenDiffusionConfig(shape=shape, drive=drive)
    for name in ("transmission", "knudsen_diffusivity"):
        law, free, dense = curves(config, "knudsen", [1e6, 1e-3])[name][:3]
        assert law.value[0] == pytest.approx(free.value[0], rel=1e-4)
        assert law.value[1] == pytest.approx(dense.value[1], rel=0.03)


def test_the_flow_through_a_long_tube_is_least_at_knudsens_minimum():
    """Its D is R c / 1.5 of free molecules, c the mean speed, and least at a mean delta near 0.3.

    To that they come by a term of delta ln(delta), some 1e-3 at delta = 2e-4.
    """
    config = KnudsenDiffusionConfig(drive="pressure", pressure_ratio=0.9)
    knudsen = [5000.0, 10.0, 3.0, 1.0, 0.2]
    *_, long = curves(config, "knudsen", knudsen)["knudsen_diffusivity"]
    speed = pore_of(config).speeds[0]
    radii = [pore_of(config.model_copy(update={"knudsen": each})).size for each in knudsen]
    reduced = np.array(long.value) / (speed * np.array(radii))
    assert reduced[0] == pytest.approx(2 / 3, rel=1.5e-3)
    assert np.argmin(reduced) == 2
    assert long.label.startswith("long tube")


@pytest.mark.parametrize(
    "values, path",
    [
        ({"gases": ["He", "Ar"]}, "gases"),
        ({"shape": "slit", "length_over_radius": 3.0}, "length_over_radius"),
        ({"shape": "tube", "length_over_height": 3.0}, "length_over_height"),
        ({"length_over_radius": 300.0}, "length_over_radius"),
        ({"length_over_radius": 0.0}, "length_over_radius"),
        ({"shape": "orifice", "vessel": 0.0}, "vessel"),
        ({"accommodation": 0.01}, "accommodation"),
        (
            {"accommodation": 0.5, "normal_accommodation": 1.0, "tangential_accommodation": 1.0},
            "accommodation",
        ),
        ({"normal_accommodation": 0.5}, "normal_accommodation"),
        ({"ensemble": 4}, "ensemble"),
        ({"pressure_ratio": 0.5}, "pressure_ratio"),
        ({"drive": "pressure", "pressure_ratio": 1.0}, "pressure_ratio"),
    ],
)
def test_what_is_no_pore_is_refused(values, path):
    with pytest.raises(ConfigError) as caught:
        check(KnudsenDiffusionConfig, values)
    assert [fault.path for fault in caught.value.faults] == [path]
