"""CODATA constants, and conversion between reduced Lennard-Jones and SI units."""

import math
from dataclasses import dataclass

from scipy.constants import N_A as AVOGADRO
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import atm as ATMOSPHERE
from scipy.constants import k as BOLTZMANN

__all__ = ["ATMOSPHERE", "AVOGADRO", "BOLTZMANN", "GAS_CONSTANT", "ReducedUnits"]


@dataclass(frozen=True)
class ReducedUnits:
    """The SI size of each reduced Lennard-Jones unit: SI value = reduced value x unit.

    Arguments
    ---------
    sigma : unit of length [m]
    epsilon_over_k : unit of temperature, epsilon / k_B [K]
    mass : unit of mass [kg]

    Raises
    ------
    ValueError : an argument that is not positive

    Example
    -------
    >>> argon = ReducedUnits(sigma=3.405e-10, epsilon_over_k=119.8, mass=6.634e-26)
    >>> round(argon.time * 1e12, 3)  # ps
    2.156
    """

    sigma: float
    epsilon_over_k: float
    mass: float

    def __post_init__(self) -> None:
        for name in ("sigma", "epsilon_over_k", "mass"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")

    @property
    def length(self) -> float:
        """sigma [m]."""
        return self.sigma

    @property
    def temperature(self) -> float:
        """epsilon / k_B [K]."""
        return self.epsilon_over_k

    @property
    def energy(self) -> float:
        """epsilon [J]."""
        return float(self.epsilon_over_k * BOLTZMANN)

    @property
    def velocity(self) -> float:
        """sqrt(epsilon / m) [m/s]."""
        return math.sqrt(self.energy / self.mass)

    @property
    def time(self) -> float:
        """sigma sqrt(m / epsilon) [s]."""
        return self.length / self.velocity

    @property
    def number_density(self) -> float:
        """1 / sigma^3 [m-3]."""
        return 1 / self.length**3

    @property
    def pressure(self) -> float:
        """epsilon / sigma^3 [Pa]."""
        return self.energy * self.number_density

    @property
    def diffusivity(self) -> float:
        """sigma sqrt(epsilon / m) [m2/s]."""
        return self.length * self.velocity

    @property
    def viscosity(self) -> float:
        """sqrt(m epsilon) / sigma^2 [Pa s]."""
        return self.pressure * self.time

    @property
    def thermal_conductivity(self) -> float:
        """(k_B / sigma^2) sqrt(epsilon / m) [W/(m K)]."""
        return float(BOLTZMANN * self.velocity / self.length**2)
