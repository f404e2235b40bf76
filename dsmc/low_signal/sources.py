"""What drives a deviation: walls, forces and gradients send in particles in pairs of opposite sign.

Of the gas at rest, in units of n E, with c over v0 and V, dT relative to v0 and T::

    wall that moves along itself    c_n 2 c.V            at c_n > 0
    wall that is warmer             c_n (c^2 - 2) dT     at c_n > 0
    Lord's wall that is warmer      c_n [alpha_n (c_n^2 - 1) + sigma_t (2 - sigma_t) (c_t^2 - 1)] dT
    acceleration a                  2 c.a / v0           in the gas
    temperature gradient            -v0 c.grad(ln T) (c^2 - 5/2), at uniform pressure, in the gas

A pair shares its random numbers, so that number is kept to the particle.  Walls that take up particles send
back the signed number that they took: the last kind of source.

Of a wall that moves or is warmer, with E_w = E (1 + psi), psi = 2 c.V + (c^2 - 3/2) dT, the part R of what
arrives in E leaves as c_n E psi - R[c_n E psi] beside c_n E.  R of Lord's wall turns c_t, c_n^2 - 1 and
c_t^2 - 1 into 1 - sigma_t, 1 - alpha_n and (1 - sigma_t)^2 of themselves; that of an adiabatic wall makes
nothing of c_t.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, pi, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.particles import lane_range
from knudsen.core.rng import draw_words, normal_pair, uniform, unit_circle
from knudsen.dsmc.domains.grid import Space
from knudsen.dsmc.domains.paths import paths
from knudsen.dsmc.flight import FLYING, LEAVING, LOST, flight, note_fault, tally, triple
from knudsen.dsmc.low_signal.collisions import MINUS, PLUS

RETURN, SHEAR, WARMTH, FORCE, GRADIENT, NORMAL_WARMTH, TANGENTIAL_WARMTH = range(7)
# int_q^oo (x - q) x e^-x dx, and int_0^q (q - x) x e^-x dx, at q = 2 and 5/2.
ABOVE = {2.0: exp(-2.0) * 4.0, 2.5: exp(-2.5) * 4.5}
BELOW = {2.0: exp(-2.0) * 4.0, 2.5: exp(-2.5) * 4.5 + 0.5}
SHARE_ABOVE = ABOVE[2.5] / (ABOVE[2.5] + BELOW[2.5])
# Particles of either sign a second, of n v0 times the relative amplitude (n times it, in the gas).
STRENGTH = {
    SHEAR: 1 / pi,
    WARMTH: (ABOVE[2.0] + BELOW[2.0]) / (2 * sqrt(pi)),
    FORCE: 2 / sqrt(pi),
    GRADIENT: (ABOVE[2.5] + BELOW[2.5]) / sqrt(pi),
    NORMAL_WARMTH: exp(-1.0) / sqrt(pi),
    TANGENTIAL_WARMTH: exp(-1.0) / sqrt(pi),
}
MOST_TRIES = 10_000


@dataclass(frozen=True)
class Source:
    """One kind of particle sent in.

    kind : RETURN .. TANGENTIAL_WARMTH;  face : number of the wall, or -1 in the gas
    along : unit vector of the wall's motion, the force or the gradient, times the sign of the amplitude
    rate : particles of either sign [m^-2 s^-1]
    """

    kind: int
    face: int
    along: tuple[float, float, float]
    rate: float


@device
def energy_above(q: float, word_1: int, word_2: int, word_3: int, word_kind: int) -> float:
    """c^2 of density (c^2 - q) c^2 exp(-c^2) above q: a sum of two or three exponential times."""
    energy = q - log(uniform(word_1)) - log(uniform(word_2))
    return energy - log(uniform(word_3)) if uniform(word_kind) * (2.0 + q) < 2.0 else energy


@device
def energy_below(q: float, seed: int, stream: int, item: int, step: int) -> float:
    """c^2 of density (q - c^2) c^2 exp(-c^2) below q, from draw 3 on.

    The density is greatest where x^2 - (q + 2) x + q = 0.
    """
    best = 0.5 * (q + 2.0 - sqrt(q * q + 4.0))
    top = (q - best) * best * exp(-best)
    x = best
    for draw in range(3, MOST_TRIES):
        word_x, word_accept, _, _ = draw_words(seed, stream, item, draw, step)
        x = q * uniform(word_x)
        if uniform(word_accept) * top < (q - x) * x * exp(-x):
            break
    return x


@device
def energy_from_one(
    above: bool, word_1: int, word_2: int, seed: int, stream: int, item: int, step: int
) -> float:
    """x of density |x - 1| exp(-x) above or below 1, both of weight 1/e; below, from draw 3 on."""
    if above:
        return 1.0 - log(uniform(word_1)) - log(uniform(word_2))
    x = 0.5
    for draw in range(3, MOST_TRIES):
        word_x, word_accept, _, _ = draw_words(seed, stream, item, draw, step)
        x = 1.0 - sqrt(uniform(word_x))
        if uniform(word_accept) < exp(-x):
            break
    return x


@device
def from_pole(p: float, q: float, r: float, along: Any) -> Any:
    """The vector (p, q, r), r along a unit vector, p and q across it."""
    x, y, z = along[0], along[1], along[2]
    # Whichever of two axes lies further from it gives the first across.
    if abs(z) < 0.9:
        over = 1.0 / sqrt(x * x + y * y)
        a, b, c = -y * over, x * over, 0.0
    else:
        over = 1.0 / sqrt(y * y + z * z)
        a, b, c = 0.0, -z * over, y * over
    d, e, f = y * c - z * b, z * a - x * c, x * b - y * a
    return p * a + q * d + r * x, p * b + q * e + r * y, p * c + q * f + r * z


@device
def sent(kind: int, along: Any, inward: int, twin: int, seed: int, stream: int, item: int, step: int) -> Any:
    """Velocity over v0 and sign of a particle that a source sends in; draws 1, 2 and from 3 on.

    twin : 0 or 1, the first and the second of a pair
    """
    word_0, word_1, word_2, word_3 = draw_words(seed, stream, item, 1, step)
    word_4, word_5, word_6, _ = draw_words(seed, stream, item, 2, step)
    one = 1.0 - 2.0 * twin
    first, second = normal_pair(word_0, word_1)
    first, second = sqrt(0.5) * first, sqrt(0.5) * second
    straight = sqrt(-log(uniform(word_2)))
    if kind == RETURN:
        return inward * straight, first, second, 1.0
    if kind == SHEAR:
        shift = one * sqrt(-log(uniform(word_3)))
        y, z = along[1], along[2]
        return inward * straight, shift * y - first * z, shift * z + first * y, one
    if kind == FORCE:
        u, v, w = from_pole(first, second, one * straight, along)
        return u, v, w, one
    if kind in (NORMAL_WARMTH, TANGENTIAL_WARMTH):
        sign = along[0] * one
        root = sqrt(energy_from_one(twin == 0, word_3, word_4, seed, stream, item, step))
        if kind == NORMAL_WARMTH:
            return inward * root, first, second, sign
        cosine, sine = unit_circle(uniform(word_1))
        return inward * straight, root * cosine, root * sine, sign
    q = 2.0 if kind == WARMTH else 2.5
    above = twin == 0 if kind == WARMTH else uniform(word_6) < SHARE_ABOVE
    if above:
        energy = energy_above(q, word_2, word_3, word_4, word_5)
    else:
        energy = energy_below(q, seed, stream, item, step)
    square = uniform(word_0)
    speed, normal = sqrt(energy), sqrt(energy * square)
    cosine, sine = unit_circle(uniform(word_1))
    across = speed * sqrt(1.0 - square)
    if kind == WARMTH:
        return inward * normal, across * cosine, across * sine, along[0] * one
    u, v, w = from_pole(one * across * cosine, one * across * sine, one * normal, along)
    return u, v, w, -one if above else one


@kernel
def count_sources(
    copy: int, means: Any, returned: Any, wanted: Any, seeds: Any, stream: int, step: int
) -> None:
    """Particles that each source sends in during a step: pairs, and what walls send back.

    means : pairs a step [copies, sources];  returned : int64 [copies, faces], signed
    wanted : int64 [copies, faces + sources], written
    """
    faces = returned.shape[1]
    for face in range(faces):
        wanted[copy, face] = abs(returned[copy, face])
    for source in range(means.shape[1]):
        word, _, _, _ = draw_words(seeds[copy], stream, source, 0, step)
        wanted[copy, faces + source] = 2 * np.int64(means[copy, source] + uniform(word))


@lru_cache(maxsize=4)
def sending_kernel(space: Space) -> Kernel:
    """The kernel by which the sources send their particles into a space of one coordinate."""
    fly, cell = flight(space, 0), paths(space).cell

    @kernel
    def send(
        lane: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, inner: Any, bin: Any, counts: Any,
        wanted: Any, capacity: int, lanes: int, strided: bool, timestep: float,
        low: Any, high: Any, inverse: Any, fine: Any, parts: Any,
        axis: Any, inward: Any, at: Any, lows: Any, highs: Any, solid: Any,
        kind: Any, thermal_speed: Any, cumulative: Any, wall_velocity: Any, warming: Any, coefficients: Any,
        masses: Any, patches: Any, walls: Any, modes: Any,
        source_kind: Any, source_face: Any, source_along: Any, returned: Any, speed: float, faults: Any,
        seeds: Any, stream: int, wall_stream: int, step: int,
    ) -> None:  # fmt: skip
        """Let one lane's share of the particles enter at random times and fly on."""
        least = triple(low)
        copy, share = lane // lanes, lane % lanes
        grid = least, triple(inverse), triple(fine), triple(parts)
        dead = 2 * fine[0] * fine[1] * fine[2]
        total = 0
        for source in range(wanted.shape[1]):
            total += wanted[copy, source]
        first, end, stride = lane_range(share, lanes, total, strided)
        for k in range(first, end, stride):
            source, begin = 0, 0
            while k >= begin + wanted[copy, source]:
                begin += wanted[copy, source]
                source += 1
            i = np.uint64(copy * capacity + counts[copy] + k)
            what, face = source_kind[source], source_face[source]
            twin = (k - begin) % 2 if what != RETURN else 0
            item = k - twin
            word_time, word_place, _, _ = draw_words(seeds[copy], stream, item, 0, step)
            side = inward[face] if face >= 0 else 1
            u, v, w, sign = sent(what, source_along[source], side, twin, seeds[copy], stream, item, step)
            if what == RETURN and returned[copy, face] < 0:
                sign = -sign
            s = PLUS if sign > 0.0 else MINUS
            u, v, w = speed * u, speed * v, speed * w
            x = at[face] if face >= 0 else low[0] + uniform(word_place) * (high[0] - low[0])
            if face >= 0:
                tally(face, LEAVING, s, u, v, w, 0.0, masses, walls[lane])
            start, p, q, r = x, u, v, w
            x, y, z, u, v, w, s, fate = fly(
                x, 0.0, 0.0, u, v, w, s, timestep * uniform(word_time), low, high, axis, inward, at, lows,
                highs, kind[copy], thermal_speed[copy], cumulative[copy], wall_velocity[copy], warming[copy],
                coefficients[copy], masses, patches, walls[lane], inner, modes, i, seeds[copy], wall_stream,
                k, step,
            )  # fmt: skip
            if fate == LOST:
                note_fault(faults[lane], step, start, 0.0, 0.0, p, q, r)
            place[i], vx[i], vy[i], vz[i], species[i] = x, u, v, w, s
            bin[i] = 2 * cell(x, y, z, *grid) + s if fate == FLYING else dead

    return send
