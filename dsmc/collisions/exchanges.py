"""The exchanges of a gas: how often each mode of each species relaxes, and how its energy is proposed.

The chances of all modes of the two molecules share one uniform number, so that no sum of them passes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.core.internal import CollisionNumber, collision_number
from knudsen.dsmc.collisions.chances import FINER, Mode, PairRates, Relaxation, fine_energies, pair_rates
from knudsen.dsmc.collisions.laws import Scatterer
from knudsen.dsmc.collisions.relaxation import ENERGY_UNIT
from knudsen.dsmc.collisions.tables import row_energies
from knudsen.dsmc.internal.modes import ROTATION, InternalEnergy

Array = np.ndarray[Any, Any]
WITHIN = 0.03  # a collision number must be met at the temperature of the gas
MARGIN = 1.01  # of the largest sigma_T g over what it is at the energies looked at


@dataclass(frozen=True)
class Exchanges:
    """The exchanges of a gas, as the collision kernel reads them; see `knudsen.dsmc.collisions.relaxation`.

    chances : [species, species, width, rows];  proposals : [species, species, 3]
    highest : [species, species, rows]
    """

    gas: Mixture
    modes: Array
    pairs: dict[tuple[int, int], PairRates]
    chances: Array
    proposals: Array
    highest: Array

    @classmethod
    def of(
        cls, gas: Mixture, modes: Array, options: InternalEnergy, pairs: dict[tuple[int, int], Scatterer],
        temperature: float,
    ) -> "Exchanges":  # fmt: skip
        """Of a gas whose pairs scatter so, its collision numbers met about a temperature [K].

        Raises ValueError for collision numbers that no chance below one meets.
        """
        shape, rows = (len(gas), len(gas)), ENERGY_UNIT * row_energies()
        chances = np.zeros((*shape, modes.shape[1], len(rows)))
        proposals, highest, rates = np.zeros((*shape, 3)), np.zeros((*shape, len(rows))), {}
        faults: list[str] = []
        for (a, b), scatter in pairs.items():
            mass, interaction = gas.reduced_mass(a, b), gas.interaction(a, b)
            rates[a, b] = found = pair_rates(interaction, scatter, mass)
            power = isinstance(interaction, VariableSoftSphere)
            proposals[a, b] = mass, scatter.numbers[1] if power else 0.0, 0.0 if power else 1.0
            largest = np.maximum.accumulate(found.rate(fine_energies(2 * FINER)))[:: 2 * FINER]
            highest[a, b] = MARGIN * largest
            asked = {
                (s, other, column): Relaxation.of(mode, found, number, temperature)
                for s, other in {(a, b), (b, a)}
                for column, mode, number in _modes_of(gas, modes, options, s, other)
                if not mode.frozen(temperature)
            }
            for at, relaxation in asked.items():
                chances[at] = relaxation.chance(1.0)
            twice = 2.0 if a == b else 1.0
            most = _share_out([chances[at].max() for at in asked], twice)
            for at, relaxation in asked.items():
                if chances[at].max() > most:
                    chances[at] = relaxation.chance(most)
                faults += _shortfall(gas, at, relaxation, chances[at], options, temperature)
        if faults:
            raise ValueError("; ".join(sorted(faults)))
        return cls(gas, modes, rates, chances, proposals, highest)

    @property
    def arrays(self) -> tuple[Array, ...]:
        """What the kernel reads, in its order."""
        return self.modes, self.chances, self.proposals, self.highest

    def numbers(self, temperature: float) -> dict[tuple[str, str, str], float]:
        """Z of (who relaxes, by whom it is met, which mode) that the chances give at a temperature [K]."""
        found = {}
        for s, other in np.ndindex(len(self.gas), len(self.gas)):
            pair = self.pairs[min(s, other), max(s, other)]
            for column, (freedom, quantum) in enumerate(self.modes[s]):
                mode = Mode(column == ROTATION, freedom, quantum)
                if freedom > 0.0 and not mode.frozen(temperature):
                    relaxation = Relaxation.of(mode, pair, 1.0, temperature)
                    at = relaxation.temperatures == temperature
                    with np.errstate(divide="ignore"):  # what is frozen where the gas is has no chance at all
                        z = relaxation.rates[at] / relaxation.rates_of(self.chances[s, other, column])[at]
                    key = self.gas.names[s], self.gas.names[other], mode_name(column)
                    found[key] = float(z[0]) if len(z) else np.inf
        return found


def mode_name(column: int) -> str:
    """Of a column: rotation, or the number of its group of vibrations."""
    return "rotation" if column == ROTATION else f"vibration {column}"


def _modes_of(
    gas: Mixture, modes: Array, options: InternalEnergy, s: int, other: int
) -> Iterator[tuple[int, Mode, CollisionNumber]]:
    """Column, mode and collision number of each mode of a species met by another."""
    for column, (freedom, quantum) in enumerate(modes[s]):
        if freedom > 0.0:
            mode = Mode(column == ROTATION, freedom, quantum)
            yield column, mode, _number(gas, options, s, other, column)


def _number(gas: Mixture, options: InternalEnergy, s: int, other: int, column: int) -> CollisionNumber:
    """Z that is asked of a mode of a species met by another."""
    pair, inner = (gas.names[s], gas.names[other]), gas.species[s].internal
    assert inner is not None
    if column == ROTATION:
        return options.rotational_numbers.get(pair, inner.rotational_number)
    return options.vibrational_numbers.get(pair, inner.vibrational_number)


def _share_out(peaks: list[float], times: float) -> float:
    """The largest chance that each may have for all together to stay within one; they count so many times."""
    if times * sum(peaks) <= 1.0:
        return 1.0
    left, ordered = 1.0 / times, sorted(peaks)
    for number, peak in enumerate(ordered):
        share = left / (len(ordered) - number)
        if peak >= share:
            return share
        left -= peak
    return 1.0


def _shortfall(
    gas: Mixture, at: tuple[int, int, int], relaxation: Relaxation, chance: Array, options: InternalEnergy,
    temperature: float,
) -> list[str]:  # fmt: skip
    """What is to be said where a chance misses its collision number at the temperature of the gas."""
    here = relaxation.temperatures == temperature
    ratio = relaxation.rates_of(chance)[here] / relaxation.rates[here]
    if not len(ratio) or ratio[0] > 1 - WITHIN:
        return []
    s, other, column = at
    pair = gas.names[s], gas.names[other]
    asked = float(collision_number(_number(gas, options, s, other, column), temperature))
    return [
        f"internal: {pair[0]} met by {pair[1]}: {mode_name(column)} cannot relax in {asked:.3g} collisions "
        f"at {temperature:g} K, when one molecule in each does: {asked / ratio[0]:.3g} are the least"
    ]
