"""How often a collision lets a mode relax, for the collision numbers that are asked.

A mode of a met by b is to relax as  dE/dt = n_b K (E_eq(T) - E) / Z,  where

    K = 32 Omega^(2,2) / (5 pi),   which makes n_a K = 4 p / (pi mu) of one gas (mu to first order)

counts the collisions by which Z is stated.  With a chance P(E_c) of the energy that the exchange shares out
the engine's rate near equilibrium is n_b R, by the fluctuations of the mode at given E_c::

    R(T) = int P(E_c) e^(-E_c/kT) M_0 var(E | E_c) dE_c / (N_t N var(E)),
    M_0 = int rho(E) (E_t)^(1/2) (sigma_T g)(E_t) dE,   E_t = E_c - E

N_t, N, var(E): the norms of (E_t)^(1/2) and of the mode's density of states rho, and its variance, at T.  For
soft spheres and rotation this is (5/2 - omega) / (5/2 - omega + zeta/2) <sigma_T g> P at any distance from
equilibrium.  P is sought as a function for which R(T) = K/Z(T) at all temperatures about the gas's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import gamma, pi
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import roots_jacobi

from knudsen.core.interactions import Interaction, VariableSoftSphere
from knudsen.core.internal import CollisionNumber, collision_number
from knudsen.dsmc.collisions.laws import Scatterer
from knudsen.dsmc.collisions.relaxation import ENERGY_UNIT
from knudsen.dsmc.collisions.tables import row_energies

Array = np.ndarray[Any, Any]
FINER = 8  # points of the integrals to a row
LOWEST, HIGHEST = 0.1, 20.0  # temperatures over that of the filling at which numbers are met
TEMPERATURES = 40
FROZEN = 300.0  # k theta over k T
FARTHEST = 40.0  # energies over k T beyond which there is nothing
ROUNDS = 200
NODES = 40
USER_ANGLES = 64


@dataclass(frozen=True)
class PairRates:
    """sigma_T g and Q^(2) g of a pair [m^3/s], of the energy E_t [J] of its relative motion."""

    rate: Callable[[Array], Array]
    viscous: Callable[[Array], Array]
    reduced_mass: float

    def viscous_rate(self, temperature: Array) -> Array:
        """K = (32 / 5 pi) Omega^(2,2) [m^3/s] (Chapman & Cowling 1970, eq. 9.33,3)."""
        thermal = BOLTZMANN * np.asarray(temperature)[..., None]
        x = np.geomspace(1e-4, FARTHEST, 2000)
        speed = np.sqrt(2 * x * thermal / self.reduced_mass)
        flow = np.sqrt(thermal[..., 0] / (2 * pi * self.reduced_mass))
        integrand = self.viscous(x * thermal) / speed * x**4 * np.exp(-x)
        return 32 / (5 * pi) * 0.5 * flow * np.trapezoid(integrand, np.log(x), axis=-1)


def pair_rates(interaction: Interaction, scatter: Scatterer, reduced_mass: float) -> PairRates:
    """The two of a pair, whatever its law."""

    def speed(energy: Array) -> Array:
        return np.sqrt(2 * energy / reduced_mass)

    if isinstance(interaction, VariableSoftSphere):
        prefactor, exponent, _ = scatter.numbers
        alpha = interaction.alpha
        loss = 4 * alpha / ((alpha + 1) * (alpha + 2))

        def soft(energy: Array) -> Array:
            return prefactor * (2 * energy / reduced_mass) ** exponent

        return PairRates(soft, lambda energy: loss * soft(energy), reduced_mass)
    if scatter.table is not None:
        area, inverse_epsilon, _ = scatter.numbers
        energies, areas, losses = scatter.table.energies, scatter.table.areas, scatter.table.losses(2)

        def of_table(rows: Array) -> Callable[[Array], Array]:
            def rate(energy: Array) -> Array:
                reduced = inverse_epsilon * speed(energy) ** 2
                return area * np.interp(reduced, energies, rows) * speed(energy)

            return rate

        return PairRates(of_table(areas.astype(float)), of_table(losses), reduced_mass)
    known = fine_energies(16)
    u = (np.arange(USER_ANGLES) + 0.5) / USER_ANGLES
    law, squares = scatter.law, 2 * known / reduced_mass
    rates = np.array([law.rate(0.0, 0.0, 0.0, None, g2) for g2 in squares])
    cosines = [[law.cosine(0.0, 0.0, 0.0, None, None, g2, 0.0, each) for each in u] for g2 in squares]
    loss = 1 - np.mean(np.square(cosines), axis=1)
    return PairRates(
        lambda energy: np.interp(energy, known, rates),
        lambda energy: np.interp(energy, known, rates * loss),
        reduced_mass,
    )


def fine_energies(finer: int) -> Array:
    """Energies [J] of the rows of chances, and points between them."""
    rows = ENERGY_UNIT * row_energies()
    steps = np.arange(finer * (len(rows) - 1) + 1) / finer
    return np.exp(np.interp(steps, np.arange(len(rows)), np.log(rows)))


@dataclass(frozen=True)
class Mode:
    """A rotation (half its degrees of freedom, 1) or a group of vibrations (degeneracy, quantum [J])."""

    rotation: bool
    freedom: float
    quantum: float

    def frozen(self, temperature: float) -> bool:
        """Whether it holds nothing that could be told near a temperature [K]: it is then left alone."""
        return not self.rotation and self.quantum > FROZEN * HIGHEST * BOLTZMANN * temperature

    def norm_and_variance(self, thermal: Array) -> tuple[Array, Array]:
        """N and var(E) at k T."""
        if self.rotation:
            return gamma(self.freedom) * thermal**self.freedom, self.freedom * thermal**2
        factor = np.exp(-self.quantum / thermal)
        gone = -np.expm1(-self.quantum / thermal)
        return gone**-self.freedom, self.freedom * self.quantum**2 * factor / gone**2

    def spread(self, energies: Array, rate: Callable[[Array], Array]) -> Array:
        """M_0 var(E | E_c) at each E_c."""
        zeroth, first, second = np.zeros((3, len(energies)))
        for energy, states in self._levels(energies):
            left = np.maximum(energies - energy, 0.0)
            weight = states * np.sqrt(left) * rate(left)
            zeroth += weight
            first += weight * energy
            second += weight * energy**2
        with np.errstate(invalid="ignore"):
            return np.nan_to_num(second - first**2 / zeroth)

    def _levels(self, energies: Array) -> Iterator[tuple[Array, Array]]:
        """Energies of the mode at each E_c, and the states that each stands for: none beyond E_c."""
        if self.rotation:
            node, weight = roots_jacobi(NODES, 0.5, self.freedom - 1)
            part = (1 + node) / 2
            weight = weight / 2 ** (self.freedom + 0.5) / np.sqrt(1 - part)
            for x, w in zip(part, weight, strict=True):
                yield x * energies, w * energies**self.freedom
            return
        level, states = 0, 1.0
        while level * self.quantum <= energies[-1]:
            yield level * self.quantum, np.where(energies >= level * self.quantum, states, 0.0)
            states *= (level + self.freedom) / (level + 1)
            level += 1


@dataclass(frozen=True)
class Relaxation:
    """What is asked of a mode of one species met by another, and what chance gives it.

    rates : K/Z asked at the temperatures [m^3/s]
    kernel : R of a chance at the fine energies is kernel @ chance [temperature, energy]
    centre : E_c at which the chance decides of each temperature [J]
    """

    temperatures: Array
    rates: Array
    energies: Array
    kernel: Array
    centre: Array

    @classmethod
    def of(cls, mode: Mode, pair: PairRates, number: CollisionNumber, temperature: float) -> "Relaxation":
        """Asked about a temperature [K]."""
        span = np.geomspace(LOWEST, HIGHEST, TEMPERATURES)
        temperatures = np.unique(np.append(temperature * span, temperature))
        if not mode.rotation:  # where a mode is frozen it has no rate that could be told
            temperatures = temperatures[FROZEN * BOLTZMANN * temperatures > mode.quantum]
        thermal = BOLTZMANN * temperatures
        energies = fine_energies(FINER)
        energies = energies[: np.searchsorted(energies, FARTHEST * thermal[-1] + mode.quantum) + 1]
        spread = mode.spread(energies, pair.rate)
        norm, variance = mode.norm_and_variance(thermal)
        norm = norm * gamma(1.5) * thermal**1.5 * variance
        step = np.gradient(np.log(energies)) * energies
        kernel = np.exp(-energies / thermal[:, None]) * spread * step / norm[:, None]
        centre = kernel @ energies / kernel.sum(axis=1)
        asked = pair.viscous_rate(temperatures) / collision_number(number, temperatures)
        return cls(temperatures, asked, energies, kernel, centre)

    def chance(self, most: float) -> Array:
        """The chance at the rows' energies, at most so much; round by round its rates near what is asked."""
        rows = ENERGY_UNIT * row_energies()
        found = np.ones(len(rows))
        for _ in range(ROUNDS):
            weights = self.kernel * np.interp(self.energies, rows, found)
            given = weights.sum(axis=1)
            lacking = np.log(self.rates / given)
            found = np.minimum(
                found * np.exp(np.interp(rows, weights @ self.energies / given, lacking)), most
            )
        return found

    def rates_of(self, chance: Array) -> Array:
        """R at the temperatures of a chance at the rows' energies."""
        return self.kernel @ np.interp(self.energies, ENERGY_UNIT * row_energies(), chance)
