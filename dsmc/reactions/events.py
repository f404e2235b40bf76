"""What one reaction does to its molecules: momentum and energy to round-off, isotropic about their centre.

Molecules are named by slot of `Columns`; `born` are the spare buffers, where a molecule too many waits for
the end of the step.
"""

from collections import namedtuple
from math import sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import device
from knudsen.core.particles import COLUMNS
from knudsen.core.rng import draw_words, uniform, unit_circle

GONE = 255  # species of a molecule that is no more, until the step's end sorts it out
PART_SHIFT = 8  # streams stay below: the parts of one draw are keyed above them


# The columns of the molecules by their names.
Columns = namedtuple("Columns", COLUMNS)  # type: ignore[misc]


@device
def words_of(tape: Any, part: int) -> Any:
    """The words of one part of a draw; tape is (seed, stream, item, draw, step)."""
    seed, stream, item, draw, step = tape
    return draw_words(seed, stream + (part << PART_SHIFT), item, draw, step)


@device
def on_sphere(length: float, word_0: int, word_1: int) -> Any:
    """A vector of this length in a direction at random."""
    cosine = 2.0 * uniform(word_0) - 1.0
    across = length * sqrt(1.0 - cosine * cosine)
    x, y = unit_circle(uniform(word_1))
    return length * cosine, across * x, across * y


@device
def semicircle(word_0: int, word_1: int) -> float:
    """f of density ~ (f (1 - f))^(1/2): how two motions of three degrees of freedom share their energy.

    A coordinate of a point in the unit disc has that density about its centre.
    """
    x, _ = unit_circle(uniform(word_1))
    return 0.5 * (1.0 + sqrt(uniform(word_0)) * x)


@device
def mean_velocity(share: float, i: int, j: int, columns: Any) -> Any:
    """Velocity of the centre of mass of i and j; share is m_i / (m_i + m_j)."""
    vx, vy, vz = columns.vx, columns.vy, columns.vz
    rest = 1.0 - share
    return share * vx[i] + rest * vx[j], share * vy[i] + rest * vy[j], share * vz[i] + rest * vz[j]


@device
def put(slot: int, kind: int, velocity: Any, factor: float, along: Any, columns: Any) -> None:
    """Make a slot hold a molecule of a species, at velocity + factor along."""
    columns.vx[slot] = velocity[0] + factor * along[0]
    columns.vy[slot] = velocity[1] + factor * along[1]
    columns.vz[slot] = velocity[2] + factor * along[2]
    columns.species[slot] = kind


@device
def part(
    i: int, kind_i: int, j: int, kind_j: int, mean: Any, direction: Any, kinetic: float, masses: Any,
    columns: Any,
) -> None:  # fmt: skip
    """Two molecules part from the velocity of their centre along a unit vector, sharing this energy."""
    m_i, m_j = masses[kind_i], masses[kind_j]
    speed = sqrt(2.0 * kinetic * (m_i + m_j) / (m_i * m_j))
    put(i, kind_i, mean, speed * m_j / (m_i + m_j), direction, columns)
    put(j, kind_j, mean, -speed * m_i / (m_i + m_j), direction, columns)


@device
def copy_place(slot: int, parent: int, dims: int, born: Any, columns: Any) -> None:
    """A molecule begins where its parent is."""
    for axis in range(np.uint64(dims)):
        born.place[np.uint64(dims) * slot + axis] = columns.place[np.uint64(dims) * parent + axis]


@device
def fly_apart(
    i: int, j: int, born_slot: int, kinds: Any, mean: Any, energy: float, masses: Any, dims: int,
    columns: Any, born: Any, tape: Any,
) -> None:  # fmt: skip
    """Two molecules become three, i and one more of what i was, and j: all motions are equally likely."""
    first, second, third = kinds[0], kinds[1], kinds[2]
    m_1, m_2, m_3 = masses[first], masses[second], masses[third]
    both = m_1 + m_2
    word_0, word_1, word_2, word_3 = words_of(tape, 0)
    between = energy * semicircle(word_0, word_1)
    away = on_sphere(1.0, word_2, word_3)
    word_0, word_1, _, _ = words_of(tape, 1)
    along = on_sphere(1.0, word_0, word_1)
    speed = sqrt(2.0 * (energy - between) * (both + m_3) / (both * m_3))
    put(j, third, mean, -speed * both / (both + m_3), away, columns)
    lead = speed * m_3 / (both + m_3)
    pair = (mean[0] + lead * away[0], mean[1] + lead * away[1], mean[2] + lead * away[2])
    speed = sqrt(2.0 * between * both / (m_1 * m_2))
    copy_place(born_slot, i, dims, born, columns)
    put(i, first, pair, speed * m_2 / both, along, columns)
    put(born_slot, second, pair, -speed * m_1 / both, along, born)
