"""Bracket integrals of the linearised collision operator, exact at every order.

A pair (a, b) at one temperature meets with the reduced centre-of-mass velocity G and the reduced
relative velocity g, both of Maxwellian weight, and M_a = m_a / (m_a + m_b)::

    C_a = sqrt(M_a) G + sqrt(M_b) g,    C_b = sqrt(M_b) G - sqrt(M_a) g,    C = c sqrt(m / 2kT)

The polynomials b_p(C^2) C^(rank) of one molecule are oscillator states; that turn of axes takes them
into products of states of G (N, L) and of g (n, l)::

    b_p C^(r) = sum T [N L, n l],    T^2 = W M_a^(2N + L) M_b^(2n + l),    2N + L + 2n + l = 2p + r

with whole-number weights W (Talmi and Moshinsky, one of the two molecules in its ground state).  A
collision turns g by chi and leaves G, so it is diagonal in N, L and l and multiplies degree l by
P_l(cos chi): how the molecules scatter enters through the matrices <n l| 1 - P_l(cos chi) |n' l> only.
They hold no mass, and the masses enter by powers: own brackets are polynomials in M_a, M_b, and the
cross bracket is one power.
"""

from functools import lru_cache
from math import factorial, prod
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import eval_genlaguerre, gammaln

from knudsen.analysis.checks import finite, whole_number
from knudsen.analysis.kinetic.scattering import ScatteringLaw

MAXIMUM_ORDER = 100  # memory grows as its cube; rounding is not the limit


class PairBrackets(NamedTuple):
    """Brackets of one pair over its reference rate, each [order, order], on polynomials b_p (`sonine`).

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
    mass_fraction : M_a = m_a / (m_a + m_b) [-], between 0 and 1
    order : number of Sonine polynomials, 1 .. 101
    rank : 0 for bulk viscosity, 1 for diffusion and heat conduction, 2 for viscosity

    Returns
    -------
    PairBrackets [-], over the pair's reference rate

    Raises ValueError for a mass fraction, order or rank outside these.

    >>> from knudsen.analysis.kinetic.scattering import SoftSphereScattering
    >>> pair_brackets(SoftSphereScattering(0.5, 1.0), 0.5, 2, 2).own_a.round(4)
    array([[ 0.5333, -0.0891],
           [-0.0891,  0.631 ]])

    Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), section 4.4
    and chapter 9 (definitions); the expansion in oscillator states replaces their sums.
    """
    whole_number(order, "order", 1, MAXIMUM_ORDER + 1)  # rank 0 sheds its first polynomial
    whole_number(rank, "rank", 0, 2)
    if not 0 < mass_fraction < 1:
        raise ValueError(
            f"mass fraction must lie between 0 and 1, got {mass_fraction}: give m_a / (m_a + m_b)"
        )
    own, cross = _massless_brackets(scattering, order, rank)
    p = np.arange(order)
    total = p[:, None, None] + p[:, None] + rank
    centre = np.arange(own.shape[-1])
    relative = np.maximum(total - centre, 0)  # what lies below is zero in `own`
    share, other = (
        fraction ** np.arange(2 * order + rank) for fraction in (mass_fraction, 1 - mass_fraction)
    )
    crossed = np.outer((1 - mass_fraction) ** (p + rank / 2), mass_fraction ** (p + rank / 2))
    brackets = PairBrackets(
        np.sum(own * share[centre] * other[relative], axis=-1),
        np.sum(own * other[centre] * share[relative], axis=-1),
        cross * crossed,
    )
    for matrix in brackets:
        matrix.setflags(write=False)  # shared by the cache
    return brackets


def sonine(order: int, rank: int, energy: ArrayLike) -> np.ndarray:
    """Polynomials b_p [order, ...] of C^2, b_0 = 1, orthonormal where b_0's own norm is the unit::

        b_p = S_p^(rank + 1/2)(C^2) sqrt(p! Gamma(rank + 3/2) / Gamma(p + rank + 3/2))

    order : number of polynomials, 0 or more;  rank : of the tensor, 0, 1 or 2;  energy : C^2 [...]

    Raises ValueError for an order or rank outside these, or energies that are not finite.

    >>> sonine(3, 1, np.array([0.0, 2.5])).round(4)
    array([[ 1.    ,  1.    ],
           [ 1.5811,  0.    ],
           [ 2.0917, -0.5976]])
    """
    whole_number(order, "order", 0, MAXIMUM_ORDER)
    whole_number(rank, "rank", 0, 2)
    energy = finite(energy, "energy", "units of kT: C^2")
    p = np.arange(order).reshape((order,) + (1,) * np.ndim(energy))
    log_norm = gammaln(p + rank + 1.5) - gammaln(rank + 1.5) - gammaln(p + 1)
    return eval_genlaguerre(p, rank + 0.5, energy) * np.exp(-log_norm / 2)


@lru_cache(maxsize=16)  # 16 MB each at order 100
def _massless_brackets(scattering: ScatteringLaw, order: int, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Own [p, q, j] and cross [p, q] brackets without the powers of the masses, j = 2N + L."""
    losses = _loss_matrices(scattering, order, rank)
    own, cross = np.zeros((order, order, 2 * order + rank - 1)), np.zeros((order, order))
    for l, L, weights in _amplitudes(order, rank):
        for N, weight in enumerate(weights):
            first = order - len(weight)
            part = np.outer(weight, weight) * losses[l, : len(weight), : len(weight)]
            own[first:, first:, 2 * N + L] += part
            cross[first:, first:] += (-1) ** l * part
    square = 1.0 if rank == 0 else 0.5  # <h^2> of one component
    return square * own, square * cross


def _loss_matrices(scattering: ScatteringLaw, order: int, rank: int) -> np.ndarray:
    """<n l| 1 - P_l(cos chi) |n' l> [l, n, n'] over collisions."""
    degree, points = order + rank - 1, order + rank
    energy, loss = scattering.quadrature(degree, points)
    states = _relative_states(order, degree, energy)
    return (states * loss[:, None, :]) @ states.transpose(0, 2, 1)


def _relative_states(order: int, degree: int, s: np.ndarray) -> np.ndarray:
    """s^(l/2) S_n^(l + 1/2)(s) [l, n, node], orthonormal over Maxwellian pairs; by recurrence, for speed."""
    l = np.arange(degree + 1)[:, None]
    states = np.empty((degree + 1, order, len(s)))
    states[:, 0] = np.cumprod(np.sqrt(np.where(l > 0, s / (l + 0.5), 1.0)), axis=0)
    before = np.zeros_like(states[:, 0])
    for n in range(order - 1):
        following = (2 * n + l + 1.5 - s) * states[:, n] - np.sqrt(n * (n + l + 0.5)) * before
        before = states[:, n]
        states[:, n + 1] = following / np.sqrt((n + 1) * (n + l + 1.5))
    return states


@lru_cache(maxsize=64)
def _amplitudes(order: int, rank: int) -> tuple[tuple[int, int, tuple[np.ndarray, ...]], ...]:
    """(l, L, sqrt(W) of each N), sqrt(W) [n] for the states N L, n l that make up b_p, p < order::

    W = (2l + 1)(2L + 1) (l L rank; 0 0 0)^2 v(p, rank) / [v(N, L) v(n, l)]
    v(n, l) = 2^n n! (2n + 2l + 1)!!
    """
    norm, power = _norms(order, order + rank)
    rows = []
    for l in range(order + rank):
        for L in range(abs(l - rank), l + rank + 1, 2):
            angular = (2 * l + 1) * (2 * L + 1) * _three_j_squared(l, L, rank)
            lowest = (l + L - rank) // 2  # p - N - n
            weights = []
            for N in range(order - lowest):
                n, p = slice(order - lowest - N), slice(N + lowest, order)
                ratio = angular * norm[p, rank] / (norm[N, L] * norm[n, l])
                weights.append(np.sqrt(np.ldexp(ratio, power[p, rank] - power[N, L] - power[n, l])))
            rows.append((l, L, tuple(weights)))
    return tuple(rows)


def _norms(order: int, degrees: int) -> tuple[np.ndarray, np.ndarray]:
    """Mantissa and power of two [n, l] of v(n, l), which outgrows a float, from whole numbers."""
    norm = np.empty((order, degrees))
    power = np.empty((order, degrees), dtype=int)
    for l in range(degrees):
        value = prod(range(1, 2 * l + 2, 2))
        for n in range(order):
            power[n, l] = value.bit_length()
            norm[n, l] = value / (1 << power[n, l].item())
            value *= 2 * (n + 1) * (2 * (n + l) + 3)
    return norm, power


def _three_j_squared(a: int, b: int, c: int) -> float:
    """The squared 3j symbol (a b c; 0 0 0), a + b + c even."""
    half = (a + b + c) // 2
    above = below = 1
    for j in (a, b, c):
        above *= factorial(2 * (half - j))
        below *= factorial(half - j) ** 2
    return above * factorial(half) ** 2 / (below * factorial(2 * half + 1))
