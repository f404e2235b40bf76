"""Cells of a periodic box and the image cells around it; the sort of atoms into them.

Around the box lie further cells, each the copy of one inside: atoms there are periodic images, which follow
their atoms every step.  So no loop over pairs asks for a minimum image, and a box of one cell is searched as
any other.
"""

import math
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.kernels import kernel
from knudsen.md.atoms import PACK
from knudsen.md.box import Box

# Edges of a cell over the reach in a liquid: the atoms of one cell share their candidates, so that small
# cells search less volume but gather more often.  Measured on the liquid of rho = 0.8442.
DENSE = 4.0
DENSE_EDGES = (1.0, 1.0, 0.5)
# Atoms of a cell in a gas, by the same trade.
GAS_ATOMS = 4


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
        edges = np.full(3, max(reach, (GAS_ATOMS * volume / count) ** (1 / 3)))
    return np.maximum(1, np.floor(lengths / edges)).astype(np.int64)


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
