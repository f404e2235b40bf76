"""Emit: molecules that open faces send in, at random times of the step, and that fly on from there."""

from collections.abc import Callable
from functools import lru_cache
from math import erfc, exp, pi, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.particles import lane_range
from knudsen.core.rng import draw_words, poisson, uniform
from knudsen.dsmc.domains.grid import Space
from knudsen.dsmc.domains.patches import patch_finder
from knudsen.dsmc.domains.paths import paths
from knudsen.dsmc.flight import FLYING, GONE, LEAVING, LOST, flight, note_fault, tally, touches, triple
from knudsen.dsmc.forces import pushes
from knudsen.dsmc.internal.modes import inner_state
from knudsen.dsmc.surfaces import diffuse_velocity, from_wall, to_wall

# Beyond so many thermal speeds lies less of a flux than a 32-bit number can tell.
FARTHEST = 7.0
MOST_HALVINGS = 60
FIRST_INNER_DRAW = 2  # velocity and place come before


@kernel
def count_emission(
    copy: int, arrivals: Any, timestep: float, emitted: Any, seeds: Any, stream: int, step: int
) -> None:
    """Number of molecules that each open face sends in during a step: Poisson.

    arrivals : simulated molecules a second [copies, face, species]
    emitted : int64 [copies, faces * species], by face and then species, written
    """
    _, faces, species_count = arrivals.shape
    for source in range(faces * species_count):
        mean = arrivals[copy, source // species_count, source % species_count] * timestep
        word, _, _, _ = draw_words(seeds[copy], stream, source, 0, step)
        emitted[copy, source] = poisson(mean, uniform(word)) if mean > 0.0 else 0


@device
def flux_beyond(w: float, drift: float) -> float:
    """What of the drifting Maxwellian's flux has a normal speed above w, in units of n c / pi^(1/2)::

        integral from w to infinity of v exp(-(v - S)^2) dv = exp(-(w - S)^2)/2 + S pi^(1/2)/2 erfc(w - S)

    drift : S = u_n / c;  c = (2 k T / m)^(1/2), in which speeds are measured
    """
    y = w - drift
    return 0.5 * exp(-y * y) + 0.5 * sqrt(pi) * drift * erfc(y)


@device
def drifting_normal(drift: float, u: float) -> float:
    """The normal speed beyond which the share u of the drifting Maxwellian's flux lies, in units of c.

    Newton's method between bounds that close in on it.
    """
    low, high = max(0.0, drift - FARTHEST), max(0.0, drift) + FARTHEST
    target = u * flux_beyond(0.0, drift)
    w = max(0.5, drift)
    for _ in range(MOST_HALVINGS):
        excess = flux_beyond(w, drift) - target
        if excess > 0.0:
            low = w
        else:
            high = w
        slope = w * exp(-(w - drift) * (w - drift))
        new = w + excess / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - w) <= 1e-14 * high:
            return new
        w = new
    return w


@lru_cache(maxsize=16)
def emission_kernel(space: Space, width: int, rotating: bool) -> Kernel:
    """The kernel by which open faces send molecules into a space, at rest or rotating.

    width : internal numbers of a molecule
    """
    dims, blocked = space.dims, space.blocked
    fly, cell, entrance = flight(space, width), paths(space).cell, _entrance(space)
    patch_of, (internal_energy, thermalise, _) = patch_finder(space), inner_state(width)
    before, after = pushes(rotating)

    @kernel
    def emit(
        lane: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, inner: Any, bin: Any, counts: Any,
        emitted: Any, capacity: int, lanes: int, strided: bool, timestep: float,
        low: Any, high: Any, inverse: Any, fine: Any, parts: Any,
        axis: Any, inward: Any, at: Any, lows: Any, highs: Any, solid: Any,
        kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, warming: Any, coefficients: Any,
        masses: Any, patches: Any, walls: Any, modes: Any, drift: Any, acceleration: Any, rotation: Any,
        work: Any, faults: Any, seeds: Any, stream: int, wall_stream: int, step: int,
    ) -> None:  # fmt: skip
        """Let one lane's share of the emitted molecules enter at random times and fly on."""
        least = triple(low)
        copy, share = lane // lanes, lane % lanes
        species_count = masses.shape[0]
        grid = least, triple(inverse), triple(fine), triple(parts)
        dead = fine[0] * fine[1] * fine[2] * species_count
        sources = axis.shape[0] * species_count
        total = 0
        for source in range(sources):
            total += emitted[copy, source]
        first, end, stride = lane_range(share, lanes, total, strided)
        for k in range(first, end, stride):
            source, until = 0, emitted[copy, 0]
            while k >= until:
                source += 1
                until += emitted[copy, source]
            i = np.uint64(copy * capacity + counts[copy] + k)
            face, s = source // species_count, source % species_count
            word_time, word_normal, word_radius, word_angle = draw_words(seeds[copy], stream, k, 0, step)
            x, y, z = entrance(seeds[copy], stream, k, step, face, axis[face], at[face], lows, highs)
            fate = GONE
            u = v = w = 0.0
            # Where a block stands before the face nothing comes in.
            if not (blocked and touches((x, y, z), (x, y, z), dims, solid)):
                speed = thermal_speed[copy, face, s]
                flow, aside_flow, across_flow = to_wall(axis[face], inward[face], *triple(drift[copy, face]))
                normal, aside, across = diffuse_velocity(
                    speed, aside_flow, across_flow, word_normal, word_radius, word_angle
                )
                if flow != 0.0:
                    normal = speed * drifting_normal(flow / speed, uniform(word_normal))
                u, v, w = from_wall(axis[face], inward[face], normal, aside, across)
                patch = patch_of(face, x, y, z, patches)
                if width > 0:
                    thermalise(
                        i, s, 0.5 * masses[s] * speed * speed, inner, modes,
                        seeds[copy], stream, k, FIRST_INNER_DRAW, step,
                    )  # fmt: skip
                held = internal_energy(i, s, inner, modes)
                tally(patch, LEAVING, s, u, v, w, held, masses, walls[lane])
                inside = timestep * uniform(word_time)
                forces = acceleration[copy], rotation, masses, work[lane]
                u, v, w = before(x, y, z, u, v, w, s, inside, *forces)
                start = x, y, z, u, v, w
                x, y, z, u, v, w, s, fate = fly(
                    x, y, z, u, v, w, s, inside, low, high, axis, inward, at, lows, highs,
                    kind[copy], thermal_speed[copy], cumulative[copy], wall_velocity[copy], warming[copy],
                    coefficients[copy], masses, patches, walls[lane], inner, modes, i, seeds[copy],
                    wall_stream, k, step,
                )  # fmt: skip
                if fate == LOST:
                    note_fault(faults[lane], step, *start)
                if fate == FLYING:
                    u, v, w = after(x, y, z, u, v, w, s, inside, *forces)
            vx[i], vy[i], vz[i], species[i] = u, v, w, s
            here = np.uint64(dims) * i
            place[here] = x
            if dims > 1:
                place[here + np.uint64(1)] = y
            if dims > 2:
                place[here + np.uint64(2)] = z
            found = cell(x, y, z, *grid) * species_count + s
            bin[i] = found if fate == FLYING else dead

    return emit


def _entrance(space: Space) -> Callable[..., Any]:
    dims, cylindrical = space.dims, space.cylindrical

    @device
    def spread(word: int, axis: int, face: int, along: int, at: float, lows: Any, highs: Any) -> float:
        """A coordinate, uniform over the area of the face."""
        low, high = lows[face, axis], highs[face, axis]
        if axis == along:
            return at
        if cylindrical and axis == 1:
            return sqrt(low * low + uniform(word) * (high * high - low * low))
        return low + uniform(word) * (high - low)

    @device
    def entrance(
        seed: int, stream: int, item: int, step: int, face: int, along: int, at: float, lows: Any, highs: Any
    ) -> Any:
        """Where a molecule enters by a face."""
        if dims == 1:
            return at, 0.0, 0.0
        word_x, word_y, word_z, _ = draw_words(seed, stream, item, 1, step)
        x = spread(word_x, 0, face, along, at, lows, highs)
        y = spread(word_y, 1, face, along, at, lows, highs)
        z = spread(word_z, 2, face, along, at, lows, highs) if dims > 2 else 0.0
        return x, y, z

    return entrance
