"""What a molecule meets at a face of the slab.

A boundary is a small frozen description; `FaceTable` turns the two faces into the arrays that the
flight kernels read.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture

PERIODIC, SPECULAR, DIFFUSE, EXCHANGE, OPEN = range(5)


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

    temperature : of the wall [K];  velocity : tangential speed of the wall along y and z [m/s]
    """

    temperature: float
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _check_positive(temperature=self.temperature)
        if len(self.velocity) != 2 or not all(math.isfinite(component) for component in self.velocity):
            raise ValueError(f"velocity must be two finite speeds, along y and z, got {self.velocity}")


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
KINDS = {Periodic: PERIODIC, Specular: SPECULAR, DiffuseWall: DIFFUSE, ExchangeReservoir: EXCHANGE,
         OpenReservoir: OPEN}  # fmt: skip


class FaceTable:
    """The two faces as arrays on the device.

    kind : int32 [face];  thermal_speed : (2 k T / m_s)^(1/2) [face, species] [m/s];
    cumulative : of the re-emission probabilities [face, species];
    velocity : of the wall along y and z [face, 2] [m/s];
    arrivals : simulated molecules emitted a second [face, species] (open faces)
    """

    def __init__(self, faces: tuple[Boundary, Boundary], gas: Mixture, weight: float, device: Device) -> None:
        masses = np.array(gas.masses)
        shape = (2, len(gas))
        kind, velocity = np.zeros(2, np.int32), np.zeros((2, 2))
        thermal_speed, cumulative, arrivals = np.zeros(shape), np.ones(shape), np.zeros(shape)
        for number, face in enumerate(faces):
            kind[number] = KINDS[type(face)]
            if isinstance(face, DiffuseWall | ExchangeReservoir | OpenReservoir):
                thermal_speed[number] = np.sqrt(2 * BOLTZMANN * face.temperature / masses)
            if isinstance(face, DiffuseWall):
                velocity[number] = face.velocity
            if isinstance(face, ExchangeReservoir):
                share = np.cumsum(np.array(face.composition) / np.sqrt(masses))
                cumulative[number] = share / share[-1]
            if isinstance(face, OpenReservoir):
                arrivals[number] = face.flux(masses) / weight
        self.has_open = bool(np.any(kind == OPEN))
        self.kind, self.velocity = device.put(kind), device.put(velocity)
        self.thermal_speed, self.cumulative = device.put(thermal_speed), device.put(cumulative)
        self.arrivals = device.put(arrivals)

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the flight kernels read, in their order."""
        return self.kind, self.thermal_speed, self.cumulative, self.velocity
