"""Fourier flow: a gas at rest between two plates of unlike temperatures.

Plates at x = 0 and x = L have T - dT/2 and T + dT/2.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knudsen.core.results import Estimate
from knudsen.scenarios.gas_flow.plates import HeatedConfig
from knudsen.scenarios.gas_flow.unlike import HEAT, UnlikePlates
from knudsen.scenarios.lazily import lazily

if TYPE_CHECKING:
    from knudsen.analysis import figures
    from knudsen.core.results import Result
    from knudsen.scenarios.gas_flow import crossing, drawing
else:
    crossing = lazily("knudsen.scenarios.gas_flow.crossing")
    drawing = lazily("knudsen.scenarios.gas_flow.drawing")

SAMPLED = 300  # relaxation times of low signals at delta = 1


class FourierConfig(HeatedConfig):
    """The keys of gas flows between plates of unlike temperatures."""


def estimates(heat: "crossing.Crossing") -> Iterator[Estimate]:
    """Heat flux over that of free molecules; jump and conductivity, read alike from theory's profile."""
    yield heat.estimate("heat_flux_ratio", "1", heat.ratio)
    yield heat.estimate("temperature_jump_coefficient", "1", heat.jump_coefficient)
    yield heat.estimate("thermal_conductivity", "W m-1 K-1", heat.apparent)


def curves(
    config: FourierConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """The heat flux by kinetic theory, with temperature jumps, of free molecules, along a swept key."""
    lines = crossing.ratio_curves(crossing.HEAT, config, key, values, "temperature jump")
    return crossing.named("heat_flux_ratio", lines)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, "temperature", "Temperature between plates")


SCENARIO = UnlikePlates(HEAT, SAMPLED, estimates).scenario(
    "fourier", "Heat flux between plates", FourierConfig, curves, draw
)
