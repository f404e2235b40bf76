"""The search for neighbours: all atoms and images within reach of each atom.

On CPU threads an item goes along a pencil, a row of cells along x.  It gathers what lies around the pencil
once, in float32 and by planes of cells across x, so that the candidates of a cell are one run.  An atom takes
its neighbours from them in three passes without branches: distances set bits, a table turns bytes of bits
into places, places become slots.  On CUDA an item is an atom, which looks through the cells around it.
"""

from typing import Any

import numpy as np

from knudsen.md.neighbours.cells import Grids
from knudsen.md.neighbours.search_kernels import (
    BYTE,
    CHUNK,
    WORD,
    byte_counts,
    byte_places,
    list_along_pencils,
    list_around_atoms,
    narrow_atoms,
    narrow_images,
)
from knudsen.md.state.atoms import PACK, Atoms
from knudsen.md.state.domain import Domain
from knudsen.md.state.lanes import Lanes

# Work items that share the pencils, each with room for what lies around one.
PARTS = 64


class Search:
    """What a search through the cells needs beside the atoms, kept from one build of the list to the next.

    by_atoms : whether an item is an atom, as on CUDA, or goes along pencils
    grown : how often a search found too little room and was repeated
    """

    def __init__(self, grids: Grids, atoms: Atoms) -> None:
        self.grids, self.by_atoms, self.grown = grids, atoms.device.is_cuda, 0
        if self.by_atoms:
            return
        pencils = [
            (copy, line, plane)
            for copy, (_, lines, planes) in enumerate(grids.cells)
            for plane, line in np.ndindex(planes, lines)
        ]
        self._lanes = Lanes(atoms.first, atoms.device)
        self._count = len(pencils)
        self._parts = min(self._count, PARTS)
        self._columns: tuple[Any, ...] = (np.zeros(0),)
        longest = max(cells[0] + 2 * pads[0] for cells, pads in zip(grids.cells, grids.pads, strict=True))
        self._pencils = np.array(pencils, np.int32).ravel()
        self._needed = np.zeros(self._parts, np.int64)
        self._scratch = (
            np.zeros(self._parts * 2 * (longest + 1), np.int64),
            np.zeros(self._parts * (CHUNK // WORD), np.uint32),
            np.zeros(self._parts * (CHUNK + BYTE), np.uint16),
        )
        self._tables = (byte_places(), byte_counts())
        self._give_room(CHUNK)

    def write(
        self, atoms: Atoms, domain: Domain, stale: Any, starts: Any, ends: Any, reach: float,
        neighbours: Any, stride: int, counts: Any,
    ) -> None:  # fmt: skip
        """Write the rows of the atoms of stale copies; what a row cannot hold is only counted."""
        cells = (self.grids.rows, domain.lengths, starts, ends, reach)
        listed = (neighbours, stride, counts)
        if self.by_atoms:
            list_around_atoms(
                atoms.count, atoms.copy, stale, atoms.cell, atoms.position, *cells, *listed, atoms.count
            )
            return
        self._narrow(atoms, stale, starts, ends)
        while True:
            list_along_pencils(
                self._parts, -(-self._count // self._parts), self._pencils, stale, *cells, *self._columns,
                *self._held, *self._scratch, *self._tables, self._needed, *listed, atoms.count,
            )  # fmt: skip
            needed = int(self._needed.max())
            if needed <= self._room:
                return
            self.grown += 1
            self._give_room(needed + needed // 4)

    def _give_room(self, room: int) -> None:
        """x, y, z and slot of what lies around one pencil, for each part of them."""
        self._room = room
        kinds = (np.float32, np.float32, np.float32, np.uint32)
        self._held = tuple(np.zeros(self._parts * (room + WORD), kind) for kind in kinds)

    def _narrow(self, atoms: Atoms, stale: Any, starts: Any, ends: Any) -> None:
        """x, y, z in float32 and the slot, each in a column of its own."""
        slots = len(atoms.position) // PACK + BYTE
        if len(self._columns[0]) < slots:
            self._columns = (
                *(np.zeros(slots, np.float32) for _ in range(3)),
                np.arange(slots, dtype=np.uint32),
            )
        grids, columns = self.grids, self._columns[:3]
        lanes = self._lanes
        narrow_atoms(lanes.count, lanes.edges, lanes.copy, stale, atoms.position, *columns)
        narrow_images(
            grids.image_count, grids.image, grids.image_copy, stale, starts, ends, atoms.position, *columns
        )
