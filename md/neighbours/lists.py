"""Neighbours: spatial order, periodic images and a full Verlet list, for all copies at once.

The cells are those of `cells.py`, the search that of `search.py`.  Each atom lists all its neighbours within
cut-off + skin: it sums its own force, no other item writes it, and the sum's order does not depend on
threads.  A copy's list is built anew when that copy demands it, and not otherwise.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.neighbours.cells import Grid, Grids, copy_images, fitting_grid
from knudsen.md.neighbours.search import Search
from knudsen.md.state.atoms import PACK, Atoms
from knudsen.md.state.domain import Domain
from knudsen.md.state.spatial_sort import SpatialSort, wrap

# Rows of the list begin at multiples of a cache line.
ROW_SLOTS = 16
MOST_SLOTS = np.iinfo(np.int32).max
IMAGE_ROOM = 1.1
# The place of the atom that fills rows up: out of reach of all.
NOWHERE = 1e12


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
    neighbours : uint32 [atoms stride], slots of an atom's neighbours in `atoms.position`; rows are filled up
        to a multiple of 4 with the slot behind the atoms, which is out of reach
    counts : int32 [atoms], neighbours of each atom
    reference : float64 [4 atoms], positions when the list was built
    builds : [copies], how often a copy's list was built
    grown : how often a search found too short rows and was repeated
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
        self._image_first = np.full(copies + 1, count + 1, np.int64)
        atoms.make_room(count + 1)
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
        atoms.position[PACK * atoms.count : PACK * atoms.count + 3] = NOWHERE
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
        self.search = Search(self.grids, self.atoms)
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
        first = self.atoms.count + 1 + np.concatenate([[0], np.cumsum(rooms)])
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
        atoms = self.atoms
        while True:
            self.search.write(
                atoms, self.domain, self._stale, self._starts, self._ends, self.reach,
                self.neighbours, self.stride, self.counts,
            )  # fmt: skip
            longest = int(self.counts.max())
            if longest <= self.stride:
                return
            self.grown += 1
            self._widen(-(-(longest + longest // 8) // ROW_SLOTS) * ROW_SLOTS)

    def _widen(self, stride: int) -> None:
        """Longer rows; what the others hold is kept."""
        rows = self._xp.zeros((self.atoms.count, stride), np.uint32)
        rows[:, : self.stride] = self.neighbours.reshape(self.atoms.count, self.stride)
        self.stride, self.neighbours = stride, rows.reshape(-1)


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
        if neighbours[entry] > atoms:
            neighbours[entry] += np.uint32(moved[copy[i]])
