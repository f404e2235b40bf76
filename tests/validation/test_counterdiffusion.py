"""Full counterdiffusion runs, minutes each, against converged Chapman-Enskog theory and exact laws."""

import pytest

from knudsen.core.results import Estimate
from knudsen.scenarios.equimolar_counterdiffusion import SCENARIO
from knudsen.scenarios.loading import check

pytestmark = pytest.mark.slow
SIGMAS = 4


def measured(**values: object) -> dict[str, Estimate]:
    """The estimates of a run, by name."""
    config = check(SCENARIO.Config, values)
    simulation = SCENARIO.build(config, "cpu")
    simulation.run(config.steps)
    return {e.name: e for e in SCENARIO.measure(config, simulation.result()).estimates}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"knudsen": 0.02, "steps": 40_000},
        {"gases": ["Ar", "He"], "model": "vhs", "x_left": 0.2, "x_right": 0.8},
        {"gases": ["Ne", "Ar"], "model": "hs"},
        {"gases": ["Ar", "Kr"], "model": "maxwell"},
        {"gases": ["H2", "Xe"], "temperature": 500.0, "pressure": 1e4},
    ],
    ids=["default", "Kn 0.02", "Ar-He VHS", "Ne-Ar HS", "Ar-Kr Maxwell", "H2-Xe VSS"],
)
def test_every_estimate_agrees_with_exact_and_numerical_theory(values: dict[str, object]) -> None:
    """D_AB within 1 % of theory at an error of 0.5 %, and all gated quantities within their errors."""
    estimates = measured(**values)
    diffusion = estimates["diffusion_binary"]
    assert diffusion.theory is not None
    assert diffusion.stderr < 0.005 * diffusion.theory
    assert abs(diffusion.value - diffusion.theory) < 0.01 * diffusion.theory
    for estimate in estimates.values():
        if estimate.deviation is not None and estimate.theory_kind in ("exact", "numerical"):
            assert abs(estimate.deviation) < SIGMAS, estimate


def test_open_slab_without_collisions_keeps_grahams_ratio() -> None:
    """N_A/N_B = -(M_B/M_A)^(1/2) exactly where molecules do not meet."""
    ratio = measured(boundary="open", knudsen=1000.0)["flux_ratio"]
    assert ratio.stderr < 0.01 * abs(ratio.value)
    assert ratio.theory == pytest.approx(-((39.948 / 4.002602) ** 0.5), rel=1e-4)
    assert ratio.deviation is not None and abs(ratio.deviation) < SIGMAS
