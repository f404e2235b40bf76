"""Neighbours: spatial order, periodic images and a full Verlet list, for all copies at once.

The cells are those of `knudsen.md.cells`.  Each atom lists all its neighbours within cut-off + skin: it sums
its own force, no other item writes it, and the sum's order does not depend on threads.  A copy's list is
built anew when that copy demands it, and not otherwise.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.atoms import PACK, Atoms
from knudsen.md.cells import CELLS, OPEN_X, PADS, PLACE, ROW, SHEARED, Grid, Grids, copy_images, fitting_grid
from knudsen.md.domain import Domain
from knudsen.md.spatial_sort import SpatialSort, wrap

# What rounding could take from the reach where a search is bounded.
SLACK = 1e-9
# Work items that share the cells of a search, each with room for the candidates of one cell.
PARTS = 64
CUDA_PARTS = 4096
# Rows of the list begin at multiples of a cache line.
ROW_SLOTS = 16
MOST_SLOTS = np.iinfo(np.int32).max
IMAGE_ROOM = 1.1


class NeighbourList:
    """Full Verlet list of all pairs within cut-off + skin, rebuilt when it could miss one.

    Arguments
    ---------
    atoms : the atoms, which a build puts in spatial order
    domain : the boxes
    cutoff : the longest range of the forces [sigma];  skin : what is listed beyond it [sigma]
    grids : cells of each copy to begin with; left out, such as fit

    Attributes
    ---------
    neighbours : uint32 [atoms stride], slots of an atom's neighbours in `atoms.position`
    counts : int32 [atoms], neighbours of each atom
    reference : float64 [4 atoms], positions when the list was built
    builds : [copies], how often a copy's list was built
    grown : how often a search found too little room and was repeated
    """

    def __init__(
        self, atoms: Atoms, domain: Domain, cutoff: float, skin: float, grids: Sequence[Grid] | None = None
    ) -> None:
        if not 0 <= skin < np.inf:
            raise ValueError(f"the skin must be finite and not negative, got {skin}")
        self.atoms, self.domain, self.cutoff, self.skin = atoms, domain, cutoff, skin
        self.reach = cutoff + skin
        self.device, self._xp = atoms.device, atoms.device.xp
        count, xp, copies = atoms.count, self._xp, atoms.copies
        self.counts = xp.zeros(count, np.int32)
        self.stride = ROW_SLOTS
        self.neighbours = xp.zeros(count * self.stride, np.uint32)
        self.reference = xp.zeros(PACK * count)
        self.builds = np.zeros(copies, np.int64)
        self.grown = 0
        self._stale = xp.ones(copies, np.int8)
        self._image_first = np.full(copies + 1, count, np.int64)
        self._room = ROW_SLOTS
        boxes, sizes = domain.host_lengths(), np.diff(atoms.first)
        self._grids = list(grids or ())
        for box, size in zip(boxes[len(self._grids) :], sizes, strict=False):
            self._grids.append(
                fitting_grid(box, self.reach, int(size), None, domain.periodic, domain.sheared)
            )
        self._lay_out_cells()

    def build(self, stale: np.ndarray[Any, Any] | None = None) -> None:
        """Wrap and sort the atoms of the stale copies (all, if left out), place images, list neighbours."""
        stale = np.ones(self.atoms.copies, bool) if stale is None else stale
        self.builds += stale
        self._stale = self.device.put(stale.astype(np.int8))
        self.domain.begin(stale)
        self._fit_cells(stale)
        atoms, domain, grids = self.atoms, self.domain, self.grids
        wrap(
            atoms.count, atoms.copy, self._stale, atoms.position, atoms.image, domain.lengths,
            domain.offset, grids.rows, *domain.periodic, atoms.cell,
        )  # fmt: skip
        self._sort.sort(self._starts, self._ends)
        if domain.sheared:
            grids.slide(domain)
        self._lay_out_images()
        self.follow()
        self._search()
        keep_reference(atoms.count, atoms.copy, self._stale, atoms.position, self.reference)

    def follow(self) -> None:
        """Move the periodic images after their atoms."""
        grids = self.grids
        copy_images(
            grids.image_count, self.atoms.position, grids.image, grids.source, grids.image_copy, grids.turns,
            self.domain.lengths, self.domain.offset, self._starts, self._ends,
        )  # fmt: skip

    @property
    def cell_slots(self) -> tuple[Any, Any]:
        """Slots where the atoms of each cell and image cell begin and end [padded cells]."""
        return self._starts, self._ends

    def _fit_cells(self, stale: np.ndarray[Any, Any]) -> None:
        """Lay the cells out anew where a box has changed too much for them."""
        sizes, boxes = np.diff(self.atoms.first), self.domain.host_lengths()
        fitting = [
            fitting_grid(boxes[r], self.reach, int(sizes[r]), grid, self.domain.periodic, self.domain.sheared)
            if stale[r]
            else grid
            for r, grid in enumerate(self._grids)
        ]
        if any(new is not old for new, old in zip(fitting, self._grids, strict=True)):
            self._grids = fitting
            self._lay_out_cells()

    def _lay_out_cells(self) -> None:
        self.grids = Grids(self._grids, self.device)
        self._sort = SpatialSort(self.atoms, self.grids)
        self._parts = min(self.grids.own_count, CUDA_PARTS if self.device.is_cuda else PARTS)
        self._needed = self._xp.zeros(self._parts, np.int32)
        self._give_room()
        self._starts = self._xp.zeros(self.grids.size, np.int32)
        self._ends = self._xp.zeros(self.grids.size, np.int32)

    def _lay_out_images(self) -> None:
        grids, starts, ends = self.grids, self._starts, self._ends
        held = ends[grids.source] - starts[grids.source]
        last = self._xp.concatenate([self._xp.zeros(1, np.int64), self._xp.cumsum(held, dtype=np.int64)])
        before = last[self.device.put(grids.images_of)]
        self._make_room(np.diff(self.device.fetch(before)))
        shift = (self.device.put(self._image_first[:-1]) - before[:-1])[grids.image_copy]
        ends[grids.image] = last[1:] + shift
        starts[grids.image] = last[1:] + shift - held

    def _make_room(self, needed: np.ndarray[Any, Any]) -> None:
        """Give each copy room for so many images; entries of lists that stay follow their images."""
        rooms = np.diff(self._image_first)
        if (needed <= rooms).all():
            return
        rooms = np.where(needed > rooms, np.ceil(IMAGE_ROOM * needed), rooms).astype(np.int64)
        first = self.atoms.count + np.concatenate([[0], np.cumsum(rooms)])
        if PACK * first[-1] > MOST_SLOTS:
            raise ValueError(
                f"{first[-1]} atoms and images pass what the list can number: "
                "use fewer atoms, fewer copies, or a shorter cut-off"
            )
        moved = self.device.put((first - self._image_first)[:-1])
        if self.builds.max() > 1:
            move_images(
                self.atoms.count, self.atoms.copy, moved, self.neighbours, self.stride, self.counts,
                self.atoms.count,
            )  # fmt: skip
        self._image_first = first
        self.atoms.make_room(int(first[-1]))

    def _search(self) -> None:
        atoms, grids = self.atoms, self.grids
        while True:
            list_neighbours(
                self._parts, -(-grids.own_count // self._parts), self._stale, grids.own, grids.own_copy,
                grids.rows, self.domain.lengths, atoms.position, self._starts, self._ends, self.reach,
                *self._candidates, self._needed, self.neighbours, self.stride, self.counts,
            )  # fmt: skip
            needed, longest = int(self._needed.max()), int(self.counts.max())
            if needed <= self._room and longest <= self.stride:
                return
            self.grown += 1
            if needed > self._room:
                self._room = needed + needed // 4
                self._give_room()
            if longest > self.stride:
                self._widen(-(-(longest + longest // 8) // ROW_SLOTS) * ROW_SLOTS)

    def _widen(self, stride: int) -> None:
        """Longer rows; what the others hold is kept."""
        rows = self._xp.zeros((self.atoms.count, stride), np.uint32)
        rows[:, : self.stride] = self.neighbours.reshape(self.atoms.count, self.stride)
        self.stride, self.neighbours = stride, rows.reshape(-1)

    def _give_room(self) -> None:
        """x, y, z, slot and nearness of the candidates of one cell, for each part of the cells."""
        kinds = (np.float64, np.float64, np.float64, np.uint32, np.uint32)
        self._candidates = tuple(self._xp.zeros(self._parts * self._room, kind) for kind in kinds)


@kernel
def keep_reference(i: int, copy: Any, stale: Any, position: Any, reference: Any) -> None:
    """Remember where an atom of a stale copy was when the list was built."""
    if stale[copy[i]]:
        for axis in range(PACK):
            reference[np.uint64(PACK * i + axis)] = position[np.uint64(PACK * i + axis)]


@kernel
def move_images(i: int, copy: Any, moved: Any, neighbours: Any, stride: int, counts: Any, atoms: int) -> None:
    """Let the row of an atom follow its copy's images to their new slots."""
    for k in range(min(counts[i], stride)):
        entry = np.uint64(i * stride + k)
        if neighbours[entry] >= atoms:
            neighbours[entry] += np.uint32(moved[copy[i]])


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
    cell: int, place: int, open_x: int, sheared: int, position: Any, starts: Any, ends: Any, cells: Any,
    pads: Any, edges: Any, reach: float, base: int, room: int, x: Any, y: Any, z: Any, slots: Any,
) -> int:  # fmt: skip
    """Gather the atoms and images of all cells that reach into a cell, given by its place in the padded grid.

    Cells that follow each other along x also do so in memory, so that a row of cells is one run of atoms
    but where it crosses the faces; beyond a face that is not periodic the run is empty.
    """
    full_x, full_y = cells[0] + 2 * pads[0], cells[1] + 2 * pads[1]
    local = cell - place
    column = local % full_x - pads[0]
    line, plane = local // full_x % full_y, local // (full_x * full_y)
    bound2 = reach * reach * (1.0 + SLACK)
    found = 0
    for cz in range(plane - pads[2], plane + pads[2] + 1):
        gap_z = gap(cz - plane, edges[2])
        for cy in range(line - pads[1], line + pads[1] + 1):
            gap_y = gap(cy - line, edges[1])
            left2 = bound2 - gap_z * gap_z - gap_y * gap_y
            if left2 < 0.0:
                continue
            # In a sheared box an image cell reaches up to half an edge beyond its place.
            slid = 1 if sheared and (cy < pads[1] or cy >= cells[1] + pads[1]) else 0
            wide = min(pads[0], int(math.sqrt(left2) / edges[0]) + 1 + slid)
            row = place + (cz * full_y + cy) * full_x + pads[0]
            k, final = row + column - wide, row + column + wide
            if open_x:
                # Beyond an open face the cells are empty, and hold no slots for a run to pass through.
                k, final = max(k, row), min(final, row + cells[0] - 1)
            while k <= final:
                run = final
                if k < row + cells[0]:
                    run = min(final, row - 1 if k < row else row + cells[0] - 1)
                found = gather(
                    starts[np.uint64(k)], ends[np.uint64(run)], position, base, found, room, x, y, z, slots
                )
                k = run + 1
    return found


@kernel
def list_neighbours(
    part: int, share: int, stale: Any, own: Any, own_copy: Any, rows: Any, lengths: Any, position: Any,
    starts: Any, ends: Any, reach: float, x: Any, y: Any, z: Any, slots: Any, near: Any, needed: Any,
    neighbours: Any, stride: int, counts: Any,
) -> None:  # fmt: skip
    """List all atoms and images within reach of each atom of one part of the cells, in the stale copies.

    What a row cannot hold is only counted, and so are candidates that find no room.
    """
    room = x.shape[0] // needed.shape[0]
    base = part * room
    most = 0
    for c in range(part * share, min((part + 1) * share, own.shape[0])):
        cell, copy = own[c], own_copy[c]
        if starts[cell] == ends[cell] or not stale[copy]:
            continue
        row, box = ROW * copy, 3 * copy
        cells = (rows[row + CELLS], rows[row + CELLS + 1], rows[row + CELLS + 2])
        pads = (rows[row + PADS], rows[row + PADS + 1], rows[row + PADS + 2])
        edges = (lengths[box] / cells[0], lengths[box + 1] / cells[1], lengths[box + 2] / cells[2])
        found = candidates(
            cell, rows[row + PLACE], rows[row + OPEN_X], rows[row + SHEARED], position, starts, ends, cells,
            pads, edges, reach, base, room, x, y, z, slots,
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
