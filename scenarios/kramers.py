"""Kramers's problem: a gas sheared over a wall slips along it, and is sheared more in its Knudsen layer.

Plates that slide stand so far apart that the middle of the gas is the bulk of either wall's half space; what
is measured is the mean of both walls.  A gap of 5 mu v0/p leaves 4e-4 of the slip coefficient.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from knudsen.core.results import Estimate
from knudsen.scenarios.gas_flow.plates import SlidingConfig
from knudsen.scenarios.gas_flow.unlike import MOMENTUM, UnlikePlates
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

LOW_SIGNAL, PLAIN = 60, 200  # relaxation times sampled, at delta = 1 and at 5


class KramersConfig(SlidingConfig):
    """The keys of gas flows between plates that slide, with cells that show the Knudsen layer's shape.

    speed_ratio : U / v0; a finite one lowers sigma_P, as its square, at 1 by 8 % in a gap of delta = 5
    """

    default_size: ClassVar[tuple[str, float]] = ("delta", 5.0)

    speed_ratio: PositiveNumber = 0.2
    cells: Count | None = 50


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


SCENARIO = UnlikePlates(MOMENTUM, LOW_SIGNAL, estimates, PLAIN, "slip_velocity").scenario(
    "kramers", "Slip of a sheared gas: Kramers's problem", KramersConfig, curves, draw
)
