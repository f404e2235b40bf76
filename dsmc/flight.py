"""Move: free flight of a time dt, with the faces met in order of time."""

from collections.abc import Callable
from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.particles import lane_range
from knudsen.dsmc.crossing import (
    MOST_CROSSINGS,
    TRANSMISSION,
    answering,
    carried_round,
    onto,
    passes,
    sides_at,
    turned_to,
)
from knudsen.dsmc.domains.grid import Space
from knudsen.dsmc.domains.patches import patch_finder
from knudsen.dsmc.domains.paths import NO_FACE, SLACK, component, paths
from knudsen.dsmc.internal.modes import inner_state
from knudsen.dsmc.surfaces import OPEN, PERIODIC

ARRIVING, LEAVING = 0, 1
FLYING, GONE, LOST = 0, 1, 2


@device
def tally(
    patch: int, direction: int, species: int, u: float, v: float, w: float, internal: float, masses: Any,
    walls: Any,
) -> None:  # fmt: skip
    """Add a molecule to the patch's totals of number, momentum [kg m/s] and energy, internal too [J]."""
    mass = masses[species]
    total = walls[patch, species, direction]
    total[0] += 1.0
    total[1] += mass * u
    total[2] += mass * v
    total[3] += mass * w
    total[4] += 0.5 * mass * (u * u + v * v + w * w) + internal


@device
def triple(numbers: Any) -> Any:
    """Three numbers of an array."""
    return numbers[0], numbers[1], numbers[2]


@device
def touches(least: Any, most: Any, dims: int, solid: Any) -> bool:
    """Whether a block has a place within these bounds, the sides of both taken in."""
    for block in range(solid.shape[0]):
        apart = False
        for axis in range(dims):
            apart = apart or most[axis] < solid[block, 0, axis] or least[axis] > solid[block, 1, axis]
        if not apart:
            return True
    return False


@device
def inside(x: float, y: float, z: float, dims: int, low: Any, high: Any) -> bool:
    """Whether a place is in the domain, to the slack of a flight's round-off."""
    for axis in range(dims):
        q, slack = component(axis, x, y, z), 10.0 * SLACK * (high[axis] - low[axis])
        if q < low[axis] - slack or q > high[axis] + slack:
            return False
    return True


@device
def note_fault(faults: Any, step: int, x: float, y: float, z: float, u: float, v: float, w: float) -> None:
    """Keep the step of a molecule that cannot be placed, and its place and velocity before it flew."""
    faults[0], faults[1], faults[2], faults[3], faults[4], faults[5], faults[6] = step, x, y, z, u, v, w


@lru_cache(maxsize=16)
def flight(space: Space, width: int) -> Callable[..., Any]:
    """The device function by which one molecule, of so many internal numbers, flies in a space."""
    advance, meet, _ = paths(space)
    patch_of, membranes, dims = patch_finder(space), space.membranes, space.dims
    internal_energy, answer = inner_state(width).energy, answering(width)
    blocked = space.blocked

    @device
    def fly(
        x: float, y: float, z: float, u: float, v: float, w: float, species: int, duration: float,
        low: Any, high: Any, axis: Any, inward: Any, at: Any, lows: Any, highs: Any,
        kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, warming: Any, coefficients: Any,
        masses: Any, patches: Any, walls: Any, inner: Any, modes: Any, slot: int,
        seed: int, stream: int, item: int, step: int,
    ) -> Any:  # fmt: skip
        """Place, velocity, species and fate of the molecule in a slot after a flight."""
        remaining, sides = duration, (0, 0, 0)
        for crossings in range(MOST_CROSSINGS):
            time, face = meet(x, y, z, u, v, w, remaining, sides, low, high, axis, inward, at, lows, highs)
            old_x, old_y, old_z = x, y, z
            x, y, z, u, v, w = advance(x, y, z, u, v, w, time)
            # Compared, not asked of math.isfinite: re-association makes that true of every number.
            if not (abs(x) < inf and abs(y) < inf and abs(z) < inf):
                return x, y, z, u, v, w, species, LOST
            if face == NO_FACE:
                fate = FLYING if inside(x, y, z, dims, low, high) else LOST
                return x, y, z, u, v, w, species, fate
            remaining -= time
            along, side = axis[face], inward[face]
            x, y, z = onto(x, y, z, along, at[face])
            if blocked:
                moved, arriving = (x - old_x, y - old_y, z - old_z), (u, v, w)
                sides = sides_at(sides, moved, arriving, along, side, kind[face], low, high)
            if kind[face] == PERIODIC:
                x, y, z = carried_round(x, y, z, along, side, low, high)
                continue
            patch = patch_of(face, x, y, z, patches)
            held = internal_energy(slot, species, inner, modes)
            tally(patch, ARRIVING, species, u, v, w, held, masses, walls)
            if kind[face] == OPEN:
                return x, y, z, u, v, w, species, GONE
            if membranes and passes(
                coefficients[face, species, TRANSMISSION], seed, stream, item, crossings, step
            ):
                sides = turned_to(sides, along, -side)
                far_side = patch_of(face - side, x, y, z, patches)
                tally(far_side, LEAVING, species, u, v, w, held, masses, walls)
                continue
            u, v, w, species, absorbed = answer(
                face, along, side, y if along == 0 else x, u, v, w, species,
                kind[face], thermal_speed, cumulative, wall_velocity, warming, coefficients, masses,
                inner, modes, slot, seed, stream, item, crossings, step,
            )  # fmt: skip
            if absorbed:
                return x, y, z, u, v, w, species, GONE
            held = internal_energy(slot, species, inner, modes)
            tally(patch, LEAVING, species, u, v, w, held, masses, walls)
        return x, y, z, u, v, w, species, LOST

    return fly


def _glide(space: Space) -> Callable[..., Any]:
    """A flight that meets no face, read and tested with as little memory as it takes."""
    dims, cylindrical, blocked = space.dims, space.cylindrical, space.blocked
    advance, _, _ = paths(space)

    @device
    def glide(
        i: int, place: Any, vx: Any, vy: Any, vz: Any, duration: float, low: Any, high: Any, solid: Any
    ) -> Any:  # fmt: skip
        """Place, velocity, and whether the flight stays clear of every face."""
        at = np.uint64(dims) * i
        x, u = place[at], float(vx[i])
        y = place[at + np.uint64(1)] if dims > 1 else 0.0
        z = place[at + np.uint64(2)] if dims > 2 else 0.0
        v = float(vy[i]) if dims > 1 else 0.0
        w = float(vz[i]) if dims > 2 or cylindrical else 0.0
        # Past an inner cylinder a flight may go through it and come out again.
        clear = not cylindrical or low[1] == 0.0 or v >= 0.0
        there_x, there_y, there_z, _, new_v, new_w = advance(x, y, z, u, v, w, duration)
        for axis in range(dims):
            q = component(axis, there_x, there_y, there_z)
            clear = clear and q >= low[axis] and q <= high[axis]
        if blocked and clear:
            nearest = 0.0 if cylindrical and v < 0.0 else min(y, there_y)
            least = min(x, there_x), nearest, min(z, there_z)
            clear = not touches(least, (max(x, there_x), max(y, there_y), max(z, there_z)), dims, solid)
        return there_x, there_y, there_z, new_v, new_w, clear

    return glide


@lru_cache(maxsize=16)
def move_kernel(space: Space, width: int) -> Kernel:
    """The kernel by which the molecules of a space, of so many internal numbers, fly for a step."""
    dims, cylindrical = space.dims, space.cylindrical
    fly, glide, cell = flight(space, width), _glide(space), paths(space).cell

    @kernel
    def move(
        lane: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, inner: Any, bin: Any, counts: Any,
        capacity: int, lanes: int, strided: bool, timestep: float,
        low: Any, high: Any, inverse: Any, fine: Any, parts: Any,
        axis: Any, inward: Any, at: Any, lows: Any, highs: Any, solid: Any,
        kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, warming: Any, coefficients: Any,
        masses: Any, patches: Any, walls: Any, modes: Any, faults: Any, seeds: Any, stream: int, step: int,
    ) -> None:  # fmt: skip
        """Fly one lane's molecules for a step and note the bin each arrives in."""
        # Numbers are read once: an array's could change with every place that is written.
        least, most = triple(low), triple(high)
        copy, share = lane // lanes, lane % lanes
        base = copy * capacity
        species_count = masses.shape[0]
        grid = least, triple(inverse), triple(fine), triple(parts)
        dead = fine[0] * fine[1] * fine[2] * species_count
        first, end, stride = lane_range(share, lanes, counts[copy], strided)
        for k in range(base + first, base + end, stride):
            i = np.uint64(k)  # unsigned: see core/sorting.py
            here = np.uint64(dims) * i
            x, y, z, v, w, clear = glide(i, place, vx, vy, vz, timestep, least, most, solid)
            fate = FLYING
            if clear and cylindrical:
                vy[i], vz[i] = v, w
            if not clear:
                start_y = place[here + np.uint64(1)] if dims > 1 else 0.0
                start_z = place[here + np.uint64(2)] if dims > 2 else 0.0
                x, y, z, u, v, w, kept, fate = fly(
                    place[here], start_y, start_z, float(vx[i]), float(vy[i]), float(vz[i]), int(species[i]),
                    timestep, low, high, axis, inward, at, lows, highs, kind[copy], thermal_speed[copy],
                    cumulative[copy], wall_velocity[copy], warming[copy], coefficients[copy], masses, patches,
                    walls[lane], inner, modes, i, seeds[copy], stream, k - base, step,
                )  # fmt: skip
                if fate == LOST:
                    note_fault(
                        faults[lane], step, place[here], start_y, start_z,
                        float(vx[i]), float(vy[i]), float(vz[i]),
                    )  # fmt: skip
                vx[i], vy[i], vz[i], species[i] = u, v, w, kept
            place[here] = x
            if dims > 1:
                place[here + np.uint64(1)] = y
            if dims > 2:
                place[here + np.uint64(2)] = z
            found = cell(x, y, z, *grid) * species_count + int(species[i])
            bin[i] = found if fate == FLYING else dead

    return move
