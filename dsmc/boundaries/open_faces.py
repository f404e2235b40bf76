"""Faces with a gas or a liquid behind them: they emit, exchange or hold."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import erfc

from knudsen.dsmc.boundaries.checks import (
    PerSpecies,
    as_tuples,
    densities,
    drift,
    finite,
    fractions,
    positive,
    refuse,
    within,
)


def half_range_flux(
    density: np.ndarray[Any, Any], temperature: float, masses: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """n (k T / (2 pi m))^(1/2): what of a gas at rest passes a plane one way (Bird 1994, section 4.2)."""
    return np.asarray(density * np.sqrt(BOLTZMANN * temperature / (2 * np.pi * masses)))


@dataclass(frozen=True)
class EvaporatingSurface:
    """A liquid: of the molecules that arrive, the fraction `sticking` is absorbed, the rest leaves as from a
    `DiffuseWall`; and it emits, as a Poisson process in time, of each species

        sticking n_sat (k T / (2 pi m_s))^(1/2)   [m^-2 s^-1].

    temperature : T [K];  saturation_density : n_sat of each species [m^-3]
    sticking : in [0, 1], one for all species or one each: 0 for a gas that does not condense

    Source: the Hertz-Knudsen law, the coefficients of evaporation and condensation being equal
    """

    temperature: float
    saturation_density: tuple[float, ...]
    sticking: PerSpecies = 1.0

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(
            positive(temperature=self.temperature),
            densities(self.saturation_density),
            within(1.0, sticking=self.sticking),
        )

    def flux(self, masses: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Emitted number flux of each species [m^-2 s^-1]."""
        density = np.array(self.sticking) * np.array(self.saturation_density)
        return half_range_flux(density, self.temperature, masses)


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
        as_tuples(self)
        refuse(positive(temperature=self.temperature), fractions(self.composition))


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
        as_tuples(self)
        refuse(
            positive(pressure=self.pressure, temperature=self.temperature),
            fractions(self.composition),
            drift(self.velocity),
        )

    def flux(self, masses: np.ndarray[Any, Any], axis: int = 0, inward: int = 1) -> np.ndarray[Any, Any]:
        """Emitted number flux of each species [m^-2 s^-1] through a face with that normal."""
        density = self.pressure / (BOLTZMANN * self.temperature) * np.array(self.composition)
        at_rest = half_range_flux(density, self.temperature, masses)
        ratio = inward * self.velocity[axis] / np.sqrt(2 * BOLTZMANN * self.temperature / masses)
        return np.asarray(at_rest * (np.exp(-(ratio**2)) + np.sqrt(np.pi) * ratio * erfc(-ratio)))


@dataclass(frozen=True)
class FluxReservoir:
    """A face through which each species' net number flux is held: what leaves is sent back, and with it

        J_s A dt / W

    simulated molecules a step, to within one of them; they come as a Maxwellian at `velocity`.

    flux : J_s [m^-2 s^-1], positive into the domain;  temperature [K]
    velocity : of what is sent in, along x, y, z [m/s]; in a tube along x alone
    """

    flux: tuple[float, ...]
    temperature: float
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(positive(temperature=self.temperature), drift(self.velocity), finite(self.flux))


@dataclass(frozen=True)
class CompositionReservoir:
    """A face along which the mole fractions of the gas are held, its pressure being free.

    As many molecules are sent in as arrive, and the net flux with them; their composition is adapted until
    the sampling cells along the face have the given one.

    temperature [K];  composition : mole fractions X_s
    flux : net number flux of all species [m^-2 s^-1], positive into the domain
    velocity : of what is sent in, along x, y, z [m/s]; in a tube along x alone
    """

    temperature: float
    composition: tuple[float, ...]
    flux: float = 0.0
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(
            positive(temperature=self.temperature),
            fractions(self.composition),
            drift(self.velocity),
            finite(self.flux, of_all=True),
        )


@dataclass(frozen=True)
class PressureReservoir:
    """A subsonic inlet or outlet: the sampling cells along the face are held at a pressure.

    It absorbs all and emits a Maxwellian with the normal speed of the gas in those cells; its density is
    adapted until they have the pressure.

    pressure [Pa];  temperature [K];  composition : mole fractions of what is sent in
    """

    pressure: float
    temperature: float
    composition: tuple[float, ...]

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(positive(pressure=self.pressure, temperature=self.temperature), fractions(self.composition))


# What absorbs all and sends in molecules of its own.
Reservoir = OpenReservoir | FluxReservoir | CompositionReservoir | PressureReservoir
