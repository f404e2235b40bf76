"""Bracket integrals of the linearised collision operator, by exact Gaussian quadrature.

A pair (a, b) at one temperature meets with the reduced centre-of-mass velocity G and the reduced
relative velocity g, both of Maxwellian weight, and M_a = m_a / (m_a + m_b)::

    C_a = sqrt(M_a) G + sqrt(M_b) g,    C_b = sqrt(M_b) G - sqrt(M_a) g,    C = c sqrt(m / 2kT)

A collision turns g by chi and leaves G.  So in spherical harmonics of g about G it multiplies
degree l by P_l(cos chi), and how the molecules scatter enters through one array only: the energy
nodes and the loss 1 - <P_l(cos chi)> of a scattering law's `quadrature`.
"""

from functools import lru_cache
from math import sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import eval_genlaguerre, gammaln, lpmv, roots_genlaguerre, roots_legendre

from knudsen.analysis.kinetic.scattering import ScatteringLaw

MAXIMUM_ORDER = 60  # beyond it the Sonine polynomials at the outermost nodes lose digits


class PairBrackets(NamedTuple):
    """Brackets of one pair over <sigma_T g>, each [order, order], on polynomials b_p (`sonine`).

    With the molecule's tensor of rank 0 (1), 1 (C) or 2 (traceless C C) as h, one component of
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
    rank : 0 for bulk viscosity, 1 for diffusion and heat conduction, 2 for viscosity

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
    if rank == 0:
        parts = np.ones_like(energy)[None]
    elif rank == 1:
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
