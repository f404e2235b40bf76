"""How products share their energy: every state of all of them together is equally likely.

Larsen-Borgnakke for all modes at once.  At a given sum, translation has the shape s_t (3/2 for each motion,
5/2 - omega where it is weighted by the rate of collisions, as the reverse reaction weights it), a rotation
half its degrees of freedom, vibrations whole quanta.  Quanta are proposed as those of a temperature, and kept
in proportion to what they leave for the rest, (1 - x)^(s - 1); the rest is shared by gamma variates, which
over their sum have the distribution asked for.
"""

from functools import lru_cache
from math import log, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import device
from knudsen.core.rng import normal_pair, uniform
from knudsen.dsmc.internal.modes import FREEDOM, QUANTUM, ROTATION, inner_state, thermal_quanta
from knudsen.dsmc.reactions.events import words_of

NOBODY = -1


@device
def gamma_variate(shape: float, tape: Any, part: int) -> Any:
    """A gamma variate of shape >= 1 and scale one, and the next unused part of the draw.

    Source: G. Marsaglia and W. W. Tsang, ACM Trans. Math. Softw. 26, 363 (2000), 10.1145/358407.358414.
    """
    d = shape - 1.0 / 3.0
    c = 1.0 / sqrt(9.0 * d)
    while True:
        word_0, word_1, word_2, _ = words_of(tape, part)
        part += 1
        x, _ = normal_pair(word_0, word_1)
        v = (1.0 + c * x) ** 3
        if v > 0.0 and log(uniform(word_2)) < 0.5 * x * x + d - d * v + d * log(v):
            return d * v, part


@lru_cache(maxsize=8)
def sharing(width: int) -> Any:
    """The device function for molecules of so many internal numbers; returns the energy left to motion.

    share(energy, shape, rest, vibrations, i, kind_i, j, kind_j, k, kind_k, inner, inner_k, modes, tape, part)

    shape : s_t;  rest : s, rotations added;  vibrations : number of oscillators
    i, j, k : slots, the last in `inner_k`, of NOBODY where there are but two
    """
    energy_of = inner_state(width).energy

    @device
    def alone(
        energy: float, shape: float, rest: float, vibrations: float, i: int, kind_i: int, j: int, kind_j: int,
        k: int, kind_k: int, inner: Any, inner_k: Any, modes: Any, tape: Any, part: int,
    ) -> float:  # fmt: skip
        return energy

    @device
    def vibrate(slot: int, kind: int, inner: Any, modes: Any, thermal: float, tape: Any, part: int) -> Any:
        """Draw the quanta of a molecule; returns their energy and the next unused part of the draw."""
        total = 0.0
        for column in range(1, width):
            found, degeneracy = 0.0, modes[kind, column, FREEDOM]
            if degeneracy > 0.0:
                word, _, _, _ = words_of(tape, part)
                part += 1
                quantum = modes[kind, column, QUANTUM]
                found = thermal_quanta(degeneracy, quantum / thermal, uniform(word))
                total += found * quantum
            inner[np.uint64(width) * np.uint64(slot) + np.uint64(column)] = found
        return total, part

    @device
    def still(slot: int, inner: Any) -> None:
        """Leave no quanta to a molecule that may have no oscillators."""
        for column in range(1, width):
            inner[np.uint64(width) * np.uint64(slot) + np.uint64(column)] = 0.0

    @device
    def spin(slot: int, kind: int, inner: Any, modes: Any, tape: Any, part: int) -> Any:
        """Draw a rotation, not to scale yet; returns it and the next unused part of the draw."""
        found, half = 0.0, modes[kind, ROTATION, FREEDOM]
        if half > 0.0:
            found, part = gamma_variate(half, tape, part)
        inner[np.uint64(width) * np.uint64(slot)] = found
        return found, part

    @device
    def share(
        energy: float, shape: float, rest: float, vibrations: float, i: int, kind_i: int, j: int, kind_j: int,
        k: int, kind_k: int, inner: Any, inner_k: Any, modes: Any, tape: Any, part: int,
    ) -> float:  # fmt: skip
        still(i, inner)
        still(j, inner)
        if kind_k != NOBODY:
            still(k, inner_k)
        left = energy
        beta = rest - 1.0 + vibrations
        thermal = max(energy, 1e-300) / beta
        # The largest of (1 - x)^(s - 1) e^(beta x).
        most = (rest - 1.0) * log((rest - 1.0) / beta) + vibrations
        while vibrations > 0.0:
            quanta, part = vibrate(i, kind_i, inner, modes, thermal, tape, part)
            more, part = vibrate(j, kind_j, inner, modes, thermal, tape, part)
            quanta += more
            if kind_k != NOBODY:
                more, part = vibrate(k, kind_k, inner_k, modes, thermal, tape, part)
                quanta += more
            word, _, _, _ = words_of(tape, part)
            part += 1
            left = energy - quanta
            if energy <= 0.0:
                break
            if left > 0.0:
                chance = (rest - 1.0) * log(left / energy) + beta * quanta / energy - most
                if log(uniform(word)) < chance:
                    break
        motion, part = gamma_variate(shape, tape, part)
        first, part = spin(i, kind_i, inner, modes, tape, part)
        second, part = spin(j, kind_j, inner, modes, tape, part)
        whole = motion + first + second
        if kind_k != NOBODY:
            third, part = spin(k, kind_k, inner_k, modes, tape, part)
            whole += third
            inner_k[np.uint64(width) * np.uint64(k)] *= left / whole
        inner[np.uint64(width) * np.uint64(i)] *= left / whole
        inner[np.uint64(width) * np.uint64(j)] *= left / whole
        # What the columns hold, rounded or not, is what the motion has not.
        held = energy_of(np.uint64(i), kind_i, inner, modes) + energy_of(np.uint64(j), kind_j, inner, modes)
        if kind_k != NOBODY:
            held += energy_of(np.uint64(k), kind_k, inner_k, modes)
        return max(0.0, energy - held)

    return alone if width == 0 else share
