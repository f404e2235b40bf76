"""Two gases that pass each other in a pore, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.continuum.pores import mean_speed
from knudsen.analysis.transition.clausing import tube_transmission
from knudsen.core.gases import TABLE
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.graham import SCENARIO, GrahamConfig, curves
from knudsen.scenarios.loading import check

SIGMAS = 4
GRAHAM = -np.sqrt(TABLE["Ar"].molar_mass / TABLE["He"].molar_mass)


def test_free_molecules_go_by_grahams_law(tmp_path):
    values = {"length_over_radius": 2.0, "x_left": 0.9, "x_right": 0.1, "particles_per_cell": 12}
    result = finished(SCENARIO, tmp_path, **values, steps=1600, transient_steps=600)
    for name, most in (("flux_ratio", 0.02), ("molar_flux_A", 0.01), ("molar_flux_B", 0.02)):
        estimate = result.estimate(name)
        assert estimate.gated
        assert abs(estimate.deviation) < SIGMAS, estimate
        assert estimate.stderr < most * abs(estimate.theory), estimate
    ratio = result.estimate("flux_ratio")
    assert ratio.theory == pytest.approx(GRAHAM, rel=1e-9)
    for other in (-1.0, 1 / GRAHAM, GRAHAM**2):  # the controls
        assert abs(ratio.value - other) > SIGMAS * ratio.stderr
    c = 0.1 / (8.314462618 * 300)
    expected = mean_speed(300.0, TABLE["He"].molar_mass) / 4 * c * 0.8 * tube_transmission(2.0)
    assert result.estimate("molar_flux_A").theory == pytest.approx(float(expected), rel=1e-4)
    SCENARIO.figures(result, tmp_path)
    assert (tmp_path / "mole_fraction.png").exists()


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
    found = curves(GrahamConfig(gases=["Ne", "Ar"], shape="slit"), "knudsen", [8000.0, 1.0])
    graham, model = found["flux_ratio"]
    assert model.value[0] == pytest.approx(graham.value[0], rel=0.03)
    assert len(curves(GrahamConfig(), "knudsen", [1.0])["flux_ratio"]) == 1
    dusty, free = found["molar_flux_B"]
    assert dusty.value[0] == pytest.approx(free.value[0], rel=1e-2)
    assert abs(dusty.value[1]) < 0.9 * abs(free.value[1])


@pytest.mark.parametrize(
    "values",
    [{"gases": ["He"]}, {"x_left": 0.2, "x_right": 0.5}, {"shape": "slit", "length_over_radius": 3.0}],
)
def test_what_is_no_counterdiffusion_is_refused(values):
    with pytest.raises(ConfigError):
        check(GrahamConfig, values)
