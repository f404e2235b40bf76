"""Cells of the boxes of all copies and the image cells around them.

Around a box lie further cells, each the copy of one inside: atoms there are periodic images, which follow
their atoms every step.  So no loop over pairs asks for a minimum image, and a box of one cell is searched as
any other.  Beyond a face that is not periodic the cells stay empty.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.device import Device
from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.state.atoms import PACK
from knudsen.md.state.domain import Domain

# Edges of a cell over the reach in a liquid: the atoms of one cell share their candidates, so that small
# cells search less volume but gather more often.  Measured on the liquid of rho = 0.8442.
DENSE = 4.0
DENSE_EDGES = (1.0, 1.0, 0.5)
# Atoms of a cell in a gas, by the same trade.
GAS_ATOMS = 4
# A grid is laid out anew where so many more cells would fit into a box that has grown.
GROWN = 1.3
GRIDS_KEPT = 16
# Columns of `Grids.rows`.
CELLS, PADS, PLACE, OPEN_X, SHEARED, ROW = 0, 3, 6, 7, 8, 9

Triple = tuple[int, int, int]


class Grid(NamedTuple):
    """The cells of one box, numbered with the layers of image cells around it.

    own : [cells], where the box's cells stand in the padded grid;  image : the same of the image cells
    source : where the cell stands that an image cell copies;  turns : [image cells, 3], boxes between them
    size : cells of the padded grid
    """

    cells: Triple
    pads: Triple
    periodic: tuple[bool, bool, bool]
    sheared: bool
    own: np.ndarray[Any, Any]
    image: np.ndarray[Any, Any]
    source: np.ndarray[Any, Any]
    turns: np.ndarray[Any, Any]
    size: int


def cells_along(lengths: Any, reach: float, count: int) -> Triple:
    """Cells of a box along each axis: about a reach wide in a liquid, of some atoms each in a gas."""
    volume = float(np.prod(lengths))
    if count * reach**3 > DENSE * volume:
        edges = reach * np.array(DENSE_EDGES)
    else:
        edges = np.full(3, max(reach, (GAS_ATOMS * volume / max(count, 1)) ** (1 / 3)))
    x, y, z = np.maximum(1, np.floor(np.array(lengths) / edges)).astype(int)
    return int(x), int(y), int(z)


def pads_along(lengths: Any, cells: Triple, reach: float, sheared: bool) -> Triple:
    """Layers of image cells that hold all atoms within reach.

    In a sheared box an image cell holds atoms up to half an edge beside it along x, which takes one more.
    """
    x, y, z = np.ceil(reach * np.array(cells) / np.array(lengths)).astype(int)
    return int(x) + sheared, int(y), int(z)


@lru_cache(maxsize=GRIDS_KEPT)
def grid_of(cells: Triple, pads: Triple, periodic: tuple[bool, bool, bool], sheared: bool) -> Grid:
    """The grid of so many cells and layers."""
    inner, pad = np.array(cells), np.array(pads)
    full = inner + 2 * pad
    place = np.indices(full[::-1]).reshape(3, -1)[::-1].T - pad
    turns = place // inner
    inside = place - turns * inner + pad
    origin = inside[:, 0] + full[0] * (inside[:, 1] + full[1] * inside[:, 2])
    outside = turns.any(axis=1)
    is_image = outside & ~turns[:, ~np.array(periodic)].any(axis=1)
    return Grid(
        cells, pads, periodic, sheared, np.flatnonzero(~outside), np.flatnonzero(is_image), origin[is_image],
        turns[is_image], len(place),
    )  # fmt: skip


class Grids:
    """The grids of all copies in one set of arrays; a cell's place counts through all of them.

    Attributes
    ---------
    rows : int64 [9 copies]: cells along x, y, z; layers of image cells; the first place; whether
        the faces along x are open; whether the box is sheared
    own : int32 [cells], places;  own_copy : int32 [cells]
    image, source : int32 [image cells], places;  image_copy : int32;  turns : int32 [3 image cells]
    homes : source and turns of boxes that are not sheared
    images_of : int64 [copies + 1], on the host, where each copy's image cells begin
    """

    def __init__(self, grids: Sequence[Grid], device: Device) -> None:
        self.cells = [grid.cells for grid in grids]
        self.pads = [grid.pads for grid in grids]
        places = np.cumsum([0, *(grid.size for grid in grids)])
        owns = np.cumsum([0, *(len(grid.own) for grid in grids)])
        self.images_of = np.cumsum([0, *(len(grid.image) for grid in grids)])
        self.size, self.own_count, self.image_count = int(places[-1]), int(owns[-1]), int(self.images_of[-1])
        rows = [
            (*grid.cells, *grid.pads, places[r], not grid.periodic[0], grid.sheared)
            for r, grid in enumerate(grids)
        ]
        self.rows = device.put(np.array(rows, np.int64).ravel())
        for name in ("own", "image", "source"):
            shifted = [getattr(grid, name) + places[r] for r, grid in enumerate(grids)]
            setattr(self, name, device.put(np.concatenate(shifted).astype(np.int32)))
        self.turns = device.put(np.concatenate([grid.turns.ravel() for grid in grids]).astype(np.int32))
        self.homes = self.source.copy(), self.turns.copy()
        copies = np.arange(len(grids), dtype=np.int32)
        self.own_copy = device.put(np.repeat(copies, np.diff(owns)))
        self.image_copy = device.put(np.repeat(copies, np.diff(self.images_of)))

    own: Any
    image: Any
    source: Any

    def slide(self, domain: Domain) -> None:
        """Let the image cells of sheared boxes copy what the flow has brought to their places."""
        slide_sources(
            self.image_count, *self.homes, self.image_copy, self.rows, domain.lengths, domain.built_offset,
            self.source, self.turns,
        )  # fmt: skip


def fitting_grid(
    lengths: Any, reach: float, count: int, old: Grid | None, periodic: tuple[bool, bool, bool], sheared: bool
) -> Grid:
    """The grid of a box: the old one while it reaches far enough and is not much too coarse."""
    cells = cells_along(lengths, reach, count)
    if old is not None:
        pads = pads_along(lengths, old.cells, reach, sheared)
        if all(new <= had for new, had in zip(pads, old.pads, strict=True)) and np.prod(
            cells
        ) <= GROWN * np.prod(old.cells):
            return old
    return grid_of(cells, pads_along(lengths, cells, reach, sheared), periodic, sheared)


@kernel
def slide_sources(
    c: int, source_home: Any, turns_home: Any, copy: Any, rows: Any, lengths: Any, offset: Any,
    source: Any, turns: Any,
) -> None:  # fmt: skip
    """Let an image cell of a sheared box copy the cell that the flow has brought nearest to its place."""
    own = copy[c]
    row = ROW * own
    cells, full = rows[row + CELLS], rows[row + CELLS] + 2 * rows[row + PADS]
    pad, place = rows[row + PADS], rows[row + PLACE]
    columns = math.floor(turns_home[3 * c + 1] * offset[own] * cells / lengths[3 * own] + 0.5)
    home = (source_home[c] - place) % full - pad
    around = math.floor((home - columns) / cells)
    source[c] = source_home[c] - columns - around * cells
    turns[3 * c] = turns_home[3 * c] + around


@device_function
def image_shift(c: int, axis: int, turns: Any, lengths: Any, offset: Any, copy: int) -> float:
    """How far an image cell is shifted along an axis from the cell that it copies."""
    shift = turns[3 * c + axis] * lengths[3 * copy + axis]
    return shift + turns[3 * c + 1] * offset[copy] if axis == 0 else shift


@kernel
def copy_images(
    c: int, position: Any, image: Any, source: Any, copy: Any, turns: Any, lengths: Any, offset: Any,
    starts: Any, ends: Any,
) -> None:  # fmt: skip
    """Place the images of one image cell: the atoms of its source, shifted by whole boxes and the shear."""
    first = starts[source[c]]
    here, there = np.uint64(PACK * starts[image[c]]), np.uint64(PACK * first)
    shift_x = image_shift(c, 0, turns, lengths, offset, copy[c])
    shift_y = image_shift(c, 1, turns, lengths, offset, copy[c])
    shift_z = image_shift(c, 2, turns, lengths, offset, copy[c])
    for k in range(ends[source[c]] - first):
        step = np.uint64(PACK * k)
        position[here + step] = position[there + step] + shift_x
        position[here + step + np.uint64(1)] = position[there + step + np.uint64(1)] + shift_y
        position[here + step + np.uint64(2)] = position[there + step + np.uint64(2)] + shift_z
        position[here + step + np.uint64(3)] = position[there + step + np.uint64(3)]
