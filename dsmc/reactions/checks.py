"""Reactions held against the gas: every fault is named at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.dsmc.reactions.model import Arrhenius, Probability, Reaction
from knudsen.dsmc.reactions.rates import least_exponent

Array = np.ndarray[Any, Any]
MASS_TOLERANCE = 1e-9  # of a reaction's mass: momentum is kept to as much


def reaction_faults(gas: Mixture, reactions: Sequence[Reaction], modes: Array) -> list[str]:
    """What forbids these reactions in this gas."""
    faults = []
    for reaction in reactions:
        unknown = sorted({*reaction.reactants, *reaction.products} - set(gas.names))
        if unknown:
            faults.append(f"{reaction}: {', '.join(unknown)} is not among the species {gas.names}")
        else:
            faults += [f"{reaction}: {fault}" for fault in _faults_of(gas, reaction, modes)]
    return [*faults, *_share_faults(reactions)]


def _faults_of(gas: Mixture, reaction: Reaction, modes: Array) -> Iterator[str]:
    yield from _conservation_faults(gas, reaction)
    if Counter(reaction.reactants) == Counter(reaction.products):
        yield "reactants and products are the same"
    if reaction.rate.activation < -reaction.heat:
        yield (
            f"it takes {-reaction.heat:.4g} J but its activation energy is {reaction.rate.activation:.4g} J: "
            "raise it to the energy taken, at least"
        )
    if len(reaction.reactants) == 1:
        yield from _alone_faults(gas, reaction, modes)
    elif isinstance(reaction.rate, Arrhenius):
        least, n = least_exponent(gas, reaction, modes), reaction.rate.exponent
        if n < least or (n == least and reaction.rate.activation == 0):
            yield (
                f"exponent {n:g} must be above {least:g}, for these molecules' energies give no rate that "
                "rises so slowly: fit the law with a larger exponent over the temperatures of the run"
            )
    elif len(reaction.reactants) == 3:
        yield "three molecules do not collide with a probability: give a rate of Arrhenius"


def _conservation_faults(gas: Mixture, reaction: Reaction) -> Iterator[str]:
    by_name = {species.name: species for species in gas.species}
    sides = [[by_name[name] for name in side] for side in (reaction.reactants, reaction.products)]
    before, after = (sum(species.mass for species in side) for side in sides)
    if abs(after - before) > MASS_TOLERANCE * before:
        yield f"mass is not conserved, {before:.9g} kg become {after:.9g} kg"
    try:
        before, after = (sum((Counter(species.atoms) for species in side), Counter()) for side in sides)
    except ValueError as error:
        yield str(error)
        return
    if before != after:
        yield f"atoms are not conserved, {_written(before)} become {_written(after)}"


def _written(atoms: Counter[str]) -> str:
    return " ".join(f"{element}{number}" for element, number in sorted(atoms.items()))


def _alone_faults(gas: Mixture, reaction: Reaction, modes: Array) -> Iterator[str]:
    before, after = (modes[gas.names.index(name)] for name in (*reaction.reactants, *reaction.products))
    if not np.array_equal(before, after):
        yield "one molecule alone keeps its internal energy: the two must hold it alike"
    if reaction.heat != 0:
        yield "one molecule alone cannot take or give heat: let it meet a partner, A + M -> B + M"
    if isinstance(reaction.rate, Probability):
        yield "one molecule alone does not collide: give its rate as Arrhenius(k) [1/s]"
    elif reaction.rate.exponent != 0 or reaction.rate.activation != 0:
        yield "one molecule alone has no temperature: give Arrhenius(k) with k of the run's temperature [1/s]"


def _share_faults(reactions: Sequence[Reaction]) -> Iterator[str]:
    """Probabilities of one pair add up to more than one; a reaction stands twice."""
    shares: Counter[tuple[str, ...]] = Counter()
    for reaction in reactions:
        if isinstance(reaction.rate, Probability):
            shares[tuple(sorted(reaction.reactants))] += reaction.rate.value  # type: ignore[assignment]
    for pair, share in shares.items():
        if share > 1:
            yield f"{' + '.join(pair)}: probabilities of its reactions add up to {share:g}, above one"
    sides = Counter((tuple(sorted(each.reactants)), tuple(sorted(each.products))) for each in reactions)
    for (reactants, products), number in sides.items():
        if number > 1:
            yield f"{' + '.join(reactants)} -> {' + '.join(products)} stands {number} times: add up its rates"
