"""A domain's grid from what a user says of it, with every fault named at once."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

from knudsen.dsmc.boundaries import (
    Boundary,
    EvaporatingSurface,
    Periodic,
    PerSpecies,
    Reservoir,
    Wall,
    as_tuples,
    within,
)
from knudsen.dsmc.domains.grid import Face, Grid, Space

# A block's side lies on an edge of a collision cell to this part of the cell's width.
ALIGNED = 1e-6


@dataclass(frozen=True)
class Block:
    """A solid block that stands in the gas; in a tube, a ring.

    low, high : of the block along each axis [m]: on edges of collision cells, or beyond the domain
    boundary : what molecules meet on its sides
    """

    low: tuple[float, ...]
    high: tuple[float, ...]
    boundary: Boundary


@dataclass(frozen=True)
class Membrane:
    """A sheet across the domain, or a cylinder around a tube's axis, that some molecules pass unhindered.

    axis : number of the coordinate q that is constant on it;  at : q [m], on an edge of collision cells
    transmission : probability that a molecule that arrives passes, one for all species or one each
    wall : what the others meet, from either side
    low, high : corners of a sheet that ends within the domain [m], such as a thin plate with a hole: on edges
        of collision cells, or beyond the domain; along `axis` they say nothing.  Sheets in one plane may
        touch, as those about a slit, but not overlap

    Its faces are named "membrane 0 x-" (seen from lesser x) and "membrane 0 x+"; a molecule that passes is
    counted as arriving at one and leaving the other.
    """

    axis: int
    at: float
    transmission: PerSpecies
    wall: Wall
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        as_tuples(self)


@dataclass(frozen=True)
class Plan:
    """What a grid is built from: extents, cells, boundary and name of both faces of each axis, solids."""

    space: Space
    low: tuple[float, ...]
    high: tuple[float, ...]
    cells: tuple[int, ...]
    subcells: tuple[int, ...]
    boundaries: tuple[Boundary | None, ...]
    names: tuple[str, ...]
    blocks: tuple[Block, ...] = ()
    membranes: tuple[Membrane, ...] = ()

    @property
    def axes(self) -> str:
        """A letter an axis."""
        return "xr" if self.space.cylindrical else "xyz"[: self.space.dims]


class Corners(NamedTuple):
    """Of a sheet."""

    low: tuple[float, ...]
    high: tuple[float, ...]


def build_grid(plan: Plan) -> Grid:
    """The grid of a plan.  Raises ValueError that names every fault."""
    faults = [*_axis_faults(plan)]
    faults = faults or [*_face_faults(plan), *_block_faults(plan), *_membrane_faults(plan)]
    if faults:
        raise ValueError("; ".join(faults))
    sheets = tuple(_membrane_faces(plan))
    faces = (*_domain_faces(plan), *_block_faces(plan), *sheets)
    solid = [(block.low, block.high) for block in plan.blocks]
    solid += [(face.low, face.high) for face in sheets[::2]]
    space = plan.space._replace(
        blocked=bool(solid), split=math.prod(plan.subcells) > 1, membranes=bool(sheets)
    )
    grid = Grid(space, plan.low, plan.high, plan.cells, plan.subcells, faces, tuple(solid))
    if leaks := [*_leaks(plan, grid)]:
        raise ValueError("; ".join(leaks))
    return grid


def _leaks(plan: Plan, grid: Grid) -> Iterator[str]:
    """Periodic faces of which one is covered by a solid where the other is open: a way into that solid."""
    fine = [n * m for n, m in zip(plan.cells, plan.subcells, strict=True)]
    empty = grid.volumes_of(plan.subcells) == 0
    for axis, letter in enumerate(plan.axes):
        if isinstance(plan.boundaries[2 * axis], Periodic):
            apart = np.argwhere(empty.take(0, axis) != empty.take(fine[axis] - 1, axis))
            if len(apart):
                first = np.insert(apart[0], axis, 0)
                yield (
                    f"{letter}: a block covers a part of one periodic face and not of the other, first at "
                    f"collision cell {tuple(first.tolist())}: molecules would get into it"
                )


def _axis_faults(plan: Plan) -> Iterator[str]:
    rows = (plan.low, plan.high, plan.cells, plan.subcells)
    if any(len(row) != plan.space.dims for row in rows):
        yield f"{plan.axes}: one length, count of cells and of subcells an axis"
        return
    for axis, low, high, cells, subcells in zip(plan.axes, *rows, strict=True):
        if not (math.isfinite(high) and math.isfinite(low) and high > low >= 0):
            yield f"{axis}: the extent must be positive and finite, got {low} to {high} m"
        if not all(isinstance(n, int | np.integer) and n >= 1 for n in (cells, subcells)):
            yield f"{axis}: cells and subcells must be at least 1, whole numbers, got {cells} and {subcells}"


def _face_faults(plan: Plan) -> Iterator[str]:
    for number, (name, boundary) in enumerate(zip(plan.names, plan.boundaries, strict=True)):
        yield from _warming_faults(name, plan, boundary)
        axis_of_tube = plan.space.cylindrical and number == 2 and boundary is None
        if not (axis_of_tube or isinstance(boundary, Boundary)):
            yield f"{name}: {boundary!r} is no boundary, and the gas would leak out there"
    for axis, letter in enumerate(plan.axes):
        pair = plan.boundaries[2 * axis : 2 * axis + 2]
        if len({isinstance(boundary, Periodic) for boundary in pair}) == 2:
            yield f"{letter}: a periodic face needs a periodic face opposite"
        elif plan.space.cylindrical and axis == 1 and isinstance(pair[1], Periodic):
            yield "r: a tube is not periodic along its radius"
    if plan.space.cylindrical and (plan.boundaries[2] is None) != (plan.low[1] == 0):
        yield (
            f"{plan.names[2]}: an annulus has a wall at its inner radius, a tube (inner radius 0) has none; "
            f"got {plan.boundaries[2]} at {plan.low[1]} m"
        )


def _warming_faults(name: str, plan: Plan, boundary: Boundary | None) -> Iterator[str]:
    if plan.space.dims == 1 and isinstance(getattr(boundary, "temperature", None), tuple):
        yield f"{name}: a slab has no axis along its walls: give one temperature, or use a Channel"


def _block_faults(plan: Plan) -> Iterator[str]:
    for number, block in enumerate(plan.blocks):
        name = f"block {number}"
        if not len(block.low) == len(block.high) == plan.space.dims:
            yield f"{name}: low and high need one number an axis ({plan.axes})"
            continue
        if isinstance(block.boundary, Periodic | Reservoir | EvaporatingSurface):
            yield f"{name}: a {type(block.boundary).__name__} is no side of a solid"
        for axis, letter in enumerate(plan.axes):
            yield from _side_faults(f"{name}, {letter}", plan, axis, block.low[axis], block.high[axis])
    sound = [block for block in plan.blocks if len(block.low) == len(block.high) == plan.space.dims]
    for one, other in combinations(sound, 2):
        if all(_overlap(plan, axis, one, other) for axis in range(plan.space.dims)):
            yield f"two blocks overlap, from {one.low} and from {other.low} m: cut one"


def _overlap(plan: Plan, axis: int, one: Block | Corners, other: Block | Corners) -> bool:
    """Whether two pieces share a cell along an axis; those that touch do not, whatever the round-off."""
    shared = min(one.high[axis], other.high[axis]) - max(one.low[axis], other.low[axis])
    return shared > ALIGNED * _width(plan, axis)


def _membrane_faults(plan: Plan) -> Iterator[str]:
    for number, membrane in enumerate(plan.membranes):
        name = f"membrane {number}"
        yield from (f"{name}: {fault}" for fault in within(1.0, transmission=membrane.transmission))
        yield from _warming_faults(name, plan, membrane.wall)
        if not isinstance(membrane.wall, Wall):
            yield f"{name}: a {type(membrane.wall).__name__} is no wall of a membrane"
        if membrane.axis not in range(plan.space.dims):
            yield f"{name}: axis {membrane.axis} is none of 0 to {plan.space.dims - 1} ({plan.axes})"
        elif not plan.low[membrane.axis] < membrane.at < plan.high[membrane.axis]:
            yield f"{name}: {membrane.at} m is not within the domain along {plan.axes[membrane.axis]}"
        else:
            yield from _edge_faults(f"{name}, {plan.axes[membrane.axis]}", plan, membrane.axis, membrane.at)
            yield from _sheet_faults(name, plan, membrane)
    yield from _coplanar_faults(plan)


def _coplanar_faults(plan: Plan) -> Iterator[str]:
    """Sheets in one plane that lie upon each other, be it in part."""
    axes = range(plan.space.dims)
    sheets = [(membrane, _corners(plan, membrane)) for membrane in plan.membranes]
    sound = [
        (sheet, corners) for sheet, corners in sheets
        if sheet.axis in axes and len(corners.low) == len(corners.high) == len(axes)
    ]  # fmt: skip
    for (one, here), (other, there) in combinations(sound, 2):
        level = one.axis == other.axis and abs(one.at - other.at) <= ALIGNED * _width(plan, one.axis)
        if level and all(_overlap(plan, axis, here, there) for axis in axes if axis != one.axis):
            yield (
                "two membranes lie in one plane: use one, with the product of their transmissions, or sheets "
                "that do not overlap"
            )


def _sheet_faults(name: str, plan: Plan, membrane: Membrane) -> Iterator[str]:
    low, high = _corners(plan, membrane)
    if not len(low) == len(high) == plan.space.dims:
        yield f"{name}: low and high need one number an axis ({plan.axes})"
        return
    for axis, letter in enumerate(plan.axes):
        if axis != membrane.axis:
            yield from _side_faults(f"{name}, {letter}", plan, axis, low[axis], high[axis])


def _side_faults(name: str, plan: Plan, axis: int, low: float, high: float) -> Iterator[str]:
    first, last = plan.low[axis], plan.high[axis]
    if not (low < high and low < last and high > first):
        yield f"{name}: it must reach from less to more within the domain, got {low} to {high} m"
        return
    for side in (low, high):
        if first < side < last:
            yield from _edge_faults(name, plan, axis, side)


def _edge_faults(name: str, plan: Plan, axis: int, side: float) -> Iterator[str]:
    first = plan.low[axis]
    width = _width(plan, axis)
    place = (side - first) / width
    if abs(place - round(place)) > ALIGNED:
        nearest = [first + width * edge for edge in (math.floor(place), math.ceil(place))]
        yield (
            f"{name}: {side} m is inside a collision cell: use {nearest[0]:.9g} or {nearest[1]:.9g} m, "
            "or other cells"
        )


def _width(plan: Plan, axis: int) -> float:
    """Width of a collision cell along an axis [m]."""
    return (plan.high[axis] - plan.low[axis]) / (plan.cells[axis] * plan.subcells[axis])


def _domain_faces(plan: Plan) -> Iterator[Face]:
    for number, (boundary, name) in enumerate(zip(plan.boundaries, plan.names, strict=True)):
        axis, inward = number // 2, 1 - 2 * (number % 2)
        if boundary is not None:
            at = plan.low[axis] if inward == 1 else plan.high[axis]
            yield Face(name, axis, at, inward, plan.low, plan.high, boundary)


def _block_faces(plan: Plan) -> Iterator[Face]:
    for number, block in enumerate(plan.blocks):
        for axis, letter in enumerate(plan.axes):
            for inward, at in ((-1, block.low[axis]), (1, block.high[axis])):
                if plan.low[axis] < at < plan.high[axis]:
                    name = f"block {number} {letter}{'-' if inward < 0 else '+'}"
                    yield Face(
                        name, axis, at, inward, _cut(plan, block.low), _cut(plan, block.high), block.boundary
                    )


def _membrane_faces(plan: Plan) -> Iterator[Face]:
    for number, membrane in enumerate(plan.membranes):
        low, high = (list(_cut(plan, corner)) for corner in _corners(plan, membrane))
        low[membrane.axis] = high[membrane.axis] = membrane.at
        for inward in (-1, 1):
            name = f"membrane {number} {plan.axes[membrane.axis]}{'-' if inward < 0 else '+'}"
            yield Face(
                name, membrane.axis, membrane.at, inward, tuple(low), tuple(high), membrane.wall,
                membrane.transmission,
            )  # fmt: skip


def _corners(plan: Plan, membrane: Membrane) -> Corners:
    low, high = membrane.low, membrane.high
    return Corners(plan.low if low is None else low, plan.high if high is None else high)


def _cut(plan: Plan, corner: Sequence[float]) -> tuple[float, ...]:
    return tuple(np.clip(corner, plan.low, plan.high).tolist())
