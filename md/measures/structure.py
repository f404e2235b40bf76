"""The radial distribution function g(r) of every pair of species."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.intake import whole
from knudsen.md.measures.blocks import BlockSums, check_blocks, ratio
from knudsen.md.measures.sums import check_same_atoms, check_unsheared
from knudsen.md.neighbours.cells import CELLS, PADS, PLACE, ROW
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import nearest
from knudsen.md.state.lanes import Lanes

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
# Atoms of a work item that keeps a histogram of its own.
HISTOGRAM_ATOMS = 512
CUDA_HISTOGRAM_ATOMS = 64
# Distances of an atom that are found before they are counted.
CHUNK = 1024
# What rounding could take from a distance of cells.
SLACK = 1e-9


@dataclass(frozen=True)
class RadialDistributions:
    """g(r) between species::

        g_ab(r) = pairs_ab(r) / sum_samples N_a (N_b - delta_ab) v(r) / V

    with v the volume of the shell: an ideal gas of any number of atoms has g = 1.

    edges : [bin + 1], of the shells, in sigma;  samples : [block]
    pair_sums : [copy, block, a, b, bin], ordered pairs found in the samples of a block
    density_sums : [copy, block, a, b], N_a (N_b - delta_ab) / V in them, in sigma^-3
    first_sums : [copy, block, a], atoms a in them
    """

    edges: Array
    samples: Array
    pair_sums: Array
    density_sums: Array
    first_sums: Array
    block_axes: ClassVar[dict[str, int]] = {
        "samples": 0, "pair_sums": 1, "density_sums": 1, "first_sums": 1
    }  # fmt: skip

    @property
    def r(self) -> Array:
        """Middles of the shells [bin], in sigma."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    @property
    def pairs(self) -> Array:
        """Ordered pairs found in all samples [copy, a, b, bin]."""
        return self.pair_sums.sum(axis=1)

    @property
    def expected(self) -> Array:
        """Pairs of an ideal gas [copy, a, b, bin]."""
        return self.density_sums.sum(axis=1)[..., None] * (4 / 3 * np.pi * np.diff(self.edges**3))

    @property
    def values(self) -> Array:
        """g(r) [copy, a, b, bin]; NaN for a missing species.  Its errors: `over_copies`, `over_blocks`."""
        return ratio(self.pairs, self.expected)

    @property
    def coordination(self) -> Array:
        """Atoms b around an atom a up to the outer edge of each shell [copy, a, b, bin]."""
        return ratio(np.cumsum(self.pairs, axis=-1), self.first_sums.sum(axis=1)[:, :, None, None])


@dataclass(eq=False)
class RadialDistribution:
    """g(r) out to r_max.

    Up to the longest cut-off the pairs are those of the neighbour list; beyond, those of the cells, at a cost
    that grows as r_max^3: a sample to 5 sigma in a liquid takes as long as some 25 steps.

    every : steps between two samples;  bins : shells of equal width
    r_max : [sigma], at most half the shortest edge of any box; left out, the longest cut-off
    blocks : of time, at most, even
    """

    every: int = 100
    bins: int = 200
    r_max: float | None = None
    blocks: int = 32

    def __post_init__(self) -> None:
        whole(self.every, "every")
        whole(self.bins, "bins")
        check_blocks(self.blocks)
        if self.r_max is not None and not 0 < self.r_max < np.inf:
            raise ValueError(f"r_max must be positive and finite, got {self.r_max}")

    def bind(self, sim: "Simulation") -> None:
        """Allocate.  Raises ValueError for an r_max beyond half a box."""
        self._r_max = float(sim.neighbours.cutoff if self.r_max is None else self.r_max)
        _check_half(sim, self._r_max)
        self._species, self._atoms = sim.species_count, sim.atoms
        size = CUDA_HISTOGRAM_ATOMS if sim.device.is_cuda else HISTOGRAM_ATOMS
        self._lanes = Lanes(sim.atoms.first, sim.device, size)
        pairs = self._species**2
        width = pairs * (self.bins + 1) + pairs + self._species
        self._sums = BlockSums(sim.device, self.blocks, (sim.copies, width))
        self._listed = self._r_max <= sim.neighbours.cutoff
        if not self._listed:
            check_unsheared(sim, "g(r) beyond the cut-off")
        self._places = sim.device.xp.zeros(0 if self._listed else CHUNK * self._lanes.count, np.int32)

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return self._sums.arrays()

    def take(self, sim: "Simulation") -> None:
        """Take a sample.  Raises ValueError where atoms came or went, or a box has become too small."""
        check_same_atoms(sim, self._atoms, "g(r)")
        _check_half(sim, self._r_max)
        xp, copies = sim.device.xp, sim.copies
        pairs = xp.zeros((self._lanes.count, self._species**2 * (self.bins + 1)), np.int64)
        (self._from_list if self._listed else self._from_cells)(sim, pairs)
        counts = np.asarray(sim.species_counts, np.float64)
        others = counts[:, None, :] - np.eye(self._species)
        density = np.maximum(counts[:, :, None] * others / sim.volumes[:, None, None], 0.0)
        rest = np.concatenate([density.reshape(copies, -1), counts], axis=1)
        sums = self._sums.open()
        # Numbers of pairs are exact in float64.
        sums += xp.concatenate([self._lanes.sum(pairs.astype(np.float64)), sim.device.put(rest)], axis=1)

    def _from_list(self, sim: "Simulation", pairs: Any) -> None:
        listed = sim.neighbours
        count_listed_pairs(
            self._lanes.count, self._lanes.edges, sim.atoms.position, listed.neighbours, listed.stride,
            listed.counts, self._r_max, self.bins, self._species, pairs,
        )  # fmt: skip

    def _from_cells(self, sim: "Simulation", pairs: Any) -> None:
        listed, lanes = sim.neighbours, self._lanes
        # Two atoms have together moved by no more than what the list holds beyond the cut-off.
        room = (sim.domain.least_stretch() * listed.reach - listed.cutoff).max()
        count_pairs(
            lanes.count, lanes.edges, lanes.copy, sim.atoms.position, sim.atoms.cell, sim.lengths,
            listed.grids.rows, *listed.cell_slots, *sim.domain.periodic, self._r_max + room, self._r_max,
            self.bins, self._species, self._places, pairs,
        )  # fmt: skip

    def result(self) -> RadialDistributions:
        """g(r) so far."""
        species, sums = self._species, np.moveaxis(self._sums.fetch(), 0, 1)
        shape = (*sums.shape[:2], species, species)
        found, density, first = np.split(sums, np.cumsum([species**2 * (self.bins + 1), species**2]), axis=-1)
        pairs = found.reshape(*shape, -1)[..., :-1]
        # A list holds each pair from both its atoms.
        pairs = pairs if self._listed else pairs + np.swapaxes(pairs, 2, 3)
        edges = np.linspace(0.0, self._r_max, self.bins + 1)
        return RadialDistributions(edges, self._sums.samples, pairs, density.reshape(shape), first)


def _check_half(sim: "Simulation", r_max: float) -> None:
    periodic = sim.box_lengths[:, list(sim.domain.periodic)]
    half = periodic.min() / 2 if periodic.size else np.inf
    if r_max > half:
        raise ValueError(
            f"r_max {r_max:g} is beyond half the shortest box, {half:g}, where pairs meet twice: lower r_max "
            "or take more atoms"
        )


@kernel
def count_listed_pairs(
    lane: int, edges: Any, position: Any, neighbours: Any, stride: int, counts: Any, r_max: float, bins: int,
    species: int, pairs: Any,
) -> None:  # fmt: skip
    """Count the pairs of one lane's atoms in the neighbour list by distance."""
    scale, most = bins / r_max, r_max * r_max
    for number in range(edges[lane], edges[lane + 1]):
        i = np.uint64(PACK * number)
        x, y, z = position[i], position[i + np.uint64(1)], position[i + np.uint64(2)]
        row = np.int64(position[i + np.uint64(3)]) * species
        base = np.uint64(number * stride)
        for k in range(np.uint64(counts[number])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            dx, dy, dz = x - position[j], y - position[j + np.uint64(1)], z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            if r2 < most:
                pair = (row + np.int64(position[j + np.uint64(3)])) * (bins + 1)
                pairs[lane, np.uint64(pair + min(int(math.sqrt(r2) * scale), bins))] += 1


@device_function
def apart(cells: int, count: int, edge: float, periodic: bool) -> float:
    """Least distance along one axis of the atoms of two cells so many apart."""
    steps = abs(cells)
    if periodic:
        steps = min(steps, count - steps)
    return max(0.0, (steps - 1) * edge)


@device_function
def count_run(
    first: int, end: int, number: int, position: Any, lengths: Any, inverse: Any, scale: float, bins: int,
    species: int, lane: int, places: Any, pairs: Any,
) -> None:  # fmt: skip
    """Count the pairs of an atom with a run of atoms behind it.

    In two passes: distances go many at a time; those beyond the last shell have a place behind it.
    """
    i = np.uint64(PACK * number)
    x, y, z = position[i], position[i + np.uint64(1)], position[i + np.uint64(2)]
    row = np.int64(position[i + np.uint64(3)]) * species
    base, begin = np.uint64(lane * CHUNK), max(first, number + 1)
    while begin < end:
        share = np.uint64(min(CHUNK, end - begin))
        for k in range(share):
            j = np.uint64(PACK) * (np.uint64(begin) + np.uint64(k))
            dx = nearest(x - position[j], lengths[0], inverse[0])
            dy = nearest(y - position[j + np.uint64(1)], lengths[1], inverse[1])
            dz = nearest(z - position[j + np.uint64(2)], lengths[2], inverse[2])
            distance = scale * math.sqrt(dx * dx + dy * dy + dz * dz)
            places[base + np.uint64(k)] = np.int32(min(distance, float(bins)))
        for k in range(share):
            j = np.uint64(PACK) * (np.uint64(begin) + np.uint64(k))
            pair = (row + np.int64(position[j + np.uint64(3)])) * (bins + 1)
            pairs[lane, np.uint64(pair + places[base + np.uint64(k)])] += 1
        begin += CHUNK


@kernel
def count_pairs(
    lane: int, edges: Any, copy: Any, position: Any, cell: Any, box: Any, rows: Any, starts: Any, ends: Any,
    periodic_x: bool, periodic_y: bool, periodic_z: bool, reach: float, r_max: float, bins: int, species: int,
    places: Any, pairs: Any,
) -> None:  # fmt: skip
    """Count the pairs of one lane's atoms by distance, at the nearest image, over the cells within reach.

    Cells that follow each other along x also do so in memory: a row of them is one run of atoms, two where it
    leaves the box.
    """
    own, row = copy[lane], ROW * copy[lane]
    lengths = (box[3 * own], box[3 * own + 1], box[3 * own + 2])
    inverse = (periodic_x / lengths[0], periodic_y / lengths[1], periodic_z / lengths[2])
    nx, ny, nz = rows[row + CELLS], rows[row + CELLS + 1], rows[row + CELLS + 2]
    px, py, pz = rows[row + PADS], rows[row + PADS + 1], rows[row + PADS + 2]
    edge_x, edge_y, edge_z = lengths[0] / nx, lengths[1] / ny, lengths[2] / nz
    scale = bins / r_max
    bound = reach * reach * (1.0 + SLACK)
    for number in range(edges[lane], edges[lane + 1]):
        column = cell[number] % nx
        line, plane = cell[number] // nx % ny, cell[number] // (nx * ny)
        for z in range(nz):
            gap_z = apart(z - plane, nz, edge_z, periodic_z)
            for y in range(ny):
                gap_y = apart(y - line, ny, edge_y, periodic_y)
                left = bound - gap_z * gap_z - gap_y * gap_y
                if left < 0.0:
                    continue
                wide = int(math.sqrt(left) / edge_x) + 1
                base = rows[row + PLACE] + ((z + pz) * (ny + 2 * py) + y + py) * (nx + 2 * px) + px
                low, high = column - wide, column + wide
                if not periodic_x:
                    low, high = max(low, 0), min(high, nx - 1)
                elif high - low + 1 >= nx:
                    low, high = 0, nx - 1
                if low < 0:
                    count_run(
                        starts[base + low + nx], ends[base + nx - 1], number, position, lengths, inverse,
                        scale, bins, species, lane, places, pairs,
                    )  # fmt: skip
                if high >= nx:
                    count_run(
                        starts[base], ends[base + high - nx], number, position, lengths, inverse,
                        scale, bins, species, lane, places, pairs,
                    )  # fmt: skip
                count_run(
                    starts[base + max(low, 0)], ends[base + min(high, nx - 1)], number, position, lengths,
                    inverse, scale, bins, species, lane, places, pairs,
                )  # fmt: skip
