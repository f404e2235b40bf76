"""Pair tables of real molecules, in reduced units of the first."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.core.potentials import Potential
from knudsen.core.units import ReducedUnits
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.reduced_units import refuse


class GasPairs(NamedTuple):
    """Real gases in reduced units: their pairs, their masses [species], and what the units are in SI."""

    pairs: PairTable
    masses: np.ndarray[Any, Any]
    units: ReducedUnits


def gas_pairs(gases: Mixture, cutoff: Any, **options: Any) -> GasPairs:
    """The pair table, masses and units of a mixture: sigma, epsilon and mass of its first species are one.

    Arguments
    ---------
    gases : Mixture(names, "lj"), or with potentials given for its pairs
    cutoff, options : of the PairTable, in units of the first species' sigma

    Raises
    ------
    ValueError : a pair of gases whose interaction is no potential; what PairTable raises.

    >>> argon_krypton = gas_pairs(Mixture(["Ar", "Kr"], "lj"), 3.0, form="force-shifted")
    >>> argon_krypton.pairs.epsilon.round(4).tolist(), argon_krypton.masses.round(4).tolist()
    ([[1.0, 1.3847], [1.3847, 1.9175]], [1.0, 2.0977])
    >>> round(300 / argon_krypton.units.temperature, 4)  # T* of 300 K
    3.2154
    """
    kinds = range(len(gases))
    table = [[gases.interaction(a, b) for b in kinds] for a in kinds]
    first = table[0][0]
    pairs = pairs_of(table, cutoff, **options)
    units = ReducedUnits(first.sigma, first.epsilon_over_k, gases.masses[0])  # type: ignore[union-attr]
    return GasPairs(pairs, np.array(gases.masses) / gases.masses[0], units)


def pairs_of(potentials: Any, cutoff: Any, **options: Any) -> PairTable:
    """The pair table of potentials (`core/potentials.py`) in reduced units of the first.

    Arguments
    ---------
    potentials : LennardJones, Mie, InversePower or UserPotential; for several species a symmetric
        [species][species] table of them
    cutoff, options : of the PairTable, in units of the first potential's sigma

    Raises
    ------
    ValueError : what is no potential; what PairTable raises.
    """
    rows = potentials if isinstance(potentials, Sequence) else [[potentials]]
    refuse(
        [
            f"the interaction of species {a} and {b} is no pair potential but {potential!r}: "
            "take the model 'lj', or give the pair's potential"
            for a, row in enumerate(rows)
            for b, potential in enumerate(row)
            if a <= b and not isinstance(potential, Potential)
        ],
        "the table of potentials",
    )
    first = rows[0][0]
    sigma = [[potential.sigma / first.sigma for potential in row] for row in rows]
    epsilon = [[potential.epsilon_over_k / first.epsilon_over_k for potential in row] for row in rows]
    shapes = [[potential.shape for potential in row] for row in rows]
    return PairTable(sigma, epsilon, cutoff, shape=shapes, **options)
