"""A domain's grid from what a user says of it, with every fault named at once."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from knudsen.dsmc.boundaries import Boundary, OpenReservoir, Periodic
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
class Plan:
    """What a grid is built from: extents, cells, the boundary and name of both faces of each axis, blocks."""

    space: Space
    low: tuple[float, ...]
    high: tuple[float, ...]
    cells: tuple[int, ...]
    subcells: tuple[int, ...]
    boundaries: tuple[Boundary | None, ...]
    names: tuple[str, ...]
    blocks: tuple[Block, ...] = ()

    @property
    def axes(self) -> str:
        """A letter an axis."""
        return "xr" if self.space.cylindrical else "xyz"[: self.space.dims]


def build_grid(plan: Plan) -> Grid:
    """The grid of a plan.  Raises ValueError that names every fault."""
    faults = [*_axis_faults(plan)]
    faults = faults or [*_face_faults(plan), *_block_faults(plan)]
    if faults:
        raise ValueError("; ".join(faults))
    faces = (*_domain_faces(plan), *_block_faces(plan))
    solid = tuple((block.low, block.high) for block in plan.blocks)
    space = plan.space._replace(blocked=bool(plan.blocks), split=math.prod(plan.subcells) > 1)
    return Grid(space, plan.low, plan.high, plan.cells, plan.subcells, faces, solid)


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


def _block_faults(plan: Plan) -> Iterator[str]:
    for number, block in enumerate(plan.blocks):
        name = f"block {number}"
        if not len(block.low) == len(block.high) == plan.space.dims:
            yield f"{name}: low and high need one number an axis ({plan.axes})"
            continue
        if isinstance(block.boundary, Periodic | OpenReservoir):
            yield f"{name}: a {type(block.boundary).__name__} is no side of a solid"
        for axis, letter in enumerate(plan.axes):
            yield from _side_faults(f"{name}, {letter}", plan, axis, block.low[axis], block.high[axis])
    sound = [block for block in plan.blocks if len(block.low) == len(block.high) == plan.space.dims]
    for a, b in combinations(sound, 2):
        if all(max(p, q) < min(r, s) for p, q, r, s in zip(a.low, b.low, a.high, b.high, strict=True)):
            yield f"two blocks overlap, from {a.low} and from {b.low} m: cut one"


def _side_faults(name: str, plan: Plan, axis: int, low: float, high: float) -> Iterator[str]:
    first, last = plan.low[axis], plan.high[axis]
    if not (low < high and low < last and high > first):
        yield f"{name}: a block reaches from less to more within the domain, got {low} to {high} m"
        return
    width = (last - first) / (plan.cells[axis] * plan.subcells[axis])
    for side in (low, high):
        place = (side - first) / width
        if first < side < last and abs(place - round(place)) > ALIGNED:
            nearest = [first + width * edge for edge in (math.floor(place), math.ceil(place))]
            yield (
                f"{name}: {side} m is inside a collision cell: use {nearest[0]:.9g} or {nearest[1]:.9g} m, "
                "or other cells"
            )


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


def _cut(plan: Plan, corner: Sequence[float]) -> tuple[float, ...]:
    return tuple(np.clip(corner, plan.low, plan.high).tolist())
