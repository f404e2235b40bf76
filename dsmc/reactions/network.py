"""The reactions of a gas as tables that the kernels read: `Network`, which they take as one argument."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import binom

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import device
from knudsen.dsmc.reactions.model import Arrhenius, Reaction
from knudsen.dsmc.reactions.rates import energy_law, rotations, softness, vibrations

Array = np.ndarray[Any, Any]
# Of a reaction: its energy law, heat, and how products share (see `sharing`); of a table of levels its rows a
# joule, the last row, and the powers of E and of E - E_a that it falls and rises by beyond.
FACTOR, KINETIC, THRESHOLD, ABOVE, TOTAL, HEAT, SHAPE, REST, VIBRATIONS, ROWS, LAST, FALL, RISE = range(13)
NONE = -1
ROWS_A_QUANTUM, SPAN_QUANTA, SPAN_THERMAL = 8, 40, 30
MOST_LEVELS = 100_000


class Network(NamedTuple):
    """Reactions of a gas.

    of_pair : int64 [species, species], first reaction of two molecules
    of_one : int64 [species], first reaction of one alone
    following : int64 [reaction], the next of the same molecules, or NONE
    reactants, products : int64 [reaction, 3], species numbers, NONE beyond their number
    shared : int64 [reaction], whether the factor is a share of the collisions
    kept : int64 [reaction], whether molecules keep what they hold inside
    numbers : [reaction, 13], FACTOR to RISE;  levels : [reaction, rows], see `level_table`
    masses : [species] [kg];  modes : [species, width, 2], see `knudsen.dsmc.internal.modes`
    """

    of_pair: Any
    of_one: Any
    following: Any
    reactants: Any
    products: Any
    shared: Any
    kept: Any
    numbers: Any
    levels: Any
    masses: Any
    modes: Any


def network(
    gas: Mixture, reactions: Sequence[Reaction], modes: Array, temperature: float, machine: Device
) -> Network:
    """The tables of these reactions on a device, of energies usual near a temperature [K]."""
    of_pair = np.full((len(gas), len(gas)), NONE)
    of_one = np.full(len(gas), NONE)
    following = np.full(len(reactions), NONE)
    sides = np.full((2, len(reactions), 3), NONE)
    kept = np.zeros(len(reactions), np.int64)
    numbers = np.zeros((len(reactions), RISE + 1))
    levels = [np.zeros(2)] * len(reactions)
    for r, reaction in reversed(list(enumerate(reactions))):
        for side, names in zip(sides, (reaction.reactants, reaction.products), strict=True):
            side[r, : len(names)] = [gas.names.index(name) for name in names]
        kinds = tuple(sides[0, r, : len(reaction.reactants)])
        numbers[r, :HEAT] = _law(gas, reaction, modes)
        numbers[r, HEAT] = reaction.heat
        kept[r] = keeps_inside(gas, reaction, modes)
        if len(kinds) == 1:
            following[r], of_one[kinds] = of_one[kinds], r
            continue
        numbers[r, SHAPE : VIBRATIONS + 1] = _sharing(gas, reaction.products, modes)
        if isinstance(reaction.rate, Arrhenius) and modes.shape[1] > 1:
            levels[r] = level_table(gas, reaction, modes, temperature, numbers[r])
        if len(kinds) == 2:
            following[r], of_pair[kinds], of_pair[kinds[::-1]] = of_pair[kinds], r, r
    shared = np.array([not isinstance(each.rate, Arrhenius) for each in reactions], np.int64)
    longest = max((len(each) for each in levels), default=2)
    table = np.array([np.pad(each, (0, longest - len(each)), mode="edge") for each in levels])
    host = (of_pair, of_one, following, *sides, shared, kept, numbers, table, np.array(gas.masses), modes)
    return Network(*(machine.put(array) for array in host))


def keeps_inside(gas: Mixture, reaction: Reaction, modes: Array) -> bool:
    """Whether molecules are but renamed: nothing but the name of each changes."""
    if len(reaction.reactants) != len(reaction.products) or isinstance(reaction.rate, Arrhenius):
        return len(reaction.reactants) == 1
    pairs = zip(reaction.reactants, reaction.products, strict=True)
    same = [np.array_equal(*(modes[gas.names.index(name)] for name in pair)) for pair in pairs]
    return reaction.heat == 0 and all(same)


def _law(gas: Mixture, reaction: Reaction, modes: Array) -> tuple[float, ...]:
    if isinstance(reaction.rate, Arrhenius):
        if len(reaction.reactants) > 1:
            return energy_law(gas, reaction, modes)
        return (reaction.rate.prefactor, 0.0, 0.0, 0.0, 0.0)
    return (reaction.rate.value, 0.0, reaction.rate.activation, 0.0, 0.0)


def _sharing(gas: Mixture, products: tuple[str, ...], modes: Array) -> tuple[float, float, float]:
    """Shape of translation, that of all that is continuous, and the number of oscillators."""
    shape = 2.5 - softness(gas, products) if len(products) == 2 else 3.0
    oscillators = sum(g for g, _ in vibrations(gas, products, modes))
    return shape, shape + rotations(gas, products, modes), oscillators


def level_table(
    gas: Mixture, reaction: Reaction, modes: Array, temperature: float, row: Array
) -> Array:  # fmt: skip
    """H of (E - E_a)^a / E^b H(E) at equal steps of E from E_a, and ROWS, LAST, FALL and RISE set in `row`::

        H(E) = sum_l w_l (1 - e_l / (E - E_a))^a / sum_l w_l (1 - e_l / E)^b

    Raises ValueError where the levels are too many to be summed.
    """
    assert isinstance(reaction.rate, Arrhenius)
    through = vibrations(gas, reaction.rate.through or reaction.reactants, modes)
    below = vibrations(gas, reaction.reactants, modes)
    if not (through or below):
        return np.zeros(2)
    quantum = min(q for _, q in through + below)
    span = max(SPAN_QUANTA * quantum, SPAN_THERMAL * BOLTZMANN * temperature)
    count = int(np.ceil(ROWS_A_QUANTUM * span / quantum))
    above = np.arange(count + 1) * (quantum / ROWS_A_QUANTUM)
    row[ROWS], row[LAST] = ROWS_A_QUANTUM / quantum, count
    row[FALL], row[RISE] = sum(g for g, _ in below), sum(g for g, _ in through)
    upper = _sum_over_levels(through, above, row[ABOVE], reaction)
    return upper / _sum_over_levels(below, row[THRESHOLD] + above, row[TOTAL], reaction)


def _sum_over_levels(
    groups: list[tuple[float, float]], energies: Array, power: float, reaction: Reaction
) -> Array:  # fmt: skip
    """sum_l w_l (1 - e_l / E)^power over the joint levels of these groups up to each energy; 1 at zero."""
    level, states = np.zeros(1), np.ones(1)
    for degeneracy, quantum in groups:
        v = np.arange(int(energies[-1] / quantum) + 1)
        level = np.add.outer(level, v * quantum).ravel()
        states = np.multiply.outer(states, binom(v + degeneracy - 1, v)).ravel()
        states, level = states[level <= energies[-1]], level[level <= energies[-1]]
        if len(level) > MOST_LEVELS:
            raise ValueError(
                f"{reaction}: its molecules have over {MOST_LEVELS} vibrational levels up to "
                f"{energies[-1]:.3g} J, too many to sum: treat their rotation alone"
            )
    total = np.zeros(len(energies))
    for start in range(0, len(level), 1000):
        part = slice(start, start + 1000)
        left = 1 - level[part] / np.maximum(energies, 1e-300)[:, None]
        total += np.where(left > 0, np.maximum(left, 1e-300) ** power, 0.0) @ states[part]
    return total


@device
def rate_of(r: int, kinetic: float, energy: float, chemistry: Network) -> float:
    """sigma_R g of a pair [m^3/s], or the rate of a triple [m^6/s], of reaction r."""
    row = chemistry.numbers[r]
    above = energy - row[THRESHOLD]
    if not above > 0.0:  # nor not a number, which indexes no table
        return 0.0
    rate = row[FACTOR] * kinetic ** row[KINETIC] * above ** row[ABOVE]
    rate *= energy ** -row[TOTAL]
    if row[ROWS] == 0.0:
        return rate
    levels = chemistry.levels[r]
    at = above * row[ROWS]
    if at >= row[LAST]:
        end = row[LAST] / row[ROWS]
        fallen = ((end + row[THRESHOLD]) / energy) ** row[FALL]
        return rate * levels[int(row[LAST])] * fallen * (above / end) ** row[RISE]
    k = int(at)
    return rate * (levels[k] + (at - k) * (levels[k + 1] - levels[k]))


@device
def rate_in_pair(r: int, sigma_g: float, kinetic: float, energy: float, chemistry: Network) -> float:
    """sigma_R g of reaction r between two molecules of these energies [m^3/s]."""
    if chemistry.shared[r]:
        row = chemistry.numbers[r]
        return row[FACTOR] * sigma_g if energy > row[THRESHOLD] else 0.0
    return rate_of(r, kinetic, energy, chemistry)
