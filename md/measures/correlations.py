"""Correlations as they are handed out, and what the measures of correlations share."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from knudsen.md.intake import whole
from knudsen.md.measures.blocks import BlockSums, check_blocks, ratio
from knudsen.md.measures.multiple_tau import LagGrid, MultipleTau, Rule, runs_of_pairs

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class SelfCorrelations:
    """A correlation of each atom with itself, averaged over the atoms of a species, in block sums.

    times : [lag], in sigma (m/epsilon)^(1/2);  grid : the lags in samples
    samples : [block];  pairs : [block, lag], pairs of times
    sums : [copy, block, species, lag], over the pairs of times; NaN for a species that a copy does not hold
    """

    times: Array
    grid: LagGrid
    samples: Array
    pairs: Array
    sums: Array
    block_axes: ClassVar[dict[str, int]] = {"samples": 0, "pairs": 0, "sums": 1}

    @property
    def values(self) -> Array:
        """The correlation [copy, species, lag], in epsilon/m for velocities."""
        return ratio(self.sums.sum(axis=1), self.pairs.sum(axis=0))


@dataclass(frozen=True)
class Correlations:
    """Correlations of every two series of a copy, summed over their components, in block sums::

        values[r, a, b] = < sum_k x_a,k(0) x_b,k(t) >

    times : [lag], in sigma (m/epsilon)^(1/2);  grid : the lags in samples;  names : the series
    samples : [block];  pairs : [block, lag], pairs of times
    sums : [copy, block, a, b, lag], over the pairs of times
    totals : [copy, block, a, component], the series summed over the samples
    """

    times: Array
    grid: LagGrid
    names: tuple[str, ...]
    samples: Array
    pairs: Array
    sums: Array
    totals: Array
    block_axes: ClassVar[dict[str, int]] = {"samples": 0, "pairs": 0, "sums": 1, "totals": 1}

    @property
    def values(self) -> Array:
        """The correlations [copy, a, b, lag], in the units of both series."""
        return ratio(self.sums.sum(axis=1), self.pairs.sum(axis=0))

    @property
    def means(self) -> Array:
        """Means of the series [copy, a, component], in the units of each."""
        return ratio(self.totals.sum(axis=1), self.samples.sum())

    @property
    def fluctuations(self) -> Array:
        """The correlations less the products of the means [copy, a, b, lag], for each copy by itself::

            < x_a(0) x_b(t) > - (T_a T_b - sum_B T_a,B T_b,B) / (n^2 - sum_B n_B^2)

        from the totals T_B of different blocks of n_B samples.  The square of the mean of the run would take
        the variance of that mean, 2 tau/T of the variance, from every lag, and 2 t/T from an integral up to
        t.  Left is a bias of tau over the length of a block times as much.  NaN for a single block.
        """
        whole, own = self.totals.sum(axis=1), self.totals
        products = np.einsum("rak,rbk->rab", whole, whole) - np.einsum("rtak,rtbk->rab", own, own)
        different = self.samples.sum() ** 2 - (self.samples**2).sum()
        return self.values - ratio(products, different)[..., None]

    def combine(self, weights: Any, names: tuple[str, ...]) -> "Correlations":
        """Correlations of linear combinations of the series: [new, series], or [copy, new, series]."""
        weights = np.asarray(weights, float)
        weights = np.broadcast_to(weights, (len(self.sums), *weights.shape[-2:]))
        sums = np.einsum("rna,rtabl,rmb->rtnml", weights, self.sums, weights, optimize=True)
        totals = np.einsum("rna,rtak->rtnk", weights, self.totals)
        return Correlations(self.times, self.grid, names, self.samples, self.pairs, sums, totals)


def running_integral(found: SelfCorrelations | Correlations, values: Array) -> Array:
    """int_0^t of correlations [..., lag] of a result, each even in time: a Green-Kubo integral [..., lag].

    In the units of the values times sigma (m/epsilon)^(1/2).  Coarse lags are weighted such that in the mean
    it is the trapezoidal rule at the interval h of the samples, which no other weights of these samples
    improve: for an even function its error is the spectrum at 2 pi/h, 4 pi/h ... alone (`sampling_bias`).
    Its errors follow from `over_copies` or `over_blocks` of it.  Raises ValueError for fewer than two lags.
    """
    return _interval(found) * found.grid.running_integral(values)


def sampling_bias(found: SelfCorrelations | Correlations, values: Array) -> Array:
    """By about how much integrals of autocorrelations [..., lag] are too large for their interval h [...]::

        delta = d^2 / (2 I),    d = h (C_0/2 - C_1 + C_2 - ...) = I(2 h) - I(h)

    for a spectrum that falls off exponentially, over the lags of the finest level.  In Lennard-Jones fluids
    right to a factor of two for viscosity and conductivity, and up to ten times too small for the bulk
    viscosity, where it is smaller.  Raises ValueError for fewer than two lags.
    """
    finest = values[..., : found.grid.points]
    signs = (-1.0) ** np.arange(finest.shape[-1])
    # Both sums are trapezoidal: the ends count half.
    signs[-1] /= 2
    signs[0] /= 2
    doubling = _interval(found) * (finest @ signs)
    return doubling**2 / (2 * _interval(found) * (finest @ np.abs(signs)))


def _interval(found: SelfCorrelations | Correlations) -> float:
    if len(found.times) < 2:
        raise ValueError("an integral needs two lags or more: take more samples")
    return float(found.times[1])


@dataclass(frozen=True)
class CurrentCorrelations(Correlations):
    """Correlations of the currents J_a = sum_(i in a) v_i, in the laboratory frame, in epsilon/m.

    weights : [copy, a, b], what takes currents to the frame of the centre of mass
    """

    weights: Array

    def barycentric(self) -> Correlations:
        """About the velocity of the centre of mass::

        Lambda_ab = 1/(3 N) int_0^inf < J_a(0) . J_b(t) > dt    [sigma (epsilon/m)^(1/2)]
        """
        return self.combine(self.weights, self.names)


@dataclass(frozen=True)
class StressCorrelations(Correlations):
    """Correlations of the elements xx, yy, zz, xy, xz, yz of the pressure tensor, in epsilon^2/sigma^6."""

    @property
    def shear(self) -> Array:
        """< P_xy(0) P_xy(t) > averaged over all directions of an isotropic fluid [copy, lag]::

            S = < Pos : Pos > / 10,  Pos = P - 1 tr P / 3
            viscosity = V / kT int_0^inf S dt    [(m epsilon)^(1/2) / sigma^2]

        Source: P. J. Daivis and D. J. Evans, J. Chem. Phys. 100 (1994) 541.
        """
        own = np.einsum("raal->ral", self.values)
        trace = self.values[:, :3, :3].sum(axis=(1, 2))
        return (own[:, :3].sum(axis=1) - trace / 3 + 2 * own[:, 3:].sum(axis=1)) / 10

    @property
    def bulk(self) -> Array:
        """< dp(0) dp(t) > of the pressure p = tr P / 3 less its mean [copy, lag], as in `fluctuations`::

            bulk viscosity = V / kT int_0^inf < dp(0) dp(t) > dt    [(m epsilon)^(1/2) / sigma^2]

        at constant energy and volume.
        """
        return self.fluctuations[:, :3, :3].sum(axis=(1, 2)) / 9


class Collective:
    """The correlator of all pairs of a copy's series, and the sums of the series.

    series : of each copy;  components : of each series;  blocks : of time, at most
    """

    def __init__(
        self, sim: "Simulation", series: int, components: int, grid: LagGrid, rule: Rule, blocks: int
    ) -> None:
        self.copies, self.components = sim.copies, components
        channels = sim.copies * series * components
        runs = runs_of_pairs(sim.copies, series, components)
        self.tau = MultipleTau(sim.device, channels, runs, grid, rule, blocks)
        self.totals = BlockSums(sim.device, blocks, (channels,))

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return self.tau.arrays() | {f"totals_{name}": held for name, held in self.totals.arrays().items()}

    def push(self, sample: Any) -> None:
        """Take the series of all copies [copies, series components]."""
        self.tau.newest[...] = sample.reshape(-1)
        totals = self.totals.open()
        totals += sample.reshape(-1)
        self.tau.push()

    def result(self, interval: float, names: tuple[str, ...]) -> Correlations:
        """Correlations so far; interval : time between two samples [sigma (m/epsilon)^(1/2)]."""
        lags, pairs, rows = self.tau.result()
        series, blocks = len(names), len(pairs)
        sums = np.moveaxis(rows.reshape(blocks, self.copies, series, series, len(lags)), 0, 1)
        totals = self.totals.fetch().reshape(blocks, self.copies, series, self.components)
        return Correlations(
            interval * lags, self.tau.grid, names, self.totals.samples, pairs, sums, np.moveaxis(totals, 0, 1)
        )


@dataclass(eq=False)
class Correlator:
    """What the correlating measures share.

    every : steps between two samples
    levels, points, average : of the grid of lags, `LagGrid`
    blocks : of time, at most, even; each holds all sums
    """

    every: int
    levels: int
    points: int = 16
    average: int = 2
    blocks: int = 16
    grid: LagGrid = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for name in ("every", "levels", "points", "average"):
            whole(getattr(self, name), name)
        check_blocks(self.blocks)
        self.grid = LagGrid(self.levels, self.points, self.average)

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        arrays: dict[str, Any] = self._sums.arrays()
        return arrays

    _sums: Any = field(init=False, repr=False, default=None)
    _interval: float = field(init=False, repr=False, default=0.0)


def group_means(rows: Array, group: Array, sizes: Array) -> Array:
    """Means over the atoms of groups [block, group, lag] of sums of runs [block, run, lag]; NaN if empty."""
    means = np.full((len(rows), len(sizes), rows.shape[2]), np.nan)
    for number, size in enumerate(sizes):
        if size:
            means[:, number] = rows[:, group == number].sum(axis=1) / size
    return means


def by_copy(rows: Array, copies: int) -> Array:
    """[block, copy species, lag] as [copy, block, species, lag]."""
    return np.moveaxis(rows.reshape(len(rows), copies, -1, rows.shape[-1]), 0, 1)
