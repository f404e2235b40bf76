"""The grid of a domain: what the kernels know of its shape.

A domain is a block of one, two or three coordinates q, homogeneous along the others.  Cartesian ones are
x, y, z; those of a tube are x along the axis and r from it, and a molecule's y and z velocities are then its
radial and azimuthal ones.  Every face, of the domain or of a solid block in it, is a piece of a surface
q_a = constant.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.device import Device
from knudsen.dsmc.boundaries import Boundary, PerSpecies

Array = np.ndarray[Any, Any]
AXES = 3


class Space(NamedTuple):
    """What flight kernels are compiled for.

    dims : coordinates that are resolved;  cylindrical : they are x and r
    blocked : solid blocks or membranes stand in it;  split : sampling cells hold several collision cells
    membranes : molecules pass some faces
    """

    dims: int
    cylindrical: bool = False
    blocked: bool = False
    split: bool = False
    membranes: bool = False


@dataclass(frozen=True)
class Face:
    """A piece of a surface q_axis = at, with gas on one side.

    name : in results and messages;  axis : 0, 1, 2;  at : its coordinate [m]
    inward : 1 where the gas lies at greater q_axis, -1 where at lesser
    low, high : of the piece, along every axis [m];  boundary : what molecules meet there
    transmission : of a side of a membrane: probability that a molecule passes, one for all species or one
        each; the other side is then the next face (inward -1) or the one before (inward 1)
    """

    name: str
    axis: int
    at: float
    inward: int
    low: tuple[float, ...]
    high: tuple[float, ...]
    boundary: Boundary
    transmission: PerSpecies | None = None


@dataclass(frozen=True)
class Grid:
    """Cells of equal width along each axis, and the faces around them.

    Arguments
    ---------
    space : kind of the coordinates
    low, high : of the domain along each axis [m]
    cells, subcells : sampling cells along each axis, and collision cells in each of them along each axis
    faces : of the domain, 2 an axis, then those of its blocks
    solid : blocks (low, high) that hold no gas; a membrane is one of no thickness
    """

    space: Space
    low: tuple[float, ...]
    high: tuple[float, ...]
    cells: tuple[int, ...]
    subcells: tuple[int, ...]
    faces: tuple[Face, ...]
    solid: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()

    @property
    def widths(self) -> Array:
        """Of a sampling cell along each axis [m]."""
        return (np.array(self.high) - np.array(self.low)) / np.array(self.cells)

    @property
    def cell_count(self) -> int:
        """Sampling cells."""
        return math.prod(self.cells)

    @property
    def parts(self) -> int:
        """Collision cells in a sampling cell."""
        return math.prod(self.subcells)

    @property
    def volumes(self) -> Array:
        """Of the sampling cells [cells], per unit of what is not resolved [m^dims; m^3 in a tube]."""
        if self.solid:  # which may take a part of a sampling cell, in whole collision cells
            return np.asarray(self.collision_volumes.reshape(self.cell_count, self.parts).sum(axis=1))
        return self.volumes_of((1,) * len(self.cells)).ravel()

    @property
    def collision_volumes(self) -> Array:
        """Of the collision cells [cells parts], in their order, as `volumes`."""
        fine = self.volumes_of(self.subcells)
        shape = [n for pair in zip(self.cells, self.subcells, strict=True) for n in pair]
        dims = len(self.cells)
        order = [*range(0, 2 * dims, 2), *range(1, 2 * dims, 2)]
        return fine.reshape(shape).transpose(order).ravel()

    def edges(self, axis: int, parts: int = 1) -> Array:
        """Edges of the cells along an axis [cells + 1] [m], each cut in so many parts."""
        return np.linspace(self.low[axis], self.high[axis], self.cells[axis] * parts + 1)

    def volumes_of(self, parts: tuple[int, ...]) -> Array:
        """Of the cells cut in so many parts along each axis, an axis each, as `volumes`."""
        edges = [self.edges(axis, n) for axis, n in enumerate(parts)]
        extents = [np.diff(each) for each in edges]
        if self.space.cylindrical:
            extents[1] = np.pi * np.diff(edges[1] ** 2)
        volumes = extents[0]
        for extent in extents[1:]:
            volumes = np.multiply.outer(volumes, extent)
        centres = np.meshgrid(*(0.5 * (each[1:] + each[:-1]) for each in edges), indexing="ij")
        for low, high in self.solid:
            within = [(a < q) & (q < b) for a, q, b in zip(low, centres, high, strict=True)]
            volumes = np.where(np.logical_and.reduce(within), 0.0, volumes)
        return np.asarray(volumes)

    def face_area(self, face: Face) -> float:
        """Area of a face, per unit of what is not resolved."""
        area = 1.0
        for axis in range(self.space.dims):
            if axis != face.axis:
                area *= face.high[axis] - face.low[axis]
        if self.space.cylindrical:
            ring = face.high[1] ** 2 - face.low[1] ** 2
            area = math.pi * ring if face.axis == 0 else 2 * math.pi * face.at * area
        return area


class GridArrays:
    """A grid's numbers on the device, as kernels read them.

    low, high : float64 [3] [m];  inverse : float64 [3], collision cells a metre
    fine, parts : int64 [3], collision cells along each axis, and in a sampling cell
    solid : float64 [blocks, 2, 3], least and greatest corner of the blocks
    axis, inward : int32 [faces];  at : float64 [faces];  lows, highs : float64 [faces, 3], their pieces
    """

    def __init__(self, grid: Grid, device: Device) -> None:
        fine = np.array(grid.cells) * np.array(grid.subcells)
        extent = np.array(grid.high) - np.array(grid.low)
        self.low, self.high = device.put(_padded(grid.low, 0.0)), device.put(_padded(grid.high, 0.0))
        self.inverse = device.put(_padded(fine / extent, 0.0))
        self.fine = device.put(_padded(fine, 1).astype(np.int64))
        self.parts = device.put(_padded(grid.subcells, 1).astype(np.int64))
        faces = grid.faces
        self.axis = device.put(np.array([face.axis for face in faces], np.int32))
        self.inward = device.put(np.array([face.inward for face in faces], np.int32))
        self.at = device.put(np.array([face.at for face in faces]))
        self.solid = device.put(
            np.array([[_padded(low, 0.0), _padded(high, 0.0)] for low, high in grid.solid]).reshape(
                -1, 2, AXES
            )
        )
        self.lows = device.put(np.array([_padded(face.low, 0.0) for face in faces]))
        self.highs = device.put(np.array([_padded(face.high, 0.0) for face in faces]))

    @property
    def cell_arrays(self) -> tuple[Any, ...]:
        """What finds a cell, in the order of the kernels."""
        return self.low, self.high, self.inverse, self.fine, self.parts

    @property
    def face_arrays(self) -> tuple[Any, ...]:
        """What finds a face, in the order of the kernels."""
        return self.axis, self.inward, self.at, self.lows, self.highs


def _padded(values: Any, rest: float) -> Array:
    padded = np.full(AXES, rest, np.float64)
    padded[: len(values)] = values
    return padded
