"""Bracket integrals of the linearised collision operator, by exact Gaussian quadrature.

A pair (a, b) at one temperature meets with the reduced centre-of-mass velocity G and the reduced
relative velocity g, both of Maxwellian weight, and M_a = m_a / (m_a + m_b)::

    C_a = sqrt(M_a) G + sqrt(M_b) g,    C_b = sqrt(M_b) G - sqrt(M_a) g,    C = c sqrt(m / 2kT)

A collision turns g by chi and leaves G.  So in spherical harmonics of g about G it multiplies
degree l by P_l(cos chi), and how the molecules scatter enters through one array only: the energy
nodes and the loss 1 - <P_l(cos chi)> of a scattering law's `quadrature`.
"""

from functools import lru_cache
from math import gamma, pi, sqrt
from typing import NamedTuple, Protocol

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import eval_genlaguerre, gammaln, lpmv, roots_genlaguerre, roots_legendre

from knudsen.core.interactions import VariableSoftSphere

MAXIMUM_ORDER = 60  # beyond it the Sonine polynomials at the outermost nodes lose digits


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


def scattering_law(interaction: VariableSoftSphere) -> ScatteringLaw:
    """The scattering law of an interaction.  Raises TypeError outside the variable-soft-sphere family."""
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


class PairBrackets(NamedTuple):
    """Brackets of one pair over <sigma_T g>, each [order, order], on polynomials b_p (`sonine`).

    With the molecule's tensor of rank 1 (C) or 2 (traceless C C) as h, one component of
    own_a[p, q] = <(b_p h)_a [(b_q h)_a - (b_q h)_a']>;  cross[p, q] = <(b_p h)_a [(b_q h)_b - (b_q h)_b']>.
    """

    own_a: np.ndarray
    own_b: np.ndarray
    cross: np.ndarray


@lru_cache(maxsize=512)
def pair_brackets(scattering: ScatteringLaw, mass_fraction: float, order: int, rank: int) -> PairBrackets:
    """Brackets of a pair, exact for every order.

    Arguments
    ---------
    scattering : the pair's scattering law
    mass_fraction : M_a = m_a / (m_a + m_b) [-]
    order : number of Sonine polynomials
    rank : 1 for diffusion and heat conduction, 2 for viscosity

    Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), section 4.4
    and chapter 9 (definitions); the harmonic expansion replaces their sums.
    """
    points, degree = order + rank, order + rank - 1
    centre, centre_weight = roots_genlaguerre(points, 0.5)
    energy, loss = scattering.quadrature(degree, points)
    cosine, angle_weight = roots_legendre(points)
    harmonics = _harmonics(rank, degree, cosine) * angle_weight / 2
    own, other = sqrt(mass_fraction), sqrt(1 - mass_fraction)
    G, g = np.sqrt(centre)[:, None, None], np.sqrt(energy)[:, None]
    along, across = g * cosine, g * np.sqrt(1 - cosine**2)
    a = _expand(order, rank, own * G + other * along, other * across, harmonics)
    b = _expand(order, rank, other * G - own * along, -own * across, harmonics)
    weight = loss[:, None, :] * (centre_weight / centre_weight.sum())[:, None] / (2 * rank + 1)
    weighted = (a * weight).reshape(order, -1).T
    a, b, weighted_b = a.reshape(order, -1), b.reshape(order, -1), (b * weight).reshape(order, -1).T
    brackets = PairBrackets(a @ weighted, b @ weighted_b, (b @ weighted).T)
    for matrix in brackets:
        matrix.setflags(write=False)  # shared by the cache
    return brackets


def sonine(order: int, rank: int, energy: np.ndarray) -> np.ndarray:
    """Polynomials b_p [order, ...] of C^2, b_0 = 1, orthonormal where b_0's own norm is the unit::

    b_p = S_p^(rank + 1/2)(C^2) sqrt(p! Gamma(rank + 3/2) / Gamma(p + rank + 3/2))
    """
    p = np.arange(order).reshape((order,) + (1,) * np.ndim(energy))
    log_norm = gammaln(p + rank + 1.5) - gammaln(rank + 1.5) - gammaln(p + 1)
    return eval_genlaguerre(p, rank + 0.5, energy) * np.exp(-log_norm / 2)


def _harmonics(rank: int, degree: int, cosine: np.ndarray) -> np.ndarray:
    """Associated Legendre functions [m, l, node] whose square has the mean 1 over the sphere."""
    m, l = np.arange(rank + 1)[:, None, None], np.arange(degree + 1)[:, None]
    log_norm = gammaln(l + m + 1) - gammaln(np.maximum(l - m, 0) + 1)
    return lpmv(m, l, cosine) * np.sqrt((2 * l + 1) * np.exp(-log_norm))


def _expand(
    order: int, rank: int, parallel: np.ndarray, perpendicular: np.ndarray, harmonics: np.ndarray
) -> np.ndarray:
    """Amplitudes [p, m, l, G, g] of b_p C or b_p (C C), C by its parts along and across G."""
    parallel, perpendicular = np.broadcast_arrays(parallel, perpendicular)
    energy = parallel**2 + perpendicular**2
    if rank == 1:
        parts = np.stack([parallel, perpendicular])
    else:
        parts = np.stack(
            [
                sqrt(1.5) * (parallel**2 - energy / 3),
                sqrt(2) * parallel * perpendicular,
                perpendicular**2 / sqrt(2),
            ]
        )
    values = sonine(order, rank, energy)[:, None] * parts
    return np.einsum("pmGgx,mlx->pmlGg", values, harmonics, optimize=True)
