"""Sums over pairs of times of many channels at once, on a grid of lags that grows in powers.

Level l holds the last `points` values of every channel at intervals of average^l samples; what a level hands
to the next is the rule's.  Level 0 covers the lags 0 .. points - 1 and each further level the last
points - points / average of its own, so that a run of n samples costs O(n points) and a memory of
O(points log n) a channel.

Sources: J. Ramirez, S. K. Sukumaran, B. Vorselaars and A. E. Likhtman, J. Chem. Phys. 133 (2010) 154103;
D. Frenkel and B. Smit, Understanding Molecular Simulation (2002), section 4.4.2, for displacements.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.device import Device
from knudsen.core.kernels import Kernel, kernel
from knudsen.md.measures.blocks import BlockSums

Array = np.ndarray[Any, Any]
# Atoms whose products are one work item's sum.
ATOMS_IN_RUN = 512
CUDA_ATOMS_IN_RUN = 32


@dataclass(frozen=True)
class LagGrid:
    """The lags of a multiple-tau correlator, in samples::

        0 .. points - 1,  then  j average^l,  j = points/average .. points - 1,  l = 1 .. levels - 1

    Raises
    ------
    ValueError : no levels, an average below 2, points that are no multiple of it.

    >>> LagGrid(2, 4, 2).lags
    array([0, 1, 2, 3, 4, 6])
    """

    levels: int
    points: int
    average: int

    def __post_init__(self) -> None:
        if self.levels < 1:
            raise ValueError(f"levels must be 1 or more, got {self.levels}")
        if self.average < 2:
            raise ValueError(f"average must be 2 samples or more, got {self.average}")
        if self.points < self.average or self.points % self.average:
            raise ValueError(
                f"points must be a multiple of average, {self.average}, got {self.points}: take the next one"
            )

    def first(self, level: int) -> int:
        """The smallest delay that a level contributes, in its own intervals."""
        return self.points // self.average if level else 0

    def held(self, level: int, samples: int) -> int:
        """Values that a level has seen after so many samples."""
        return int(samples // self.average**level)

    @property
    def places(self) -> list[tuple[int, int]]:
        """Level and delay of every lag, in order."""
        return [(level, j) for level in range(self.levels) for j in range(self.first(level), self.points)]

    @property
    def lags(self) -> Array:
        """Lags in samples, ascending."""
        return np.array([j * self.average**level for level, j in self.places])

    def pairs(self, samples: int) -> Array:
        """Pairs of times that each lag has after so many samples."""
        return np.array([max(0, self.held(level, samples) - j) for level, j in self.places])

    def running_integral(self, values: Array) -> Array:
        """int_0^lag of an even function that a correlator has seen [..., lag], in samples [..., lag].

        A coarse level holds averages over hats as wide as two of its intervals.  At the end of a level its
        weights decline over `average` intervals, so that the hats of all levels add up to one: in the mean
        the integral is that of the finest level by the trapezoidal rule.

        >>> LagGrid(2, 4, 2).running_integral(np.ones(6))
        array([0., 1., 2., 3., 4., 6.])
        """
        before, integrals = -values[..., :1] / 2, []
        for level in range(self.levels):
            delays, interval = np.arange(self.first(level), self.points), self.average**level
            here, values = np.split(values, [len(delays)], axis=-1)
            integrals.append(before + interval * (np.cumsum(here, axis=-1) - here / 2))
            weights = np.minimum(1.0, (self.points - delays[: here.shape[-1]]) / self.average)
            before = before + interval * (here * weights).sum(axis=-1, keepdims=True)
        return np.concatenate(integrals, axis=-1)


class Rule(NamedTuple):
    """What is summed over pairs of times, and what a level hands to the next."""

    add: Kernel
    coarsen: Kernel


class Runs(NamedTuple):
    """Sums of products over consecutive channels: sum_k old[left + k] new[right + k], k < length."""

    left: Array
    right: Array
    length: Array


class MultipleTau:
    """Running sums of a rule over many channels.

    Arguments
    ---------
    channels : numbers of a sample;  runs : the sums that are kept;  rule : CORRELATION or DISPLACEMENT
    blocks : of time, at most; a pair of times belongs to that of the later
    """

    def __init__(
        self, device: Device, channels: int, runs: Runs, grid: LagGrid, rule: Rule, blocks: int
    ) -> None:
        xp = device.xp
        self.device, self.grid, self.rule, self.channels = device, grid, rule, channels
        self.runs = Runs(*(device.put(np.asarray(column, np.int64)) for column in runs))
        self.history = xp.zeros((grid.levels, grid.points * channels))
        self.blocks = BlockSums(device, blocks, (grid.levels, len(runs.left) * grid.points))

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return {"history": self.history, **self.blocks.arrays()}

    @property
    def newest(self) -> Any:
        """Where the next sample belongs [channels]."""
        place = int(self.blocks.taken[0]) % self.grid.points * self.channels
        return self.history[0, place : place + self.channels]

    def push(self) -> None:
        """Take what was written to `newest` as a sample."""
        grid, sums = self.grid, self.blocks.open()
        samples = int(self.blocks.taken[0])
        for level in range(grid.levels):
            if samples % grid.average**level:
                break
            if level:
                self._hand_on(level, samples)
            self._add(level, samples, sums[level])

    def _hand_on(self, level: int, samples: int) -> None:
        grid = self.grid
        finer, place = grid.held(level - 1, samples) - 1, grid.held(level, samples) - 1
        self.rule.coarsen(
            self.channels, self.history[level - 1], self.history[level], self.channels, grid.points,
            finer % grid.points, grid.average, place % grid.points,
        )  # fmt: skip

    def _add(self, level: int, samples: int, sums: Any) -> None:
        grid, held = self.grid, self.grid.held(level, samples)
        first, last = grid.first(level), min(grid.points, held)
        runs = len(self.runs.left)
        if last > first:
            self.rule.add(
                runs * (last - first), self.history[level], self.channels, grid.points,
                (held - 1) % grid.points, first, last, *self.runs, sums,
            )  # fmt: skip

    def result(self) -> tuple[Array, Array, Array]:
        """Lags reached [lag], in samples; pairs of times of each [block, lag]; sums [block, run, lag]."""
        grid, edges = self.grid, self.blocks.edges
        pairs = np.diff([grid.pairs(int(edge)) for edge in edges], axis=0)
        reached = grid.pairs(int(edges[-1])) > 0
        sums = self.blocks.fetch().reshape(-1, grid.levels, len(self.runs.left), grid.points)
        places = [place for place, there in zip(grid.places, reached, strict=True) if there]
        levels, delays = np.array(places, int).reshape(-1, 2).T
        rows = np.moveaxis(sums[:, levels, :, delays], 0, -1)
        return grid.lags[reached], pairs[:, reached], rows


def runs_of_groups(sizes: Array, device: Device) -> tuple[Runs, Array]:
    """Runs that share out atoms of consecutive groups, three channels an atom, and the group of each run.

    sizes : [groups], atoms
    """
    most = CUDA_ATOMS_IN_RUN if device.is_cuda else ATOMS_IN_RUN
    starts, lengths, groups = [], [], []
    begin = 0
    for group, size in enumerate(sizes):
        for start in range(0, int(size), most):
            starts.append(3 * (begin + start))
            lengths.append(3 * min(most, int(size) - start))
            groups.append(group)
        begin += int(size)
    return Runs(np.array(starts), np.array(starts), np.array(lengths)), np.array(groups)


def runs_of_pairs(copies: int, series: int, components: int) -> Runs:
    """Runs of every ordered pair of series of each copy, in the order [copy, left, right]."""
    copy, left, right = np.indices((copies, series, series)).reshape(3, -1)
    first = copy * series
    return Runs(
        (first + left) * components, (first + right) * components, np.full(copy.size, components, np.int64)
    )


@kernel
def add_products(
    item: int, ring: Any, channels: int, points: int, newest: int, first: int, last: int,
    left: Any, right: Any, length: Any, sums: Any,
) -> None:  # fmt: skip
    """Sum of old x new over one run at one delay."""
    run, delay = item // (last - first), first + item % (last - first)
    old = np.uint64((newest + points - delay) % points * channels + left[run])
    new = np.uint64(newest * channels + right[run])
    total = 0.0
    for k in range(np.uint64(length[run])):
        total += ring[old + np.uint64(k)] * ring[new + np.uint64(k)]
    sums[np.uint64(run * points + delay)] += total


@kernel
def add_displacements(
    item: int, ring: Any, channels: int, points: int, newest: int, first: int, last: int,
    left: Any, right: Any, length: Any, sums: Any,
) -> None:  # fmt: skip
    """Sum of the products of two displacements over one run at one delay."""
    run, delay = item // (last - first), first + item % (last - first)
    before = (newest + points - delay) % points * channels
    old_left, old_right = np.uint64(before + left[run]), np.uint64(before + right[run])
    new_left = np.uint64(newest * channels + left[run])
    new_right = np.uint64(newest * channels + right[run])
    total = 0.0
    for number in range(np.uint64(length[run])):
        k = np.uint64(number)
        total += (ring[new_left + k] - ring[old_left + k]) * (ring[new_right + k] - ring[old_right + k])
    sums[np.uint64(run * points + delay)] += total


@kernel
def hand_on_mean(
    channel: int, finer: Any, coarser: Any, channels: int, points: int, newest: int, average: int, place: int
) -> None:
    """The mean of the last values of a level is the next value of the coarser."""
    total = 0.0
    for back in range(average - 1, -1, -1):
        total += finer[np.uint64((newest + points - back) % points * channels + channel)]
    coarser[np.uint64(place * channels + channel)] = total / average


@kernel
def hand_on_last(
    channel: int, finer: Any, coarser: Any, channels: int, points: int, newest: int, average: int, place: int
) -> None:
    """The last value of a level is the next value of the coarser."""
    coarser[np.uint64(place * channels + channel)] = finer[np.uint64(newest * channels + channel)]


CORRELATION = Rule(add_products, hand_on_mean)
DISPLACEMENT = Rule(add_displacements, hand_on_last)
