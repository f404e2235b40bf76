"""Configs of a gas between two plates that differ: in how fast they slide, or in temperature."""

import math
from typing import ClassVar, Self

from pydantic import model_validator

from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.gas_flow.config import FlowConfig
from knudsen.scenarios.quantities import Count, PositiveNumber

WIDE = 3.0  # delta beyond which plain DSMC has the smaller error for its time


class PlatesConfig(FlowConfig):
    """The keys of gas flows, of plates that differ.

    method : 'auto' is plain DSMC beyond delta = 3, if delta or knudsen gives it
    particles_per_cell : many, since pairs that meet again add to viscosity and conductivity
    """

    step_refinement: ClassVar[int] = 2

    particles_per_cell: Count = 200

    @property
    def low_signal(self) -> bool:
        """Whether deviations from rest are simulated."""
        return super().low_signal and not (self.method == "auto" and self._rarefaction > WIDE)

    @property
    def _rarefaction(self) -> float:
        """delta where the config says it, else 0."""
        return math.sqrt(math.pi) / 2 / self.knudsen if self.knudsen is not None else self.delta or 0.0


class SlidingConfig(PlatesConfig):
    """The keys of gas flows, and how fast the plates slide.

    speed_ratio : U / v0, v0 = (2 k T / m)^(1/2); without effect on what 'low_signal' estimates
    """

    speed_ratio: PositiveNumber = 0.3

    @property
    def drive(self) -> float:
        """U / v0."""
        return self.speed_ratio


class HeatedConfig(PlatesConfig):
    """The keys of gas flows, and how unlike the plates' temperatures are; their mean is `temperature`.

    temperature_ratio : of the right plate over the left; without effect on what 'low_signal' estimates
    """

    temperature_ratio: PositiveNumber = 1.2

    @property
    def drive(self) -> float:
        """dT / (2 T)."""
        return (self.temperature_ratio - 1) / (self.temperature_ratio + 1)

    @property
    def plate_temperatures(self) -> tuple[float, float]:
        """Of the left and the right plate [K]."""
        right = 2 * self.temperature * self.temperature_ratio / (1 + self.temperature_ratio)
        return 2 * self.temperature - right, right

    @model_validator(mode="after")
    def _of_unlike_plates(self) -> Self:
        if self.temperature_ratio == 1:
            problem = "1 is of plates alike, between which no heat flows"
            raise ConfigError([Fault("temperature_ratio", problem, "give another, such as 1.2")])
        return self
