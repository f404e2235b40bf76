"""Counterdiffusion with reaction: which reactions keep N = 0, and the closed forms of binary films.

Any number of species: `knudsen.analysis.continuum.reacting_film`.

Sources: R. B. Bird, W. E. Stewart, E. N. Lightfoot, Transport Phenomena (2002), sections 18.3-18.4;
O. Levenspiel, Chemical Reaction Engineering (1999), chapters 18 and 23; S. Hatta (1932); E. W. Thiele (1939).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import not_negative, pair, positive, within


def formula_elements(formula: str) -> Counter[str]:
    """Atoms in a formula without brackets.  Raises ValueError where it is none.

    >>> sorted(formula_elements("C2H6O").items())
    [('C', 2), ('H', 6), ('O', 1)]
    """
    if not re.fullmatch(r"(?:[A-Z][a-z]?\d*)+", formula):
        raise ValueError(f"{formula!r} is no plain formula such as 'C2H6O': give `formulas`")
    count: Counter[str] = Counter()
    for element, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
        count[element] += int(number or 1)
    return count


@dataclass(frozen=True)
class Reaction:
    """A reaction of named species: nu_i < 0 for reactants, > 0 for products.

    stoichiometry : {species: nu_i}
    formulas : {species: formula} where a species' name is not its formula (isomers, say)

    Raises ValueError for no reactant, no product, or elements that do not balance, naming them.

    >>> dissociation = Reaction({"N2O4": -1, "NO2": 2})
    >>> dissociation.mole_change, dissociation.keeps_zero_net_flux
    (1.0, False)
    >>> Reaction({"H": -1, "D2": -1, "HD": 1, "D": 1}).keeps_zero_net_flux  # exchange
    True
    """

    stoichiometry: Mapping[str, float]
    formulas: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        numbers = self.stoichiometry.values()
        if not (any(n < 0 for n in numbers) and any(n > 0 for n in numbers)):
            raise ValueError(f"a reaction has reactants (nu < 0) and products (nu > 0): {self.stoichiometry}")
        change = {e: n for e, n in self.element_balance(dict(self.stoichiometry)).items() if abs(n) > 1e-9}
        if change:
            raise ValueError(f"elements do not balance in {dict(self.stoichiometry)}: {change} are left over")

    @property
    def mole_change(self) -> float:
        """sum_i nu_i, moles gained per extent."""
        return float(sum(self.stoichiometry.values()))

    @property
    def keeps_zero_net_flux(self) -> bool:
        """Whether counterdiffusion to a closed reacting wall has N = sum_i N_i = 0.

        It does where moles are conserved (isomerisation, exchange); dissociation and association drive a
        Stefan flow N = -E sum nu_i, whatever the molecular masses.
        """
        return abs(self.mole_change) < 1e-12

    def numbers(self, names: Sequence[str]) -> np.ndarray:
        """nu_i [species] in the order of names, 0 for those that do not react; KeyError for one left out."""
        missing = set(self.stoichiometry) - set(names)
        if missing:
            raise KeyError(f"{sorted(missing)} react but are not among the gases {tuple(names)}: name them")
        return np.array([float(self.stoichiometry.get(name, 0.0)) for name in names])

    def element_balance(self, amounts: Mapping[str, float]) -> dict[str, float]:
        """Amount of each element in amounts {species: moles or fluxes}.

        Of the fluxes to a closed wall, reacting or not, each element's is zero at every z.

        >>> Reaction({"N2O4": -1, "NO2": 2}).element_balance({"N2O4": 0.5, "NO2": -1.0})
        {'N': 0.0, 'O': 0.0}
        """
        formulas = self.formulas or {}
        total: dict[str, float] = {}
        for name, amount in amounts.items():
            for element, number in formula_elements(formulas.get(name, name)).items():
                total[element] = total.get(element, 0.0) + number * amount
        return total


# --- binary closed forms -----------------------------------------------------------------------------


def isomerisation_flux(
    x_A: float,
    diffusion: float,
    concentration: float,
    length: float,
    rate_forward: float,
    rate_backward: float = 0.0,
) -> float:
    """N_A [mol/(m^2 s)] through A + B to a wall where A = B at first order, N = 0::

        N_A = c (k_f x_A - k_b x_B)/(1 + (k_f + k_b) L/D)

    x_A : at z = 0, x_B = 1 - x_A;  diffusion : D [m^2/s];  concentration : c [mol/m^3];  length : L [m]
    rate_forward, rate_backward : k_f, k_b [m/s], rate = c (k_f x_A - k_b x_B) at the wall

    Raises ValueError for x_A outside [0, 1] or values that are not positive (k_b may be zero).

    >>> round(isomerisation_flux(1.0, 2e-5, 40.0, 0.01, 0.002), 6)  # diffusion and reaction in series
    0.04
    """
    positive([diffusion, concentration, length, rate_forward], "film and rate", "SI units")
    within(x_A, 0, 1, "mole fraction", "parts of one")
    not_negative(rate_backward, "backward rate", "m/s")
    drive = rate_forward * x_A - rate_backward * (1 - x_A)
    return concentration * drive / (1 + (rate_forward + rate_backward) * length / diffusion)


def splitting_flux(
    x_A: float, x_wall: float, diffusion: float, concentration: float, length: float, products: float
) -> float:
    """N_A [mol/(m^2 s)] through A + B to a wall where A -> nu B, N_B = -nu N_A::

        N_A = (c D/(L (nu - 1))) ln((1 + (nu - 1) x_A)/(1 + (nu - 1) x_w));   nu = 1: (c D/L) (x_A - x_w)

    x_A, x_wall : at z = 0 and z = L;  products : nu, 2 for dissociation, 1/2 for association (2A -> A2)
    diffusion : D [m^2/s];  concentration : c [mol/m^3];  length : L [m]

    Raises ValueError for fractions outside [0, 1] or values that are not positive.

    Source: Bird, Stewart and Lightfoot (2002), section 18.3 (nu = 1/2).

    >>> round(splitting_flux(1.0, 0.0, 2e-5, 40.0, 0.01, 2.0), 6)  # slowed by the products' outflow
    0.055452
    >>> round(splitting_flux(1.0, 0.0, 2e-5, 40.0, 0.01, 0.5), 6)  # drawn to the wall
    0.110904
    """
    positive([diffusion, concentration, length, products], "film and products", "SI units")
    within([x_A, x_wall], 0, 1, "mole fractions", "parts of one")
    excess = products - 1
    drive = x_A - x_wall
    if excess != 0:
        drive = np.log1p(excess * drive / (1 + excess * x_wall)) / excess
    return float(concentration * diffusion / length * drive)


def thiele_modulus(length: float, rate: float, diffusion: float) -> float:
    """phi = L sqrt(k/D) [-] of a first-order reaction in the gas; Hatta's number of a film.

    length : L [m];  rate : k [1/s];  diffusion : D [m^2/s].  Raises ValueError for a negative k, or L or D
    that is not positive.

    >>> round(thiele_modulus(0.01, 2.0, 2e-5), 6)
    3.162278
    """
    positive([length, diffusion], "length and diffusion", "m and m^2/s")
    not_negative(rate, "rate constant", "1/s")
    return float(length * np.sqrt(rate / diffusion))


def effectiveness(modulus: ArrayLike) -> np.ndarray:
    """tanh(phi)/phi [...]: the mean rate in a layer closed at one end over that at its mouth.

    modulus : phi [...] of `thiele_modulus`.  Raises ValueError for one that is negative.

    >>> effectiveness([0.0, 1.0, 10.0]).round(6)
    array([1.      , 0.761594, 0.1     ])
    """
    phi = not_negative(modulus, "modulus", "units of one")
    return np.where(phi == 0, 1.0, np.tanh(phi) / np.where(phi == 0, 1.0, phi))


def enhancement(hatta: ArrayLike) -> np.ndarray:
    """Ha/tanh(Ha) [...]: flux into a film whose far side holds no A, over that without the reaction.

    hatta : Ha [...] of `thiele_modulus`.  Raises ValueError for one that is negative.

    >>> enhancement([0.0, 1.0, 10.0]).round(6)
    array([ 1.      ,  1.313035, 10.      ])
    """
    return 1 / effectiveness(hatta)


def isomerising_profile(
    position: ArrayLike,
    length: float,
    ends: tuple[float, float | None],
    diffusion: float,
    rate_forward: float,
    rate_backward: float = 0.0,
) -> np.ndarray:
    """x_A [...] of A and B that turn into each other in the gas at first order, N = 0::

        D x'' = k_f x - k_b (1 - x) = K (x - x_eq),   K = k_f + k_b,   x_eq = k_b/K,   phi = L sqrt(K/D)
        x - x_eq = [(x_0 - x_eq) sinh(phi (1 - s)) + (x_L - x_eq) sinh(phi s)]/sinh(phi),   s = z/L

    position : z [...], m;  length : L [m];  ends : x_A at z = 0 and z = L; None for a closed end at L,
    where the profile is (x_0 - x_eq) cosh(phi (1 - s))/cosh(phi)
    diffusion : D [m^2/s];  rate_forward, rate_backward : k_f, k_b [1/s]

    Raises ValueError for positions outside the film, fractions outside [0, 1], or values that are not
    positive (k_b may be zero).

    >>> isomerising_profile([0.0, 0.01], 0.01, (0.8, None), 2e-5, 0.2).round(6)
    array([0.8     , 0.518443])
    """
    positive(rate_forward, "forward rate", "1/s")
    not_negative(rate_backward, "backward rate", "1/s")
    total = rate_forward + rate_backward
    phi = thiele_modulus(length, total, diffusion)
    even = rate_backward / total
    s = np.asarray(position, dtype=float) / length
    if not np.all((s >= 0) & (s <= 1)):
        raise ValueError(f"positions must lie in the film, 0 to {length} m, got {position}")
    first, last = pair(ends, "ends")
    within(first, 0, 1, "mole fraction", "parts of one")
    if last is None:
        return even + (first - even) * _decay(phi, s, +1)
    within(last, 0, 1, "mole fraction", "parts of one")
    return even + (first - even) * _decay(phi, s, -1) + (last - even) * _decay(phi, 1 - s, -1)


def _decay(phi: float, s: np.ndarray, sign: int) -> np.ndarray:
    """cosh(phi (1 - s))/cosh(phi) or sinh(...)/sinh(phi) without overflow."""
    return np.exp(-phi * s) * (1 + sign * np.exp(-2 * phi * (1 - s))) / (1 + sign * np.exp(-2 * phi))
