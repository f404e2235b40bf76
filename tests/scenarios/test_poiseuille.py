"""Poiseuille flow and thermal creep along ducts, small; the defaults run in `knudsen validate`."""

from types import SimpleNamespace

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.binary_flows import binary_channel
from knudsen.analysis.transition.free_molecular import tube_flow_coefficients
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.core.gases import Mixture
from knudsen.core.results import Estimate
from knudsen.scenarios import poiseuille, thermal_creep
from knudsen.scenarios.gas_flow.minimum import knudsen_minimum
from knudsen.scenarios.scenario import SweepPoint

SIGMAS = 4
WALL = {"delta": 2.0, "accommodation": 0.8}
SMALL = {"particles_per_cell": 40, "steps": 900}


def hold(result, bounds):
    """Estimates are within their errors of theory, and these within their bounds [of theory]."""
    for name, most in bounds.items():
        estimate = result.estimate(name)
        assert estimate.gated
        assert abs(estimate.deviation) < SIGMAS, estimate
        assert estimate.stderr < most * estimate.theory, estimate


def test_a_force_drives_what_theory_says(tmp_path):
    result = finished(poiseuille.SCENARIO, tmp_path, **WALL, **SMALL)
    hold(result, {"flow_rate": 0.01, "slip_coefficient": 0.012})
    rate = result.estimate("flow_rate")
    assert rate.theory == pytest.approx(hard_sphere_channel(2.0, 0.8).G_P, rel=1e-5)
    # The control: a wall that accommodates all.
    assert abs(rate.value - hard_sphere_channel(2.0, 1.0).G_P) > SIGMAS * rate.stderr
    poiseuille.SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "velocity.png").exists()


def test_a_gas_creeps_to_the_hot_end_as_theory_says(tmp_path):
    result = finished(thermal_creep.SCENARIO, tmp_path, **WALL, particles_per_cell=60, steps=1800)
    hold(result, {"creep_rate": 0.04, "pressure_exponent": 0.04, "flow_rate": 0.015})
    creep = result.estimate("creep_rate")
    assert creep.theory == pytest.approx(hard_sphere_channel(2.0, 0.8).G_T, rel=1e-4)
    assert abs(creep.value - hard_sphere_channel(3.0, 0.8).G_T) > SIGMAS * creep.stderr  # the control
    assert abs(creep.value + creep.theory) > SIGMAS * creep.stderr  # and it goes to the hot end


@pytest.mark.parametrize("scenario", [poiseuille.SCENARIO, thermal_creep.SCENARIO])
def test_a_mixture_is_driven_in_the_frame_of_its_moles(tmp_path, scenario):
    """McCormack's model, good to percents; the mass-average velocity and its heat flux are the control."""
    values = {"gases": ["He", "Ar"], "delta": 0.3, "particles_per_cell": 40}
    result = finished(scenario, tmp_path, **values, steps=1500, transient_steps=400)
    expected = binary_channel(Mixture(["He", "Ar"], "hs"), 0.5, 0.3)
    rate = result.estimate("flow_rate")
    moles, mass = (result.profile(name).value.mean() for name in ("molar_velocity", "velocity"))
    diffusion = rate.value * (1 - mass / moles)  # (v* - v) in units of G_P
    found = [(rate, expected.Lambda_PP, diffusion, 0.03)]
    if scenario is thermal_creep.SCENARIO:
        found.append((result.estimate("creep_rate"), -expected.Lambda_PT, 5 / 2 * diffusion, 0.07))
    for estimate, theory, in_the_frame_of_mass, most in found:
        tolerance = SIGMAS * estimate.stderr + 0.03 * theory
        assert estimate.theory == pytest.approx(theory, rel=1e-6)
        assert not estimate.gated
        assert abs(estimate.value - theory) < tolerance, estimate
        assert estimate.stderr < most * theory, estimate
        assert abs(estimate.value - in_the_frame_of_mass - theory) > tolerance


def test_nearly_free_molecules_in_a_tube(tmp_path):
    """G_P and, by the heat flux, G_T of a long tube, and less G_P at the Knudsen minimum than there."""
    values = {"geometry": "tube", "knudsen": 100.0, "particles_per_cell": 60, "model": "vss"}
    result = finished(thermal_creep.SCENARIO, tmp_path, **values, steps=1500, transient_steps=300)
    flow, creep = tube_flow_coefficients()
    for name, expected, most in (("flow_rate", flow, 0.03), ("creep_rate", creep, 0.08)):
        estimate = result.estimate(name)
        assert estimate.theory is None
        # 3 % less, by the few collisions at Kn = 100.
        assert abs(estimate.value - expected) < SIGMAS * estimate.stderr + 0.03 * expected, estimate
        assert estimate.stderr < most * expected, estimate


def sweep(rates, kind="numerical", theory_error=0.0):
    points = []
    for delta, rate in rates.items():
        estimate = Estimate("flow_rate", rate, 0.001, "1", rate + 0.001, theory_error, kind, "theory")
        result = SimpleNamespace(estimate=lambda name, estimate=estimate: estimate)
        points.append(SweepPoint({"delta": delta}, result))
    return points


def test_the_minimum_of_a_sweep_is_that_of_its_parabola():
    deltas = [0.3, 0.6, 1.0, 1.8, 3.0, 10.0]
    parabola = {delta: 1.5 + 0.08 * np.log(delta / 1.05) ** 2 for delta in deltas}
    at, least = knudsen_minimum(sweep(parabola))
    assert (at.name, least.name) == ("minimum_delta", "minimum_flow_rate")
    assert at.value == pytest.approx(1.05)
    assert least.value == pytest.approx(1.5)
    assert 0 < least.stderr < 0.002 < at.stderr < 0.05
    assert least.theory == pytest.approx(1.501)
    assert at.gated
    assert at.theory_error == pytest.approx(0, abs=1e-9)


def test_the_minimum_has_its_theorys_kind_and_error():
    parabola = {delta: 1.4 + 0.08 * np.log(delta / 0.3) ** 2 for delta in (0.1, 0.2, 0.4, 0.8)}
    at, least = knudsen_minimum(sweep(parabola, "approximate", 0.002))
    assert not at.gated
    assert at.theory == pytest.approx(0.3)
    assert least.theory_error == pytest.approx(2 * least.stderr, rel=0.1)


def test_a_sweep_without_a_minimum_gives_none():
    assert knudsen_minimum(sweep({1.0: 1.5, 2.0: 1.6, 3.0: 1.7, 4.0: 1.8})) == []
    assert knudsen_minimum(sweep({0.5: 1.6, 1.0: 1.5, 3.0: 1.7})) == []


@pytest.mark.parametrize("gases", [["Ar"], ["He", "Ar"]])
def test_curves_join_their_limits(gases):
    config = poiseuille.PoiseuilleConfig(gases=gases)
    exact, slip, free = poiseuille.curves(config, "delta", [2e-3, 100.0])["flow_rate"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=5e-3)
    np.testing.assert_allclose(exact.value[1], slip.value[1], rtol=2e-3)
    config = thermal_creep.ThermalCreepConfig(gases=gases)
    exact, slip, free = thermal_creep.curves(config, "delta", [1e-3, 100.0])["pressure_exponent"]
    np.testing.assert_allclose(exact.value[1], slip.value[1], rtol=2e-2)
    assert abs(exact.value[0] - free.value[0]) < 0.07
