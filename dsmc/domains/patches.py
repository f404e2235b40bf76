"""Patches of the faces: where along a wall its totals are kept.

A patch is the piece of a face beside one sampling cell.  A slab's face is one patch.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from knudsen.core.kernels import device
from knudsen.dsmc.domains.grid import AXES, Array, Face, Grid, Space
from knudsen.dsmc.domains.paths import component

# A piece ends on a cell's edge to this part of the cell's width.
ALIGNED = 1e-6
ORIGIN, INVERSE, LAST, STRIDE = range(4)


@dataclass(frozen=True)
class Patches:
    """The patches of a grid's faces, face by face, the last tangential axis first."""

    grid: Grid

    @cached_property
    def pieces(self) -> tuple[tuple[int, Face], ...]:
        """Number of the face and the part of it that each patch is."""
        return tuple(
            (number, piece) for number, face in enumerate(self.grid.faces) for piece in self._of(face)
        )

    @cached_property
    def face(self) -> Array:
        """Number of the face of each patch, int64 [patch]."""
        return np.array([number for number, _ in self.pieces], np.int64)

    @cached_property
    def area(self) -> Array:
        """Area open to the gas [patch], per unit of what is not resolved."""
        return np.array([self._open_area(piece) for _, piece in self.pieces])

    @cached_property
    def centre(self) -> Array:
        """Centre of each patch [patch, AXES] [m], zero along axes that are not resolved."""
        centres = np.zeros((len(self.pieces), AXES))
        for row, (_, piece) in zip(centres, self.pieces, strict=True):
            row[: len(piece.low)] = 0.5 * (np.array(piece.low) + np.array(piece.high))
            row[piece.axis] = piece.at
        return centres

    @cached_property
    def table(self) -> Array:
        """What `patch_finder` reads, float64 [face, 1 + AXES, 4].

        Row 0 begins with the face's first patch; row 1 + axis is (origin, patches a metre, last, stride).
        """
        table = np.zeros((len(self.grid.faces), 1 + AXES, 4))
        for number, face in enumerate(self.grid.faces):
            table[number, 0, 0] = np.searchsorted(self.face, number)
            stride = 1
            for axis in reversed(range(self.grid.space.dims)):
                first, end = self._cells(face, axis)
                if axis != face.axis:
                    width = self.grid.widths[axis]
                    origin = self.grid.low[axis] + first * width
                    table[number, 1 + axis] = origin, 1 / width, end - first - 1, stride
                    stride *= end - first
        return table

    def _cells(self, face: Face, axis: int) -> tuple[int, int]:
        """First cell along an axis that the face lies beside, and the one after the last."""
        start, width = self.grid.low[axis], self.grid.widths[axis]
        first = int(np.floor((face.low[axis] - start) / width + ALIGNED))
        return first, max(first + 1, int(np.ceil((face.high[axis] - start) / width - ALIGNED)))

    def _of(self, face: Face) -> Iterator[Face]:
        """The pieces of a face, each beside one cell."""
        spans = []
        for axis in range(self.grid.space.dims):
            edges = self.grid.edges(axis)
            cells = range(*self._cells(face, axis))
            spans.append(
                [(face.low[axis], face.high[axis])]
                if axis == face.axis
                else [(max(face.low[axis], edges[c]), min(face.high[axis], edges[c + 1])) for c in cells]
            )
        for piece in product(*spans):
            low, high = zip(*piece, strict=True)
            yield replace(face, low=low, high=high)

    def _open_area(self, piece: Face) -> float:
        """Area of a piece that molecules meet.

        Blocks before it cover it; where one lies behind a membrane, they meet the side of that block.
        """
        area = self._bare_area(piece)
        if piece.transmission is not None:
            area -= sum(self._bare_area(cut) for cut in self._covered(piece, -piece.inward))
        return float(area) if area > 1e-9 * self.grid.face_area(piece) else 0.0

    def _bare_area(self, piece: Face) -> float:
        """Area of a piece less what the blocks before it cover."""
        return self.grid.face_area(piece) - sum(map(self.grid.face_area, self._covered(piece, piece.inward)))

    def _covered(self, piece: Face, side: int) -> Iterator[Face]:
        """The parts of a piece along which blocks lie, at greater (1) or lesser (-1) q."""
        beside = piece.at + 1e-9 * (self.grid.high[piece.axis] - self.grid.low[piece.axis]) * side
        for low, high in self.grid.solid:
            if low[piece.axis] < beside < high[piece.axis]:
                cut = [np.clip((low[a], high[a]), piece.low[a], piece.high[a]) for a in range(len(piece.low))]
                first, last = zip(*cut, strict=True)
                yield replace(piece, low=first, high=last)


def patch_finder(space: Space) -> Callable[..., int]:
    """The device function that tells the patch of a place on a face."""
    dims = space.dims

    @device
    def patch_of(face: int, x: float, y: float, z: float, patches: Any) -> int:
        if dims == 1:
            return face
        number = patches[face, 0, 0]
        for axis in range(dims):
            row = patches[face, 1 + axis]
            place = int((component(axis, x, y, z) - row[ORIGIN]) * row[INVERSE])
            number += row[STRIDE] * min(max(place, 0), int(row[LAST]))
        return int(number)

    return patch_of
