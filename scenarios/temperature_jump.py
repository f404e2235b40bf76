"""The temperature jump: a gas that takes heat from a wall, or gives it, is not as warm as the wall.

Plates of unlike temperatures stand so far apart that the middle of the gas is the bulk of either wall's half
space; what is measured is the mean of both walls.  A gap of 5 mu v0/p leaves 2e-3 of the coefficient.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from knudsen.core.results import Estimate
from knudsen.scenarios.gas_flow.plates import HeatedConfig
from knudsen.scenarios.gas_flow.unlike import HEAT, UnlikePlates
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import Count, PositiveNumber

if TYPE_CHECKING:
    from knudsen.analysis import figures
    from knudsen.core.results import Result
    from knudsen.scenarios.gas_flow import crossing, drawing, layer
else:
    crossing = lazily("knudsen.scenarios.gas_flow.crossing")
    drawing = lazily("knudsen.scenarios.gas_flow.drawing")
    layer = lazily("knudsen.scenarios.gas_flow.layer")

LOW_SIGNAL, PLAIN = 60, 100  # relaxation times sampled, at delta = 1 and at 5


class TemperatureJumpConfig(HeatedConfig):
    """The keys of gas flows between unlike plates, with cells that show the Knudsen layer's shape."""

    default_size: ClassVar[tuple[str, float]] = ("delta", 5.0)

    temperature_ratio: PositiveNumber = 1.2
    cells: Count | None = 50


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


SCENARIO = UnlikePlates(HEAT, LOW_SIGNAL, estimates, PLAIN, "jump_temperature").scenario(
    "temperature_jump", "Temperature jump at a wall", TemperatureJumpConfig, curves, draw
)
