"""The pressure on walls, measured on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.fields.series import Series
from knudsen.md.fields.walls import Wall
from knudsen.md.intake import whole
from knudsen.md.parts import claim

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(eq=False)
class WallPressures:
    """Series of the force of the atoms on each wall over its area.

    Arguments
    ---------
    walls : fields of the simulation;  every : steps between samples

    Raises
    ------
    ValueError : no whole number of steps; on binding, walls that are no fields of the simulation
    """

    walls: Sequence[Wall]
    every: int = 10

    def __post_init__(self) -> None:
        whole(self.every, "every")

    def bind(self, sim: "Simulation") -> None:
        """Check that the walls are there, and allocate."""
        claim(self, sim)
        if not self.walls or any(all(wall is not field for field in sim.fields) for wall in self.walls):
            raise ValueError("walls to measure must be fields of the simulation, one at least")
        self._series = Series(sim, len(self.walls))

    def arrays(self) -> dict[str, Any]:
        """What was sampled so far."""
        return self._series.arrays()

    def load(self, arrays: dict[str, Any]) -> None:
        """Take the arrays of a checkpoint back."""
        self._series.load(arrays)

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        self._series.add(sim.device.xp.stack([wall.pressures(sim) for wall in self.walls], axis=1))

    def result(self) -> Array:
        """Pressures [copies, sample, wall] [epsilon/sigma^3], for `analysis.statistics.mean_and_error`."""
        return self._series.samples()
