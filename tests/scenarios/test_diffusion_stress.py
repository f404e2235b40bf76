"""Stresses of diffusion from a config to estimates, small; the defaults run in `knudsen validate`."""

from types import SimpleNamespace

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.irreversible.diffusion_anisotropies import maxwell_anisotropies
from knudsen.analysis.statistics import Measured
from knudsen.core.results import Estimate
from knudsen.scenarios.diffusion_stress import SCENARIO, DiffusionStressConfig
from knudsen.scenarios.diffusion_stress.counterdiffusion import Flow, anisotropies
from knudsen.scenarios.diffusion_stress.kinetic import fields_of, is_isotropic, steady_line
from knudsen.scenarios.diffusion_stress.layers import depth, readings
from knudsen.scenarios.diffusion_stress.scale import scale_of, steps_of, transient_of
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.loading import check
from knudsen.scenarios.scenario import SweepPoint

SIGMAS = 4
PARTS = ("A", "B", "mixture")
SMALL = {"ensemble": 16, "particles_per_cell": 2000}


@pytest.fixture(scope="module")
def driven(tmp_path_factory):
    return finished(SCENARIO, tmp_path_factory.mktemp("driven"), mass_ratio=4.0, **SMALL)


def names(result):
    return [estimate.name for estimate in result.estimates]


def test_driven_maxwell_molecules_stand_at_the_moment_equations(driven):
    for name in names(driven):
        estimate = driven.estimate(name)
        assert estimate.theory_kind == "exact"
        assert abs(estimate.deviation) < SIGMAS, (name, estimate)
        assert estimate.stderr < 0.03 * (estimate.theory if name == "drift_speed" else 1), (name, estimate)


def test_the_theory_is_that_of_the_closed_form(driven):
    expected = maxwell_anisotropies(4.0, 0.5)
    for part in PARTS:
        theory = driven.estimate(f"stress_anisotropy_{part}").theory
        assert theory == pytest.approx(expected[f"driven_anisotropy_{part}"], rel=1e-9)


def test_another_mass_ratio_or_a_gas_that_diffuses_is_seen(driven):
    """The controls: equal masses; counterdiffusion, whose species are squeezed where these are stretched."""
    measured = driven.estimate("stress_anisotropy_A")
    for other in (
        maxwell_anisotropies(1.0, 0.5)["driven_anisotropy_A"],
        maxwell_anisotropies(4.0, 0.5)["counterdiffusion_anisotropy_A"],
    ):
        assert abs(measured.value - other) > SIGMAS * measured.stderr


def test_the_transient_is_not_the_steady_state(driven):
    """The control of the transient: were it steady, its means would be the steady ones."""
    for part in PARTS:
        early = driven.estimate(f"transient_anisotropy_{part}")
        assert abs(early.value - driven.estimate(f"stress_anisotropy_{part}").theory) > SIGMAS * early.stderr
    measured, theory = (driven.profile(f"stress_anisotropy_mixture{end}") for end in ("", "_theory"))
    apart = (measured.value - theory.value) / measured.stderr
    assert np.abs(apart).max() < 6  # of some ten independent times


def test_a_figure_is_drawn(driven, tmp_path):
    SCENARIO.figures(driven, tmp_path)
    assert (tmp_path / "stress_anisotropy.svg").exists()


def test_the_last_steps_alone_are_steady_where_the_rest_are_left_out(tmp_path):
    values = {"steps": 419, "transient_steps": 418, "ensemble": 16, "particles_per_cell": 25}
    result = finished(SCENARIO, tmp_path, **values)
    last = result.profile("drift_speed").position[-1]
    assert result.resolution["steady_from"] == last
    assert np.isfinite(result.estimate("stress_anisotropy_A").value)


@pytest.fixture(scope="module")
def equal_masses(tmp_path_factory):
    values = {"mass_ratio": 1.0, "knudsen": 0.2, "steps": 900, "transient_steps": 200, "ensemble": 16}
    return finished(SCENARIO, tmp_path_factory.mktemp("null"), mode="counterdiffusion", **values)


def test_equal_masses_leave_the_mixture_isotropic_but_not_the_species(equal_masses):
    """At any Knudsen number: the two gases together are one gas in equilibrium."""
    mixture = equal_masses.estimate("stress_anisotropy_mixture")
    assert mixture.gated and mixture.theory == 0
    assert abs(mixture.deviation) < SIGMAS
    assert mixture.stderr < 0.06
    for part in "AB":
        own = equal_masses.estimate(f"stress_anisotropy_{part}")
        assert own.value < -SIGMAS * own.stderr


@pytest.fixture(scope="module")
def short_slab(tmp_path_factory):
    values = {"knudsen": 0.5, "steps": 1000, "ensemble": 16}
    return finished(SCENARIO, tmp_path_factory.mktemp("short"), mode="counterdiffusion", **values)


def test_a_slab_that_is_all_layers_stands_at_the_boltzmann_equation(short_slab, tmp_path):
    drift = short_slab.estimate("drift_speed")
    assert drift.value == pytest.approx(drift.theory, rel=0.01)
    for name in (f"stress_anisotropy_{part}" for part in PARTS):
        estimate = short_slab.estimate(name)
        assert estimate.theory_kind == "numerical"
        assert abs(estimate.deviation) < SIGMAS, (name, estimate)
        assert estimate.stderr < 0.05 * abs(estimate.theory), (name, estimate)
    mixture = short_slab.estimate("stress_anisotropy_mixture")
    closed = (
        short_slab.profile("stress_anisotropy_mixture_theory").value[8:12].mean()
    )  # the control: of a bulk
    assert mixture.value < closed - SIGMAS * mixture.stderr
    SCENARIO.figures(short_slab, tmp_path)
    assert (tmp_path / "stress_anisotropy.png").exists()


def test_layers_are_near_their_theory(short_slab):
    """To the percents to which polynomials converge at the ends; A's is negative where A flows in."""
    for name, percent in (("layer_amplitude_A_left", 6), ("layer_reach_A_left", 6)):
        estimate = short_slab.estimate(name)
        assert estimate.theory_kind == "approximate"
        error = SIGMAS * estimate.stderr + percent / 100 * abs(estimate.theory)
        assert abs(estimate.value - estimate.theory) < error, (name, estimate)
        assert abs(estimate.value) > 10 * estimate.stderr


@pytest.mark.parametrize("mass_ratio, of_it", [(1.0, 1.0), (10.0, 1.0), (10.0, 0.98)])
def test_the_error_of_the_closed_form_holds_the_higher_orders_that_it_leaves_out(mass_ratio, of_it):
    """Of a slab without scatter, as the Boltzmann equation has it; the control, one of 2 % less stress."""
    values = {"mode": "counterdiffusion", "mass_ratio": mass_ratio}
    scale = scale_of(check(DiffusionStressConfig, values))
    slab = fields_of(scale, (1.0, 0.0), degree=9, grid=320)
    slab = slab._replace(anisotropy=of_it * slab.anisotropy)
    fields = {key: Measured(value, np.stack([value] * 3)) for key, value in slab._asdict().items()}
    estimate = next(anisotropies(Flow(scale, (1.0, 0.0), fields, depth(scale), 0)))
    assert (estimate.name, estimate.theory_kind) == ("stress_anisotropy_A", "exact")
    assert estimate.stderr < 1e-12 and 0 < estimate.theory_error < 0.002 * abs(estimate.theory)
    assert (abs(estimate.deviation) < SIGMAS) == (of_it == 1)


def test_the_start_has_the_slips_of_a_steady_flow():
    scale = scale_of(check(DiffusionStressConfig, {"mode": "counterdiffusion"}))
    left, right = steady_line(scale, (1.0, 0.0))
    assert (left, right) == pytest.approx((0.968, 0.101), abs=2e-3)  # steady DSMC, fitted over its bulk
    even = scale_of(check(DiffusionStressConfig, {"mode": "counterdiffusion", "mass_ratio": 1.0}))
    assert sum(steady_line(even, (1.0, 0.0))) == pytest.approx(1)


@pytest.mark.parametrize("knudsen", [0.01, 0.03, 0.1, 1.0])
def test_a_slab_of_any_size_costs_minutes(knudsen):
    config = check(DiffusionStressConfig, {"mode": "counterdiffusion", "knudsen": knudsen})
    scale = scale_of(config)
    molecules = config.ensemble * scale.cells * scale.particles_per_cell
    assert molecules * steps_of(config) < 6e9
    assert steps_of(config) >= 1.5 * transient_of(config)


def test_the_story_is_drawn_of_a_sweep(driven, equal_masses, short_slab, tmp_path):
    SCENARIO.sweep_figures([SweepPoint({}, each) for each in (driven, short_slab)], tmp_path)
    assert not list(tmp_path.iterdir())  # a single slab has none
    SCENARIO.sweep_figures([SweepPoint({}, each) for each in (driven, short_slab, equal_masses)], tmp_path)
    assert (tmp_path / "story.svg").exists()


def test_without_collisions_the_stresses_are_those_of_two_streams(tmp_path):
    values = {"knudsen": 300.0, "steps": 900, "transient_steps": 300, "ensemble": 16, "cells": 20}
    result = finished(SCENARIO, tmp_path, mode="counterdiffusion", **values)
    for part, bulk in zip(PARTS, (-0.683, -0.068, -0.252), strict=True):
        estimate = result.estimate(f"stress_anisotropy_{part}")
        assert estimate.theory_kind == "asymptotic"
        assert abs(estimate.deviation) < SIGMAS, estimate
        assert abs(estimate.value - bulk) > SIGMAS * estimate.stderr  # the control


def test_other_molecules_have_an_estimate_alone(tmp_path):
    result = finished(
        SCENARIO, tmp_path, gases=["Ar", "He"], model="vss", steps=500, transient_steps=200, **SMALL
    )
    for part in PARTS:
        estimate = result.estimate(f"stress_anisotropy_{part}")
        assert estimate.theory_kind == "approximate"
        assert estimate.theory > 0
    drift = result.estimate("drift_speed")
    assert drift.value == pytest.approx(drift.theory, rel=0.1)
    SCENARIO.figures(result, tmp_path)


def test_model_maxwell_molecules_collide_at_one_rate():
    for mass_ratio in (1.0, 10.0):
        rates = scale_of(check(DiffusionStressConfig, {"mass_ratio": mass_ratio})).rates
        np.testing.assert_allclose(rates.momentum, rates.momentum[0, 0], rtol=1e-12)


def test_a_sweep_of_knudsen_numbers_goes_from_bulk_to_free_molecules():
    lines = SCENARIO.curves(
        check(DiffusionStressConfig, {"mode": "counterdiffusion"}), "knudsen", [0.1, 10.0]
    )
    whole, bulk, free = lines["stress_anisotropy_A"]
    assert whole.value[0] == pytest.approx(bulk.value[0], rel=0.02)
    assert whole.value[1] == pytest.approx(free.value[1], rel=0.05)
    assert bulk.value[1] != pytest.approx(free.value[1], rel=0.5)


def test_curves_are_the_closed_forms():
    for mode in ("driven", "counterdiffusion"):
        config = check(DiffusionStressConfig, {"mode": mode})
        found = SCENARIO.curves(config, "mass_ratio", [1.0, 10.0])
        for part in PARTS:
            (line,) = found[f"stress_anisotropy_{part}"]
            expected = [
                maxwell_anisotropies(ratio, 0.5)[f"{mode}_anisotropy_{part}"] for ratio in (1.0, 10.0)
            ]
            assert line.value == pytest.approx(expected, rel=1e-9, abs=1e-12)


def sweep(key, anisotropy, exact=False):
    """Points of drift speeds 1, 2, 4 whose stress is so many n m_r w^2."""

    def point(drift):
        found = {"drift_speed": Estimate("drift_speed", drift, 0.0, "m s-1", drift if exact else None)}
        for part, sign in zip(PARTS, (-1, 1, 1), strict=True):
            name = f"stress_anisotropy_{part}"
            found[name] = Estimate(name, sign * anisotropy(drift), 0.01, "1", sign * anisotropy(drift))
        return SweepPoint({key: drift}, SimpleNamespace(estimate=found.__getitem__))

    return [point(drift) for drift in (1.0, 2.0, 4.0)]


def test_the_exponent_is_two_where_the_anisotropy_does_not_change():
    (exponent,) = SCENARIO.sweep_estimates(sweep("drift", lambda drift: 0.3))
    assert exponent.name == "scaling_exponent"
    assert exponent.theory == 2
    assert exponent.value == pytest.approx(2)
    (linear,) = SCENARIO.sweep_estimates(sweep("drift", lambda drift: 0.3 / drift))
    assert linear.value == pytest.approx(1)
    assert not SCENARIO.sweep_estimates(sweep("mass_ratio", lambda drift: 0.3))


def test_the_exponent_of_unlike_slabs_stands_beside_that_of_their_theory():
    (exponent,) = SCENARIO.sweep_estimates(sweep("knudsen", lambda drift: 0.3 * drift**-0.1, exact=True))
    assert exponent.theory == pytest.approx(1.9)
    assert exponent.theory_kind == "numerical"


@pytest.mark.parametrize(
    "values, path",
    [
        ({"gases": ["Ar", "He"], "mass_ratio": 2.0}, "gases and mass_ratio"),
        ({"gases": ["Ar"]}, "gases"),
        ({"model": "lj"}, "model"),
        ({"x_left": 0.2, "x_right": 0.4}, "x_right"),
        ({"x_left": 1.0}, "x_left"),
        ({"mode": "counterdiffusion", "x_left": 0.5, "x_right": 0.5}, "x_right"),
        ({"mode": "counterdiffusion", "drift": 0.5}, "drift"),
        ({"mode": "counterdiffusion", "cells": 10}, "cells"),
        ({"mode": "counterdiffusion", "knudsen": 5.0, "cells": 2}, "cells"),
        ({"mode": "counterdiffusion", "knudsen": 5.0, "cells": 3}, "cells"),
        ({"mode": "counterdiffusion", "model": "hs", "cells": 3}, "cells"),
        ({"cells": 10}, "cells"),
        ({"subcells": 2}, "subcells"),
        ({"steps": 50}, "steps"),
        ({"ensemble": 4}, "ensemble"),
    ],
)
def test_faults_are_named(values, path):
    with pytest.raises(ConfigError) as caught:
        check(DiffusionStressConfig, values)
    assert path in [fault.path for fault in caught.value.faults]


@pytest.mark.parametrize(
    "values", [{"cells": 34}, {"knudsen": 5.0, "cells": 10}, {"model": "hs", "cells": 10}, {"knudsen": 300.0}]
)
def test_the_fewest_cells_leave_layers_and_a_line_to_read(values):
    """Cells of a mean free path; of molecules whose layers are not read, wider ones."""
    scale = scale_of(check(DiffusionStressConfig, {"mode": "counterdiffusion", **values}))
    slab = fields_of(scale, (1.0, 0.0), degree=5, grid=80)
    read = dict(readings(scale)) if is_isotropic(scale) else {}
    assert np.isfinite([reading(slab) for reading in read.values()]).all()
    assert np.isfinite(steady_line(scale, (1.0, 0.0))).all()
