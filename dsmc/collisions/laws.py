"""How pairs scatter: a law is sigma_T g and cos(chi), compiled into the kernel of the gases that have it.

Both take three numbers of the pair and its table of deflections; what a law does not use costs it nothing.
cos(chi) also takes `level`, uniform in (0, sigma_T g): what the acceptance of the candidate left over.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi, sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.interactions import Interaction, InversePower, UserCrossSection, VariableSoftSphere
from knudsen.core.kernels import device
from knudsen.core.potentials import Potential
from knudsen.dsmc.collisions.tables import (
    REDUCED_TEMPERATURES,
    DeflectionTable,
    area_shares,
    deflection_table,
    quantile,
)

DeviceFunction = Callable[..., Any]
INVERSE_POWER_EPSILON = 30.0  # over k [K]
SPEEDS = np.linspace(0.01, 1.0, 100)  # among which the largest sigma_T g is sought
FASTEST_LOOKED_AT = 10.0  # of the speeds at which a user's functions are tried, over (2 kT / m_r)^(1/2)


class Law(NamedTuple):
    """Device functions of one kind of pair.

    rate(p, q, r, areas, g^2) : sigma_T g [m^3/s]
    cosine(p, q, r, areas, angles, g^2, level, u) : cos(chi) for uniform u
    """

    rate: DeviceFunction
    cosine: DeviceFunction


class Scatterer(NamedTuple):
    """A pair's law, its three numbers and table, and its largest sigma_T g [m^3/s] up to a speed [m/s]."""

    law: Law
    numbers: tuple[float, float, float]
    table: DeflectionTable | None
    largest_rate: Callable[[float], float]


@device
def cross_section_times_speed(prefactor: float, exponent: float, speed_squared: float) -> float:
    """sigma_T g = C (g^2)^(1 - omega) [m^3/s]; exponent is 1 - omega.

    The power is taken in float32, as the majorants are: its 1e-7 moves no rate that can be measured,
    and it costs half of a float64 one.
    """
    if exponent == 0.5:
        return prefactor * sqrt(speed_squared)
    return prefactor * np.float32(speed_squared) ** np.float32(exponent)


@device
def deflection_cosine(inverse_alpha: float, u: float) -> float:
    """cos(chi) = 2 u^(1/alpha) - 1 for uniform u = (b/d)^2 (Bird 1994, eq. 2.36)."""
    if inverse_alpha == 1.0:
        return 2.0 * u - 1.0
    return 2.0 * u**inverse_alpha - 1.0


@device
def soft_sphere_rate(prefactor: float, exponent: float, _: float, areas: Any, speed_squared: float) -> float:
    """sigma_T g of a variable soft sphere."""
    return cross_section_times_speed(prefactor, exponent, speed_squared)


@device
def soft_sphere_cosine(
    prefactor: float, exponent: float, inverse_alpha: float, areas: Any, angles: Any,
    speed_squared: float, level: float, u: float,
) -> float:  # fmt: skip
    """cos(chi) of a variable soft sphere."""
    return deflection_cosine(inverse_alpha, u)


@device
def potential_rate(area: float, inverse_epsilon: float, _: float, areas: Any, speed_squared: float) -> float:
    """sigma_T g = pi b_max(E)^2 g; area is pi sigma^2, inverse_epsilon is m_r / (2 epsilon)."""
    _, near, far = area_shares(inverse_epsilon * speed_squared, areas)
    return area * (near + far) * sqrt(speed_squared)


@device
def potential_cosine(
    area: float, inverse_epsilon: float, _: float, areas: Any, angles: Any,
    speed_squared: float, level: float, u: float,
) -> float:  # fmt: skip
    """cos(chi) of a potential: of the row at E or of the next, as each adds to sigma_T."""
    row, near, far = area_shares(inverse_epsilon * speed_squared, areas)
    if level >= area * near * sqrt(speed_squared) and far > 0.0:
        row += np.uint64(1)
    return quantile(row, u, angles)


SOFT_SPHERE = Law(soft_sphere_rate, soft_sphere_cosine)
POTENTIAL = Law(potential_rate, potential_cosine)


@lru_cache(maxsize=32)
def user_law(area: DeviceFunction, deflected: DeviceFunction) -> Law:
    """The law of a user's sigma_T(g) and cos(chi)(g, u)."""
    cross_section, deflection = _compiled(area), _compiled(deflected)

    @device
    def user_rate(p: float, q: float, r: float, areas: Any, speed_squared: float) -> float:
        speed = sqrt(speed_squared)
        return cross_section(speed) * speed

    @device
    def user_cosine(
        p: float, q: float, r: float, areas: Any, angles: Any, speed_squared: float, level: float, u: float
    ) -> float:
        return deflection(sqrt(speed_squared), u)

    return Law(user_rate, user_cosine)


@lru_cache(maxsize=32)
def switch(laws: tuple[Law, ...]) -> Law:
    """One law that takes the pair's kind first; of a single kind nothing is asked."""
    rate_first, cosine_first = laws[0]
    if len(laws) == 1:

        @device
        def only_rate(kind: int, p: float, q: float, r: float, areas: Any, g2: float) -> float:
            return rate_first(p, q, r, areas, g2)

        @device
        def only_cosine(
            kind: int, p: float, q: float, r: float, areas: Any, angles: Any, g2: float, level: Any, u: float
        ) -> float:
            return cosine_first(p, q, r, areas, angles, g2, level, u)

        return Law(only_rate, only_cosine)
    rate_rest, cosine_rest = switch(laws[1:])

    @device
    def rate(kind: int, p: float, q: float, r: float, areas: Any, g2: float) -> float:
        if kind == 0:
            return rate_first(p, q, r, areas, g2)
        return rate_rest(kind - 1, p, q, r, areas, g2)

    @device
    def cosine(
        kind: int, p: float, q: float, r: float, areas: Any, angles: Any, g2: float, level: float, u: float
    ) -> float:
        if kind == 0:
            return cosine_first(p, q, r, areas, angles, g2, level, u)
        return cosine_rest(kind - 1, p, q, r, areas, angles, g2, level, u)

    return Law(rate, cosine)


def scatterer(
    interaction: Interaction, reduced_mass: float, temperature: float, cut_angle: float
) -> Scatterer:
    """How a pair scatters in a gas near a temperature [K].

    Raises ValueError for a potential that the tables do not hold, or a user's functions that are unsound.
    """
    if isinstance(interaction, VariableSoftSphere):
        return _soft_sphere(interaction, reduced_mass)
    if isinstance(interaction, UserCrossSection):
        return _users(interaction, np.sqrt(2 * BOLTZMANN * temperature / reduced_mass))
    return _potential(interaction, reduced_mass, temperature, cut_angle)


def _soft_sphere(pair: VariableSoftSphere, reduced_mass: float) -> Scatterer:
    numbers = (pair.cross_section_prefactor(reduced_mass), 1 - pair.omega, 1 / pair.alpha)
    return Scatterer(SOFT_SPHERE, numbers, None, lambda g: pair.cross_section(g, reduced_mass) * g)


def _potential(pair: Potential, reduced_mass: float, temperature: float, cut_angle: float) -> Scatterer:
    if isinstance(pair, InversePower):
        # Its scale of energy is free: this one puts 300 K in the middle of the table.
        epsilon = INVERSE_POWER_EPSILON
        sigma = pair.sigma * (pair.epsilon_over_k / epsilon) ** (1 / pair.n)
        pair = replace(pair, sigma=sigma, epsilon_over_k=epsilon)
    low, high = REDUCED_TEMPERATURES
    if not low <= temperature / pair.epsilon_over_k <= high:
        raise ValueError(
            f"kT/epsilon = {temperature / pair.epsilon_over_k:.4g} of {pair} lies outside {low:g} to "
            f"{high:g}, where its table of deflections holds: choose another temperature or a soft sphere"
        )
    table = deflection_table(pair, cut_angle)
    area, inverse_epsilon = pi * pair.sigma**2, reduced_mass / (2 * BOLTZMANN * pair.epsilon_over_k)

    def largest_rate(fastest: float) -> float:
        g = fastest * SPEEDS
        return float(area * np.max(np.interp(inverse_epsilon * g * g, table.energies, table.areas) * g))

    return Scatterer(POTENTIAL, (area, inverse_epsilon, 0.0), table, largest_rate)


def _users(pair: UserCrossSection, thermal: float) -> Scatterer:
    law = user_law(pair.cross_section, pair.deflection)
    uniforms = [0.5**32, *(np.arange(16) + 0.5) / 16, 1 - 0.5**32]

    def rate(g: float) -> float:
        return float(law.rate(0.0, 0.0, 0.0, None, g * g))

    def largest_rate(fastest: float) -> float:
        return max(rate(g) for g in fastest * SPEEDS)

    fastest = FASTEST_LOOKED_AT * thermal
    for g in fastest * np.geomspace(0.001, 1, 31):
        cosines = [law.cosine(0.0, 0.0, 0.0, None, None, g * g, 0.0, u) for u in uniforms]
        if not (0 <= rate(g) < np.inf and np.max(np.abs(cosines)) <= 1 + 1e-14):
            raise ValueError(
                f"a user's cross-section at g = {g:.4g} m/s: sigma_T = {rate(g) / g:.4g} m^2 must be finite "
                f"and not negative, cos(chi) from {min(cosines):.4g} to {max(cosines):.4g} within -1 and 1"
            )
    if largest_rate(fastest) == 0.0:
        raise ValueError(
            f"a user's cross-section is zero from g = {fastest * SPEEDS[0]:.4g} to {fastest:.4g} m/s: it "
            "takes m/s and gives m^2; for a pair that never collides let it be 1e-30 m^2"
        )
    return Scatterer(law, (0.0, 0.0, 0.0), None, largest_rate)


def _compiled(function: DeviceFunction) -> DeviceFunction:
    return function if hasattr(function, "py_func") else device(function)


@dataclass(frozen=True)
class PairTables:
    """Laws of a gas, and its pairs' numbers [species, species, ...] on the host.

    laws : each kind once;  kind, table : int64 [a, b];  numbers : float64 [a, b, 3]
    areas : float32 [tables, rows];  angles : float32 [tables, rows, parts, 2]
    """

    laws: tuple[Law, ...]
    kind: np.ndarray[Any, Any]
    table: np.ndarray[Any, Any]
    numbers: np.ndarray[Any, Any]
    areas: np.ndarray[Any, Any]
    angles: np.ndarray[Any, Any]


def pair_tables(species: int, pairs: Sequence[tuple[tuple[int, int], Scatterer]]) -> PairTables:
    """Gather the pairs of a gas; those of one shape share a table."""
    laws = tuple(dict.fromkeys(each.law for _, each in pairs))
    tables = {id(each.table): each.table for _, each in pairs if each.table is not None}
    kept = list(tables)
    kind, table = (np.zeros((species, species), np.int64) for _ in range(2))
    numbers = np.zeros((species, species, 3))
    for pair, each in pairs:
        kind[pair], numbers[pair] = laws.index(each.law), each.numbers
        table[pair] = kept.index(id(each.table)) if each.table is not None else 0
    areas = [each.areas for each in tables.values()] or [np.zeros(2, np.float32)]
    angles = [each.angles for each in tables.values()] or [np.zeros((2, 1, 2), np.float32)]
    return PairTables(laws, kind, table, numbers, np.stack(areas), np.stack(angles))
