"""Reactions among the collisions of two: what the candidates of a reacting gas ask beyond those of another.

A molecule keeps its slot, and so its place among the candidates, to the end of the step; what it is by now
stands in its species.  A candidate reads that, and is accepted by the majorant of its slots at the rate of
what its molecules are: so what has reacted goes on colliding as what it has become.

The larger of sigma_T g and the sum of all sigma_R g is what a candidate is accepted by.  Where reactions ask
for more than collisions give (a probability above one in Bird's terms) they get it, and are counted.
"""

from functools import lru_cache
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.kernels import device
from knudsen.core.rng import Stream
from knudsen.dsmc.collisions.encounters import SCATTERED, Encounter
from knudsen.dsmc.collisions.scattering import velocity_change
from knudsen.dsmc.collisions.selection import law_of_pair
from knudsen.dsmc.internal.modes import inner_state
from knudsen.dsmc.reactions.events import GONE, Columns, fly_apart, mean_velocity, on_sphere, part, words_of
from knudsen.dsmc.reactions.network import HEAT, NONE, REST, SHAPE, VIBRATIONS, Network, rate_in_pair
from knudsen.dsmc.reactions.sharing import NOBODY, sharing

STREAM = int(Stream.REACTION)
FIRST_PART = 2  # of a draw, that directions leave to the sharing of energy


class Book(NamedTuple):
    """What the reactions of a step leave to count.

    reacted : int64 [reaction, items];  beyond : int64 [items], reactions above the rate of collisions
    births : int64 [items], molecules that wait in the spare buffers, from the first slot of their cell on
    room : int64 [items], slots of the cell;  held : int64 [items], reactions held back for want of one
    touched : uint8 [items], whether anything has reacted in this step
    """

    reacted: Any
    beyond: Any
    births: Any
    room: Any
    held: Any
    touched: Any


@device
def kinetic_energy(i: int, j: int, speed_squared: float, columns: Columns, chemistry: Network) -> float:
    """Energy of the relative motion of i and j [J]."""
    m_i, m_j = chemistry.masses[columns.species[i]], chemistry.masses[columns.species[j]]
    return 0.5 * m_i * m_j / (m_i + m_j) * speed_squared


@device
def either_gone(i: int, j: int, columns: Columns) -> bool:
    """Whether one has become part of another."""
    return columns.species[i] == GONE or columns.species[j] == GONE


@device
def as_they_are(i: int, j: int, a: int, b: int, columns: Columns) -> Any:
    """Slots and species of the molecules by now, the lower species first."""
    kind_i, kind_j = np.int64(columns.species[i]), np.int64(columns.species[j])
    if kind_i > kind_j:
        return j, i, kind_j, kind_i
    return i, j, kind_i, kind_j


@device
def law_of_species(kind_i: int, kind_j: int, a: int, b: int, law: Any, pairs: Any) -> Any:
    """The law of these species, at hand if the slots have it."""
    return law if kind_i == a and kind_j == b else law_of_pair(kind_i, kind_j, pairs)


@lru_cache(maxsize=8)
def reactive(width: int) -> Encounter:
    """What a candidate asks in a gas that reacts, of molecules of so many internal numbers."""
    energy_of, share = inner_state(width).energy, sharing(width)

    @device
    def held_inside(i: int, j: int, columns: Columns, chemistry: Network) -> float:
        """Internal energy of i and j [J]."""
        first = energy_of(np.uint64(i), columns.species[i], columns.inner, chemistry.modes)
        return first + energy_of(np.uint64(j), columns.species[j], columns.inner, chemistry.modes)

    @device
    def rate_accepted(
        i: int, j: int, sigma_g: float, speed_squared: float, columns: Columns, chemistry: Network
    ) -> float:
        """The larger of sigma_T g and what all reactions ask for, the sum of sigma_R g [m^3/s]."""
        r = chemistry.of_pair[columns.species[i], columns.species[j]]
        if r == NONE:
            return sigma_g
        kinetic = kinetic_energy(i, j, speed_squared, columns, chemistry)
        energy = kinetic + held_inside(i, j, columns, chemistry)
        total = 0.0
        while r != NONE:
            total += rate_in_pair(r, sigma_g, kinetic, energy, chemistry)
            r = chemistry.following[r]
        return max(sigma_g, total)

    @device
    def which_reaction(
        i: int, j: int, level: float, sigma_g: float, speed_squared: float, columns: Columns,
        chemistry: Network,
    ) -> Any:  # fmt: skip
        """The reaction of an accepted candidate or SCATTERED; and a level left, uniform in (0, sigma_g)."""
        r = chemistry.of_pair[columns.species[i], columns.species[j]]
        if r == NONE:
            return SCATTERED, level
        kinetic = kinetic_energy(i, j, speed_squared, columns, chemistry)
        energy = kinetic + held_inside(i, j, columns, chemistry)
        passed = 0.0
        while r != NONE:
            rate = rate_in_pair(r, sigma_g, kinetic, energy, chemistry)
            if level < passed + rate:
                return r, (level - passed) / rate * sigma_g
            passed += rate
            r = chemistry.following[r]
        return SCATTERED, (level - passed) / (sigma_g - passed) * sigma_g

    @device
    def react_pair(
        r: int, i: int, j: int, speed_squared: float, cos_chi: float, turn: float, born_slot: int, dims: int,
        columns: Columns, born: Columns, chemistry: Network, tape: Any,
    ) -> bool:  # fmt: skip
        """Let i and j react; returns whether a molecule was born.

        A reaction that is a share of the collisions deflects as they do; one of Arrhenius forgets its past.
        """
        before, after, row = chemistry.reactants[r], chemistry.products[r], chemistry.numbers[r]
        if columns.species[i] != before[0]:
            i, j = j, i
        m_i, m_j = chemistry.masses[before[0]], chemistry.masses[before[1]]
        energy = kinetic_energy(i, j, speed_squared, columns, chemistry) + row[HEAT]
        mean = mean_velocity(m_i / (m_i + m_j), i, j, columns)
        if not chemistry.kept[r]:
            energy += held_inside(i, j, columns, chemistry)
            third = after[2] != NONE
            energy = share(
                energy, row[SHAPE], row[REST], row[VIBRATIONS],
                i, after[0], j, after[2] if third else after[1], born_slot, after[1] if third else NOBODY,
                columns.inner, born.inner, chemistry.modes, tape, FIRST_PART,
            )  # fmt: skip
            if third:
                fly_apart(i, j, born_slot, after, mean, energy, chemistry.masses, dims, columns, born, tape)
                return True
        word_0, word_1, _, _ = words_of(tape, 0)
        along = on_sphere(1.0, word_0, word_1)
        if chemistry.shared[r] and speed_squared > 0.0:
            vx, vy, vz = columns.vx, columns.vy, columns.vz
            gx, gy, gz = vx[i] - vx[j], vy[i] - vy[j], vz[i] - vz[j]
            dx, dy, dz = velocity_change(gx, gy, gz, cos_chi, turn)
            per_speed = 1.0 / sqrt(speed_squared)
            along = ((gx + dx) * per_speed, (gy + dy) * per_speed, (gz + dz) * per_speed)
        part(i, after[0], j, after[1], mean, along, energy, chemistry.masses, columns)
        return False

    @device
    def react(
        r: int, i: int, j: int, beyond: bool, speed_squared: float, cos_chi: float, turn: float, first: int,
        dims: int, columns: Columns, born: Columns, chemistry: Network, book: Book, item: int, seed: int,
        cell: int, draw: int, step: int,
    ) -> None:  # fmt: skip
        """Let i and j react, and count it.

        Molecules that split again and again may bear more than the cell has slots: the step is too long, and
        what finds none is held back.
        """
        if chemistry.products[r, 2] != NONE and book.births[item] >= book.room[item]:
            book.held[item] += 1
            return
        if beyond:
            book.beyond[item] += 1
        tape = (seed, STREAM, cell, draw, step)
        born_slot = np.uint64(first + book.births[item])
        if react_pair(
            r, i, j, speed_squared, cos_chi, turn, born_slot, dims, columns, born, chemistry, tape
        ):  # fmt: skip
            book.births[item] += 1
        book.reacted[r, item] += 1
        book.touched[item] = 1

    return Encounter(either_gone, as_they_are, law_of_species, rate_accepted, which_reaction, react)
