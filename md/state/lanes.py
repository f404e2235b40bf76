"""Lanes: how loops over atoms are shared out, and sums per copy in a fixed order."""

from itertools import pairwise
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.kernels import kernel

LANE_ATOMS = 512
CUDA_LANE_ATOMS = 16


class Lanes:
    """Runs of slots, each of one copy: the work items of loops that also sum over atoms.

    A copy's lanes depend on its own number of atoms and the kind of device alone, so that its sums know
    neither threads nor the other copies.

    Arguments
    ---------
    first : [copies + 1], slots where each copy begins
    size : atoms in a lane; left out, by the device;  most : lanes of a copy

    Attributes
    ---------
    count : number of lanes
    edges : int64 [lanes + 1], slots where each lane begins
    copy : int32 [lanes];  of_copy : int64 [copies + 1], lanes where each copy begins
    """

    def __init__(
        self, first: np.ndarray[Any, Any], device: Device, size: int | None = None, most: int | None = None
    ) -> None:
        size = size or (CUDA_LANE_ATOMS if device.is_cuda else LANE_ATOMS)
        edges, copies, of_copy = [], [], [0]
        for copy, (start, end) in enumerate(pairwise(first)):
            lanes = max(1, -(-int(end - start) // size))
            lanes = lanes if most is None else min(lanes, most)
            share = -(-int(end - start) // lanes)
            edges += [min(int(start) + lane * share, int(end)) for lane in range(lanes)]
            copies += [copy] * lanes
            of_copy.append(len(edges))
        self.device = device
        self.count = len(edges)
        self.edges = device.put(np.array([*edges, int(first[-1])], np.int64))
        self.copy = device.put(np.array(copies, np.int32))
        self.of_copy = device.put(np.array(of_copy, np.int64))

    @property
    def copies(self) -> int:
        """Number of copies."""
        return len(self.of_copy) - 1

    def sum(self, partials: Any) -> Any:
        """Sums of each copy [copies, width] of its lanes' partial sums [lanes, width]."""
        return self._gather(sum_lanes, partials)

    def max(self, partials: Any) -> Any:
        """Largest of each copy [copies, width] of its lanes' numbers [lanes, width]; NaN where one is NaN."""
        return self._gather(max_lanes, partials)

    def sum_atoms(self, numbers: Any, width: int) -> Any:
        """Sums of each copy [copies, width] of numbers that lie `width` an atom, float64 [width atoms]."""
        sums = self.device.xp.zeros((self.count, width))
        sum_numbers(self.count, self.edges, numbers, width, sums)
        return self.sum(sums)

    def _gather(self, gather: Any, partials: Any) -> Any:
        partials = partials.reshape(self.count, -1)
        gathered = self.device.xp.zeros((self.copies, partials.shape[1]))
        gather(self.copies * partials.shape[1], self.of_copy, partials, gathered)
        return gathered


@kernel
def sum_numbers(lane: int, edges: Any, numbers: Any, width: int, sums: Any) -> None:
    """Sums over one lane of numbers that lie `width` an atom, float64 [lanes, width]."""
    for column in range(width):
        total = 0.0
        for i in range(edges[lane], edges[lane + 1]):
            total += numbers[np.uint64(width * i + column)]
        sums[lane, column] = total


@kernel
def sum_lanes(item: int, of_copy: Any, partials: Any, sums: Any) -> None:
    """One number of one copy, summed over its lanes in their order."""
    width = partials.shape[1]
    copy, column = item // width, item % width
    total = 0.0
    for lane in range(of_copy[copy], of_copy[copy + 1]):
        total += partials[lane, column]
    sums[copy, column] = total


@kernel
def max_lanes(item: int, of_copy: Any, partials: Any, largest: Any) -> None:
    """One number of one copy, the largest of its lanes, NaN where there is one."""
    width = partials.shape[1]
    copy, column = item // width, item % width
    most = partials[of_copy[copy], column]
    for lane in range(of_copy[copy], of_copy[copy + 1]):
        value = partials[lane, column]
        if value > most or value != value:
            most = value
    largest[copy, column] = most
