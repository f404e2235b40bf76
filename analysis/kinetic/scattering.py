"""How a pair's scattering enters kinetic theory: energies, losses of angular moments, collision rates."""

from functools import lru_cache
from math import gamma, inf, pi, sqrt
from typing import NamedTuple, Protocol

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import roots_genlaguerre

from knudsen.analysis.checks import positive, refuse_user_functions
from knudsen.analysis.kinetic.cross_sections import (
    MAXIMUM_DEGREE,
    MAXIMUM_POINTS,
    REDUCED_TEMPERATURES,
    check_reduced_temperature,
    cross_sections,
    inverse_power_losses,
)
from knudsen.core.interactions import Interaction, InversePower, VariableSoftSphere
from knudsen.core.shapes import Shape


class ScatteringLaw(Protocol):
    """A pair's scattering, as the brackets need it; hashable, for the cache."""

    def quadrature(self, degree: int, points: int) -> tuple[np.ndarray, np.ndarray]:
        """Energies s = m_r g^2 / 2kT [node] and loss [degree + 1, node].

        sum_node loss[l] f(s) = <f(s) sigma_T g (1 - <P_l(cos chi)>)> / reference_rate, averages over
        pairs at equilibrium, exact (or converged) for polynomials f of degree 2 points - 1.
        """


class SoftSphereScattering(NamedTuple):
    """Scattering of the variable soft sphere: all that the brackets know of it."""

    omega: float
    alpha: float

    def quadrature(self, degree: int, points: int) -> tuple[np.ndarray, np.ndarray]:
        """Gauss-Laguerre nodes for sigma_T g ~ s^(1 - omega), and the exact deflection moments::

        <P_l(cos chi)> = prod_(k=1..l) (alpha - k) / (alpha + k)

        from cos chi = 2 u^(1/alpha) - 1, u uniform.
        """
        energy, weight = roots_genlaguerre(points, 1.5 - self.omega)
        k = np.arange(1, degree + 1)
        kept = np.concatenate([[1.0], np.cumprod((self.alpha - k) / (self.alpha + k))])
        return energy, np.outer(1 - kept, weight / weight.sum())


class InversePowerScattering(NamedTuple):
    """Scattering by V = epsilon (sigma/r)^n: one set of losses at every temperature."""

    n: float

    def quadrature(self, degree: int, points: int) -> tuple[np.ndarray, np.ndarray]:
        """Gauss-Laguerre nodes for Q_l g ~ s^(1/2 - 2/n); losses Q_l / (pi sigma^2) at E = epsilon."""
        _need_degree(degree)
        energy, weight = roots_genlaguerre(points, 1 - 2 / self.n)
        losses = inverse_power_losses(self.n)[: degree + 1] / pi
        return energy, np.outer(losses, weight / weight.sum())


class PotentialScattering(NamedTuple):
    """Scattering by a potential of a given shape at the reduced temperature kT / epsilon."""

    shape: Shape
    reduced_temperature: float

    def quadrature(self, degree: int, points: int) -> tuple[np.ndarray, np.ndarray]:
        """Interpolatory rule on Gauss-Laguerre nodes of the weight s e^-s, with signed losses::

            loss[l, i] = w_i sum_k L_k(s_i) (1/pi) int_0^inf s e^-s L_k(s) Q_l(s T*) / sigma^2 ds

        L_k orthonormal.  It takes the projection of Q_l on the polynomials for Q_l itself, which no
        polynomial of degree 2 points - 1 can tell.
        """
        _need_degree(degree)
        if points > MAXIMUM_POINTS:
            raise ValueError(f"the cross-sections of a potential carry {MAXIMUM_POINTS} points, not {points}")
        energy, loss = _interpolatory(self, points)
        return energy, loss[: degree + 1]


@lru_cache(maxsize=128)
def _interpolatory(law: PotentialScattering, points: int) -> tuple[np.ndarray, np.ndarray]:
    count = 2 * points
    energy, weight = roots_genlaguerre(count, 1.0)
    at, share = cross_sections(law.shape).thermal(law.reduced_temperature)
    moments = share @ _laguerre(count, at).T / pi
    return energy, moments @ _laguerre(count, energy) * weight


def _laguerre(count: int, s: np.ndarray) -> np.ndarray:
    """Polynomials [count, ...] orthonormal under the weight s e^-s."""
    values = np.empty((count, *s.shape))
    values[0] = 1.0
    before = np.zeros_like(s)
    for k in range(count - 1):
        # k L_k^(1) = (2k - s) L_(k-1)^(1) - k L_(k-2)^(1), over the norm sqrt(k + 1).
        following = ((2 * k + 2 - s) * values[k] - sqrt(k * (k + 1)) * before) / sqrt((k + 1) * (k + 2))
        before, values[k + 1] = values[k], following
    return values


def _need_degree(degree: int) -> None:
    if degree > MAXIMUM_DEGREE:
        raise ValueError(
            f"the cross-sections of a potential go to degree {MAXIMUM_DEGREE}, not {degree}: "
            f"take order {MAXIMUM_DEGREE - 1} or less"
        )


def scattering_law(interaction: Interaction, temperature: float) -> ScatteringLaw:
    """The scattering law of an interaction at a temperature [K]; the soft sphere's is the same at all.

    Raises ValueError for a temperature outside a potential's table, or a user's own cross-section.

    >>> from knudsen.core.interactions import LennardJones
    >>> law = scattering_law(LennardJones(3.542e-10, 93.3), 300.0)
    >>> energy, loss = law.quadrature(degree=2, points=4)
    >>> round(float(loss[1] @ energy) / 2, 6)  # Omega(1,1)* at T* = 300 / 93.3
    0.932845
    """
    positive(temperature, "temperature", "K")
    refuse_user_functions(interaction)
    if isinstance(interaction, VariableSoftSphere):
        return SoftSphereScattering(interaction.omega, interaction.alpha)
    if isinstance(interaction, InversePower):
        return InversePowerScattering(float(interaction.n))
    reduced = float(temperature / interaction.epsilon_over_k)
    check_reduced_temperature(reduced)
    return PotentialScattering(interaction.shape, reduced)


def temperature_limits(interaction: Interaction) -> tuple[float, float]:
    """Lowest and highest temperature [K] of a potential's table; other interactions have no limits."""
    if not hasattr(interaction, "shape") or isinstance(interaction, InversePower):
        return 0.0, inf
    low, high = REDUCED_TEMPERATURES
    return low * interaction.epsilon_over_k, high * interaction.epsilon_over_k


def rate_coefficient(interaction: Interaction, reduced_mass: float, temperature: float) -> float:
    """Mean of sigma_T g over pairs at equilibrium::

        <sigma_T g> = (2 / sqrt(pi)) Gamma(5/2 - omega) C (2kT / m_r)^(1 - omega)

    where sigma_T g = C g^(2 - 2 omega).

    Arguments
    ---------
    interaction : of the pair;  reduced_mass : m_r [kg];  temperature : T [K]

    Returns
    -------
    float [m^3/s]; times n_b it is the rate at which one molecule of a meets molecules of b [1/s]

    Raises
    ------
    ValueError : a potential of infinite range, whose total cross-section is infinite

    Source: G. A. Bird (1994), eq. 4.64, carried over to unlike molecules.
    """
    refuse_user_functions(interaction)
    if not isinstance(interaction, VariableSoftSphere):
        raise ValueError(
            f"the {type(interaction).__name__} potential has infinite range and so no collision rate: "
            "ask for transport coefficients, or use a soft-sphere model"
        )
    omega = interaction.omega
    thermal = (2 * BOLTZMANN * temperature / reduced_mass) ** (1 - omega)
    prefactor = interaction.cross_section_prefactor(reduced_mass)
    return float(2 / sqrt(pi) * gamma(2.5 - omega) * prefactor * thermal)


def reference_rate(interaction: Interaction, reduced_mass: float, temperature: float) -> float:
    """Rate [m^3/s] that a scattering law's losses, and the brackets made of them, are over.

    For soft spheres it is the collision rate, `rate_coefficient`; for a potential, of infinite range, the
    rate of hard spheres of diameter sigma; for the inverse power, of the cross-section
    pi sigma^2 (epsilon/E)^(2/n)::

        pi sigma^2 sqrt(8 kT / (pi m_r)),    the same times (epsilon/kT)^(2/n) Gamma(2 - 2/n)
    """
    if isinstance(interaction, VariableSoftSphere):
        return rate_coefficient(interaction, reduced_mass, temperature)
    spheres = pi * interaction.sigma**2 * sqrt(8 * BOLTZMANN * temperature / (pi * reduced_mass))
    if isinstance(interaction, InversePower):
        power = 2 / interaction.n
        return float(spheres * (interaction.epsilon_over_k / temperature) ** power * gamma(2 - power))
    return float(spheres)
