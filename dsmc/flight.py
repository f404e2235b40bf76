"""Move: free flight of a time dt, with the faces met in order of time."""

from collections.abc import Callable
from functools import lru_cache
from math import inf, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.particles import lane_range
from knudsen.core.rng import draw_words, uniform
from knudsen.dsmc.domains.grid import Space
from knudsen.dsmc.domains.patches import patch_finder
from knudsen.dsmc.domains.paths import NO_FACE, SLACK, component, paths
from knudsen.dsmc.internal.modes import inner_state
from knudsen.dsmc.surfaces import (
    ABSORBING,
    ADIABATIC,
    EVAPORATING,
    EXCHANGE,
    LORD,
    MAXWELL,
    OPEN,
    PERIODIC,
    SPECULAR,
    emission_species,
    from_wall,
    to_wall,
    velocity_off,
)

ARRIVING, LEAVING = 0, 1
ACCOMMODATION, TANGENTIAL, TRANSMISSION, ROTATIONAL, VIBRATIONAL = range(5)
FLYING, GONE, LOST = 0, 1, 2
MOST_CROSSINGS = 100_000  # in one step; a molecule that asks for more never comes to rest


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
def temperature_ratio(warming: Any, face: int, q: float) -> float:
    """Temperature of a wall at q along it, over that where it starts."""
    piece = 0
    while piece + 1 < warming.shape[1] and q >= warming[face, piece + 1, 0]:
        piece += 1
    return float(warming[face, piece, 1] + warming[face, piece, 2] * (q - warming[face, piece, 0]))


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
def side_of(side: int, moved: float, speed: float, extent: float) -> int:
    """Side of the planes that lie, to the slack, where a flight has ended: the one that it came from."""
    if abs(moved) <= SLACK * extent:
        return side
    return -1 if speed > 0.0 else 1


@device
def turned_to(sides: Any, along: int, side: int) -> Any:
    """Sides of a molecule, but this one along one axis."""
    return (
        side if along == 0 else sides[0], side if along == 1 else sides[1], side if along == 2 else sides[2]
    )  # fmt: skip


@device
def note_fault(faults: Any, step: int, x: float, y: float, z: float, u: float, v: float, w: float) -> None:
    """Keep the step of a molecule that cannot be placed, and its place and velocity before it flew."""
    faults[0], faults[1], faults[2], faults[3], faults[4], faults[5], faults[6] = step, x, y, z, u, v, w


@device
def opposite(q: float, axis: int, along: int, inward: int, low: Any, high: Any) -> float:
    """Coordinate of a molecule that leaves by one periodic face and enters by the other."""
    if axis != along:
        return q
    return high[axis] if inward > 0 else low[axis]


@lru_cache(maxsize=16)
def flight(space: Space, width: int) -> Callable[..., Any]:
    """The device function by which one molecule, of so many internal numbers, flies in a space."""
    advance, meet, _ = paths(space)
    patch_of, membranes, dims = patch_finder(space), space.membranes, space.dims
    internal_energy, leave = inner_state(width).energy, leaving(width)
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
            x = at[face] if along == 0 else x
            y = at[face] if along == 1 else y
            z = at[face] if along == 2 else z
            if blocked:
                sides = (
                    side_of(sides[0], x - old_x, u, high[0] - low[0]),
                    side_of(sides[1], y - old_y, v, high[1] - low[1]),
                    side_of(sides[2], z - old_z, w, high[2] - low[2]),
                )
                sides = turned_to(sides, along, -side if kind[face] == PERIODIC else side)
            if kind[face] == PERIODIC:
                x = opposite(x, 0, along, side, low, high)
                y = opposite(y, 1, along, side, low, high)
                z = opposite(z, 2, along, side, low, high)
                continue
            patch = patch_of(face, x, y, z, patches)
            held = internal_energy(slot, species, inner, modes)
            tally(patch, ARRIVING, species, u, v, w, held, masses, walls)
            if kind[face] == OPEN:
                return x, y, z, u, v, w, species, GONE
            if membranes and coefficients[face, species, TRANSMISSION] >= 0.0:
                word, _, _, _ = draw_words(seed, stream, item, MOST_CROSSINGS + crossings, step)
                if uniform(word) < coefficients[face, species, TRANSMISSION]:
                    sides = turned_to(sides, along, -side)
                    far_side = patch_of(face - side, x, y, z, patches)
                    tally(far_side, LEAVING, species, u, v, w, held, masses, walls)
                    continue
            normal, aside, across = to_wall(along, side, u, v, w)
            if kind[face] == SPECULAR:
                normal = -normal
            else:
                word_choice, word_normal, word_radius, word_angle = draw_words(
                    seed, stream, item, crossings, step
                )
                accommodation = coefficients[face, species, ACCOMMODATION]
                if kind[face] == EXCHANGE:
                    species = emission_species(cumulative, face, uniform(word_choice))
                if kind[face] in (EVAPORATING, ABSORBING) and uniform(word_choice) < accommodation:
                    return x, y, z, u, v, w, species, GONE
                warmth = temperature_ratio(warming, face, y if along == 0 else x)
                speed = thermal_speed[face, species] * sqrt(warmth)
                normal, aside, across = velocity_off(
                    kind[face], accommodation, coefficients[face, species, TANGENTIAL],
                    speed,
                    wall_velocity[face, 0], wall_velocity[face, 1], normal, aside, across,
                    word_choice, word_normal, word_radius, word_angle,
                )  # fmt: skip
                if width > 0:
                    leave(
                        kind[face], uniform(word_choice) < accommodation, coefficients[face, species],
                        0.5 * masses[species] * speed * speed, slot, species, inner, modes,
                        seed, stream, item, 2 * MOST_CROSSINGS + width * crossings, step,
                    )  # fmt: skip
                    held = internal_energy(slot, species, inner, modes)
            u, v, w = from_wall(along, side, normal, aside, across)
            tally(patch, LEAVING, species, u, v, w, held, masses, walls)
        return x, y, z, u, v, w, species, LOST

    return fly


def leaving(width: int) -> Callable[..., Any]:
    """The device function by which the internal energy of a molecule answers to a wall."""
    _, thermalise, accommodate = inner_state(width)

    @device
    def leave(
        kind: int, diffuse: bool, coefficients: Any, thermal: float, slot: int, species: int, inner: Any,
        modes: Any, seed: int, stream: int, item: int, draw: int, step: int,
    ) -> None:  # fmt: skip
        """Mirrors and adiabatic walls keep it, Lord's accommodates it, all others give their own.

        coefficients : of the face and species;  thermal : k T of the wall [J]
        """
        if kind == LORD:
            accommodate(
                slot, species, thermal, coefficients[ROTATIONAL], coefficients[VIBRATIONAL], inner, modes,
                seed, stream, item, draw, step,
            )  # fmt: skip
        elif kind != ADIABATIC and (kind != MAXWELL or diffuse):
            thermalise(slot, species, thermal, inner, modes, seed, stream, item, draw, step)

    return leave


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
