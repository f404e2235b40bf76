"""How two molecules scatter: total cross-section and deflection, each written once.

The variable-soft-sphere family covers hard spheres (omega = 1/2, alpha = 1), VHS (alpha = 1)
and Maxwell molecules (omega = 1).  DSMC scatters by it; kinetic theory integrates it.  Pair
potentials, of infinite range, are in `knudsen.core.potentials`; a pair is either.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scipy.constants import k as BOLTZMANN

from knudsen.core.potentials import (
    InversePower,
    LennardJones,
    Mie,
    Potential,
    UserPotential,
    lorentz_berthelot,
)

__all__ = [
    "Interaction",
    "InversePower",
    "LennardJones",
    "Mie",
    "Potential",
    "UserCrossSection",
    "UserPotential",
    "VariableSoftSphere",
    "mean_pair",
    "unlike_pair",
]


@dataclass(frozen=True)
class VariableSoftSphere:
    """Variable-soft-sphere interaction of one pair of species.

    Cross-section and deflection at relative speed g and reduced mass m_r::

        sigma_T = pi d_ref^2 [2 k T_ref / (m_r g^2)]^(omega - 1/2) / Gamma(5/2 - omega)
        cos(chi) = 2 (b / d)^(2 / alpha) - 1

    Arguments
    ---------
    diameter_ref : reference diameter d_ref [m]
    omega : viscosity index, mu ~ T^omega; 1/2 (hard sphere) .. 1 (Maxwell) [-]
    alpha : scattering exponent; 1 is isotropic (VHS, hard sphere) [-]
    temperature_ref : reference temperature T_ref [K]

    Raises
    ------
    ValueError : a diameter, temperature or alpha that is not positive, or omega outside [1/2, 1].

    Source: G. A. Bird, Molecular Gas Dynamics (1994), eqs 4.63 (sigma_T) and 2.36 (deflection).
    """

    diameter_ref: float
    omega: float = 0.5
    alpha: float = 1.0
    temperature_ref: float = 273.0

    def __post_init__(self) -> None:
        for name in ("diameter_ref", "alpha", "temperature_ref"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        if not 0.5 <= self.omega <= 1:
            raise ValueError(f"omega must lie in [0.5, 1], got {self.omega}")

    def cross_section_prefactor(self, reduced_mass: float) -> float:
        """C in sigma_T g = C (g^2)^(1 - omega) [m^3/s over (m/s)^(2 - 2 omega)], g in m/s."""
        thermal = 2 * BOLTZMANN * self.temperature_ref / reduced_mass
        area = math.pi * self.diameter_ref**2 / math.gamma(2.5 - self.omega)
        return float(area * thermal ** (self.omega - 0.5))

    def cross_section(self, relative_speed: float, reduced_mass: float) -> float:
        """Total cross-section sigma_T [m^2] at relative speed g [m/s] (Bird 1994, eq. 4.63)."""
        prefactor = self.cross_section_prefactor(reduced_mass)
        return float(prefactor * relative_speed ** (1 - 2 * self.omega))


@dataclass(frozen=True)
class UserCrossSection:
    """A pair that scatters by the user's own functions, which Numba compiles (`@device` or plain).

    Arguments
    ---------
    cross_section : sigma_T(g) [m^2] of the relative speed g [m/s]
    deflection : cos(chi) of g and of u, uniform in (0, 1), as (b / b_max)^2 is

    Raises
    ------
    TypeError : what is not a function

    >>> sphere = UserCrossSection(lambda g: 4e-19, lambda g, u: 2 * u - 1)
    """

    cross_section: Callable[..., Any]
    deflection: Callable[..., Any]

    def __post_init__(self) -> None:
        for name in ("cross_section", "deflection"):
            if not callable(getattr(self, name)):
                raise TypeError(f"{name} must be a function, got {getattr(self, name)!r}")


def mean_pair(a: VariableSoftSphere, b: VariableSoftSphere) -> VariableSoftSphere:
    """Parameters of an unlike pair: the arithmetic mean of each, as Bird (1994) takes.

    Raises ValueError where the two reference temperatures differ: diameters taken at different
    temperatures have no mean.
    """
    if a.temperature_ref != b.temperature_ref:
        raise ValueError(
            f"reference temperatures {a.temperature_ref} K and {b.temperature_ref} K differ: "
            "give the pair explicitly"
        )
    return VariableSoftSphere(
        diameter_ref=(a.diameter_ref + b.diameter_ref) / 2,
        omega=(a.omega + b.omega) / 2,
        alpha=(a.alpha + b.alpha) / 2,
        temperature_ref=a.temperature_ref,
    )


Interaction = VariableSoftSphere | Potential | UserCrossSection


def unlike_pair(a: Interaction, b: Interaction) -> Interaction:
    """Interaction of two unlike molecules from those of their like pairs.

    Soft spheres take the mean of each parameter (`mean_pair`), Lennard-Jones the Lorentz-Berthelot rule.
    Raises ValueError for others: no rule is theirs.
    """
    if isinstance(a, VariableSoftSphere) and isinstance(b, VariableSoftSphere):
        return mean_pair(a, b)
    if isinstance(a, LennardJones) and isinstance(b, LennardJones):
        return lorentz_berthelot(a, b)
    raise ValueError(
        f"no rule mixes {type(a).__name__} and {type(b).__name__}: give the pair's interaction explicitly"
    )
