"""The internal energy of a molecule: one number for its rotation, one for each group of vibrations.

Column 0 of a molecule is its rotational energy [J], the others are numbers of quanta; a table of the gas
says what a number of a column is worth: `modes` [species, width, 2] holds

    freedom : half the degrees of freedom of rotation, the degeneracy of a vibration; 0: there is none
    quantum : k theta of a vibration [J]; 1 for rotation, whose number is its energy

so that the internal energy is the sum of number times quantum.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, log, sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture
from knudsen.core.internal import CollisionNumber, check_collision_number
from knudsen.core.kernels import device
from knudsen.core.rng import draw_words, normal_pair, uniform

Array = np.ndarray[Any, Any]
FREEDOM, QUANTUM = 0, 1
ROTATION = 0


@dataclass(frozen=True)
class InternalEnergy:
    """Which internal energies a run treats, and how fast they relax.

    Arguments
    ---------
    rotation, vibration : whether they are treated
    rotational_numbers, vibrational_numbers : Z of a pair (who relaxes, by whom it is met) in place of the
        first one's own

    Raises
    ------
    ValueError : neither rotation nor vibration, or a collision number that is not positive
    """

    rotation: bool = True
    vibration: bool = True
    rotational_numbers: Mapping[tuple[str, str], CollisionNumber] = field(default_factory=dict)
    vibrational_numbers: Mapping[tuple[str, str], CollisionNumber] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = []
        if not (self.rotation or self.vibration):
            faults.append("internal energy of neither rotation nor vibration: leave it out")
        for name in ("rotational_numbers", "vibrational_numbers"):
            for pair, number in getattr(self, name).items():
                try:
                    check_collision_number(f"{name}[{pair}]", number)
                except ValueError as error:
                    faults.append(str(error))
        if faults:
            raise ValueError("; ".join(faults))


def internal_faults(options: InternalEnergy | None, gas: Mixture) -> list[str]:
    """What is wrong with these options for this gas."""
    if options is None:
        return []
    modes = mode_table(options, gas)
    rotating = modes[:, :1, FREEDOM].any(axis=1)
    vibrating = modes[:, 1:, FREEDOM].any(axis=1)
    faults = [
        *_pair_faults("rotation", options.rotational_numbers, rotating, gas),
        *_pair_faults("vibration", options.vibrational_numbers, vibrating, gas),
    ]
    if not modes.shape[1]:
        faults.append(
            f"internal: no molecule of {gas.names} has what is to be treated: leave it out, "
            "or give a Species its Internal"
        )
    return faults


def _pair_faults(mode: str, pairs: Iterable[tuple[str, str]], had: Array, gas: Mixture) -> Iterator[str]:
    for pair in pairs:
        if not set(pair) <= set(gas.names) or len(pair) != 2:
            yield f"internal: the pair {pair} names a gas outside the mixture {gas.names}"
        elif not had[gas.names.index(pair[0])]:
            yield (
                f"internal: a number of {mode} of {pair}, but {pair[0]} has no {mode} that is treated: "
                "who relaxes comes first, then who meets it"
            )


def mode_table(options: InternalEnergy | None, gas: Mixture) -> Array:
    """`modes` [species, width, 2] of a gas; of width 0 where nothing is treated."""
    rows = []
    for each in gas.species:
        inner = each.internal
        rotations = inner.rotations if inner and options and options.rotation else 0
        vibrations = inner.vibrations if inner and options and options.vibration else ()
        groups = [(float(v.degeneracy), BOLTZMANN * v.temperature) for v in vibrations]
        rows.append([(rotations / 2, 1.0), *groups])
    width = max(len(row) for row in rows)
    if width == 1 and not any(row[0][0] for row in rows):
        width = 0
    table = np.zeros((len(rows), width, 2))
    for found, row in zip(table, rows, strict=True):
        if width:
            found[: len(row)] = row
    return table


def thermal_inner(modes: Array, species: Array, temperature: float, random: np.random.Generator) -> Array:
    """Internal numbers of molecules of these species at equilibrium [molecule, width]."""
    inner = np.zeros((len(species), modes.shape[1]))
    energy = BOLTZMANN * temperature
    for s, row in enumerate(modes):
        found = np.flatnonzero(species == s)
        for column, (freedom, quantum) in enumerate(row):
            if freedom == 0.0:
                continue
            if column == ROTATION:
                inner[found, column] = energy * random.standard_gamma(freedom, len(found))
            else:
                gone = -np.expm1(-quantum / energy)
                inner[found, column] = random.negative_binomial(freedom, gone, len(found))
    return inner


@device
def thermal_rotation(half: float, energy: float, word_0: int, word_1: int, word_2: int) -> float:
    """Rotational energy at k T = energy; half of its degrees of freedom are 1 or 3/2."""
    found = -log(uniform(word_0))
    if half > 1.0:
        normal, _ = normal_pair(word_1, word_2)
        found += 0.5 * normal * normal
    return energy * found


@device
def thermal_quanta(degeneracy: float, ratio: float, u: float) -> float:
    """Quanta of g oscillators at theta / T = ratio: p_i ~ C(i + g - 1, g - 1) e^(-i ratio), inverted."""
    factor = exp(-ratio)
    chance, found, rest = (1.0 - factor) ** degeneracy, 0.0, u
    while rest >= chance and chance > 0.0:
        rest -= chance
        chance *= factor * (found + degeneracy) / (found + 1.0)
        found += 1.0
    return found


@device
def accommodated_rotation(
    half: float, energy: float, rotational: float, share: float,
    word_0: int, word_1: int, word_2: int, word_3: int,
) -> float:  # fmt: skip
    """Rotational energy off Lord's wall: that of a vector of as many components as degrees of freedom::

        w' = (1 - a)^(1/2) w + a^(1/2) s,   s of variance k T / 2 a component

    energy : k T of the wall;  share : a.  Source: Lord 1991, equation 8, for any number of components
    """
    spread = sqrt(0.5 * energy * share)
    first, second = normal_pair(word_0, word_1)
    along, beside = sqrt((1.0 - share) * rotational) + spread * first, spread * second
    square = along * along + beside * beside
    if half > 1.0:
        third, _ = normal_pair(word_2, word_3)
        square += spread * spread * third * third
    return square


class InnerState(NamedTuple):
    """Device functions on the internal numbers of the molecule in a slot.

    energy(slot, species, inner, modes) : [J]
    thermalise(slot, species, kT, inner, modes, seed, stream, item, draw, step)
    accommodate(slot, species, kT, rotational, vibrational, inner, modes, seed, stream, item, draw, step) :
        at Lord's wall; both take one draw a column, from `draw` on
    """

    energy: Any
    thermalise: Any
    accommodate: Any


@lru_cache(maxsize=8)
def inner_state(width: int) -> InnerState:
    """The functions for molecules of so many internal numbers; none cost nothing."""

    @device
    def energy(slot: int, species: int, inner: Any, modes: Any) -> float:
        total = 0.0
        for column in range(width):
            number = float(inner[np.uint64(width) * slot + np.uint64(column)])
            total += number * modes[species, column, QUANTUM]
        return total

    @device
    def thermalise(
        slot: int, species: int, thermal: float, inner: Any, modes: Any,
        seed: int, stream: int, item: int, draw: int, step: int,
    ) -> None:  # fmt: skip
        for column in range(width):
            freedom, found = modes[species, column, FREEDOM], 0.0
            if freedom > 0.0:
                word_0, word_1, word_2, _ = draw_words(seed, stream, item, draw + column, step)
                if column == ROTATION:
                    found = thermal_rotation(freedom, thermal, word_0, word_1, word_2)
                else:
                    ratio = modes[species, column, QUANTUM] / thermal
                    found = thermal_quanta(freedom, ratio, uniform(word_0))
            inner[np.uint64(width) * slot + np.uint64(column)] = found

    @device
    def accommodate(
        slot: int, species: int, thermal: float, rotational: float, vibrational: float, inner: Any,
        modes: Any, seed: int, stream: int, item: int, draw: int, step: int,
    ) -> None:  # fmt: skip
        for column in range(width):
            freedom = modes[species, column, FREEDOM]
            if freedom > 0.0:
                at = np.uint64(width) * slot + np.uint64(column)
                word_0, word_1, word_2, word_3 = draw_words(seed, stream, item, draw + column, step)
                if column == ROTATION:
                    words = word_0, word_1, word_2, word_3
                    inner[at] = accommodated_rotation(freedom, thermal, float(inner[at]), rotational, *words)
                elif uniform(word_1) < vibrational:
                    ratio = modes[species, column, QUANTUM] / thermal
                    inner[at] = thermal_quanta(freedom, ratio, uniform(word_0))

    return InnerState(energy, thermalise, accommodate)
