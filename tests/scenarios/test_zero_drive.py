"""What runs of a finite drive and resolution are beside linear theory, and what they tend to."""

from types import SimpleNamespace

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.statistics import Measured
from knudsen.core.results import Estimate
from knudsen.scenarios.couette import CouetteConfig
from knudsen.scenarios.gas_flow.ducts import flow_lost, heat_lost
from knudsen.scenarios.gas_flow.flow import Run, kinetic_theory, scale_of
from knudsen.scenarios.gas_flow.run import Prediction
from knudsen.scenarios.gas_flow.zero_drive import at_zero_drive, even_fit
from knudsen.scenarios.loading import check
from knudsen.scenarios.poiseuille import PoiseuilleConfig, gradient
from knudsen.scenarios.scenario import SweepPoint
from knudsen.scenarios.thermal_creep import SCENARIO, ThermalCreepConfig

SIGMAS = 4


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
    slow, fast = beside(run, Prediction(2.0, 2.0, 0.015)), beside(run, Prediction(2.0, 2.0, 0.03))
    assert slow.gated
    assert slow.theory_error == pytest.approx(0.015, rel=0.01)
    assert slow.theory_source.endswith(", to first order in the drive")
    assert not fast.gated
    assert fast.theory_kind == "asymptotic"


def test_a_force_takes_no_more_of_the_heat_flux_than_its_size(tmp_path):
    """Molecules slow to cross: no less than a third of the size either, which is the control."""
    values = {"method": "direct", "delta": 0.3, "pressure_gradient": 0.25, "particles_per_cell": 100}
    creep = finished(SCENARIO, tmp_path, **values, steps=1500, transient_steps=300).estimate("creep_rate")
    lost, error = 1 - creep.value / creep.theory, creep.stderr / creep.theory
    size = heat_lost(0.3, 0.25)
    assert not creep.gated
    assert 0.3 < size < 0.4
    assert error < 0.04
    assert size / 3 + SIGMAS * error < lost < size + SIGMAS * error


@pytest.mark.parametrize("geometry", ["channel", "tube"])
@pytest.mark.parametrize("delta", [0.1, 2.0, 50.0])
def test_a_flow_loses_by_the_speed_it_is_driven_at(geometry, delta):
    """The work of a force heats a gas as the square of u / v0: in a tube, of delta / 4 and not delta / 6."""
    config = check(PoiseuilleConfig, {"geometry": geometry, "delta": delta, "speed_ratio": 0.1})
    force = gradient(config, scale_of(config))
    size = flow_lost(delta, force, config.tube)
    assert size >= 0.2 * 0.1**2 * (1 - 1e-12)
    assert size == pytest.approx(0.2 * 0.1**2, rel=0.02) or delta < 50
    viscous = delta / (4 if config.tube else 6)
    assert force == pytest.approx(2 * 0.1 / viscous, rel=1.5 / viscous)


def test_a_force_too_strong_for_its_heat_flux_is_said():
    strong = {"method": "direct", "delta": 0.1}
    (said,) = SCENARIO.warnings(check(ThermalCreepConfig, strong))
    assert "pressure_gradient 0.1 at delta 0.1 may change the heat flux" in said
    for silent in ({**strong, "pressure_gradient": 0.01}, {**strong, "method": "low_signal"}):
        assert SCENARIO.warnings(check(ThermalCreepConfig, silent)) == ()


def square(drive):
    return 0.03 * drive**2


def points(value, drives, size=square, kind="numerical"):
    """A sweep over speed_ratio of runs whose numbers are value(drive), by theory whose error holds size."""
    found = []
    for drive in drives:
        estimate = Estimate("ratio", value(drive), 0.003, "1", 1.0, np.hypot(0.002, size(drive)), kind)
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
    assert value.gated
    assert 0.002 < value.theory_error < 0.01  # without the drive's part
    assert value.deviation == pytest.approx(-0.02 / np.hypot(value.stderr, value.theory_error))


def slow_to_cross(knee, part):
    """What a force takes of molecules that are slow to cross: g^2 / (1 + g^2), g = drive / knee."""
    return lambda drive: part * (drive / knee) ** 2 / (1 + (drive / knee) ** 2)


def saturated(drive):
    return 1 - np.exp(-(drive**2))


SWEEPS = [(0.5, 1.0), (0.25, 0.5, 1.0), (0.1, 0.3), (0.1, 0.25, 0.5), (0.25, 0.5, 1.0, 2.0), (0.5, 0.6, 0.7)]


@pytest.mark.parametrize("drives", SWEEPS)
@pytest.mark.parametrize(
    "lost, size",
    [
        (saturated, saturated),
        (saturated, square),
        (slow_to_cross(1.0, 1.0), square),
        (slow_to_cross(1.0, 1.0), slow_to_cross(1.0, 1.0)),
        (slow_to_cross(0.6, 2.0), slow_to_cross(0.6, 2.0)),
        (slow_to_cross(0.2, 0.11), slow_to_cross(0.2, 0.11)),
    ],
)
@pytest.mark.parametrize("kind", ["asymptotic", "numerical"])
def test_the_limit_is_not_refuted_by_what_no_polynomial_holds(drives, lost, size, kind):
    """Theory is 1, and right: the points are without noise, but tend to it by another law than the fit's."""
    value, _ = at_zero_drive(CouetteConfig, points(lambda drive: 1 - lost(drive), drives, size, kind))
    assert abs(value.deviation) < 2 or not value.gated, value
    assert value.theory_kind == ("numerical" if value.theory_error <= 0.01 else "asymptotic")


def test_a_limit_far_from_theory_is_refuted():
    """The control: a clean square law that ends 5 % low, of points each beside theory alone."""
    swept = points(lambda s: 0.95 * (1 - 0.1 * s**2), (0.25, 0.5, 1.0, 2.0), kind="asymptotic")
    value, _ = at_zero_drive(CouetteConfig, swept)
    assert value.gated
    assert value.deviation < -5


def test_the_model_of_points_is_the_model_of_their_limit():
    value, _ = at_zero_drive(CouetteConfig, points(lambda s: 1.0, (0.25, 0.5, 1.0), kind="approximate"))
    assert value.theory_kind == "approximate"


def test_the_error_at_no_drive_is_the_spread_of_redrawn_points():
    squares, error = np.array([0.1, 0.5, 1.0, 2.0]), np.array([0.04, 0.02, 0.01, 0.005])
    true = 1 + 0.1 * squares + 0.02 * squares**2
    noise = np.random.default_rng(1).normal(size=(4000, 4)) * error
    found = [even_fit(squares, true + each, error, 3)[0][0] for each in noise]
    expected = np.sqrt(even_fit(squares, true, error, 3)[1][0, 0])
    assert np.std(found) == pytest.approx(expected, rel=0.05)
    assert abs(np.mean(found) - 1) < 4 * expected / np.sqrt(4000)


def test_other_sweeps_have_no_limit_of_the_drive():
    assert at_zero_drive(CouetteConfig, ()) == []
    two = points(lambda s: 1.0, (0.5, 0.5))
    assert at_zero_drive(CouetteConfig, two) == []  # a sweep over another key
    low = points(lambda s: 1.0, (0.25, 0.5))
    low[0].result.resolution["method"] = "low_signal"
    assert at_zero_drive(CouetteConfig, low) == []
