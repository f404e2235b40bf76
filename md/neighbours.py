"""Neighbours: spatial order, periodic images and a full Verlet list.

The box is cut into cells.  Around it lie further cells, each the copy of one inside: atoms there are periodic
images, which follow their atoms every step.  So no loop over pairs asks for a minimum image, and a box of
one cell is searched as any other.  Each atom lists all its neighbours within cut-off + skin: it sums its
own force, no other item writes it, and the sum's order does not depend on threads.
"""

import math
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.atoms import PACK, Atoms
from knudsen.md.box import Box

# Small cells search less volume, but many empty rows in a gas.  Along x cells are one run of memory, and may
# be thinner than across.
DENSE = 4.0
DENSE_EDGES = (0.25, 0.5, 0.5)
# What rounding could take from the reach where a search is bounded.
SLACK = 1e-9
ATOMS_PER_LANE = 4096
MOST_LANES = 8
# Rows of the list begin at multiples of a cache line.
ROW = 16
MOST_SLOTS = np.iinfo(np.int32).max


class CellGrid:
    """Cells of the box and the layers of image cells around it.

    Arguments
    ---------
    box : the periodic box;  reach : cut-off + skin [sigma];  count : number of atoms

    Attributes
    ---------
    cells : (nx, ny, nz);  edges : of a cell [sigma]
    pad : layers of image cells on each side along each axis
    own : int32 [cells], where the box's cells stand in the padded grid;  image : the same of the image cells
    source : int32 [image cells], where the cell stands that an image cell copies
    shift : float64 [3 image cells], how far its atoms are shifted [sigma]
    """

    def __init__(self, box: Box, reach: float, count: int, device: Device) -> None:
        lengths = np.array(box.lengths)
        self.cells = _cells_along(lengths, reach, count)
        self.edges = lengths / self.cells
        self.pad = np.ceil(reach / self.edges).astype(np.int64)
        full = self.cells + 2 * self.pad
        place = np.indices(full[::-1]).reshape(3, -1)[::-1].T - self.pad
        turns = place // self.cells
        inside = place - turns * self.cells + self.pad
        origin = inside[:, 0] + full[0] * (inside[:, 1] + full[1] * inside[:, 2])
        is_image = turns.any(axis=1)
        self.own = device.put(np.flatnonzero(~is_image).astype(np.int32))
        self.image = device.put(np.flatnonzero(is_image).astype(np.int32))
        self.source = device.put(origin[is_image].astype(np.int32))
        self.shift = device.put((turns[is_image] * lengths).ravel())
        self.size = len(place)


def _cells_along(lengths: np.ndarray[Any, Any], reach: float, count: int) -> np.ndarray[Any, Any]:
    volume = float(np.prod(lengths))
    if count * reach**3 > DENSE * volume:
        edges = reach * np.array(DENSE_EDGES)
    else:
        edges = np.full(3, max(reach, (volume / (2 * count)) ** (1 / 3)))
    return np.maximum(1, np.floor(lengths / edges)).astype(np.int64)


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
    builds : how often the list was built;  grown : how often a row was too short and the search repeated
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
        while True:
            list_neighbours(
                atoms.count, atoms.position, self._starts, self._ends, *map(int, grid.cells),
                *map(int, grid.pad), *map(float, grid.edges), self.reach, self.neighbours, self.stride,
                self.counts,
            )  # fmt: skip
            longest = int(self.counts.max())
            if longest <= self.stride:
                return
            self.stride = -(-(longest + longest // 8) // ROW) * ROW
            self.neighbours = self._xp.zeros(atoms.count * self.stride, np.uint32)
            self.grown += 1


@kernel
def wrap(
    i: int, position: Any, image: Any, length_x: float, length_y: float, length_z: float,
    cells_x: int, cells_y: int, cells_z: int, cell: Any,
) -> None:  # fmt: skip
    """Bring an atom back into the box, count the boxes it crossed, and note its cell."""
    lengths = (length_x, length_y, length_z)
    cells = (cells_x, cells_y, cells_z)
    number, along = 0, 1
    for axis in range(3):
        slot = np.uint64(PACK * i + axis)
        length = lengths[axis]
        turns = math.floor(position[slot] / length)
        inside = position[slot] - turns * length
        # A hair below zero comes out as the length itself.
        if inside >= length:
            inside -= length
            turns += 1
        elif inside < 0.0:
            inside = 0.0
        position[slot] = inside
        image[np.uint64(3 * i + axis)] += np.int32(turns)
        number += along * min(int(inside / length * cells[axis]), cells[axis] - 1)
        along *= cells[axis]
    cell[np.uint64(i)] = number


@kernel
def count_cells(lane: int, cell: Any, share: int, offsets: Any, cells: int) -> None:
    """Count one lane's atoms by cell; counts lie by cell, then lane."""
    lanes = offsets.shape[0] // cells
    for c in range(cells):
        offsets[np.uint64(c * lanes + lane)] = 0
    for i in range(lane * share, min((lane + 1) * share, cell.shape[0])):
        offsets[np.uint64(cell[np.uint64(i)] * lanes + lane)] += 1


@kernel
def scatter(
    lane: int, cell: Any, share: int, offsets: Any, position: Any, velocity: Any, image: Any, id: Any,
    new_position: Any, new_velocity: Any, new_image: Any, new_id: Any,
) -> None:  # fmt: skip
    """Move one lane's atoms to their cells, in order."""
    lanes = (cell.shape[0] + share - 1) // share
    for k in range(lane * share, min((lane + 1) * share, cell.shape[0])):
        i = np.uint64(k)
        own = np.uint64(cell[i] * lanes + lane)
        slot = np.uint64(offsets[own])
        offsets[own] += 1
        for axis in range(PACK):
            new_position[np.uint64(PACK) * slot + np.uint64(axis)] = position[
                np.uint64(PACK) * i + np.uint64(axis)
            ]
        for axis in range(3):
            old, new = np.uint64(3) * i + np.uint64(axis), np.uint64(3) * slot + np.uint64(axis)
            new_velocity[new] = velocity[old]
            new_image[new] = image[old]
        new_id[slot] = id[i]


@kernel
def copy_images(c: int, position: Any, image: Any, source: Any, shift: Any, starts: Any, ends: Any) -> None:
    """Place the images of one image cell: the atoms of its source, shifted by whole boxes."""
    first = starts[source[c]]
    here, there = np.uint64(PACK * starts[image[c]]), np.uint64(PACK * first)
    shift_x, shift_y, shift_z = shift[3 * c], shift[3 * c + 1], shift[3 * c + 2]
    for k in range(ends[source[c]] - first):
        step = np.uint64(PACK * k)
        position[here + step] = position[there + step] + shift_x
        position[here + step + np.uint64(1)] = position[there + step + np.uint64(1)] + shift_y
        position[here + step + np.uint64(2)] = position[there + step + np.uint64(2)] + shift_z
        position[here + step + np.uint64(3)] = position[there + step + np.uint64(3)]


@device_function
def gap(cell: int, edge: float, place: float) -> float:
    """How far a place lies from a cell along one axis; 0 inside it."""
    return max(0.0, max(cell * edge - place, place - (cell + 1) * edge))


@kernel
def list_neighbours(
    i: int, position: Any, starts: Any, ends: Any,
    cells_x: int, cells_y: int, cells_z: int, pad_x: int, pad_y: int, pad_z: int,
    edge_x: float, edge_y: float, edge_z: float, reach: float, neighbours: Any, stride: int, counts: Any,
) -> None:  # fmt: skip
    """List all atoms and images within reach of atom i; what a row cannot hold is only counted.

    Cells that follow each other along x also do so in memory, so that a row of cells is one run of atoms
    but where it leaves the box.
    """
    full_x, full_y = cells_x + 2 * pad_x, cells_y + 2 * pad_y
    own = np.uint64(i)
    me = np.uint64(PACK) * own
    x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
    row_y, row_z = min(int(y / edge_y), cells_y - 1), min(int(z / edge_z), cells_z - 1)
    base, last = np.uint64(i * stride), np.uint64(stride - 1)
    reach2 = reach * reach
    bound2 = reach2 * (1.0 + SLACK)
    found = np.uint64(0)
    for cz in range(row_z - pad_z, row_z + pad_z + 1):
        gap_z = gap(cz, edge_z, z)
        for cy in range(row_y - pad_y, row_y + pad_y + 1):
            gap_y = gap(cy, edge_y, y)
            left2 = bound2 - gap_z * gap_z - gap_y * gap_y
            if left2 < 0.0:
                continue
            half = math.sqrt(left2)
            row = ((cz + pad_z) * full_y + cy + pad_y) * full_x + pad_x
            k = row + max(-pad_x, math.floor((x - half) / edge_x))
            final = row + min(cells_x + pad_x - 1, math.floor((x + half) / edge_x))
            whole = cz < 0 or cz >= cells_z or cy < 0 or cy >= cells_y
            while k <= final:
                run = final
                if not whole and k < row + cells_x:
                    run = min(final, row - 1 if k < row else row + cells_x - 1)
                for other in range(np.uint64(starts[np.uint64(k)]), np.uint64(ends[np.uint64(run)])):
                    j = np.uint64(PACK) * np.uint64(other)
                    dx = x - position[j]
                    dy = y - position[j + np.uint64(1)]
                    dz = z - position[j + np.uint64(2)]
                    # Written first and kept after: a branch here is a coin toss.
                    neighbours[base + min(found, last)] = other
                    near = (dx * dx + dy * dy + dz * dz < reach2) & (np.uint64(other) != own)
                    found += np.uint64(near)
                k = run + 1
    counts[i] = found
