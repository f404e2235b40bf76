"""The Metropolis moves of an exchange with a reservoir, one after the other in each copy."""

from functools import lru_cache
from math import exp
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, kernel
from knudsen.core.kernels import device as device_function
from knudsen.core.rng import below, draw_words, normal_pair, uniform
from knudsen.md.exchange.insertion import STREAM
from knudsen.md.potentials.cutoff import CutForm
from knudsen.md.potentials.pairs import PARAMETERS
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import nearest

KERNELS_KEPT = 64
# Moves are insertions where their first word is less.
HALF = 2**31
# Columns of the numbers of moves: tried and made.
INSERTIONS, INSERTED, DELETIONS, DELETED = range(4)
COUNTS = 4


@kernel
def draw_velocities(
    t: int, moves: int, seeds: Any, step: int, draw: int, speed: float, velocity: Any
) -> None:
    """Maxwell velocity of a candidate, to `velocity` [3 trials];  speed : sqrt(T/m) [sqrt(epsilon/m)]."""
    item = t % moves
    a, b, c, d = draw_words(seeds[t // moves], STREAM, item, draw, step)
    x, y = normal_pair(a, b)
    z, _ = normal_pair(c, d)
    at = np.uint64(3 * t)
    velocity[at], velocity[at + np.uint64(1)], velocity[at + np.uint64(2)] = speed * x, speed * y, speed * z


@lru_cache(maxsize=KERNELS_KEPT)
def exchange_kernel(law: CutForm) -> Kernel:
    """The kernel that makes the moves of one exchange, one after the other in each copy::

        insert: min(1, z V exp(-dU/T) / (N + 1)),    delete: min(1, N exp(-dU/T) / (z V))

    It goes over rows of atoms: those of a copy are first[r] .. first[r + 1] - 1, its `moves` candidates last.

    Arguments of the kernel
    -----------------------
    kind : number of the species;  temperature : T [epsilon];  activity : z V [copies]
    position : [4 rows];  external : [rows], energy in all fields [epsilon]
    lengths, turns : [3 copies], edges and their inverses, 0 where not periodic
    tails : [copies, species, species] [epsilon], what the cuts leave out
    numbers : [copies, species], of atoms;  alive : [rows], who is there
    members : [rows], rows of the atoms that can go;  counts : [copies], how many they are
    gained : [copies] [epsilon], energy that came;  made : [copies, 4], moves tried and made
    """
    energy_of = law.energy

    @device_function
    def pair_energy(
        me: int, first: int, end: int, position: Any, alive: Any, lengths: Any, turns: Any, box: int,
        parameters: Any, species: int,
    ) -> float:  # fmt: skip
        """Energy of row `me` with all that are there [epsilon]."""
        here, one, two, three = np.uint64(PACK * me), np.uint64(1), np.uint64(2), np.uint64(3)
        x, y, z = position[here], position[here + one], position[here + two]
        row = np.int64(position[here + three]) * species
        length_x, length_y, length_z = lengths[box], lengths[box + 1], lengths[box + 2]
        turns_x, turns_y, turns_z = turns[box], turns[box + 1], turns[box + 2]
        total = 0.0
        for j in range(first, end):
            if alive[j] == 0 or j == me:
                continue
            there = np.uint64(PACK * j)
            dx = nearest(x - position[there], length_x, turns_x)
            dy = nearest(y - position[there + one], length_y, turns_y)
            dz = nearest(z - position[there + two], length_z, turns_z)
            r2 = dx * dx + dy * dy + dz * dz
            pair = PARAMETERS * (row + np.int64(position[there + three]))
            if r2 < parameters[pair + 2]:
                a, b = parameters[pair + 3], parameters[pair + 4]
                total += parameters[pair + 5] * energy_of(r2 * parameters[pair], a, b)
        return total

    @kernel
    def exchange_moves(
        r: int, seeds: Any, step: int, draw: int, moves: int, kind: int, temperature: float, activity: Any,
        first: Any, position: Any, external: Any, lengths: Any, turns: Any, parameters: Any, species: int,
        tails: Any, numbers: Any, alive: Any, members: Any, counts: Any, gained: Any, made: Any,
    ) -> None:  # fmt: skip
        begin, end, n, total = first[r], first[r + 1], counts[r], 0.0
        for m in range(moves):
            choice, chance, which, _ = draw_words(seeds[r], STREAM, m, draw, step)
            insert = choice < HALF
            made[r, INSERTIONS if insert else DELETIONS] += 1
            if not insert and n == 0:
                continue
            place = np.int64(0) if insert else np.int64(below(which, n))
            me = end - moves + m if insert else np.int64(members[begin + place])
            energy = external[me] + pair_energy(
                me, begin, end, position, alive, lengths, turns, 3 * r, parameters, species
            )
            tail = -0.5 * tails[r, kind, kind] if not insert else 0.5 * tails[r, kind, kind]
            for other in range(species):
                tail += tails[r, kind, other] * numbers[r, other]
            weight = exp(-(energy + tail) / temperature) * activity[r]
            if insert and uniform(chance) * (n + 1) < weight:
                alive[me] = 1
                members[begin + n] = me
                n += 1
                numbers[r, kind] += 1
                total += energy
                made[r, INSERTED] += 1
            elif not insert and uniform(chance) * weight < n:
                alive[me] = 0
                n -= 1
                members[begin + place] = members[begin + n]
                numbers[r, kind] -= 1
                total -= energy
                made[r, DELETED] += 1
        gained[r] = total

    return exchange_moves
