"""The reactions of a gas as tables that the kernels read.

`Network` is a tuple of arrays: kernels take it as one argument and unpack what they need.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import device
from knudsen.dsmc.reactions.model import Arrhenius, Reaction
from knudsen.dsmc.reactions.rates import energy_law

FACTOR, KINETIC, THRESHOLD, ABOVE, TOTAL, HEAT = range(6)
NONE = -1


class Network(NamedTuple):
    """Reactions of a gas.

    of_pair : int64 [species, species], first reaction of two molecules
    of_one : int64 [species], first reaction of one alone
    following : int64 [reaction], the next of the same molecules, or NONE
    reactants, products : int64 [reaction, 3], species numbers, NONE beyond their number
    shared : int64 [reaction], whether the factor is a share of the collisions
    numbers : [reaction, 6], FACTOR to HEAT;  masses : [species] [kg]
    """

    of_pair: Any
    of_one: Any
    following: Any
    reactants: Any
    products: Any
    shared: Any
    numbers: Any
    masses: Any


def network(gas: Mixture, reactions: Sequence[Reaction], machine: Device) -> Network:
    """The tables of these reactions on a device."""
    of_pair = np.full((len(gas), len(gas)), NONE)
    of_one = np.full(len(gas), NONE)
    following = np.full(len(reactions), NONE)
    sides = np.full((2, len(reactions), 3), NONE)
    numbers = np.zeros((len(reactions), 6))
    for r, reaction in reversed(list(enumerate(reactions))):
        for side, names in zip(sides, (reaction.reactants, reaction.products), strict=True):
            side[r, : len(names)] = [gas.names.index(name) for name in names]
        numbers[r, :HEAT] = _law(gas, reaction)
        numbers[r, HEAT] = reaction.heat
        kinds = tuple(sides[0, r, : len(reaction.reactants)])
        if len(kinds) == 1:
            following[r], of_one[kinds] = of_one[kinds], r
        elif len(kinds) == 2:
            following[r], of_pair[kinds], of_pair[kinds[::-1]] = of_pair[kinds], r, r
    shared = np.array([not isinstance(each.rate, Arrhenius) for each in reactions], np.int64)
    host = (of_pair, of_one, following, *sides, shared, numbers, np.array(gas.masses))
    return Network(*(machine.put(array) for array in host))


def _law(gas: Mixture, reaction: Reaction) -> tuple[float, ...]:
    if isinstance(reaction.rate, Arrhenius):
        if len(reaction.reactants) > 1:
            return energy_law(gas, reaction)
        return (reaction.rate.prefactor, 0.0, 0.0, 0.0, 0.0)
    return (reaction.rate.value, 0.0, reaction.rate.activation, 0.0, 0.0)


@device
def rate_of(row: Any, kinetic: float, energy: float) -> float:
    """sigma_R g of a pair [m^3/s], or the rate of a triple [m^6/s]: B E_t^k (E - E_a)^a / E^b."""
    above = energy - row[THRESHOLD]
    if above <= 0.0:
        return 0.0
    return row[FACTOR] * kinetic ** row[KINETIC] * above ** row[ABOVE] * energy ** -row[TOTAL]


@device
def rate_in_pair(r: int, sigma_g: float, kinetic: float, energy: float, chemistry: Network) -> float:
    """sigma_R g of reaction r between two molecules of these energies [m^3/s]."""
    row = chemistry.numbers[r]
    if chemistry.shared[r]:
        return row[FACTOR] * sigma_g if energy > row[THRESHOLD] else 0.0
    return rate_of(row, kinetic, energy)
