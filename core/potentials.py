"""Pair potentials of infinite range, by their parameters.

Their energy and force are in `knudsen.core.shapes`, imported when first asked for: a config is checked
without the compiler.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knudsen.core.shapes import Shape

DeviceFunction = Callable[..., Any]
STEEPEST = 1000  # exponent; beyond it powers overflow where paths are searched for


def _check_scales(sigma: float, epsilon_over_k: float) -> None:
    for name, value, unit in (("sigma", sigma, "m"), ("epsilon_over_k", epsilon_over_k, "K")):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {value}: give it in {unit}")


@dataclass(frozen=True)
class LennardJones:
    """Lennard-Jones 12-6 potential::

        V(r) = 4 epsilon [(sigma/r)^12 - (sigma/r)^6]

    Arguments
    ---------
    sigma : distance of zero potential [m];  epsilon_over_k : well depth over k_B [K]

    Raises
    ------
    ValueError : a scale that is not positive and finite.
    """

    sigma: float
    epsilon_over_k: float

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)

    @property
    def shape(self) -> "Shape":
        """Energy and force in reduced units."""
        from knudsen.core.shapes import LENNARD_JONES

        return LENNARD_JONES


@dataclass(frozen=True)
class Mie:
    """Mie n-m potential; 12-6 is Lennard-Jones's::

        V(r) = C epsilon [(sigma/r)^n - (sigma/r)^m],   C = n/(n - m) (n/m)^(m/(n - m))

    Arguments
    ---------
    sigma : distance of zero potential [m];  epsilon_over_k : well depth over k_B [K]
    n, m : exponents of repulsion and attraction, 1000 >= n > m > 2 [-]

    Raises
    ------
    ValueError : a scale that is not positive and finite, or exponents out of order.

    Source: G. Mie, Ann. Phys. 316 (1903) 657.
    """

    sigma: float
    epsilon_over_k: float
    n: float = 12.0
    m: float = 6.0

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)
        if not 2 < self.m < self.n <= STEEPEST:
            raise ValueError(
                f"exponents must have {STEEPEST} >= n > m > 2, got n = {self.n}, m = {self.m}: "
                "the repulsion's exponent comes first"
            )

    @property
    def shape(self) -> "Shape":
        """Energy and force in reduced units."""
        from knudsen.core.shapes import mie_shape

        return mie_shape(float(self.n), float(self.m))


@dataclass(frozen=True)
class InversePower:
    """Repulsion by an inverse power; n = 4 is Maxwell's molecule, n = 1 Coulomb's::

        V(r) = epsilon (sigma/r)^n

    Arguments
    ---------
    sigma : distance at which V = epsilon [m];  epsilon_over_k : that energy over k_B [K];  n : exponent [-]

    Raises
    ------
    ValueError : a scale that is not positive and finite, or an exponent outside (0, 1000].
    """

    sigma: float
    epsilon_over_k: float
    n: float

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)
        if not 0 < self.n <= STEEPEST:
            raise ValueError(
                f"the exponent n must lie in (0, {STEEPEST}], got {self.n}: use a hard sphere above"
            )

    @property
    def shape(self) -> "Shape":
        """Energy and force in reduced units."""
        from knudsen.core.shapes import inverse_power_shape

        return inverse_power_shape(float(self.n))


@dataclass(frozen=True)
class UserPotential:
    """A pair potential of the user's own::

        V(r) = epsilon potential(r / sigma)

    Arguments
    ---------
    sigma, epsilon_over_k : its scales [m], [K]
    potential : reduced V of the reduced distance, a scalar function that Numba compiles (`@device` or plain)
    force : reduced -dV/dr, the same; left out, the six-point difference of the potential in double precision

    Raises
    ------
    ValueError : a scale that is not positive and finite;  TypeError : a potential that is not a function.
    """

    sigma: float
    epsilon_over_k: float
    potential: DeviceFunction
    force: DeviceFunction | None = None

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)
        for function in (self.potential, self.force):
            if function is not None and not callable(function):
                raise TypeError(f"a potential is a function of r / sigma, got {function!r}")

    @property
    def shape(self) -> "Shape":
        """Energy and force in reduced units."""
        from knudsen.core.shapes import user_shape

        return user_shape(self.potential, self.force)


Potential = LennardJones | Mie | InversePower | UserPotential


def lorentz_berthelot(a: LennardJones, b: LennardJones) -> LennardJones:
    """Lennard-Jones parameters of an unlike pair: mean sigma, geometric mean of epsilon.

    Source: H. A. Lorentz, Ann. Phys. 248 (1881) 127; D. Berthelot, C. R. Acad. Sci. 126 (1898) 1703.
    """
    return LennardJones((a.sigma + b.sigma) / 2, math.sqrt(a.epsilon_over_k * b.epsilon_over_k))
