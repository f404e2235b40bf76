"""Internal structure of molecules: rotation, vibrations, and the collisions that each takes to relax."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# cm K: the temperature of a wavenumber, h c / k.
SECOND_RADIATION = 1.438776877


@dataclass(frozen=True)
class Parker:
    """Rotational collision number that grows with temperature::

        Z(T) = Z_inf / (1 + (pi^(3/2)/2) (T*/T)^(1/2) + (pi^2/4 + pi) T*/T)

    Arguments
    ---------
    limit : Z_inf;  temperature : T* [K]

    Raises
    ------
    ValueError : numbers that are not positive

    Source: J. G. Parker, Phys. Fluids 2, 449 (1959), 10.1063/1.1724417
    """

    limit: float
    temperature: float

    def __post_init__(self) -> None:
        _positive(limit=self.limit, temperature=self.temperature)

    def at(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Z(T)."""
        x = self.temperature / np.asarray(temperature, np.float64)
        return np.asarray(
            self.limit / (1 + math.pi**1.5 / 2 * np.sqrt(x) + (math.pi**2 / 4 + math.pi) * x), np.float64
        )


@dataclass(frozen=True)
class LandauTeller:
    """Vibrational collision number that falls with temperature::

        Z(T) = c_1 T^(-omega) exp(c_2 T^(-1/3)),     T in K

    Raises
    ------
    ValueError : c_1 that is not positive, or c_2 or omega that is negative

    Source: G. A. Bird, Molecular Gas Dynamics (1994), eq. 6.53
    """

    c_1: float
    c_2: float
    omega: float

    def __post_init__(self) -> None:
        _positive(c_1=self.c_1)
        if not (0 <= self.c_2 < math.inf and 0 <= self.omega < math.inf):
            raise ValueError(f"c_2 and omega must not be negative, got {self.c_2} and {self.omega}")

    def at(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Z(T)."""
        t = np.asarray(temperature, np.float64)
        with np.errstate(over="ignore"):  # no collision is enough for a mode that is frozen
            return np.asarray(self.c_1 * t**-self.omega * np.exp(self.c_2 * np.cbrt(1 / t)), np.float64)


CollisionNumber = float | Parker | LandauTeller


def collision_number(number: CollisionNumber, temperature: ArrayLike) -> NDArray[np.float64]:
    """Z at a temperature [K], constant or not."""
    if isinstance(number, Parker | LandauTeller):
        return number.at(temperature)
    return np.full(np.shape(temperature), float(number))


def check_collision_number(name: str, number: Any) -> None:
    """Raise ValueError for what is neither a positive number nor a law of the temperature."""
    if isinstance(number, Parker | LandauTeller):
        return
    if not isinstance(number, int | float | np.integer | np.floating) or not (0 < number < math.inf):
        raise ValueError(f"{name} must be a positive number, Parker or LandauTeller, got {number!r}")


@dataclass(frozen=True)
class Vibration:
    """Harmonic oscillators of one frequency: levels i k theta, of C(i + g - 1, g - 1) states each.

    Arguments
    ---------
    temperature : theta = h nu / k [K];  degeneracy : g, oscillators of this frequency

    Raises
    ------
    ValueError : a temperature that is not positive, a degeneracy below one
    """

    temperature: float
    degeneracy: int = 1

    def __post_init__(self) -> None:
        _positive(temperature=self.temperature)
        if not (isinstance(self.degeneracy, int | np.integer) and self.degeneracy >= 1):
            raise ValueError(f"degeneracy must be a whole number from 1, got {self.degeneracy}")

    @classmethod
    def of_wavenumber(cls, wavenumber: float, degeneracy: int = 1) -> "Vibration":
        """Of a wavenumber [cm-1]."""
        return cls(SECOND_RADIATION * wavenumber, degeneracy)

    def energy(self, temperature: ArrayLike) -> NDArray[np.float64]:
        """Mean energy over k above the ground state, g theta / (exp(theta / T) - 1) [K]."""
        ratio = self.temperature / np.asarray(temperature, np.float64)
        with np.errstate(over="ignore"):
            return np.asarray(self.degeneracy * self.temperature / np.expm1(ratio), np.float64)


@dataclass(frozen=True)
class Internal:
    """What a molecule holds beside its motion.

    Collision numbers count tau_c = pi mu / (4 p) of the pair (docs/engine.md): a mode relaxes as
    dE/dt = (E_eq(T) - E) / (Z tau_c).

    Arguments
    ---------
    rotations : degrees of freedom, classical: 0, 2 (linear) or 3
    rotational_number : Z of rotation
    vibrations : groups of oscillators, each of one frequency
    vibrational_number : Z of every vibration

    Raises
    ------
    ValueError : another number of rotations, or a collision number that is not positive
    """

    rotations: int = 0
    rotational_number: CollisionNumber = 5.0
    vibrations: tuple[Vibration, ...] = ()
    vibrational_number: CollisionNumber = 1e4

    def __post_init__(self) -> None:
        if self.rotations not in (0, 2, 3):
            raise ValueError(f"rotations must be 0, 2 or 3 degrees of freedom, got {self.rotations}")
        check_collision_number("rotational_number", self.rotational_number)
        check_collision_number("vibrational_number", self.vibrational_number)


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (0 < number < math.inf):
            raise ValueError(f"{name} must be positive and finite, got {number}")
