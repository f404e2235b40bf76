"""Independent groups of a run: what its standard errors are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from knudsen.analysis.statistics import (
    Array,
    TooShortError,
    integrated_autocorrelation_time,
    jackknife,
)
from knudsen.analysis.steady import slow_modes
from knudsen.core.samples import Samples


def _correlation_blocks(samples: Samples) -> float:
    """Autocorrelation time of the slowest mode beyond that of white noise, in blocks; inf if unknown.

    The greatest of some ten noisy estimates stands about 1.5 of its spreads too high; one is taken off:
    sigma(tau) = tau sqrt(2 (2M + 1) / N), M = 5 tau (Sokal).
    """
    if samples.blocks < 2:
        return float("inf")
    excess = 0.0
    for mode in slow_modes(samples):
        try:
            tau = integrated_autocorrelation_time(mode)
        except TooShortError:
            return float("inf")
        excess = max(excess, tau * (1 - np.sqrt(2 * (10 * tau + 1) / mode.size)) - 1)
    return excess


def independent_groups(
    samples: Samples, minimum: int = 16, maximum: int = 128, multiple: float = 8.0
) -> NDArray[np.int64]:
    """Which group each block of each copy belongs to: copies first, stretches of a copy second.

    With `minimum` copies or more a group is one copy (or several, past `maximum`), and no correlation
    time enters.  With fewer, each copy is cut into equal stretches of at least `multiple` (tau - 1)
    blocks, tau that of the slowest mode of the slab in blocks.  G groups know a standard error to a
    fraction 1/sqrt(2 (G - 1)) of itself: 18 % for 16, 9 % for 64.

    Arguments
    ---------
    samples : the run without its transient; its copies are replicas of one problem
    minimum, maximum : least and greatest number of groups
    multiple : length of a stretch in units of tau - 1, which is zero for uncorrelated blocks

    Returns
    -------
    group number, int64 [block, copy]

    Raises
    ------
    TooShortError : fewer than `minimum` independent groups; `estimate` is the labels of the groups
        that there are, or of `minimum` groups too short to be independent where tau is unknown
    """
    if samples.copies >= minimum:
        groups = min(samples.copies, maximum)
        labels = np.arange(samples.copies) * groups // samples.copies
        return np.tile(labels, (samples.blocks, 1))
    excess = _correlation_blocks(samples)
    wanted = maximum // samples.copies
    if not np.isfinite(excess):
        stretches = min(ceil(minimum / samples.copies), samples.blocks)
    else:
        stretches = min(wanted, int(samples.blocks / max(1.0, multiple * excess)))
    labels = _stretches(samples.blocks, samples.copies, max(stretches, 1))
    if not np.isfinite(excess) or stretches * samples.copies < minimum:
        raise TooShortError(_shortness(samples, excess, stretches, minimum), labels)
    return labels


def _stretches(blocks: int, copies: int, stretches: int) -> NDArray[np.int64]:
    stretch = np.arange(blocks) * stretches // blocks
    return stretch[:, None] + stretches * np.arange(copies)


def _shortness(samples: Samples, excess: float, stretches: int, minimum: int) -> str:
    known = np.isfinite(excess)
    cause = f"correlated over {1 + excess:.3g} blocks" if known else "of unknown correlation time"
    made = f"make {stretches * samples.copies}" if known else "make too few"
    return (
        f"{samples.blocks} blocks of {samples.copies} copies, {cause}, {made} independent groups: "
        f"{minimum} are needed; run longer or use {minimum} copies"
    )


@dataclass(frozen=True)
class Totals:
    """Sums of a run with a leading group axis, or none, or any.

    Arguments
    ---------
    masses : [species], mass of a molecule [kg]
    moments : [..., cell, species, MOMENTS], sum of weight sums / volume of the cell
    samples : [...], samples behind them, copies counted one by one
    walls : [..., patch, species, DIRECTIONS, WALL_TOTALS], sum of weight walls / area of the patch
    time : [...], time behind them [s], copies counted one by one
    """

    masses: Array
    moments: Array
    samples: Array
    walls: Array
    time: Array

    @property
    def densities(self) -> Array:
        """Mean moments of the number density [..., cell, species, MOMENTS]: n, n<v_x>, n<v_x v_x>, ..."""
        return self.moments / self.samples[..., None, None, None]

    @property
    def wall_rates(self) -> Array:
        """Mean rates per unit area [..., patch, species, DIRECTIONS, WALL_TOTALS]."""
        return self.walls / self.time[..., None, None, None, None]


def group_totals(samples: Samples, labels: NDArray[np.int64]) -> Totals:
    """Totals of each group.

    Arguments
    ---------
    labels : group number from 0 on [block, copy], as `independent_groups` gives; a negative one leaves
        the block out

    Returns
    -------
    Totals with a leading axis [group]
    """
    groups = int(labels.max()) + 1
    members = [np.nonzero(labels == group) for group in range(groups)]

    def weighted(array: Array, index: tuple[NDArray[np.intp], ...]) -> Array:
        return np.einsum("ks,kcs...->cs...", samples.weight[index[1]], array[index], optimize=True)

    return Totals(
        masses=samples.masses,
        moments=_per(np.array([weighted(samples.sums, index) for index in members]), samples.volumes, 2),
        samples=np.array([samples.samples[index[0]].sum() for index in members], np.float64),
        walls=_per(np.array([weighted(samples.walls, index) for index in members]), samples.patch_area, 3),
        time=np.array([samples.steps[index[0]].sum() for index in members]) * samples.timestep,
    )


def totals_over_time(samples: Samples) -> Totals:
    """Totals of each block of each copy: an unsteady ensemble, whose errors come from its copies alone.

    `measure(function, totals_over_time(samples))` gives means and errors [block, ...], whatever happens
    in time; a block is a bin of time, from `sample(every, block)` or `Samples.coarsen`.

    Returns
    -------
    Totals with leading axes [copy, block]

    Raises
    ------
    ValueError : a single copy
    """
    if samples.copies < 2:
        raise ValueError("one copy has no error bar in time: run several copies")
    by_copy, copies = samples.sums.swapaxes(0, 1), np.ones((samples.copies, 1))
    weight = samples.weight[:, None, None, :, None]
    return Totals(
        masses=samples.masses,
        moments=_per(weight * by_copy, samples.volumes, 2),
        samples=copies * samples.samples,
        walls=_per(weight[..., None] * samples.walls.swapaxes(0, 1), samples.patch_area, 3),
        time=copies * samples.steps * samples.timestep,
    )


def _per(sums: Array, sizes: Array, behind: int) -> Array:
    """Sums over the sizes of cells or patches, `behind` axes before the last; NaN where the size is zero."""
    divisor = np.where(sizes > 0, sizes, np.nan).reshape(-1, *(1,) * behind)
    return np.asarray(sums / divisor)


Outcome = TypeVar("Outcome")


def over_groups(samples: Samples, totals: Totals | None, function: Callable[[Totals], Outcome]) -> Outcome:
    """A function of the totals given, or else of the run's independent groups.

    Raises TooShortError where these are too few; `estimate` is the function over the groups that there are,
    or None when there are not two.
    """
    if totals is not None:
        return function(totals)
    try:
        return function(group_totals(samples, independent_groups(samples)))
    except TooShortError as error:
        judged = error.estimate.max() > 0
        partial = function(group_totals(samples, error.estimate)) if judged else None
        raise TooShortError(str(error), partial) from None


def measure(function: Callable[[Totals], Any], totals: Totals) -> Any:
    """Any function of a run's Totals, with jackknife errors over its groups.

    Arguments
    ---------
    function : of Totals with one leading axis, to an array, or a mapping of names to arrays, that keeps it
    totals : with a leading axis [group]

    Returns
    -------
    Measured, or a dict of Measured, as `jackknife`
    """

    def of_arrays(*arrays: Array) -> Any:
        return function(Totals(totals.masses, *arrays))

    return jackknife(of_arrays, totals.moments, totals.samples, totals.walls, totals.time)
