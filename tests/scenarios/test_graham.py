"""Two gases that pass each other in a pore, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.continuum.pores import mean_speed
from knudsen.analysis.statistics import derive
from knudsen.analysis.transition.bulbs import closed_pressure_ratio
from knudsen.analysis.transition.clausing import tube_transmission
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import TABLE
from knudsen.dsmc import Filling, OpenReservoir
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.gas_flow import pore, pore_run
from knudsen.scenarios.graham import SCENARIO, GrahamConfig, curves, measures, setup, theory
from knudsen.scenarios.loading import check

SIGMAS = 4
GRAHAM = -np.sqrt(TABLE["Ar"].molar_mass / TABLE["He"].molar_mass)
MASSES = [TABLE[name].molar_mass for name in ("He", "Ar")]
SMALL = {"length_over_radius": 2.0, "x_left": 0.9, "x_right": 0.1, "particles_per_cell": 12}
SHORT = {"shape": "slit", "length_over_height": 1.0, "knudsen": 1.0, "particles_per_cell": 12}
LASTS = {"steps": 1600, "transient_steps": 600}


def gated(result, **bounds):
    for name, most in bounds.items():
        estimate = result.estimate(name)
        assert estimate.gated
        assert abs(estimate.deviation) < SIGMAS, estimate
        assert estimate.stderr < most * (abs(estimate.theory) or 1.0), estimate


def test_free_molecules_go_by_grahams_law(tmp_path):
    result = finished(SCENARIO, tmp_path, **SMALL, **LASTS)
    gated(
        result, flux_ratio=0.02, molar_flux_A=0.01, molar_flux_B=0.02, wall_momentum=0.01,
        momentum_per_flux_ratio=0.03,
    )  # fmt: skip
    ratio = result.estimate("flux_ratio")
    assert ratio.theory == pytest.approx(GRAHAM, rel=1e-9)
    for other in (-1.0, 1 / GRAHAM, GRAHAM**2):  # the controls
        assert abs(ratio.value - other) > SIGMAS * ratio.stderr
    each = [result.estimate(f"wall_momentum_{name}") for name in "AB"]
    assert each[0].value > 20 * each[0].stderr and each[1].value < -20 * each[1].stderr
    whole, channel = result.estimate("wall_momentum"), setup.pore_of(check(GrahamConfig, SMALL))
    few = channel.collisions_on_the_way / channel.free.transmission
    assert whole.theory == 0 and whole.theory_error == pytest.approx(few * max(abs(e.value) for e in each))
    c = 0.1 / (8.314462618 * 300)
    expected = mean_speed(300.0, TABLE["He"].molar_mass) / 4 * c * 0.8 * tube_transmission(2.0)
    assert result.estimate("molar_flux_A").theory == pytest.approx(float(expected), rel=1e-4)
    SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "mole_fraction.png").exists()


def test_closed_bulbs_of_free_molecules_take_their_pressures(tmp_path):
    result = finished(SCENARIO, tmp_path, **SMALL, ends="closed", **LASTS)
    gated(
        result, flux_ratio=0.02, pressure_difference=0.02, molar_flux_A=0.02, molar_flux_B=0.02,
        momentum_per_flux_ratio=0.03,
    )  # fmt: skip
    difference = result.estimate("pressure_difference")
    for other in (0.0, -difference.theory, 1.2 * difference.theory):  # the controls
        assert abs(difference.value - other) > SIGMAS * difference.stderr
    assert result.estimate("wall_momentum").value < -20 * result.estimate("wall_momentum").stderr
    SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "pressure.png").exists()


@pytest.mark.parametrize(
    "values",
    [
        {"normal_accommodation": 0.5, "tangential_accommodation": 0.8},
        {"shape": "orifice", "length_over_radius": 0.0},
        {"tangential_accommodation": 1.5, "normal_accommodation": 1.0},
    ],
)
def test_pressures_of_closed_bulbs_are_those_of_any_pore(tmp_path, values):
    """Free molecules, of Lord's walls and through a thin plate; what has no theory of its own is measured."""
    result = finished(SCENARIO, tmp_path, **{**SMALL, **values}, ends="closed", **LASTS)
    difference, flux = result.estimate("pressure_difference"), result.estimate("molar_flux_A")
    ratio = closed_pressure_ratio((0.9, 0.1), MASSES)
    expected = 2 * (ratio - 1) / (ratio + 1)
    assert abs(difference.value - expected) < SIGMAS * difference.stderr < 0.08 * expected
    assert difference.gated == (values.get("tangential_accommodation") != 1.5)
    assert flux.gated == (values.get("shape") == "orifice")
    assert ("wall_momentum" in {each.name for each in result.estimates}) == ("shape" not in values)
    SCENARIO.figures(result, tmp_path)


def held(config, pressures, steps=1600):
    """A run between open ends at these pressures."""
    channel, T = setup.pore_of(config), config.temperature
    left, right = ((x, 1 - x) for x in (config.x_left, config.x_right))
    ends = OpenReservoir(pressures[0], T, left), OpenReservoir(pressures[1], T, right)
    simulation = pore.simulate(channel, ends, Filling(config.pressure, T, left, right), steps, "cpu")
    simulation.run(steps)
    return pore_run.steady_run(channel, simulation.result())


def test_open_ends_at_the_pressures_of_closed_bulbs_let_no_net_molecules_pass(tmp_path):
    """At Kn = 1, where no theory is exact: what the exchange at the ends finds is held against open ends."""
    difference = finished(SCENARIO, tmp_path, **SHORT, ends="closed", **LASTS).estimate("pressure_difference")
    assert not difference.gated
    assert 0.2 < difference.value < 1.04
    config = check(GrahamConfig, {**SHORT, "transient_steps": 600})

    def total(half):
        found = held(config, [config.pressure * (1 + sign * half) for sign in (-1, 1)])
        return derive(lambda first, last: 1 + last / first, *measures.net_fluxes(found))

    none, equal = total(difference.value / 2), total(0.0)
    slope = float(equal.value) / difference.value  # a difference not quite right lets molecules pass
    error = np.hypot(none.stderr, slope * difference.stderr)
    assert abs(none.value) < SIGMAS * error
    assert error < 0.05
    assert equal.value > 8 * error  # the control: at one pressure they pass


@pytest.mark.parametrize("shape", [SHORT, SMALL])
def test_walls_and_ends_take_up_no_momentum_together(shape):
    config = check(GrahamConfig, {**shape, "knudsen": 0.5, "transient_steps": 600})
    found = held(config, (config.pressure, 1.5 * config.pressure))
    wall = measures.wall_momentum(found).value.sum()
    ends = found.walls.whole["traction"].value[: measures.RIGHT + 1, 0] / config.pressure
    assert abs(wall + ends.sum()) < 0.01
    assert wall < -0.1  # the control: along with the ends alone it would be seen


def test_collisions_leave_grahams_ratio_near(tmp_path):
    """Neon and argon at Kn = 1: within 10 % of Graham's law, far from equimolar; nothing is gated."""
    values = {"gases": ["Ne", "Ar"], "knudsen": 1.0, "length_over_radius": 2.0, "particles_per_cell": 12}
    result = finished(SCENARIO, tmp_path, **values, steps=2000, transient_steps=600)
    ratio = result.estimate("flux_ratio")
    assert not ratio.gated
    assert abs(ratio.value / ratio.theory - 1) < SIGMAS * ratio.stderr / abs(ratio.theory) + 0.1
    assert ratio.stderr < 0.05
    assert ratio.value < -1 - SIGMAS * ratio.stderr


def test_curves_join_their_limits():
    """McCormack's ratio comes down to Graham's, by a logarithm; the dusty gas is free at large Kn."""
    found = curves(GrahamConfig(gases=["Ne", "Ar"], shape="slit"), "knudsen", [800.0, 1.0])
    graham, model = found["flux_ratio"]
    assert model.value[0] == pytest.approx(graham.value[0], rel=0.03)
    assert len(curves(GrahamConfig(), "knudsen", [1.0])["flux_ratio"]) == 1
    unknown = GrahamConfig(tangential_accommodation=1.5, normal_accommodation=1.0)
    assert list(curves(unknown, "knudsen", [1.0])) == ["flux_ratio"]
    dusty, free, _ = found["molar_flux_B"]
    assert dusty.value[0] == pytest.approx(free.value[0], rel=1e-2)
    assert abs(dusty.value[1]) < 0.9 * abs(free.value[1])
    dusty, _, molecular = curves(GrahamConfig(), "knudsen", [0.02])["molar_flux_B"]
    assert dusty.value[0] == pytest.approx(molecular.value[0], rel=0.1)


def test_curves_of_closed_bulbs_go_from_free_molecules_to_diffusion_slip():
    """The ends of a pore resist as Kn, diffusion slip in it as Kn^2, so that a long one comes near it."""
    config = GrahamConfig(shape="slit", length_over_height=100.0, ends="closed")
    dusty, free, slip, model = curves(config, "knudsen", [300.0, 0.02])["pressure_difference"]
    assert dusty.value[0] == pytest.approx(free.value[0], rel=0.01)
    assert model.value[0] == pytest.approx(free.value[0], rel=0.03)
    assert dusty.value[1] == pytest.approx(slip.value[1], rel=0.25)
    assert model.value[1] == pytest.approx(slip.value[1], rel=0.25)
    assert free.value[1] > 50 * slip.value[1]


def test_theory_whose_pressures_do_not_settle_is_no_theory(monkeypatch):
    monkeypatch.setattr(theory, "ROUNDS", 1)
    with pytest.raises(SimulationFault, match=r"still off by .* after 1 rounds"):
        theory.dusty(setup.pore_of(GrahamConfig(ends="closed", knudsen=1.0)))


def test_what_takes_long_says_so():
    assert not SCENARIO.warnings(GrahamConfig())
    (text,) = SCENARIO.warnings(GrahamConfig(knudsen=0.01))
    assert "hours of a core" in text


@pytest.mark.parametrize(
    "values",
    [
        {"gases": ["He"]},
        {"x_left": 0.2, "x_right": 0.5},
        {"shape": "slit", "length_over_radius": 3.0},
        {"ends": "ajar"},
    ],
)
def test_what_is_no_counterdiffusion_is_refused(values):
    with pytest.raises(ConfigError):
        check(GrahamConfig, values)
