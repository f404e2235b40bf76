"""Reactions beside the collisions of two: triples and single molecules; and the step's end."""

from functools import lru_cache
from math import inf
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.rng import below, draw_words, poisson, uniform
from knudsen.dsmc.collisions.partners import partners
from knudsen.dsmc.collisions.scattering import relative_speed_squared
from knudsen.dsmc.internal.modes import inner_state
from knudsen.dsmc.reactions.events import GONE, Columns, mean_velocity, on_sphere, part, words_of
from knudsen.dsmc.reactions.network import FACTOR, HEAT, NONE, REST, SHAPE, VIBRATIONS, Network, rate_of
from knudsen.dsmc.reactions.pairs import FIRST_PART, Book
from knudsen.dsmc.reactions.sharing import NOBODY, sharing


@device
def kinetic_energy_of_triple(i: int, j: int, k: int, columns: Columns, chemistry: Network) -> float:
    """Kinetic energy of three molecules about their centre of mass [J]::

    (m_i m_j g_ij^2 + m_i m_k g_ik^2 + m_j m_k g_jk^2) / (2 (m_i + m_j + m_k))
    """
    vx, vy, vz, species = columns.vx, columns.vy, columns.vz, columns.species
    m_i, m_j = chemistry.masses[species[i]], chemistry.masses[species[j]]
    m_k = chemistry.masses[species[k]]
    total = m_i * m_j * relative_speed_squared(i, j, vx, vy, vz)
    total += m_i * m_k * relative_speed_squared(i, k, vx, vy, vz)
    total += m_j * m_k * relative_speed_squared(j, k, vx, vy, vz)
    return 0.5 * total / (m_i + m_j + m_k)


@device
def change_alone(
    first: int, end: int, fastest: float, timestep: float, columns: Columns, chemistry: Network, book: Book,
    item: int, seed: int, stream: int, cell: int, step: int,
) -> None:  # fmt: skip
    """Let the molecules of a cell change each by itself for a step.

    Every molecule is asked at the fastest rate of any species and changes in proportion to its own: so the
    chain of changes within a step is that of time, however long the step.
    """
    if end == first or fastest == 0.0:
        return
    word, _, _, _ = draw_words(seed, stream, cell, 0, step)
    for candidate in range(poisson((end - first) * fastest * timestep, uniform(word))):
        word_i, word_level, _, _ = draw_words(seed, stream, cell, candidate + 1, step)
        i = first + below(word_i, end - first)
        level = uniform(word_level) * fastest
        if columns.species[i] == GONE:
            continue
        r = chemistry.of_one[columns.species[i]]
        while r != NONE:
            level -= chemistry.numbers[r, FACTOR]
            if level < 0.0:
                columns.species[i] = chemistry.products[r, 0]
                book.reacted[r, item] += 1
                book.touched[item] = 1
                break
            r = chemistry.following[r]


@lru_cache(maxsize=8)
def beside_kernel(width: int) -> Kernel:
    """The kernel of reactions of three and of one, of molecules of so many internal numbers."""
    energy_of, share_out = inner_state(width).energy, sharing(width)

    @device
    def held_inside(i: int, j: int, k: int, columns: Columns, chemistry: Network) -> float:
        """Internal energy of three molecules [J]."""
        species, inner, modes = columns.species, columns.inner, chemistry.modes
        first = energy_of(i, species[i], inner, modes) + energy_of(j, species[j], inner, modes)
        return first + energy_of(k, species[k], inner, modes)

    @device
    def recombine(
        r: int, i: int, j: int, k: int, energy: float, columns: Columns, chemistry: Network, tape: Any
    ) -> None:
        """i and j become one molecule, in the place of i; k takes the rest of the energy."""
        before, after, masses = chemistry.reactants[r], chemistry.products[r], chemistry.masses
        m_i, m_j, m_k = masses[before[0]], masses[before[1]], masses[before[2]]
        both = m_i + m_j
        pair = mean_velocity(m_i / both, i, j, columns)
        share = both / (both + m_k)
        rest = 1.0 - share
        vx, vy, vz = columns.vx, columns.vy, columns.vz
        mean = (
            share * pair[0] + rest * vx[k],
            share * pair[1] + rest * vy[k],
            share * pair[2] + rest * vz[k],
        )
        word_0, word_1, _, _ = words_of(tape, 1)
        row, inner = chemistry.numbers[r], columns.inner
        kinetic = share_out(
            energy + row[HEAT], row[SHAPE], row[REST], row[VIBRATIONS], i, after[0], k, after[1], k, NOBODY,
            inner, inner, chemistry.modes, tape, FIRST_PART,
        )  # fmt: skip
        part(i, after[0], k, after[1], mean, on_sphere(1.0, word_0, word_1), kinetic, masses, columns)
        columns.species[j] = GONE

    @device
    def meet_in_threes(
        r: int, bounds: Any, majorant: Any, events: Any, rate: float, timestep: float, columns: Columns,
        chemistry: Network, book: Book, item: int, seed: int, stream: int, cell: int, draw: int, step: int,
    ) -> int:  # fmt: skip
        """Let the triples of one reaction in one cell meet for a step; returns the next unused draw.

        The third body is any molecule of its species in the cell: one that it cannot be (one of the two) is
        none, and so is one that has reacted before; candidates are counted as if all could be.
        """
        a, b, c = chemistry.reactants[r, 0], chemistry.reactants[r, 1], chemistry.reactants[r, 2]
        n_a, n_b, n_c = bounds[a + 1] - bounds[a], bounds[b + 1] - bounds[b], bounds[c + 1] - bounds[c]
        possible = n_a * (n_a - 1) * 0.5 if a == b else float(n_a) * n_b
        mean = possible * n_c * rate * rate / timestep * majorant[0]
        if not 0.0 < mean < inf:
            return draw  # speeds without bound, which the simulation's check of faults names
        word, _, _, _ = draw_words(seed, stream, cell, draw, step)
        draw += 1
        largest = majorant[0]
        candidates = poisson(mean, uniform(word))
        for _ in range(candidates):
            tape = (seed, stream, cell, draw, step)
            draw += 1
            word_i, word_j, word_k, word_accept = words_of(tape, 0)
            i, j = partners(word_i, word_j, bounds[a], n_a, bounds[b], n_b)
            k = np.uint64(bounds[c] + below(word_k, n_c))
            species = columns.species
            if k in (i, j) or species[i] != a or species[j] != b or species[k] != c:
                continue
            kinetic = kinetic_energy_of_triple(i, j, k, columns, chemistry)
            energy = kinetic + held_inside(i, j, k, columns, chemistry)
            met = rate_of(r, kinetic, energy, chemistry)
            if met > largest:
                events[1] += 1
                largest = met
            if uniform(word_accept) * largest < met:
                recombine(r, i, j, k, energy, columns, chemistry, tape)
                book.reacted[r, item] += 1
                book.touched[item] = 1
        events[0] += candidates
        if largest > majorant[0]:
            majorant[0] = largest
        return draw

    @kernel
    def react_beside(
        item: int, columns: Columns, starts: Any, triples: Any, majorant: Any, events: Any, rate: Any,
        timestep: float, fastest: float, chemistry: Network, book: Book, seeds: Any,
        stream_of_triples: int, stream_alone: int, step: int,
    ) -> None:  # fmt: skip
        """Reactions of three molecules and of one in a cell of a copy.

        triples : int64 [those of three], their numbers;  majorant : [those of three, items] [m^6/s]
        events : int64 [those of three, items, 2], candidates and overflows
        fastest : largest sum of the rates of one species alone [1/s]
        """
        species = chemistry.masses.shape[0]
        cells = (starts.shape[1] - 1) // species
        copy, cell = item // cells, item % cells
        bounds = starts[copy, cell * species : (cell + 1) * species + 1]
        draw = 0
        for number in range(triples.shape[0]):
            draw = meet_in_threes(
                triples[number], bounds, majorant[number, item : item + 1], events[number, item], rate[item],
                timestep, columns, chemistry, book, item, seeds[copy], stream_of_triples, cell, draw, step,
            )  # fmt: skip
        change_alone(
            bounds[0], bounds[species], fastest, timestep, columns, chemistry, book,
            item, seeds[copy], stream_alone, cell, step,
        )  # fmt: skip

    return react_beside


@device
def copy_molecule(old: int, source: Columns, new: int, target: Columns, dims: int, width: int) -> None:
    """All columns of one molecule."""
    for axis in range(dims):
        target.place[dims * new + axis] = source.place[dims * old + axis]
    for column in range(width):
        target.inner[width * new + column] = source.inner[width * old + column]
    target.vx[new] = source.vx[old]
    target.vy[new] = source.vy[old]
    target.vz[new] = source.vz[old]
    target.species[new] = source.species[old]


@kernel
def tidy(
    item: int, starts: Any, touched: Any, kinds: int, dims: int, width: int, columns: Columns, spare: Columns
) -> None:  # fmt: skip
    """Put the molecules of a cell where something reacted in order of species, and the order in `starts`.

    As the sort does, stably; for reactions that leave the number of molecules in a cell as it is.
    """
    if touched[item] == 0:
        return
    cells = (starts.shape[1] - 1) // kinds
    copy, cell = item // cells, item % cells
    first, end = starts[copy, cell * kinds], starts[copy, (cell + 1) * kinds]
    slot = first
    for kind in range(kinds):
        starts[copy, cell * kinds + kind] = slot
        for i in range(first, end):
            if columns.species[i] == kind:
                copy_molecule(i, columns, slot, spare, dims, width)
                slot += 1
    for i in range(first, end):
        copy_molecule(i, spare, i, columns, dims, width)


@kernel
def name_bins(item: int, starts: Any, species: Any, kinds: int, bin: Any) -> None:
    """Bins of the molecules of a cell of a copy by what they are now; the dead get that beyond the last."""
    cells = (starts.shape[1] - 1) // kinds
    copy, cell = item // cells, item % cells
    for i in range(starts[copy, cell * kinds], starts[copy, (cell + 1) * kinds]):
        kind = int(species[i])
        bin[i] = cells * kinds if kind == GONE else cell * kinds + kind


@kernel
def append_births(
    item: int, starts: Any, births: Any, slots: Any, kinds: int, dims: int, width: int, born: Columns,
    columns: Columns, bin: Any,
) -> None:  # fmt: skip
    """Put the molecules born in a cell behind those of its copy.

    slots : int64 [items], where the first of the cell goes
    """
    cells = (starts.shape[1] - 1) // kinds
    copy, cell = item // cells, item % cells
    first = starts[copy, cell * kinds]
    for number in range(births[item]):
        old, new = first + number, slots[item] + number
        copy_molecule(old, born, new, columns, dims, width)
        bin[new] = cell * kinds + int(born.species[old])
