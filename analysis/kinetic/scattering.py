"""How a pair's scattering enters kinetic theory: energies, losses of angular moments, collision rates."""

from math import gamma, pi, sqrt
from typing import NamedTuple, Protocol

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import roots_genlaguerre

from knudsen.core.interactions import VariableSoftSphere


class ScatteringLaw(Protocol):
    """A pair's scattering, as the brackets need it; hashable, for the cache."""

    def quadrature(self, degree: int, points: int) -> tuple[np.ndarray, np.ndarray]:
        """Energies s = m_r g^2 / 2kT [node] and loss [degree + 1, node].

        sum_node loss[l] f(s) = <f(s) sigma_T g (1 - <P_l(cos chi)>)> / <sigma_T g>, averages over
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


def scattering_law(interaction: VariableSoftSphere, temperature: float) -> ScatteringLaw:
    """The scattering law of an interaction at a temperature [K]; the soft sphere's is the same at all.

    Raises TypeError outside the variable-soft-sphere family.
    """
    if not isinstance(interaction, VariableSoftSphere):
        raise TypeError(
            f"no bracket integrals for {type(interaction).__name__}: use a variable-soft-sphere interaction"
        )
    return SoftSphereScattering(interaction.omega, interaction.alpha)


def rate_coefficient(interaction: VariableSoftSphere, reduced_mass: float, temperature: float) -> float:
    """Mean of sigma_T g over pairs at equilibrium::

        <sigma_T g> = (2 / sqrt(pi)) Gamma(5/2 - omega) C (2kT / m_r)^(1 - omega)

    where sigma_T g = C g^(2 - 2 omega).

    Arguments
    ---------
    interaction : of the pair;  reduced_mass : m_r [kg];  temperature : T [K]

    Returns
    -------
    float [m^3/s]; times n_b it is the rate at which one molecule of a meets molecules of b [1/s]

    Source: G. A. Bird (1994), eq. 4.64, carried over to unlike molecules.
    """
    omega = interaction.omega
    thermal = (2 * BOLTZMANN * temperature / reduced_mass) ** (1 - omega)
    prefactor = interaction.cross_section_prefactor(reduced_mass)
    return float(2 / sqrt(pi) * gamma(2.5 - omega) * prefactor * thermal)


def reference_rate(interaction: VariableSoftSphere, reduced_mass: float, temperature: float) -> float:
    """Rate [m^3/s] that a scattering law's losses, and the brackets made of them, are over.

    For soft spheres it is the collision rate, `rate_coefficient`; a potential of infinite range has no
    collision rate, but a finite reference all the same.
    """
    return rate_coefficient(interaction, reduced_mass, temperature)
