"""Neighbours: spatial order, periodic images and a full Verlet list.

The cells are those of `knudsen.md.cells`.  Each atom lists all its neighbours within cut-off + skin: it sums
its own force, no other item writes it, and the sum's order does not depend on threads.
"""

import math
from typing import Any

import numpy as np

from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.atoms import PACK, Atoms
from knudsen.md.box import Box
from knudsen.md.cells import CellGrid, copy_images, count_cells, scatter, wrap

# What rounding could take from the reach where a search is bounded.
SLACK = 1e-9
ATOMS_PER_LANE = 4096
# Work items that share the cells of a search, each with room for the candidates of one cell.
PARTS = 64
CUDA_PARTS = 4096
MOST_LANES = 8
# Rows of the list begin at multiples of a cache line.
ROW = 16
MOST_SLOTS = np.iinfo(np.int32).max


class NeighbourList:
    """Full Verlet list of all pairs within cut-off + skin, rebuilt when it could miss one.

    Arguments
    ---------
    atoms : the atoms, which a build puts in spatial order
    box : the periodic box
    cutoff : the longest range of the forces [sigma];  skin : what is listed beyond it [sigma]

    Attributes
    ---------
    neighbours : uint32 [N stride], slots of an atom's neighbours in `atoms.position`
    counts : int32 [N], neighbours of each atom
    builds : how often the list was built;  grown : how often a search found too little room and was repeated
    """

    def __init__(self, atoms: Atoms, box: Box, cutoff: float, skin: float) -> None:
        if not 0 <= skin < np.inf:
            raise ValueError(f"the skin must be finite and not negative, got {skin}")
        self.atoms, self.box, self.cutoff, self.skin = atoms, box, cutoff, skin
        self.reach = cutoff + skin
        self.device, self._xp = atoms.device, atoms.device.xp
        self.grid = CellGrid(box, self.reach, atoms.count, self.device)
        count, xp = atoms.count, self._xp
        self.lanes = int(np.clip(count // ATOMS_PER_LANE, 1, MOST_LANES))
        self.counts = xp.zeros(count, np.int32)
        self.stride = ROW
        self.neighbours = xp.zeros(count * self.stride, np.uint32)
        self.reference = xp.zeros(PACK * count)
        self.builds = self.grown = 0
        self._parts = min(len(self.grid.own), CUDA_PARTS if self.device.is_cuda else PARTS)
        self._needed = xp.zeros(self._parts, np.int32)
        self._candidates = self._room_for(0)
        self._cell = xp.zeros(count, np.int32)
        self._offsets = xp.zeros(len(self.grid.own) * self.lanes, np.int32)
        self._starts = xp.zeros(self.grid.size, np.int32)
        self._ends = xp.zeros(self.grid.size, np.int32)

    def build(self) -> None:
        """Wrap and sort the atoms, place their images and list the neighbours."""
        self.builds += 1
        self._sort()
        self._lay_out_images()
        self.follow()
        self._search()
        self.reference[...] = self.atoms.position[: PACK * self.atoms.count]

    def follow(self) -> None:
        """Move the periodic images after their atoms."""
        grid = self.grid
        copy_images(
            len(grid.image),
            self.atoms.position,
            grid.image,
            grid.source,
            grid.shift,
            self._starts,
            self._ends,
        )

    def _sort(self) -> None:
        atoms, grid = self.atoms, self.grid
        wrap(atoms.count, atoms.position, atoms.image, *self.box.lengths, *map(int, grid.cells), self._cell)
        share = -(-atoms.count // self.lanes)
        count_cells(self.lanes, self._cell, share, self._offsets, len(grid.own))
        ends = self._xp.cumsum(self._offsets)
        self._offsets[1:] = ends[:-1]
        self._offsets[0] = 0
        self._starts[grid.own] = self._offsets[:: self.lanes]
        self._ends[grid.own] = ends[self.lanes - 1 :: self.lanes]
        scatter(self.lanes, self._cell, share, self._offsets, *atoms.columns, *atoms.spare_columns)
        atoms.swap()

    def _lay_out_images(self) -> None:
        grid, starts, ends = self.grid, self._starts, self._ends
        held = ends[grid.source] - starts[grid.source]
        last = self.atoms.count + self._xp.cumsum(held, dtype=np.int64)
        slots = int(last[-1])
        if PACK * slots > MOST_SLOTS:
            raise ValueError(
                f"{slots} atoms and images pass what the list can number: "
                "use fewer atoms, or a shorter cut-off"
            )
        ends[grid.image] = last
        starts[grid.image] = last - held
        self.atoms.make_room(slots)

    def _search(self) -> None:
        atoms, grid = self.atoms, self.grid
        own = len(grid.own)
        while True:
            list_neighbours(
                self._parts, -(-own // self._parts), atoms.position, grid.own, self._starts, self._ends,
                *map(int, grid.cells), *map(int, grid.pad), *map(float, grid.edges), self.reach,
                *self._candidates, self._needed, self.neighbours, self.stride, self.counts,
            )  # fmt: skip
            needed, longest = int(self._needed.max()), int(self.counts.max())
            room = len(self._candidates[0]) // self._parts
            if needed <= room and longest <= self.stride:
                return
            self.grown += 1
            if needed > room:
                self._candidates = self._room_for(needed)
            if longest > self.stride:
                self.stride = -(-(longest + longest // 8) // ROW) * ROW
                self.neighbours = self._xp.zeros(atoms.count * self.stride, np.uint32)

    def _room_for(self, needed: int) -> tuple[Any, ...]:
        """x, y, z, slot and nearness of the candidates of one cell, for each part of the cells."""
        size = self._parts * (needed + needed // 4 + ROW)
        kinds = (np.float64, np.float64, np.float64, np.uint32, np.uint32)
        return tuple(self._xp.zeros(size, kind) for kind in kinds)


@device_function
def gap(cells: int, edge: float) -> float:
    """Least distance of two cells so many apart along one axis."""
    return max(0.0, (abs(cells) - 1) * edge)


@device_function
def gather(
    first: int, end: int, position: Any, base: int, found: int, room: int, x: Any, y: Any, z: Any, slots: Any
) -> int:
    """Add a run of atoms to the candidates of a cell; how many there are then."""
    if found + end - first <= room:
        for other in range(first, end):
            j = np.uint64(PACK) * np.uint64(other)
            k = np.uint64(base + found + other - first)
            x[k] = position[j]
            y[k] = position[j + np.uint64(1)]
            z[k] = position[j + np.uint64(2)]
            slots[k] = other
    return found + end - first


@device_function
def candidates(
    cell: int, position: Any, starts: Any, ends: Any, cells: Any, pads: Any, edges: Any, reach: float,
    base: int, room: int, x: Any, y: Any, z: Any, slots: Any,
) -> int:  # fmt: skip
    """Gather the atoms and images of all cells that reach into a cell, given by its place in the padded grid.

    Cells that follow each other along x also do so in memory, so that a row of cells is one run of atoms
    but where it leaves the box.
    """
    full_x, full_y = cells[0] + 2 * pads[0], cells[1] + 2 * pads[1]
    column = cell % full_x - pads[0]
    line, plane = cell // full_x % full_y, cell // (full_x * full_y)
    bound2 = reach * reach * (1.0 + SLACK)
    found = 0
    for cz in range(plane - pads[2], plane + pads[2] + 1):
        gap_z = gap(cz - plane, edges[2])
        for cy in range(line - pads[1], line + pads[1] + 1):
            gap_y = gap(cy - line, edges[1])
            left2 = bound2 - gap_z * gap_z - gap_y * gap_y
            if left2 < 0.0:
                continue
            wide = min(pads[0], int(math.sqrt(left2) / edges[0]) + 1)
            row = (cz * full_y + cy) * full_x + pads[0]
            k, final = row + column - wide, row + column + wide
            outside = cz < pads[2] or cz >= cells[2] + pads[2] or cy < pads[1] or cy >= cells[1] + pads[1]
            while k <= final:
                run = final
                if not outside and k < row + cells[0]:
                    run = min(final, row - 1 if k < row else row + cells[0] - 1)
                found = gather(
                    starts[np.uint64(k)], ends[np.uint64(run)], position, base, found, room, x, y, z, slots
                )
                k = run + 1
    return found


@kernel
def list_neighbours(
    part: int, share: int, position: Any, own: Any, starts: Any, ends: Any,
    cells_x: int, cells_y: int, cells_z: int, pad_x: int, pad_y: int, pad_z: int,
    edge_x: float, edge_y: float, edge_z: float, reach: float,
    x: Any, y: Any, z: Any, slots: Any, near: Any, needed: Any, neighbours: Any, stride: int, counts: Any,
) -> None:  # fmt: skip
    """List all atoms and images within reach of each atom of one part of the cells.

    What a row cannot hold is only counted, and so are candidates that find no room.
    """
    room = x.shape[0] // needed.shape[0]
    base = part * room
    most = 0
    for c in range(part * share, min((part + 1) * share, own.shape[0])):
        cell = own[c]
        if starts[cell] == ends[cell]:
            continue
        found = candidates(
            cell, position, starts, ends, (cells_x, cells_y, cells_z), (pad_x, pad_y, pad_z),
            (edge_x, edge_y, edge_z), reach, base, room, x, y, z, slots,
        )  # fmt: skip
        most = max(most, found)
        if found <= room:
            for i in range(starts[cell], ends[cell]):
                counts[i] = keep_near(
                    i, position, reach, base, found, x, y, z, slots, near, neighbours, stride
                )
    needed[part] = most


@device_function
def keep_near(
    i: int, position: Any, reach: float, base: int, found: int, x: Any, y: Any, z: Any, slots: Any, near: Any,
    neighbours: Any, stride: int,
) -> int:  # fmt: skip
    """Write the candidates within reach of atom i to its row; their number.

    In two passes: distances go many at a time; then a slot is written first and kept after, which needs no
    branch.  The slots kept take the place of the nearness already read.
    """
    me = np.uint64(PACK * i)
    here_x, here_y, here_z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
    reach2 = reach * reach
    for k in range(np.uint64(base), np.uint64(base + found)):
        at = np.uint64(k)
        dx, dy, dz = here_x - x[at], here_y - y[at], here_z - z[at]
        within = dx * dx + dy * dy + dz * dz < reach2
        near[at] = np.uint32(within & (slots[at] != np.uint32(i)))
    count = np.uint64(0)
    for k in range(np.uint64(base), np.uint64(base + found)):
        at = np.uint64(k)
        kept = near[at]
        near[np.uint64(base) + count] = slots[at]
        count += np.uint64(kept)
    row = np.uint64(i * stride)
    for k in range(min(count, np.uint64(stride))):
        neighbours[row + np.uint64(k)] = near[np.uint64(base) + np.uint64(k)]
    return np.int64(count)
