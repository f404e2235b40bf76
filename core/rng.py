"""Counter-based random numbers: Philox4x32-10 and the one table of stream ids.

A number is a pure function of (seed of the copy, stream, owning item, draw, step), so a run gives
the same numbers on any count of threads, after a restore, and the same integers on CPU and GPU.

Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, Proc. SC11 (2011), 10.1145/2063384.2063405.
"""

from enum import IntEnum
from math import exp, lgamma, log, pi, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import device


class Stream(IntEnum):
    """Every use of random numbers in the toolkit; a number is never given twice."""

    COLLISION = 1
    WALL = 2
    EMISSION_COUNT = 3
    EMISSION = 4
    EMISSION_WALL = 5
    INITIAL_STATE = 6
    LANGEVIN = 7
    VELOCITY_RESCALING = 8
    BAROSTAT = 9
    INSERTION = 10
    REACTION = 11
    REACTION_OF_THREE = 12
    REACTION_ALONE = 13


_MASK = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_TWO_TO_MINUS_32 = 2.0**-32


@device
def philox(key_0: int, key_1: int, counter_0: int, counter_1: int, counter_2: int, counter_3: int) -> Any:
    """Philox4x32-10: four 32-bit words (held in uint64) from a 64-bit key and a 128-bit counter."""
    k0, k1 = np.uint64(key_0), np.uint64(key_1)
    c0, c1 = np.uint64(counter_0), np.uint64(counter_1)
    c2, c3 = np.uint64(counter_2), np.uint64(counter_3)
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * c0
        product_1 = _MULTIPLIER_1 * c2
        c0 = (product_1 >> _SHIFT) ^ c1 ^ k0
        c1 = product_1 & _MASK
        c2 = (product_0 >> _SHIFT) ^ c3 ^ k1
        c3 = product_0 & _MASK
        k0 = (k0 + _WEYL_0) & _MASK
        k1 = (k1 + _WEYL_1) & _MASK
    return c0, c1, c2, c3


@device
def draw_words(seed: int, stream: int, item: int, draw: int, step: int) -> Any:
    """The four words of draw number `draw` that `item` owns at time step `step`."""
    time = np.uint64(step)
    return philox(seed, stream, item, draw, time & _MASK, time >> _SHIFT)


@device
def uniform(word: int) -> float:
    """Uniform number in the open interval (0, 1) from a 32-bit word."""
    return (np.float64(np.int64(word)) + 0.5) * _TWO_TO_MINUS_32


@device
def below(word: int, n: int) -> Any:
    """Integer in 0 .. n-1 from a 32-bit word: floor(word n / 2^32), n < 2^32."""
    return np.int64((np.uint64(word) * np.uint64(n)) >> _SHIFT)


@device
def rest_below(word: int, n: int) -> Any:
    """The 32-bit word left over by `below(word, n)`: word n mod 2^32, independent of that integer.

    Its resolution is n / 2^32: enough for an angle, not for a tail.
    """
    return (np.uint64(word) * np.uint64(n)) & _MASK


@device
def unit_circle(turn: float) -> Any:
    """cos(2 pi turn) and sin(2 pi turn) for turn in [0, 1), to 3e-14.

    Taylor series about the nearest quarter turn: straight-line code, where the libraries' calls
    cost as much as the rest of a collision (and would fall to float64 on CUDA).
    """
    quarter = np.int64(4.0 * turn + 0.5)
    t = 2.0 * pi * (turn - 0.25 * quarter)
    q = t * t
    sine = t * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72 * (1 - q / 110 * (1 - q / 156))))))
    cosine = 1 - q / 2 * (
        1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90 * (1 - q / 132 * (1 - q / 182)))))
    )
    x, y = (sine, cosine) if quarter & 1 else (cosine, sine)
    return (-x if (quarter + 1) & 2 else x), (-y if quarter & 2 else y)


@device
def normal_pair(word_0: int, word_1: int) -> Any:
    """Two independent standard normal numbers (Box and Muller 1958)."""
    radius = sqrt(-2.0 * log(uniform(word_0)))
    x, y = unit_circle(uniform(word_1))
    return radius * x, radius * y


@device
def poisson(mean: float, u: float) -> int:
    """Poisson number of the given mean > 0 from one uniform number: inversion, outward from the mode.

    Its cost grows as mean^(1/2); small means search up from zero, which spares two logarithms.
    """
    if mean < 16.0:
        low = high = 0
        probability_low = probability_high = exp(-mean)
    else:
        low = high = int(mean)
        probability_low = probability_high = exp(high * log(mean) - mean - lgamma(high + 1.0))
    rest = u - probability_high
    while rest >= 0.0:
        if probability_high < 1e-18 and (low == 0 or probability_low < 1e-18):
            break  # round-off left a rest beyond the last number of any weight
        high += 1
        probability_high *= mean / high
        rest -= probability_high
        if rest < 0.0:
            return high
        if low > 0:
            probability_low *= low / mean
            low -= 1
            rest -= probability_low
    return low


def copy_seed(seed: int, copy: int) -> int:
    """32-bit seed of a copy: a function of (seed, copy) alone."""
    return int(np.random.SeedSequence([seed, copy]).generate_state(1)[0])


def host_generator(seed: int, stream: Stream) -> np.random.Generator:
    """NumPy generator for set-up work on the host, keyed like the kernels' streams."""
    return np.random.Generator(np.random.Philox(key=[seed, int(stream)]))
