"""Histograms and power sums of velocities in chosen cells, as a DSMC run hands them to the analysis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COORDINATES = ("vx", "vy", "vz", "speed")
DEGREE = 5
# Exponents (a, b, c) of v_x^a v_y^b v_z^c, the order of the power sums.
POWERS = tuple(
    (a, b, c) for a in range(DEGREE + 1) for b in range(DEGREE + 1 - a) for c in range(DEGREE + 1 - a - b)
)


@dataclass(frozen=True)
class VelocitySamples:
    """Counts and power sums, block by block.

    Arguments
    ---------
    names : species, in order;  masses : [species] [kg]
    weights : [species], real molecules per simulated one, in any unit
    cells : int64 [cell], numbers of the sampling cells
    scale : [species], unit of velocity of a species [m s-1];  limit : reach of the histograms in that unit
    counts : int64 [block, copy, cell, species, COORDINATES, 1 + bins + 1], molecules by velocity: -limit to
        limit, of the speed 0 to limit, in equal bins; the first and the last hold what lies beyond
    powers : [block, copy, cell, species, POWERS], sums of v_x^a v_y^b v_z^c, v in units of scale

    Raises
    ------
    ValueError : shapes that disagree
    """

    names: tuple[str, ...]
    masses: NDArray[np.float64]
    weights: NDArray[np.float64]
    cells: NDArray[np.int64]
    scale: NDArray[np.float64]
    limit: float
    counts: NDArray[np.int64]
    powers: NDArray[np.float64]

    def __post_init__(self) -> None:
        kinds = (len(self.cells), len(self.names))
        if self.counts.shape[2:5] != (*kinds, len(COORDINATES)) or self.counts.ndim != 6:
            raise ValueError(f"counts has shape {self.counts.shape}; [block, copy, {kinds}, ...] is needed")
        if self.powers.shape != (*self.counts.shape[:2], *kinds, len(POWERS)):
            raise ValueError(f"powers has shape {self.powers.shape}, counts {self.counts.shape}")

    @property
    def bins(self) -> int:
        """Bins of a histogram."""
        return int(self.counts.shape[-1]) - 2

    def edges(self, coordinate: str) -> NDArray[np.float64]:
        """Edges of the bins of each species [species, bins + 1] [m s-1]."""
        start = 0.0 if coordinate == "speed" else -self.limit
        return np.asarray(np.multiply.outer(self.scale, np.linspace(start, self.limit, self.bins + 1)))
