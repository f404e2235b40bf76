"""Couette flow: a gas between two plates that slide past each other.

Plates at x = 0 and x = L move along z at -U/2 and +U/2.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from knudsen.core.results import Estimate
from knudsen.scenarios.gas_flow.plates import SlidingConfig
from knudsen.scenarios.gas_flow.unlike import MOMENTUM, UnlikePlates
from knudsen.scenarios.lazily import lazily

if TYPE_CHECKING:
    from knudsen.analysis import figures
    from knudsen.core.results import Result
    from knudsen.scenarios.gas_flow import crossing, drawing
else:
    crossing = lazily("knudsen.scenarios.gas_flow.crossing")
    drawing = lazily("knudsen.scenarios.gas_flow.drawing")

SAMPLED = 60  # relaxation times of low signals at delta = 1


class CouetteConfig(SlidingConfig):
    """The keys of gas flows between plates that slide."""


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


SCENARIO = UnlikePlates(MOMENTUM, SAMPLED, estimates).scenario(
    "couette", "Couette flow", CouetteConfig, curves, draw
)
