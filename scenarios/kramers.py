"""Kramers's problem: a gas sheared over a wall slips along it, and is sheared more in its Knudsen layer.

Plates that slide stand so far apart that the middle of the gas is the bulk of either wall's half space; what
is measured is the mean of both walls.  A gap of 5 mu v0/p leaves 4e-4 of the slip coefficient.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.gas_flow.plates import SlidingConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import Count, PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis import figures
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import crossing, drawing, flow, layer
else:
    crossing, flow = lazily("knudsen.scenarios.gas_flow.crossing"), lazily("knudsen.scenarios.gas_flow.flow")
    drawing, layer = lazily("knudsen.scenarios.gas_flow.drawing"), lazily("knudsen.scenarios.gas_flow.layer")

LOW_SIGNAL, PLAIN = 60, 200  # relaxation times sampled, at delta = 1 and at 5


class KramersConfig(SlidingConfig):
    """The keys of gas flows between plates that slide, with cells that show the Knudsen layer's shape.

    speed_ratio : U / v0; what a finite one adds by itself is some 8 % of sigma_P at 1, as its square
    """

    default_size: ClassVar[tuple[str, float]] = ("delta", 5.0)

    speed_ratio: PositiveNumber = 0.2
    cells: Count | None = 50


def steps(config: KramersConfig) -> int:
    """Steps of the run."""
    scale = flow.scale_of(config)
    return flow.steps_of(config, scale, crossing.sampled(config, scale, LOW_SIGNAL, PLAIN))


def build(config: KramersConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    return flow.simulate(config, scale, crossing.sliding(config, scale), steps(config), device)


def measure(config: KramersConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    run = flow.steady_run(config, samples)
    momentum = crossing.momentum(run)
    layers = layer.layer_profiles(momentum, "velocity_defect", "slip_velocity")
    profiles = [*run.fields.profiles(), *momentum.curve("velocity"), *layers]
    return Measurement(list(estimates(momentum)), profiles, run.resolution, samples.to_arrays())


def estimates(momentum: "crossing.Crossing") -> Iterator[Estimate]:
    """sigma_P by the stress, and the velocity's defect at the wall; theory is of the same gap, read alike."""
    yield layer.jump_estimate(momentum, "slip_coefficient")
    yield from layer.defect_estimates(momentum, "slip_velocity")


def curves(
    config: KramersConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """sigma_P as it is read, of the half space and of free molecules, along a key that is swept."""
    lines = crossing.jump_curves(crossing.MOMENTUM, config, key, values)
    return crossing.named("slip_coefficient", lines)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, "velocity", "Velocity between plates that slide")
    drawing.draw_layer(result, folder, "velocity_defect", "Knudsen layer of a sheared gas")


SCENARIO = Scenario(
    name="kramers",
    summary=SCENARIOS["kramers"].summary,
    Config=KramersConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Slip of a sheared gas: Kramers's problem",
)
