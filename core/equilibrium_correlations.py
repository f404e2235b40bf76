"""Correlations in time of a gas's currents at equilibrium, as a DSMC run hands them to the analysis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SHEARS = 5


@dataclass(frozen=True)
class EquilibriumCorrelations:
    """Sums of products of currents over pairs of times, of a homogeneous gas about its centre of mass.

    Arguments
    ---------
    masses : [species] [kg];  counts : [copy, species], simulated molecules
    temperature : [copy] [K], 2 E / (3 (N - 1) k) of the molecules about their centre of mass
    density : n [m-3]
    interval : time between two samples [s];  pairs : [lag], pairs of times behind each lag
    shear : [copy, lag], sum over the pairs of < Pi_k(0) Pi_k(t) >, a mean over the SHEARS independent
        elements of the traceless sum_i m c_i c_i / (k T), scaled as P_xy is
    vectors : [copy, a, b, lag], the same of the vectors J_s = sum_(i in s) c_i [m s-1] and, last,
        Q' = sum_i (m c_i^2 / 2 k T - 5/2) c_i [m s-1], a mean over x, y, z

    Raises
    ------
    ValueError : shapes that disagree
    """

    masses: Array
    counts: Array
    temperature: Array
    density: float
    interval: float
    pairs: Array
    shear: Array
    vectors: Array

    def __post_init__(self) -> None:
        copies, species, lags = len(self.temperature), len(self.masses), len(self.pairs)
        series = species + 1
        for name, shape in (
            ("counts", (copies, species)),
            ("shear", (copies, lags)),
            ("vectors", (copies, series, series, lags)),
        ):
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has shape {getattr(self, name).shape}, where {shape} is needed")

    @property
    def times(self) -> Array:
        """Lags [lag] [s]."""
        return self.interval * np.arange(len(self.pairs), dtype=np.float64)
