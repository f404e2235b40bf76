"""The stable sort of atoms by cell: the order depends on neither threads nor the other copies."""

import math
from typing import Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.neighbours.cells import CELLS, ROW, Grids
from knudsen.md.state.atoms import PACK, Atoms
from knudsen.md.state.lanes import Lanes

SORT_LANE_ATOMS = 4096
MOST_SORT_LANES = 8


class SpatialSort:
    """A counting sort of each copy's atoms by `cell`, the first key being the copy.

    Where no cell has changed it keeps every atom in its place, so that sorting one copy leaves others alone.
    """

    def __init__(self, atoms: Atoms, grids: Grids) -> None:
        self.atoms, self.grids = atoms, grids
        device = atoms.device
        self.lanes = Lanes(atoms.first, device, SORT_LANE_ATOMS, MOST_SORT_LANES)
        lanes = np.diff(device.fetch(self.lanes.of_copy))
        cells = np.array([math.prod(along) for along in grids.cells])
        tables = np.concatenate([[0], np.cumsum(lanes * cells)])
        self._table = device.put(tables[:-1].astype(np.int64))
        begins = [tables[r] + np.arange(cells[r]) * lanes[r] for r in range(len(cells))]
        ends = [begin + lanes[r] - 1 for r, begin in enumerate(begins)]
        self._begin, self._end = (device.put(np.concatenate(part)) for part in (begins, ends))
        self._offsets = device.xp.zeros(int(tables[-1]), np.int32)

    def sort(self, starts: Any, ends: Any) -> None:
        """Sort, and write the slots where each cell of the box begins and ends [padded cells]."""
        atoms, grids, lanes = self.atoms, self.grids, self.lanes
        share = (lanes.edges, lanes.copy, lanes.of_copy, grids.rows, self._table, self._offsets)
        count_cells(lanes.count, atoms.cell, *share)
        last = self.atoms.device.xp.cumsum(self._offsets)
        self._offsets[1:] = last[:-1]
        self._offsets[0] = 0
        starts[grids.own] = self._offsets[self._begin]
        ends[grids.own] = last[self._end]
        scatter(lanes.count, *share, *atoms.columns, *atoms.spare_columns)
        atoms.swap()


@kernel
def wrap(
    i: int, copy: Any, stale: Any, position: Any, image: Any, lengths: Any, offset: Any, rows: Any,
    periodic_x: bool, periodic_y: bool, periodic_z: bool, cell: Any,
) -> None:  # fmt: skip
    """Bring an atom of a stale copy back into its box, count the boxes it crossed, and note its cell.

    Beyond a face that is not periodic it stays where it is, in the outermost cell.
    """
    own = copy[i]
    if not stale[own]:
        return
    periodic = (periodic_x, periodic_y, periodic_z)
    nx, ny = rows[ROW * own + CELLS], rows[ROW * own + CELLS + 1]
    alongs = (1, nx, nx * ny)
    number = 0
    # y first: in a sheared box a turn along y shifts x.
    for axis in (1, 0, 2):
        slot = np.uint64(PACK * i + axis)
        length = lengths[3 * own + axis]
        cells = rows[ROW * own + CELLS + axis]
        turns = math.floor(position[slot] / length) if periodic[axis] else 0.0
        inside = position[slot] - turns * length
        if periodic[axis]:
            # A hair below zero comes out as the length itself.
            if inside >= length:
                inside -= length
                turns += 1
            elif inside < 0.0:
                inside = 0.0
        position[slot] = inside
        image[np.uint64(3 * i + axis)] += np.int32(turns)
        if axis == 1:
            position[np.uint64(PACK * i)] -= turns * offset[own]
        number += alongs[axis] * min(max(int(inside / length * cells), 0), cells - 1)
    cell[np.uint64(i)] = number


@kernel
def count_cells(
    lane: int, cell: Any, edges: Any, copy: Any, of_copy: Any, rows: Any, table: Any, offsets: Any
) -> None:
    """Count one lane's atoms by cell; counts lie by cell, then lane."""
    own = copy[lane]
    lanes = of_copy[own + 1] - of_copy[own]
    first = table[own] + lane - of_copy[own]
    row = ROW * own + CELLS
    for c in range(rows[row] * rows[row + 1] * rows[row + 2]):
        offsets[np.uint64(first + c * lanes)] = 0
    for i in range(edges[lane], edges[lane + 1]):
        offsets[np.uint64(first + cell[np.uint64(i)] * lanes)] += 1


@kernel
def scatter(
    lane: int, edges: Any, copy: Any, of_copy: Any, rows: Any, table: Any, offsets: Any,
    position: Any, velocity: Any, image: Any, id: Any, cell: Any,
    new_position: Any, new_velocity: Any, new_image: Any, new_id: Any, new_cell: Any,
) -> None:  # fmt: skip
    """Move one lane's atoms to their cells, in order."""
    own = copy[lane]
    lanes = of_copy[own + 1] - of_copy[own]
    first = table[own] + lane - of_copy[own]
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        bin = np.uint64(first + cell[i] * lanes)
        slot = np.uint64(offsets[bin])
        offsets[bin] += 1
        for axis in range(PACK):
            new_position[np.uint64(PACK) * slot + np.uint64(axis)] = position[
                np.uint64(PACK) * i + np.uint64(axis)
            ]
        for axis in range(3):
            old, new = np.uint64(3) * i + np.uint64(axis), np.uint64(3) * slot + np.uint64(axis)
            new_velocity[new] = velocity[old]
            new_image[new] = image[old]
        new_id[slot] = id[i]
        new_cell[slot] = cell[i]
