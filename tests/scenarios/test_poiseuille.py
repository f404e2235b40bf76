"""Poiseuille flow and thermal creep along ducts, small; the defaults run in `knudsen validate`."""

from types import SimpleNamespace

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.binary_flows import binary_channel
from knudsen.analysis.transition.free_molecular import tube_flow_coefficients
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.analysis.transition.tube import round_tube
from knudsen.core.gases import Mixture
from knudsen.core.results import Estimate
from knudsen.scenarios import poiseuille, thermal_creep
from knudsen.scenarios.gas_flow import flow
from knudsen.scenarios.gas_flow.minimum import knudsen_minimum
from knudsen.scenarios.loading import check
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
    """G_P and, by the heat flux, G_T at Kn = 100, where collisions take 2 and 4 % and no model misses 1 %."""
    values = {"geometry": "tube", "knudsen": 100.0, "particles_per_cell": 60, "model": "vss"}
    result = finished(thermal_creep.SCENARIO, tmp_path, **values, steps=1500, transient_steps=300)
    for name, free, most in zip(
        ("flow_rate", "creep_rate"), tube_flow_coefficients(), (0.03, 0.08), strict=True
    ):
        estimate = result.estimate(name)
        assert estimate.theory_kind == "approximate"
        assert 0.94 * free < estimate.theory < 0.985 * free
        tolerance = SIGMAS * estimate.stderr + 0.01 * free
        assert abs(estimate.value - estimate.theory) < tolerance, estimate
        assert estimate.stderr < most * free, estimate
        assert abs(estimate.value - 1.5 * estimate.theory) > tolerance  # the control
    curve = next(profile for profile in result.profiles if profile.name == "velocity_theory")
    rings = np.diff(np.linspace(0, 1, len(curve.value) + 1) ** 2)
    config = check(thermal_creep.ThermalCreepConfig, values)
    driven = config.pressure_gradient * flow.scale_of(config).speed / 2
    assert curve.value @ rings == pytest.approx(result.estimate("flow_rate").theory * driven, rel=2e-3)


def theory_in_tube(**values):
    config = check(poiseuille.PoiseuilleConfig, {"geometry": "tube", **values})
    return flow.kinetic_theory(config, flow.scale_of(config))


def test_theory_in_a_tube_is_as_good_as_it_says():
    """Free molecules are exact but for what collisions take; a model elsewhere, of one gas, up to a limit."""
    free, near = theory_in_tube(delta=5e-4), theory_in_tube(delta=2e-3)
    assert (free.kind, near.kind) == ("exact", "approximate")
    assert tube_flow_coefficients() == (free.flow.G_P, free.flow.G_T)
    assert 0 < 1 - near.flow.G_P / free.flow.G_P < 4 * free.error < 0.03
    assert (
        pytest.approx(round_tube(1.0, prandtl=0.660694).G_P, rel=1e-5) == theory_in_tube(delta=1.0).flow.G_P
    )
    assert theory_in_tube(delta=1.0, gases=["He", "Ar"]) is None
    assert theory_in_tube(delta=200.0) is None


def sweep(rates, kind="numerical", theory_error=0.0):
    points = []
    for delta, rate in rates.items():
        estimate = Estimate("flow_rate", rate, 0.001, "1", rate + 0.001, theory_error, kind, "theory")
        result = SimpleNamespace(estimate=lambda name, estimate=estimate: estimate)
        points.append(SweepPoint({"delta": delta}, result))
    return points


def test_the_minimum_of_a_sweep_is_that_of_a_cubic():
    deltas = [0.3, 0.6, 1.0, 1.8, 3.0, 10.0]
    ln = {delta: np.log(delta / 1.05) for delta in deltas}
    at, least = knudsen_minimum(sweep({delta: 1.5 + (0.08 + 0.02 * x) * x**2 for delta, x in ln.items()}))
    assert (at.name, least.name) == ("minimum_delta", "minimum_flow_rate")
    assert at.value == pytest.approx(1.05)
    assert least.value == pytest.approx(1.5)
    assert 0 < least.stderr < 0.002 < at.stderr < 0.05
    assert least.theory == pytest.approx(1.501)
    assert at.gated
    assert at.theory_error == pytest.approx(0, abs=1e-9)


def test_knudsens_minimum_is_read_without_bias():
    """delta = 1.045, G_P = 1.506 of hard spheres, that theory's values at six delta have, in their errors."""
    deltas = (0.5, 0.8, 1.0, 1.3, 2.0, 5.0)
    at, least = knudsen_minimum(sweep({delta: hard_sphere_channel(delta).G_P for delta in deltas}))
    finer = np.linspace(0.9, 1.2, 301)
    rates = [hard_sphere_channel(delta).G_P for delta in finer]
    assert at.value == pytest.approx(finer[np.argmin(rates)], abs=3e-3)
    assert least.value == pytest.approx(min(rates), abs=1e-3)


def test_the_minimum_has_its_theorys_kind_and_error():
    parabola = {delta: 1.4 + 0.08 * np.log(delta / 0.3) ** 2 for delta in (0.1, 0.2, 0.3, 0.4, 0.8)}
    at, least = knudsen_minimum(sweep(parabola, "approximate", 0.002))
    assert not at.gated
    assert at.theory == pytest.approx(0.3)
    assert least.theory_error == pytest.approx(2 * least.stderr, rel=0.1)


def test_a_sweep_without_a_minimum_gives_none():
    assert knudsen_minimum(sweep({1.0: 1.5, 2.0: 1.6, 3.0: 1.7, 4.0: 1.8})) == []
    assert knudsen_minimum(sweep({0.5: 1.6, 1.0: 1.5, 3.0: 1.7})) == []


def poiseuille_line(values):
    config = poiseuille.PoiseuilleConfig(**values)
    return poiseuille.curves(config, "delta", [2e-3, 100.0])["flow_rate"][0].value


LORD = {"normal_accommodation": 0.5, "tangential_accommodation": 0.8}


@pytest.mark.parametrize("values", [{}, {"gases": ["He", "Ar"]}, LORD])
def test_curves_join_their_limits(values):
    config = poiseuille.PoiseuilleConfig(**values)
    exact, slip, free = poiseuille.curves(config, "delta", [2e-3, 100.0])["flow_rate"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=5e-3)
    np.testing.assert_allclose(exact.value[1], slip.value[1], rtol=2e-3)
    config = thermal_creep.ThermalCreepConfig(**values)
    exact, slip, free = thermal_creep.curves(config, "delta", [2e-4, 100.0])["pressure_exponent"]
    np.testing.assert_allclose(exact.value[1], slip.value[1], rtol=2e-2)
    assert abs(exact.value[0] - free.value[0]) < 0.07
    found = thermal_creep.curves(config, "delta", [2e-3, 100.0])
    exact, slip, free = found["creep_rate"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=5e-3)
    np.testing.assert_allclose(found["thermal_slip_coefficient"][1].value[1], 100.0 * slip.value[1])
    np.testing.assert_allclose(found["flow_rate"][0].value, poiseuille_line(values), rtol=1e-12)


def test_curves_of_a_tube_join_their_limits():
    config, ends = {"geometry": "tube"}, [2e-3, 50.0]
    exact, slip, free = poiseuille.curves(poiseuille.PoiseuilleConfig(**config), "delta", ends)["flow_rate"]
    np.testing.assert_allclose(exact.value[0], free.value[0], rtol=1e-2)
    np.testing.assert_allclose(exact.value[1], slip.value[1], rtol=2e-3)
    found = thermal_creep.curves(thermal_creep.ThermalCreepConfig(**config), "delta", ends)
    for exact, slip, free in found.values():
        np.testing.assert_allclose(exact.value[0], free.value[0], rtol=2e-2)
        np.testing.assert_allclose(exact.value[1], slip.value[1], rtol=4e-2)
