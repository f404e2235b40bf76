"""Atomistic walls: slabs of lattice atoms about a fluid, frozen or tethered to their sites."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knudsen.md.starts.lattices import BASES
from knudsen.md.starts.start import Array, Start, check_overlaps, check_positive, check_whole
from knudsen.md.state.box import axis_number


@dataclass(frozen=True)
class Walled:
    """A fluid between two slabs of wall atoms.

    Attributes
    ---------
    start : the fluid's atoms in their order, then those of the low wall, then those of the high wall
    low, high : int64 [atoms of a wall], their numbers
    inner : (from, to) [sigma], the faces of the walls' cells along the axis; their planes of atoms begin
        within a spacing behind them
    """

    start: Start
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    inner: tuple[float, float]


def between_walls(
    fluid: Start, density: float, *, cells: int = 2, axis: str | int = "z", kind: str = "fcc",
    gap: float = 0.0, species: int | None = None, min_distance: Any = 0.0,
) -> Walled:  # fmt: skip
    """Put a fluid between two slabs of a lattice, with planes of atoms along its faces.

    The box grows along the axis by both slabs and gaps, and may stay periodic there: the slabs then touch
    through the face, and together must be thicker than the cut-off.  Across the axis whole cells are strained
    to fit the box; along it they keep the density.

    Frozen walls are a species of mass inf.  Walls that vibrate are of a finite mass, with
    `Tethers(np.concatenate([walled.low, walled.high]), stiffness)`.  The force on a wall is the sum of
    `force_on_atoms` over its atoms.

    Arguments
    ---------
    fluid : the start of the fluid;  density : of the walls [sigma^-3]
    cells : cells of the lattice along the axis, in each wall
    axis : 'x', 'y', 'z' (or 0, 1, 2), across which the walls lie
    kind : 'sc', 'bcc' or 'fcc';  gap : left open between each wall and the fluid's box [sigma]
    species : number of the walls' species; the next free one by default
    min_distance : one number or [species, species] [sigma]: pairs nearer than this are refused

    Returns
    -------
    Walled

    Raises
    ------
    ValueError : numbers out of range; pairs that overlap
    """
    if kind not in BASES:
        raise ValueError(f"no lattice {kind!r}: use 'sc', 'bcc' or 'fcc'")
    along = axis_number(axis)
    cells = check_whole(cells, "cells", 1, 2**20)
    if not 0 <= gap < np.inf:
        raise ValueError(f"gap must be finite and not negative, got {gap}")
    number = int(fluid.species.max()) + 1 if species is None else check_whole(species, "species", 0, 2**20)
    slab, thickness = _slab(kind, check_positive(density, "density"), fluid.box, along, cells)
    shift, box = np.zeros(3), fluid.box.copy()
    shift[along] = thickness + gap
    box[along] += 2 * shift[along]
    above = np.zeros(3)
    above[along] = box[along] - thickness
    positions = np.concatenate([fluid.positions + shift, slab, slab + above])
    kinds = np.concatenate([fluid.species, np.full(2 * len(slab), number, np.int32)])
    start = Start(positions, kinds, box)
    check_overlaps(start, min_distance, "leave a wider gap, or take a thinner fluid or wall")
    low = len(fluid.positions) + np.arange(len(slab))
    return Walled(start, low, low + len(slab), (thickness, float(box[along] - thickness)))


def _slab(kind: str, density: float, box: Array, along: int, cells: int) -> tuple[Array, float]:
    """Sites [atoms, 3] of a slab that begins at zero, and its thickness, in sigma."""
    basis = BASES[kind]
    edge = (len(basis) / density) ** (1 / 3)
    counts = np.maximum(np.round(box / edge), 1).astype(int)
    counts[along] = cells
    across = [axis for axis in range(3) if axis != along]
    thickness = len(basis) * counts.prod() / (density * box[across].prod())
    edges = box / counts
    edges[along] = thickness / cells
    corners = np.stack(np.meshgrid(*map(np.arange, counts), indexing="ij"), axis=-1).reshape(-1, 1, 3)
    return ((corners + basis).reshape(-1, 3)) * edges, float(thickness)
