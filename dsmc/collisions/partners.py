"""Who meets whom: partners at random, or the nearest of some.

At random, any two molecules of a cell are equally likely, one pair again and again too: that is Kac's
process, whose rates are right with any number of molecules in the cell; forbidding repeats would bend them.
The nearest partner of a molecule is often the one whose nearest it is: the two would collide back and forth.
Two whose last collision of the step was with each other are therefore not taken again, unless there is no
other.
"""

from functools import lru_cache
from math import inf, sqrt
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.kernels import device
from knudsen.core.rng import below

NEVER = -1


class Choice(NamedTuple):
    """Device functions that choose partners and remember them.

    choose(word_i, word_j, first_a, n_a, first_b, n_b, place, last) : two slots, uint64
    remember(i, j, last) : after a collision;  forget(first, end, last) : before a cell's step
    """

    choose: Any
    remember: Any
    forget: Any


@device
def partners(word_i: int, word_j: int, first_a: int, n_a: int, first_b: int, n_b: int) -> Any:
    """Slots of two unlike molecules of a cell, or of two different ones of a species (first_a = first_b)."""
    i = first_a + below(word_i, n_a)
    if first_a != first_b:
        return np.uint64(i), np.uint64(first_b + below(word_j, n_b))
    j = first_b + below(word_j, n_b - 1)
    return np.uint64(i), np.uint64(j + (j >= i))


@device
def distance(i: int, j: int, place: Any, dims: int) -> float:
    """Distance of particles i and j along the coordinates that are resolved [m]."""
    squared = 0.0
    for axis in range(dims):
        apart = place[np.uint64(dims) * i + np.uint64(axis)] - place[np.uint64(dims) * j + np.uint64(axis)]
        squared += apart * apart
    return sqrt(squared)


@device
def choose_at_random(
    word_i: int, word_j: int, first_a: int, n_a: int, first_b: int, n_b: int, place: Any, last: Any
) -> Any:
    """Any two."""
    return partners(word_i, word_j, first_a, n_a, first_b, n_b)


@device
def remember_nothing(i: int, j: int, last: Any) -> None:
    """Nothing to remember."""


@device
def forget_nothing(first: int, end: int, last: Any) -> None:
    """Nothing to forget."""


@device
def remember(i: int, j: int, last: Any) -> None:
    """Each is the other's last partner."""
    last[i] = j
    last[j] = i


@device
def forget(first: int, end: int, last: Any) -> None:
    """Every molecule of the cell is without a partner."""
    for i in range(first, end):
        last[i] = NEVER


@lru_cache(maxsize=32)
def choice(dims: int, among: int) -> Choice:
    """The nearest of so many molecules, along so many coordinates; among = 1: at random."""
    if among == 1:
        return Choice(choose_at_random, remember_nothing, forget_nothing)

    @device
    def choose_nearest(
        word_i: int, word_j: int, first_a: int, n_a: int, first_b: int, n_b: int, place: Any, last: Any
    ) -> Any:
        """One at random, and the nearest of `among` that follow a random one."""
        i, j = partners(word_i, word_j, first_a, n_a, first_b, n_b)
        k, end = j, np.uint64(first_b + n_b)
        least = inf
        for _ in range(min(n_b, among)):
            if k != i and not (last[i] == np.int64(k) and last[k] == np.int64(i)):
                squared = 0.0
                for axis in range(dims):
                    at = np.uint64(axis)
                    apart = place[np.uint64(dims) * i + at] - place[np.uint64(dims) * k + at]
                    squared += apart * apart
                # Clones (`start_from`) fly as one until one of them collides: at distance 0 is no partner.
                if 0.0 < squared < least:
                    least, j = squared, k
            k += np.uint64(1)
            if k == end:
                k = np.uint64(first_b)
        return i, j

    return Choice(choose_nearest, remember, forget)
