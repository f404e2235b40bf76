"""What a molecule meets at a face: small frozen descriptions."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import erfc


def _check_positive(**quantities: float) -> None:
    for name, value in quantities.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be positive and finite, got {value}")


def _check_composition(composition: tuple[float, ...]) -> None:
    if any(not 0 <= fraction <= 1 for fraction in composition):
        raise ValueError(f"mole fractions must lie in [0, 1], got {composition}")
    if abs(sum(composition) - 1) > 1e-9:
        raise ValueError(f"mole fractions must sum to one, {composition} sum to {sum(composition)}")


@dataclass(frozen=True)
class Periodic:
    """The two faces are one: a molecule leaving by one enters by the other."""


@dataclass(frozen=True)
class Specular:
    """Mirror reflection: the normal velocity changes sign."""


@dataclass(frozen=True)
class DiffuseWall:
    """Full accommodation: molecules leave with the flux-weighted Maxwellian of the wall.

    temperature : of the wall [K]
    velocity : tangential speed of the wall [m/s], along y and z; at a face normal to y along z and x, at one
        normal to z along x and y; at a tube's wall along the azimuth and x
    """

    temperature: float
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _check_positive(temperature=self.temperature)
        if len(self.velocity) != 2 or not all(math.isfinite(component) for component in self.velocity):
            raise ValueError(f"velocity must be two finite speeds, got {self.velocity}")


@dataclass(frozen=True)
class ExchangeReservoir:
    """Every arriving molecule is thermalised and sent back as species s with probability

        x_s m_s^(-1/2) / sum_k x_k m_k^(-1/2),

    the flux-weighted composition of the reservoir: the exchange is one molecule for one.

    temperature [K];  composition : mole fractions x_s of the reservoir
    """

    temperature: float
    composition: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_positive(temperature=self.temperature)
        _check_composition(self.composition)


@dataclass(frozen=True)
class OpenReservoir:
    """A gas behind the face: it absorbs all, and emits, as a Poisson process in time, its Maxwellian's flux

        n x_s (k T / (2 pi m_s))^(1/2) (exp(-S^2) + pi^(1/2) S (1 + erf S)),   S = u_n (m_s / (2 k T))^(1/2)

    of each species [m^-2 s^-1], u_n its velocity along the normal into the domain.

    pressure [Pa];  temperature [K];  composition : mole fractions x_s
    velocity : bulk velocity u of the gas along x, y, z [m/s]; in a tube along x alone

    Source: Bird 1994, eq. 4.22.
    """

    pressure: float
    temperature: float
    composition: tuple[float, ...]
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        _check_positive(pressure=self.pressure, temperature=self.temperature)
        _check_composition(self.composition)
        if len(self.velocity) != 3 or not all(math.isfinite(component) for component in self.velocity):
            raise ValueError(f"velocity must be three finite speeds along x, y, z, got {self.velocity}")

    def flux(self, masses: np.ndarray[Any, Any], axis: int = 0, inward: int = 1) -> np.ndarray[Any, Any]:
        """Emitted number flux of each species [m^-2 s^-1] through a face with that normal."""
        density = self.pressure / (BOLTZMANN * self.temperature) * np.array(self.composition)
        at_rest = density * np.sqrt(BOLTZMANN * self.temperature / (2 * np.pi * masses))
        ratio = inward * self.velocity[axis] / np.sqrt(2 * BOLTZMANN * self.temperature / masses)
        return np.asarray(at_rest * (np.exp(-(ratio**2)) + np.sqrt(np.pi) * ratio * erfc(-ratio)))


Boundary = Periodic | Specular | DiffuseWall | ExchangeReservoir | OpenReservoir
