"""The temperature jump: a gas that takes heat from a wall, or gives it, is not as warm as the wall.

Plates of unlike temperatures stand so far apart that the middle of the gas is the bulk of either wall's half
space; what is measured is the mean of both walls.  A gap of 5 mu v0/p leaves 2e-3 of the coefficient.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.gas_flow.plates import HeatedConfig
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

LOW_SIGNAL, PLAIN = 60, 100  # relaxation times sampled, at delta = 1 and at 5


class TemperatureJumpConfig(HeatedConfig):
    """The keys of gas flows between unlike plates, with cells that show the Knudsen layer's shape."""

    default_size: ClassVar[tuple[str, float]] = ("delta", 5.0)

    temperature_ratio: PositiveNumber = 1.3
    cells: Count | None = 50


def steps(config: TemperatureJumpConfig) -> int:
    """Steps of the run."""
    scale = flow.scale_of(config)
    return flow.steps_of(config, scale, crossing.sampled(config, scale, LOW_SIGNAL, PLAIN))


def build(config: TemperatureJumpConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    return flow.simulate(config, scale, crossing.heated(config), steps(config), device)


def measure(config: TemperatureJumpConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    run = flow.steady_run(config, samples)
    heat = crossing.heat(run)
    layers = layer.layer_profiles(heat, "temperature_defect", "jump_temperature")
    profiles = [*run.fields.profiles(), *heat.curve("temperature"), *layers]
    return Measurement(list(estimates(heat)), profiles, run.resolution, samples.to_arrays())


def estimates(heat: "crossing.Crossing") -> Iterator[Estimate]:
    """zeta_T by the heat flux, and the temperature's defect at the wall; theory read alike in that gap."""
    yield layer.jump_estimate(heat, "temperature_jump_coefficient")
    yield from layer.defect_estimates(heat, "jump_temperature")


def curves(
    config: TemperatureJumpConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """zeta_T as it is read, of the half space and of free molecules, along a key that is swept."""
    lines = crossing.jump_curves(crossing.HEAT, config, key, values)
    return crossing.named("temperature_jump_coefficient", lines)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, "temperature", "Temperature between plates")
    drawing.draw_layer(result, folder, "temperature_defect", "Knudsen layer of a gas that conducts heat")


SCENARIO = Scenario(
    name="temperature_jump",
    summary=SCENARIOS["temperature_jump"].summary,
    Config=TemperatureJumpConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Temperature jump at a wall",
)
