"""What a molecule meets at a face: small frozen descriptions."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import erfc

# One number for all species, or one each.
PerSpecies = float | tuple[float, ...]
# Of a wall [K]: one number; at its start and its end, linear between; or knots (place along the wall [m], T),
# linear between them and constant beyond.
WallTemperature = float | tuple[float, float] | tuple[tuple[float, float], ...]


def _refuse(*faults: Iterable[str]) -> None:
    listed = "; ".join(fault for each in faults for fault in each)
    if listed:
        raise ValueError(listed)


def _positive(**quantities: float) -> Iterator[str]:
    for name, value in quantities.items():
        if not (math.isfinite(value) and value > 0):
            yield f"{name} must be positive and finite, got {value}"


def has_knots(temperature: object) -> bool:
    """Whether a temperature is given by knots (place, T)."""
    return isinstance(temperature, tuple) and any(isinstance(each, tuple) for each in temperature)


def _temperatures(temperature: WallTemperature) -> Iterator[str]:
    if has_knots(temperature):
        yield from _knots(temperature)
    elif not isinstance(temperature, tuple | float | int | np.number):
        yield f"temperature must be a number, a pair or a tuple of knots (place, T), got {temperature!r}"
    elif not isinstance(temperature, tuple):
        yield from _positive(temperature=float(temperature))
    elif len(temperature) != 2:
        yield (
            "temperature must be one number or a pair, at the start and the end, or knots (place, T), "
            f"got {temperature}"
        )
    else:
        for end in temperature:
            yield from _positive(temperature=end)


def _knots(knots: Any) -> Iterator[str]:
    if any(np.shape(knot) != (2,) for knot in knots):
        yield f"temperature: each knot is (place along the wall [m], T [K]), got {knots}"
        return
    places, temperatures = zip(*knots, strict=True)
    if not all(math.isfinite(place) for place in places) or any(np.diff(places) <= 0):
        yield f"temperature: the places of knots must be finite and rise, got {places}"
    for each in temperatures:
        yield from _positive(temperature=each)


def _speeds(velocity: tuple[float, float]) -> Iterator[str]:
    if len(velocity) != 2 or not all(math.isfinite(component) for component in velocity):
        yield f"velocity must be two finite speeds, got {velocity}"


def _drift(velocity: tuple[float, float, float]) -> Iterator[str]:
    if len(velocity) != 3 or not all(math.isfinite(component) for component in velocity):
        yield f"velocity must be three finite speeds along x, y, z, got {velocity}"


def _finite(fluxes: tuple[float, ...]) -> Iterator[str]:
    if not all(math.isfinite(flux) for flux in fluxes):
        yield f"flux must be finite, got {fluxes}"


def each_species(number: PerSpecies) -> tuple[float, ...]:
    """One number for all species as one of one, else as it is."""
    return number if isinstance(number, tuple) else (number,)


def within(most: float, **numbers: PerSpecies) -> Iterator[str]:
    """Faults of numbers, for all species or one each, that must lie between 0 and `most`."""
    for name, number in numbers.items():
        if not all(0 <= each <= most for each in each_species(number)):
            yield f"{name} must lie in [0, {most:g}], got {number}"


def _densities(numbers: tuple[float, ...]) -> Iterator[str]:
    if not all(0 <= number < math.inf for number in numbers):
        yield f"saturation_density must be finite and not negative, got {numbers}"


def _fractions(composition: tuple[float, ...]) -> Iterator[str]:
    if any(not 0 <= fraction <= 1 for fraction in composition):
        yield f"mole fractions must lie in [0, 1], got {composition}"
    elif abs(sum(composition) - 1) > 1e-9:
        yield f"mole fractions must sum to one, {composition} sum to {sum(composition)}"


@dataclass(frozen=True)
class Periodic:
    """The two faces are one: a molecule leaving by one enters by the other."""


@dataclass(frozen=True)
class Specular:
    """Mirror reflection: the normal velocity changes sign."""


@dataclass(frozen=True)
class DiffuseWall:
    """Full accommodation: molecules leave with the flux-weighted Maxwellian of the wall.

    temperature : of the wall [K], or a pair of them, at its start and its end: linear between along x, and on
        a wall normal to x along y (in a tube r); or knots ((place [m], T), ...) along it, linear between and
        constant beyond; molecules leave at the temperature of where they hit
    velocity : tangential speed of the wall [m/s], along y and z; at a face normal to y along z and x, at one
        normal to z along x and y; at a tube's wall along the azimuth and x
    """

    temperature: WallTemperature
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _refuse(_temperatures(self.temperature), _speeds(self.velocity))


@dataclass(frozen=True)
class MaxwellWall:
    """Maxwell's wall: the fraction alpha leaves as from a `DiffuseWall`, the rest is mirrored.

    temperature, velocity : as of a `DiffuseWall`
    accommodation : alpha in [0, 1], one for all species or one each

    Source: J. C. Maxwell, Phil. Trans. R. Soc. 170, 231 (1879), 10.1098/rstl.1879.0067
    """

    temperature: WallTemperature
    accommodation: PerSpecies
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _refuse(
            _temperatures(self.temperature),
            _speeds(self.velocity),
            within(1.0, accommodation=self.accommodation),
        )


@dataclass(frozen=True)
class LordWall:
    """Cercignani, Lampis and Lord's wall; of a molecule that arrives with v, in the frame of the wall,

        <v_t'> = (1 - sigma_t) v_t,     <v_t'^2> - <v_t'>^2 = sigma_t (2 - sigma_t) k T / m
        <v_n'^2> = (1 - alpha_n) v_n^2 + alpha_n 2 k T / m

    temperature, velocity : as of a `DiffuseWall`
    normal_accommodation : alpha_n in [0, 1], of the energy of v_n, one for all species or one each
    tangential_accommodation : sigma_t in [0, 2], of the momentum along the wall; 2 turns v_t around
    rotational_accommodation : in [0, 1], of the rotational energy, which follows the law of v_n^2
    vibrational_accommodation : in [0, 1], share of the molecules whose vibrations leave at equilibrium

    Source: R. G. Lord, Phys. Fluids A 3, 706 (1991), 10.1063/1.858076
    """

    temperature: WallTemperature
    normal_accommodation: PerSpecies
    tangential_accommodation: PerSpecies
    rotational_accommodation: PerSpecies = field(default=1.0, kw_only=True)
    vibrational_accommodation: PerSpecies = field(default=1.0, kw_only=True)
    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _refuse(
            _temperatures(self.temperature),
            _speeds(self.velocity),
            within(
                1.0,
                normal_accommodation=self.normal_accommodation,
                rotational_accommodation=self.rotational_accommodation,
                vibrational_accommodation=self.vibrational_accommodation,
            ),
            within(2.0, tangential_accommodation=self.tangential_accommodation),
        )


@dataclass(frozen=True)
class AdiabaticWall:
    """A molecule leaves as fast as it came, in the frame of the wall, its direction by the cosine law.

    velocity : as of a `DiffuseWall`
    """

    velocity: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        _refuse(_speeds(self.velocity))


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
        _refuse(
            _positive(temperature=self.temperature),
            _densities(self.saturation_density),
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
        _refuse(_positive(temperature=self.temperature), _fractions(self.composition))


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
        _refuse(
            _positive(pressure=self.pressure, temperature=self.temperature),
            _fractions(self.composition),
            _drift(self.velocity),
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
        _refuse(_positive(temperature=self.temperature), _drift(self.velocity), _finite(self.flux))


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
        _refuse(
            _positive(temperature=self.temperature),
            _fractions(self.composition),
            _drift(self.velocity),
            _finite((self.flux,)),
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
        _refuse(_positive(pressure=self.pressure, temperature=self.temperature), _fractions(self.composition))


def half_range_flux(
    density: np.ndarray[Any, Any], temperature: float, masses: np.ndarray[Any, Any]
) -> np.ndarray[Any, Any]:
    """n (k T / (2 pi m))^(1/2): what of a gas at rest passes a plane one way (Bird 1994, section 4.2)."""
    return np.asarray(density * np.sqrt(BOLTZMANN * temperature / (2 * np.pi * masses)))


# What a wall may be: all that neither absorbs nor emits of itself.
Wall = Specular | DiffuseWall | MaxwellWall | LordWall | AdiabaticWall
# What absorbs all and sends in molecules of its own.
Reservoir = OpenReservoir | FluxReservoir | CompositionReservoir | PressureReservoir
Boundary = Periodic | Wall | EvaporatingSurface | ExchangeReservoir | Reservoir
