"""What reacts, into what, how fast and with what heat."""

from dataclasses import dataclass

import numpy as np
from scipy.constants import k as BOLTZMANN


@dataclass(frozen=True)
class Arrhenius:
    """A rate constant that the gas at equilibrium has exactly::

        k(T) = A T^n exp(-E_a / (k T))

    Reactions per volume and time are k times the number densities of the reactants, each as often as it is
    named: k n_A^2 for A + A.

    Arguments
    ---------
    prefactor : A [K^-n times 1/s, m3/s or m6/s, for one, two and three reactants]
    exponent : n [-];  activation : E_a [J per reaction]
    through : molecules whose vibrational partition function multiplies k(T), over that of the reactants; the
        reactants themselves, and none said, but for reverse reactions (`backward`)

    Raises
    ------
    ValueError : a prefactor that is not positive, a negative activation energy, or what is not finite
    """

    prefactor: float
    exponent: float = 0.0
    activation: float = 0.0
    through: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.prefactor < np.inf:
            faults.append(f"prefactor must be positive and finite, got {self.prefactor}")
        if not np.isfinite(self.exponent):
            faults.append(f"exponent must be finite, got {self.exponent}")
        if not 0 <= self.activation < np.inf:
            faults.append(
                f"activation must be an energy per reaction from 0 [J], got {self.activation}: "
                "a rate that falls with temperature has a negative exponent"
            )
        if faults:
            raise ValueError("; ".join(faults))

    def at(self, temperature: float) -> float:
        """A T^n exp(-E_a / (k T)) at a temperature [K]."""
        boltzmann_factor = np.exp(-self.activation / (BOLTZMANN * temperature))
        return float(self.prefactor * temperature**self.exponent * boltzmann_factor)


@dataclass(frozen=True)
class Probability:
    """A share of the collisions of two molecules, of those whose energy reaches a threshold.

    Arguments
    ---------
    value : probability that a collision reacts [-];  activation : threshold [J]

    Raises
    ------
    ValueError : a probability outside (0, 1], or a negative threshold
    """

    value: float
    activation: float = 0.0

    def __post_init__(self) -> None:
        faults = []
        if not 0 < self.value <= 1:
            faults.append(f"value must be a probability in (0, 1], got {self.value}")
        if not 0 <= self.activation < np.inf:
            faults.append(f"activation must be an energy from 0 [J], got {self.activation}")
        if faults:
            raise ValueError("; ".join(faults))


@dataclass(frozen=True)
class Reaction:
    """One reaction among the species of a gas, by name.

    One molecule becomes another (isomerisation, A -> B); two become two (A + BC -> AB + C, A + M -> B + M) or
    three (dissociation, A2 + M -> A + A + M); three become two (recombination, A + A + M -> A2 + M).  Each
    product takes the place of the reactant that is named at its position; where their numbers differ, the
    last product that of the last reactant (the third body), and the others that of the others.

    Arguments
    ---------
    reactants, products : names of species, a molecule each
    rate : `Arrhenius`, or the `Probability` of a collision of two
    heat : energy that one reaction sets free [J], negative where it takes energy

    Raises
    ------
    ValueError : numbers of molecules for which there is no such reaction

    >>> dissociation = Reaction(("O2", "Ar"), ("O", "O", "Ar"), Arrhenius(1e-14, 0.0, 8.2e-19), heat=-8.2e-19)
    """

    reactants: tuple[str, ...]
    products: tuple[str, ...]
    rate: Arrhenius | Probability
    heat: float = 0.0

    KINDS = ((1, 1), (2, 2), (2, 3), (3, 2))

    def __post_init__(self) -> None:
        kind = (len(self.reactants), len(self.products))
        if isinstance(self.reactants, str) or isinstance(self.products, str) or kind not in self.KINDS:
            raise ValueError(
                f"reactants {self.reactants!r} and products {self.products!r}: tuples of names are needed, "
                "one to one, two to two, two to three or three to two molecules; no others keep energy"
            )
        if not np.isfinite(self.heat):
            raise ValueError(f"heat must be finite, got {self.heat}")

    def __str__(self) -> str:
        return f"{' + '.join(self.reactants)} -> {' + '.join(self.products)}"
