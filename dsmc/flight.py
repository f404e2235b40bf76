"""Move: free flight of a time dt, with the faces met in order of time."""

from math import inf, log, nan, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import device, kernel
from knudsen.core.particles import lane_range
from knudsen.core.rng import draw_words, normal_pair, poisson, uniform
from knudsen.dsmc.boundaries import EXCHANGE, OPEN, PERIODIC, SPECULAR

ARRIVING, LEAVING = 0, 1
GONE = -1.0
MOST_CROSSINGS = 100_000  # in one step; a molecule that asks for more never comes to rest


@device
def flux_normal_speed(thermal_speed: float, u: float) -> float:
    """Normal speed of the flux-weighted Maxwellian: (2kT/m)^(1/2) (-ln u)^(1/2)."""
    return thermal_speed * sqrt(-log(u))


@device
def emission_species(cumulative: Any, face: int, u: float) -> int:
    """Species that the face sends out for the uniform number u."""
    s = 0
    while s < cumulative.shape[1] - 1 and u >= cumulative[face, s]:
        s += 1
    return s


@device
def tally(
    i: int, face: int, direction: int, vx: Any, vy: Any, vz: Any, species: Any, masses: Any, walls: Any
) -> None:
    """Add molecule i to the face's totals of number, momentum [kg m/s] and energy [J]."""
    s = species[i]
    x, y, z = float(vx[i]), float(vy[i]), float(vz[i])
    total = walls[face, s, direction]
    total[0] += 1.0
    total[1] += masses[s] * x
    total[2] += masses[s] * y
    total[3] += masses[s] * z
    total[4] += 0.5 * masses[s] * (x * x + y * y + z * z)


@device
def emerge(
    i: int, face: int, vx: Any, vy: Any, vz: Any, species: Any, thermal_speed: Any, wall_velocity: Any,
    word_normal: int, word_radius: int, word_angle: int,
) -> None:  # fmt: skip
    """Give molecule i the velocity of one that leaves a diffuse face (inwards)."""
    scale = thermal_speed[face, species[i]]
    normal = flux_normal_speed(scale, uniform(word_normal))
    along_y, along_z = normal_pair(word_radius, word_angle)
    vx[i] = normal if face == 0 else -normal
    vy[i] = wall_velocity[face, 0] + scale * sqrt(0.5) * along_y
    vz[i] = wall_velocity[face, 1] + scale * sqrt(0.5) * along_z


@device
def fly(
    i: int, here: float, duration: float, vx: Any, vy: Any, vz: Any, species: Any, length: float,
    kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, masses: Any, walls: Any,
    seed: int, stream: int, item: int, step: int,
) -> float:  # fmt: skip
    """Position after the flight; GONE for a molecule absorbed, NaN for one that cannot be placed."""
    remaining = duration
    crossings = 0
    while True:
        target = here + vx[i] * remaining
        # Compared, not asked of math.isfinite: re-association makes that true of every number.
        if crossings > MOST_CROSSINGS or not abs(target) < inf:
            return nan
        if 0.0 <= target <= length:
            return target
        face = 0 if target < 0.0 else 1
        edge = length if face == 1 else 0.0
        if kind[face] == PERIODIC:
            here += length - 2.0 * edge
            crossings += 1
            continue
        tally(i, face, ARRIVING, vx, vy, vz, species, masses, walls)
        if kind[face] == OPEN:
            return GONE
        remaining = max(0.0, remaining - (edge - here) / vx[i])
        here = edge
        if kind[face] == SPECULAR:
            vx[i] = -vx[i]
        else:
            word_species, word_normal, word_radius, word_angle = draw_words(
                seed, stream, item, crossings, step
            )
            if kind[face] == EXCHANGE:
                species[i] = emission_species(cumulative, face, uniform(word_species))
            emerge(i, face, vx, vy, vz, species, thermal_speed, wall_velocity,
                   word_normal, word_radius, word_angle)  # fmt: skip
        tally(i, face, LEAVING, vx, vy, vz, species, masses, walls)
        crossings += 1


@device
def bin_of(position: float, species: int, inverse_width: float, cells: int, species_count: int) -> int:
    """Bin (cell, species) of a position; the bin after the last for a molecule that is gone."""
    if not position >= 0.0:
        return cells * species_count
    return min(int(position * inverse_width), cells - 1) * species_count + species


@kernel
def move(
    lane: int, x: Any, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, counts: Any, capacity: int,
    lanes: int, strided: bool, timestep: float, length: float, cells: int,
    kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, masses: Any, walls: Any, faults: Any,
    seeds: Any, stream: int, step: int,
) -> None:  # fmt: skip
    """Fly one lane's molecules for a step and note the bin each arrives in."""
    copy, share = lane // lanes, lane % lanes
    base = copy * capacity
    species_count = masses.shape[0]
    inverse_width = cells / length
    first, end, stride = lane_range(share, lanes, counts[copy], strided)
    for k in range(base + first, base + end, stride):
        i = np.uint64(k)  # unsigned: see core/sorting.py
        target = x[i] + vx[i] * timestep
        if not (target >= 0.0 and target <= length):
            start = x[i]
            target = fly(i, start, timestep, vx, vy, vz, species, length, kind, thermal_speed, cumulative,
                         wall_velocity, masses, walls[lane], seeds[copy], stream, k - base, step)  # fmt: skip
            if target != target:
                faults[lane, 0] = step
                faults[lane, 1] = start
                faults[lane, 2] = vx[i]
        x[i] = target
        bin[i] = bin_of(target, int(species[i]), inverse_width, cells, species_count)


@kernel
def count_emission(
    copy: int, arrivals: Any, timestep: float, emitted: Any, seeds: Any, stream: int, step: int
) -> None:
    """Number of molecules that each open face sends in during a step: Poisson.

    emitted : int64 [copies, face * species + species], written
    """
    species_count = arrivals.shape[1]
    for source in range(2 * species_count):
        mean = arrivals[source // species_count, source % species_count] * timestep
        word, _, _, _ = draw_words(seeds[copy], stream, source, 0, step)
        emitted[copy, source] = poisson(mean, uniform(word)) if mean > 0.0 else 0


@kernel
def emit(
    lane: int, x: Any, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, counts: Any, emitted: Any,
    capacity: int, lanes: int, strided: bool, timestep: float, length: float, cells: int,
    kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, masses: Any, walls: Any,
    seeds: Any, stream: int, wall_stream: int, step: int,
) -> None:  # fmt: skip
    """Let one lane's share of the emitted molecules enter at random times and fly on."""
    copy, share = lane // lanes, lane % lanes
    species_count = masses.shape[0]
    total = 0
    for source in range(2 * species_count):
        total += emitted[copy, source]
    first, end, stride = lane_range(share, lanes, total, strided)
    for k in range(first, end, stride):
        source, before = 0, emitted[copy, 0]
        while k >= before:
            source += 1
            before += emitted[copy, source]
        i = copy * capacity + counts[copy] + k
        face = source // species_count
        species[i] = source % species_count
        word_time, word_normal, word_radius, word_angle = draw_words(seeds[copy], stream, k, 0, step)
        emerge(i, face, vx, vy, vz, species, thermal_speed, wall_velocity,
               word_normal, word_radius, word_angle)  # fmt: skip
        tally(i, face, LEAVING, vx, vy, vz, species, masses, walls[lane])
        x[i] = fly(i, length * face, timestep * uniform(word_time), vx, vy, vz, species, length, kind,
                   thermal_speed, cumulative, wall_velocity, masses, walls[lane],
                   seeds[copy], wall_stream, k, step)  # fmt: skip
        bin[i] = bin_of(x[i], int(species[i]), cells / length, cells, species_count)
