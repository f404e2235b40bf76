"""Collide: no-time-counter selection per cell and species pair.

Candidates of a pair of species in a cell and a time dt (Bird 1994, section 11.1)::

    N_a N_b (or N_a (N_a - 1) / 2) W (sigma_T g)_max dt / V

is the mean of a Poisson number; where the two weigh differently, W is the larger weight (`weights.py`).
A mean rounded at random has the same expectation but no scatter, and then every linear relaxation runs
too fast, by about half of what one candidate does to it: 0.5 % of D_AB with 100 molecules a cell
(docs/engine.md).
"""

from functools import lru_cache
from math import inf
from typing import Any

from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.rng import draw_words, poisson, rest_below, uniform
from knudsen.dsmc.collisions.encounters import SCATTERED, UNREACTIVE, Encounter
from knudsen.dsmc.collisions.laws import Law, switch
from knudsen.dsmc.collisions.partners import choice, distance
from knudsen.dsmc.collisions.relaxation import ELASTIC, Exchange, finisher
from knudsen.dsmc.collisions.scattering import relative_speed_squared
from knudsen.dsmc.collisions.weights import larger, scatter_weighted, settle_accounts

CANDIDATES, COLLISIONS, OVERFLOWS = 0, 1, 2
EVENTS = 3
# A float32 majorant rounded down would be passed again by the very sigma_T g that set it.
FLOAT32_UP = 1 + 2.0**-22


@device
def has_nan(first: int, end: int, place: Any, dims: int, vx: Any, vy: Any, vz: Any) -> bool:
    """Whether a coordinate or velocity among every eighth is not a number.

    Reading one number a cache line also brings the cell in as a stream, before partners are met at random.
    """
    total = 0.0
    for i in range(first, end, 8):
        total += place[dims * i] + vx[i] + vy[i] + vz[i]
    return total != total


@device
def law_of_pair(a: int, b: int, pairs: Any) -> Any:
    """Kind, numbers, table and mass share of species a <= b."""
    kind, numbers, table, areas, angles, mass_share = pairs
    row, at = numbers[a, b], table[a, b]
    return kind[a, b], row[0], row[1], row[2], areas[at], angles[at], mass_share[a, b]


@lru_cache(maxsize=32)
def collide_kernel(
    laws: tuple[Law, ...], dims: int, among: int, exchange: Exchange = ELASTIC,
    encounter: Encounter = UNREACTIVE, weighted: bool = False,
) -> Kernel:  # fmt: skip
    """The kernel of a gas whose pairs have these laws.

    among : partners looked at, the nearest is taken;  exchange : what collisions do beside scattering
    encounter : whether molecules react;  weighted : species weigh more or less than one another
    """
    absent, identify, law_now, reach, outcome, react = encounter
    law = switch(laws)
    sigma_g_of, cosine_of = law
    finish = finisher(law, exchange)
    choose, remember, forget = choice(dims, among)

    @device
    def collide_pair(
        a: int, b: int, first_a: int, n_a: int, first_b: int, n_b: int,
        place: Any, dims: int, vx: Any, vy: Any, vz: Any, inner: Any, last: Any,
        majorant: Any, events: Any, separation: Any,
        law_of_slots: Any, pairs: Any, modes: Any, chances: Any, proposals: Any, highest: Any,
        columns: Any, born: Any, chemistry: Any, book: Any, item: int, first: int, weights: Any, owed: Any,
        rate: float, seed: int, stream: int, cell: int, draw: int, step: int,
    ) -> int:  # fmt: skip
        """Collide the molecules of two species of one cell; returns the next unused draw.

        majorant, events, separation : views of this pair and cell, updated;  owed : of this cell
        law_of_slots, pairs : kind, numbers, table and mass share of the pair; of all pairs
        columns, born, chemistry, book : of `knudsen.dsmc.reactions`;  first : first slot of the cell
        """
        possible = n_a * (n_a - 1) * 0.5 if first_a == first_b else float(n_a) * n_b
        drawn = largest = float(majorant[0])
        if possible <= 0.0 or largest == inf:
            return draw  # speeds past 1e19 m/s overflow the majorant: the flight that follows stops the run
        word, _, _, _ = draw_words(seed, stream, cell, draw, step)
        candidates = poisson(possible * rate * drawn, uniform(word))
        collisions, overflows, apart = 0, 0, 0.0
        draw += 1
        next_i, next_j, next_accept, next_chi = draw_words(seed, stream, cell, draw, step)
        for _ in range(candidates):
            word_i, word_j, word_accept, word_chi = next_i, next_j, next_accept, next_chi
            # Drawn ahead: the next words are ready whichever way the acceptance below is guessed.
            draw += 1
            next_i, next_j, next_accept, next_chi = draw_words(seed, stream, cell, draw, step)
            i, j = choose(word_i, word_j, first_a, n_a, first_b, n_b, place, last)
            if absent(i, j, columns):
                continue
            i, j, kind_i, kind_j = identify(i, j, a, b, columns)
            kind, p, q, r, areas, angles, mass_share = law_now(kind_i, kind_j, a, b, law_of_slots, pairs)
            g2 = relative_speed_squared(i, j, vx, vy, vz)
            sigma_g = sigma_g_of(kind, p, q, r, areas, g2)
            met = reach(i, j, sigma_g, g2, columns, chemistry)
            if met > largest:
                overflows += 1
                largest = met
            level = uniform(word_accept) * drawn  # as many as it let in: a growing majorant takes none away
            if level < met:
                reaction, rest = outcome(i, j, level, sigma_g, g2, columns, chemistry)
                cos_chi = cosine_of(kind, p, q, r, areas, angles, g2, rest, uniform(word_chi))
                turn = uniform(rest_below(word_i, n_a))
                if weighted and weights[a] != weights[b]:
                    word, _, _, _ = draw_words(seed, stream, cell, draw + 1, step)
                    draw += 2
                    chance = uniform(word)  # not what `below` left of word_j: this one is used as a tail
                    scatter_weighted(i, j, a, b, vx, vy, vz, mass_share, cos_chi, turn, chance, weights, owed)
                elif reaction == SCATTERED:
                    draw = finish(
                        i, j, kind_i, kind_j, vx, vy, vz, inner, g2, sigma_g, rest, uniform(word_chi),
                        cos_chi, turn, kind, p, q, r, areas, angles, mass_share,
                        modes, chances, proposals, highest, seed, stream, cell, draw, step,
                    )  # fmt: skip
                else:
                    react(
                        reaction, i, j, met > sigma_g, g2, cos_chi, turn, first, dims,
                        columns, born, chemistry, book, item, seed, cell, draw, step,
                    )  # fmt: skip
                remember(i, j, last)
                collisions += 1
                apart += distance(i, j, place, dims)
        if overflows > 0:
            majorant[0] = largest * FLOAT32_UP
        events[CANDIDATES] += candidates
        events[COLLISIONS] += collisions
        events[OVERFLOWS] += overflows
        separation[0] += apart
        return draw

    @kernel
    def collide(
        item: int, place: Any, dims: int, vx: Any, vy: Any, vz: Any, inner: Any, last: Any, starts: Any,
        majorant: Any, events: Any, separation: Any,
        kind: Any, numbers: Any, table: Any, areas: Any, angles: Any, mass_share: Any,
        modes: Any, chances: Any, proposals: Any, highest: Any,
        weights: Any, owed: Any, rate: Any, backwards: bool, seeds: Any, stream: int, step: int,
        columns: Any, born: Any, chemistry: Any, book: Any,
    ) -> None:  # fmt: skip
        """Collide the particles of one cell of one copy for a time dt.

        last : int32 [slots], last partners of this step, where they are asked for
        weights : [species], in units of W;  owed : [copies * cells, species, ACCOUNTS] where they differ
        rate : float64 [copies * cells], W dt / V: real molecules per simulated one over the cell's volume,
            times the step [s/m^3]
        backwards takes the pairs of species in reverse, so that two steps make a symmetric whole.
        columns, born, chemistry, book : of a gas that reacts (`knudsen.dsmc.reactions.pairs`)
        """
        species = mass_share.shape[0]
        cells = (starts.shape[1] - 1) // species
        copy, cell = item // cells, item % cells
        bounds = starts[copy, cell * species : (cell + 1) * species + 1]
        if has_nan(bounds[0], bounds[species], place, dims, vx, vy, vz):
            # What is not a number must not spread: one that was read ends the cell's step here, one that was
            # not is accepted by no pair but of Maxwell molecules.  The simulation's check of faults names it.
            return
        forget(bounds[0], bounds[species], last)
        pairs = (kind, numbers, table, areas, angles, mass_share)
        account = owed[item if weighted else 0]
        draw = 0
        for forth in range(species * species):
            a, b = divmod(species * species - 1 - forth if backwards else forth, species)
            if a <= b:
                pair_rate = rate[item] * larger(a, b, weights) if weighted else rate[item]
                draw = collide_pair(
                    a, b, bounds[a], bounds[a + 1] - bounds[a], bounds[b], bounds[b + 1] - bounds[b],
                    place, dims, vx, vy, vz, inner, last,
                    majorant[a, b, item : item + 1], events[a, b, item], separation[item : item + 1],
                    law_of_pair(a, b, pairs), pairs, modes, chances, proposals, highest,
                    columns, born, chemistry, book, item, bounds[0], weights, account,
                    pair_rate, seeds[copy], stream, cell, draw, step,
                )  # fmt: skip
        if weighted:
            settle_accounts(bounds, vx, vy, vz, account)

    return collide
