"""Correlations as they are handed out, and what the measures of correlations share."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.measures.multiple_tau import LagGrid, MultipleTau, Rule, runs_of_pairs
from knudsen.md.measures.sums import check_whole

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class SelfCorrelations:
    """A correlation of each atom with itself, averaged over the atoms of a species.

    times : [lag];  pairs : [lag], pairs of times averaged
    values : [copy, species, lag]; NaN for a species that a copy does not hold
    """

    times: Array
    pairs: Array
    values: Array


@dataclass(frozen=True)
class Correlations:
    """Correlations of every two series of a copy, summed over their components::

        values[r, a, b] = < sum_k x_a,k(0) x_b,k(t) >

    times : [lag];  pairs : [lag], pairs of times averaged;  names : the series
    values : [copy, a, b, lag];  means : [copy, a, component]
    """

    times: Array
    pairs: Array
    names: tuple[str, ...]
    values: Array
    means: Array

    @property
    def fluctuations(self) -> Array:
        """The correlations less those of the means [copy, a, b, lag]."""
        return self.values - np.einsum("rak,rbk->rab", self.means, self.means)[..., None]

    def combine(self, weights: Any, names: tuple[str, ...]) -> "Correlations":
        """Correlations of linear combinations of the series: [new, series], or [copy, new, series]."""
        weights = np.asarray(weights, float)
        weights = np.broadcast_to(weights, (len(self.values), *weights.shape[-2:]))
        values = np.einsum("rna,rabl,rmb->rnml", weights, self.values, weights)
        means = np.einsum("rna,rak->rnk", weights, self.means)
        return Correlations(self.times, self.pairs, names, values, means)


@dataclass(frozen=True)
class CurrentCorrelations(Correlations):
    """Correlations of the currents J_a = sum_(i in a) v_i, in the laboratory frame.

    weights : [copy, a, b], what takes currents to the frame of the centre of mass
    """

    weights: Array

    def barycentric(self) -> Correlations:
        """About the velocity of the centre of mass::

        Lambda_ab = 1/(3 N) int_0^inf < J_a(0) . J_b(t) > dt
        """
        return self.combine(self.weights, self.names)


@dataclass(frozen=True)
class StressCorrelations(Correlations):
    """Correlations of the elements xx, yy, zz, xy, xz, yz of the pressure tensor."""

    @property
    def shear(self) -> Array:
        """< P_xy(0) P_xy(t) > averaged over all directions of an isotropic fluid [copy, lag]::

            S = < Pos : Pos > / 10,  Pos = P - 1 tr P / 3;    viscosity = V / kT int_0^inf S dt

        Source: P. J. Daivis and D. J. Evans, J. Chem. Phys. 100 (1994) 541.
        """
        own = np.einsum("raal->ral", self.values)
        trace = self.values[:, :3, :3].sum(axis=(1, 2))
        return (own[:, :3].sum(axis=1) - trace / 3 + 2 * own[:, 3:].sum(axis=1)) / 10

    @property
    def bulk(self) -> Array:
        """< dp(0) dp(t) > of the pressure p = tr P / 3 less its mean [copy, lag]."""
        return self.fluctuations[:, :3, :3].sum(axis=(1, 2)) / 9


class Collective:
    """The correlator of all pairs of a copy's series, and the sums of the series.

    series : of each copy;  components : of each series
    """

    def __init__(self, sim: "Simulation", series: int, components: int, grid: LagGrid, rule: Rule) -> None:
        self.copies, self.components = sim.copies, components
        channels = sim.copies * series * components
        runs = runs_of_pairs(sim.copies, series, components)
        self.tau = MultipleTau(sim.device, channels, runs, grid, rule)
        self.totals = sim.device.xp.zeros(channels)

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return {**self.tau.arrays(), "totals": self.totals}

    def push(self, sample: Any) -> None:
        """Take the series of all copies [copies, series components]."""
        self.tau.newest[...] = sample.reshape(-1)
        self.totals += sample.reshape(-1)
        self.tau.push()

    def result(self, interval: float, names: tuple[str, ...]) -> Correlations:
        """Correlations so far; interval : time between two samples."""
        lags, pairs, rows = self.tau.means()
        series = len(names)
        samples = max(int(self.tau.taken[0]), 1)
        means = self.tau.device.fetch(self.totals).reshape(self.copies, series, self.components) / samples
        values = rows.reshape(self.copies, series, series, len(lags))
        return Correlations(interval * lags, pairs, names, values, means)


@dataclass(eq=False)
class Correlator:
    """What the correlating measures share.

    every : steps between two samples
    levels, points, average : of the grid of lags, `LagGrid`
    """

    every: int
    levels: int
    points: int = 16
    average: int = 2
    grid: LagGrid = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("every", "levels", "points", "average"):
            check_whole(name, getattr(self, name))
        self.grid = LagGrid(self.levels, self.points, self.average)

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        arrays: dict[str, Any] = self._sums.arrays()
        return arrays

    _sums: Any = field(init=False, repr=False, default=None)
    _interval: float = field(init=False, repr=False, default=0.0)


def group_means(rows: Array, group: Array, sizes: Array) -> Array:
    """Means over the atoms of each group [group, lag] from sums over runs [run, lag]; NaN where empty."""
    means = np.full((len(sizes), rows.shape[1]), np.nan)
    for number, size in enumerate(sizes):
        if size:
            means[number] = rows[group == number].sum(axis=0) / size
    return means
