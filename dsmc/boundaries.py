"""What a molecule meets at a face: small frozen descriptions."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN


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
    """A gas at rest behind the face: it absorbs all, and emits the half-range Maxwellian flux

        n x_s (k T / (2 pi m_s))^(1/2)   [m^-2 s^-1]

    of each species, as a Poisson process in time.

    pressure [Pa];  temperature [K];  composition : mole fractions x_s
    """

    pressure: float
    temperature: float
    composition: tuple[float, ...]

    def __post_init__(self) -> None:
        _check_positive(pressure=self.pressure, temperature=self.temperature)
        _check_composition(self.composition)

    def flux(self, masses: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Emitted number flux of each species [m^-2 s^-1] (Bird 1994, section 4.2)."""
        density = self.pressure / (BOLTZMANN * self.temperature) * np.array(self.composition)
        return np.asarray(density * np.sqrt(BOLTZMANN * self.temperature / (2 * np.pi * masses)))


Boundary = Periodic | Specular | DiffuseWall | ExchangeReservoir | OpenReservoir
