"""Couette flow: a gas between two plates that slide past each other.

Plates at x = 0 and x = L move along z at -U/2 and +U/2.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.gas_flow.plates import SlidingConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis import figures
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import crossing, drawing, flow
else:
    crossing, flow = lazily("knudsen.scenarios.gas_flow.crossing"), lazily("knudsen.scenarios.gas_flow.flow")
    drawing = lazily("knudsen.scenarios.gas_flow.drawing")

SAMPLED = 60  # relaxation times of low signals at delta = 1


class CouetteConfig(SlidingConfig):
    """The keys of gas flows between plates that slide."""


def steps(config: CouetteConfig) -> int:
    """Steps of the run."""
    scale = flow.scale_of(config)
    return flow.steps_of(config, scale, crossing.sampled(config, scale, SAMPLED))


def build(config: CouetteConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    return flow.simulate(config, scale, crossing.sliding(config, scale), steps(config), device)


def measure(config: CouetteConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    run = flow.steady_run(config, samples)
    momentum = crossing.momentum(run)
    profiles = [*run.fields.profiles(), *momentum.curve("velocity")]
    return Measurement(list(estimates(momentum)), profiles, run.resolution, samples.to_arrays())


def estimates(momentum: "crossing.Crossing") -> Iterator[Estimate]:
    """Stress over that of free molecules; slip length and viscosity, read alike from theory's profile."""
    yield momentum.estimate("shear_stress_ratio", "1", momentum.ratio)
    yield momentum.estimate("slip_length", "m", momentum.jump_length)
    yield momentum.estimate("viscosity", "Pa s", momentum.apparent)


def curves(
    config: CouetteConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """The stress ratio by kinetic theory, of slip flow and of free molecules, along a key that is swept."""
    lines = crossing.ratio_curves(crossing.MOMENTUM, config, key, values, "slip flow")
    return crossing.named("shear_stress_ratio", lines)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, "velocity", "Velocity between plates that slide")


SCENARIO = Scenario(
    name="couette",
    summary=SCENARIOS["couette"].summary,
    Config=CouetteConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Couette flow",
)
