"""Stable sort of particles by bin: the order depends on neither threads nor device.

Hot loops index by uint64: with a signed index Numba tests every access for a wrap-around, which
costs the scatter a third of its time.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.kernels import Kernel, kernel
from knudsen.core.particles import Particles, lane_range

LANE_PARTICLES = 8192
MAXIMUM_LANES = 32
CUDA_LANES = 2**16


class BinSort:
    """Sort each copy's particles by `bin`; bin == bins marks the dead, who fall away.

    starts : int32 [copies, bins + 1], slot where each bin begins after the last sort
    """

    def __init__(self, bins: int, copies: int, expected_particles: int, device: Device) -> None:
        self.bins = bins
        self.copies = copies
        self.device = device
        self.starts = device.xp.zeros((copies, bins + 1), np.int32)
        self.lanes = lanes_of(copies, expected_particles, device.is_cuda)
        self._offsets = None if device.is_cuda else np.zeros((copies, self.lanes, bins + 1), np.int32)

    def sort(self, particles: Particles) -> None:
        """Put the particles in order of bin, keeping the old order within a bin."""
        form = self._by_counting if self._offsets is not None else self._by_library
        form(particles)
        bases = self.device.xp.arange(self.copies) * particles.capacity
        particles.counts[...] = self.starts[:, -1] - bases
        particles.swap()

    def _by_counting(self, particles: Particles) -> None:
        lanes = self.copies * self.lanes
        layout = (particles.counts, particles.capacity, self._offsets)
        count_bins(lanes, particles.bin, *layout)
        lay_out_bins(self.copies, particles.capacity, self._offsets, self.starts)
        scatter = scatter_kernel(particles.dims, particles.width)
        scatter(lanes, particles.bin, *layout, *particles.columns, *particles.spare_columns)

    def _by_library(self, particles: Particles) -> None:
        """CUDA form: CuPy's stable radix sort of the slots' keys, then one gather."""
        xp = self.device.xp
        slots = self.copies * particles.capacity
        key = xp.empty(slots, np.int64)
        key_slots(slots, particles.bin, particles.counts, particles.capacity, self.bins, key)
        order = xp.argsort(key, kind="stable")
        gather(slots, order, particles.dims, particles.width, *particles.columns, *particles.spare_columns)
        first_keys = xp.arange(self.copies)[:, None] * (self.bins + 1) + xp.arange(self.bins + 1)
        self.starts[...] = xp.searchsorted(key[order], first_keys)


def lanes_of(copies: int, particles: int, is_cuda: bool) -> int:
    """Work items that share a copy's particles: set by the problem and the device, never by threads."""
    if is_cuda:
        return max(1, min(particles, CUDA_LANES // copies))
    return int(np.clip(particles // LANE_PARTICLES, 1, MAXIMUM_LANES))


@kernel
def count_bins(lane: int, bin: Any, counts: Any, capacity: int, offsets: Any) -> None:
    """Count each bin's particles in one lane of one copy."""
    lanes, bins = offsets.shape[1], offsets.shape[2]
    copy, share = lane // lanes, lane % lanes
    tally = offsets[copy, share]
    for b in range(bins):
        tally[b] = 0
    first, end, stride = lane_range(share, lanes, counts[copy], False)
    base = copy * capacity
    for i in range(base + first, base + end, stride):
        tally[np.uint64(bin[np.uint64(i)])] += 1


@kernel
def lay_out_bins(copy: int, capacity: int, offsets: Any, starts: Any) -> None:
    """Turn one copy's counts into the slot where each (bin, lane) begins; the dead come last."""
    slot = copy * capacity
    for b in range(offsets.shape[2]):
        starts[copy, b] = slot
        for lane in range(offsets.shape[1]):
            count = offsets[copy, lane, b]
            offsets[copy, lane, b] = slot
            slot += count


@lru_cache(maxsize=8)
def scatter_kernel(dims: int, width: int) -> Kernel:
    """The kernel that moves particles of so many coordinates and internal numbers.

    Counts known beforehand cost no loop.
    """

    @kernel
    def scatter(
        lane: int, bin: Any, counts: Any, capacity: int, offsets: Any,
        place: Any, vx: Any, vy: Any, vz: Any, species: Any, inner: Any,
        new_place: Any, new_vx: Any, new_vy: Any, new_vz: Any, new_species: Any, new_inner: Any,
    ) -> None:  # fmt: skip
        """Move one lane's particles to their bins, in order."""
        lanes = offsets.shape[1]
        copy, share = lane // lanes, lane % lanes
        tally = offsets[copy, share]
        first, end, stride = lane_range(share, lanes, counts[copy], False)
        base = copy * capacity
        for k in range(base + first, base + end, stride):
            i = np.uint64(k)
            b = np.uint64(bin[i])
            slot = np.uint64(tally[b])
            tally[b] = slot + np.uint64(1)
            for axis in range(np.uint64(dims)):
                new_place[np.uint64(dims) * slot + axis] = place[np.uint64(dims) * i + axis]
            new_vx[slot] = vx[i]
            new_vy[slot] = vy[i]
            new_vz[slot] = vz[i]
            new_species[slot] = species[i]
            for column in range(np.uint64(width)):
                new_inner[np.uint64(width) * slot + column] = inner[np.uint64(width) * i + column]

    return scatter


@kernel
def key_slots(slot: int, bin: Any, counts: Any, capacity: int, bins: int, key: Any) -> None:
    """Sorting key of a slot: its copy, then its bin; empty slots go with the dead."""
    copy = slot // capacity
    live = slot - copy * capacity < counts[copy]
    key[slot] = copy * (bins + 1) + (bin[slot] if live else bins)


@kernel
def gather(
    slot: int, order: Any, dims: int, width: int,
    place: Any, vx: Any, vy: Any, vz: Any, species: Any, inner: Any,
    new_place: Any, new_vx: Any, new_vy: Any, new_vz: Any, new_species: Any, new_inner: Any,
) -> None:  # fmt: skip
    """Fetch into a slot the particle that the order puts there."""
    old = order[slot]
    for axis in range(dims):
        new_place[dims * slot + axis] = place[dims * old + axis]
    new_vx[slot] = vx[old]
    new_vy[slot] = vy[old]
    new_vz[slot] = vz[old]
    new_species[slot] = species[old]
    for column in range(width):
        new_inner[width * slot + column] = inner[width * old + column]
