"""What runs of a finite drive and resolution are beside linear theory, and what they tend to."""

from types import SimpleNamespace

import numpy as np
import pytest

from knudsen.analysis.statistics import Measured
from knudsen.core.results import Estimate
from knudsen.scenarios.couette import CouetteConfig
from knudsen.scenarios.gas_flow.ducts import flow_lost, heat_lost
from knudsen.scenarios.gas_flow.flow import Run, kinetic_theory, scale_of
from knudsen.scenarios.gas_flow.run import Prediction
from knudsen.scenarios.gas_flow.zero_drive import at_zero_drive, even_fit
from knudsen.scenarios.loading import check
from knudsen.scenarios.poiseuille import PoiseuilleConfig
from knudsen.scenarios.scenario import SweepPoint
from knudsen.scenarios.thermal_creep import SCENARIO, ThermalCreepConfig


def run_of(Config, **values):
    config = check(Config, values)
    scale = scale_of(config)
    return Run(config, scale, None, kinetic_theory(config, scale), 0)


def beside(run, predicted, value=2.0):
    return run.beside("number", "1", Measured(np.array(value), np.full(20, value)), predicted)


def test_cells_steps_and_few_molecules_are_taken_off_once():
    """0.9 % of viscosity lowers G_P = 1.95 at delta = 5 by 0.9 % of d G_P / d ln delta = 0.73."""
    coarse = run_of(PoiseuilleConfig, method="direct", delta=5.0, particles_per_cell=100, timestep=3.56e-11)
    predicted = coarse.predict(lambda flow: flow.G_P, 0.0)
    excess = coarse.scale.expected_excess(100)["viscosity"]
    assert 0.008 < excess < 0.011
    low = predicted.value - predicted.resolved
    assert low == pytest.approx(0.73 * excess, rel=0.02)
    found = beside(coarse, predicted, predicted.resolved)
    assert found.value == pytest.approx(found.theory)  # what was measured is the gas of the run
    assert found.theory_error == pytest.approx(low / 4, rel=0.01)
    fine = run_of(PoiseuilleConfig, method="direct", delta=5.0)
    assert fine.scale.expected_excess(200)["viscosity"] < excess / 3
    assert coarse.resolution["expected_excess"]["viscosity"] == excess


def test_low_signals_have_neither():
    run = run_of(PoiseuilleConfig, delta=2.0)
    assert run.rarefaction() == run.scale.delta
    found = beside(run, Prediction(2.0, 2.0, 0.5))
    assert found.gated
    assert found.theory_error < 5e-4 * found.theory
    assert "drive" not in found.theory_source


def test_a_fast_drive_is_beside_theory_that_does_not_test_it():
    run = run_of(CouetteConfig, method="direct", delta=2.0)
    slow, fast = beside(run, Prediction(2.0, 2.0, 0.02)), beside(run, Prediction(2.0, 2.0, 0.2))
    assert slow.gated
    assert slow.theory_error == pytest.approx(0.02, rel=0.01)
    assert slow.theory_source.endswith(", to first order in the drive")
    assert not fast.gated
    assert fast.theory_kind == "asymptotic"


@pytest.mark.parametrize(
    "size, delta, gradient, lost",
    [
        (flow_lost, 0.1, 0.132, 0.016),
        (flow_lost, 0.5, 0.316, 0.021),
        (flow_lost, 2.0, 0.273, 0.008),
        (flow_lost, 5.0, 0.429, 0.035),
        (heat_lost, 0.1, 0.1, 0.30),
        (heat_lost, 0.3, 0.25, 0.33),
        (heat_lost, 1.0, 0.25, 0.098),
        (heat_lost, 2.0, 0.5, 0.24),
    ],
)
def test_what_a_force_was_seen_to_take_is_within_its_size(size, delta, gradient, lost):
    """By the runs of docs/scenarios.md."""
    assert lost < size(delta, gradient) < 3 * lost


def test_tubes_lose_less():
    """X = 0.1: 25(2) % of the heat flux at delta = 0.01, 1.3(16) % at 0.1."""
    assert 0.25 < heat_lost(0.01, 0.1, tube=True) < 0.5
    assert 0.013 < heat_lost(0.1, 0.1, tube=True) < 0.07


def test_a_force_too_strong_for_its_heat_flux_is_said():
    strong = {"method": "direct", "delta": 0.1}
    (said,) = SCENARIO.warnings(check(ThermalCreepConfig, strong))
    assert "pressure_gradient 0.1 at delta 0.1 may change the heat flux" in said
    for silent in ({**strong, "pressure_gradient": 0.02}, {**strong, "method": "low_signal"}):
        assert SCENARIO.warnings(check(ThermalCreepConfig, silent)) == ()


def points(value, drives, **changes):
    """A sweep over speed_ratio of runs whose numbers are value(drive)."""
    found = []
    for drive in drives:
        theory = {"theory": 1.0, "theory_error": np.hypot(0.002, 0.03 * drive**2), "theory_kind": "numerical"}
        estimate = Estimate("ratio", value(drive), 0.003, "1", **{**theory, **changes})
        config = check(CouetteConfig, {"method": "direct", "speed_ratio": drive}).model_dump(mode="json")
        result = SimpleNamespace(
            estimates=[estimate], estimate=lambda name, one=estimate: one, config=config,
            resolution={"method": "direct"},
        )  # fmt: skip
        found.append(SweepPoint({"speed_ratio": drive}, result))
    return found


@pytest.mark.parametrize("drives", [(0.25, 0.5), (0.25, 0.5, 1.0, 2.0)])
def test_a_sweep_tends_to_its_polynomial_at_no_drive(drives):
    fourth = 0.003 if len(drives) > 3 else 0.0
    swept = points(lambda s: 0.98 * (1 + 0.02 * s**2 + fourth * s**4), drives)
    value, slope = at_zero_drive(CouetteConfig, swept)
    assert (value.name, slope.name) == ("ratio_at_zero_drive", "ratio_second_order")
    assert value.value == pytest.approx(0.98)
    assert slope.value == pytest.approx(0.02)
    assert 0.003 / np.sqrt(len(drives)) < value.stderr < 0.006
    assert value.theory_error == pytest.approx(0.002)  # without the drive's part
    assert value.deviation == pytest.approx(-0.02 / np.hypot(value.stderr, 0.002))


def test_the_error_at_no_drive_is_the_spread_of_redrawn_points():
    squares, error = np.array([0.1, 0.5, 1.0, 2.0]), np.array([0.04, 0.02, 0.01, 0.005])
    true = 1 + 0.1 * squares + 0.02 * squares**2
    noise = np.random.default_rng(1).normal(size=(4000, 4)) * error
    found = [even_fit(squares, true + each, error)[0][0] for each in noise]
    expected = np.sqrt(even_fit(squares, true, error)[1][0, 0])
    assert np.std(found) == pytest.approx(expected, rel=0.05)
    assert abs(np.mean(found) - 1) < 4 * expected / np.sqrt(4000)


def test_other_sweeps_have_no_limit_of_the_drive():
    assert at_zero_drive(CouetteConfig, ()) == []
    two = points(lambda s: 1.0, (0.5, 0.5))
    assert at_zero_drive(CouetteConfig, two) == []  # a sweep over another key
    low = points(lambda s: 1.0, (0.25, 0.5))
    low[0].result.resolution["method"] = "low_signal"
    assert at_zero_drive(CouetteConfig, low) == []
