"""Maxwell molecules as polynomials see them: flights, boundaries and collisions in a basis of velocity.

A distribution is f = M sum_k c_k psi_k, M the Maxwellian at rest of unit density, psi_k orthonormal under it,
made of the monomials c_x^i c_perp^(2j), i + 2j no more than the degree, c in units of (kT/m)^(1/2).
Collisions of Maxwell molecules, scattered alike into all directions, turn moments into moments of no higher
degree, bilinearly: in the basis they are a tensor, without a closure.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import product
from math import comb, factorial, gamma, prod, sqrt

import numpy as np
from scipy.special import beta

from knudsen.analysis.checks import positive_number, whole_number

Polynomial = Mapping[tuple[int, ...], float]  # of a_x, b_x, a_perp^2, b_perp^2, a_perp . b_perp
HIGHEST = 15


class VelocityBasis:
    """The orthonormal polynomials psi_k, and what free flights and boundaries do in them.

    degree : odd, so that as many of the polynomials are odd in c_x as are even

    Raises ValueError for an even degree, or one outside 3 .. HIGHEST.

    >>> VelocityBasis(3).powers
    [(0, 0), (1, 0), (2, 0), (0, 1), (3, 0), (1, 1)]
    """

    def __init__(self, degree: int) -> None:
        whole_number(degree, "degree", 3, HIGHEST)
        if degree % 2 == 0:
            raise ValueError(f"degree is {degree}: give an odd one")
        self.degree = degree
        self.powers = [(d - 2 * j, j) for d in range(degree + 1) for j in range(d // 2 + 1)]

    def _table(self, of_x: Callable[[int], float], shift: int = 0) -> np.ndarray:
        """Integrals of products of two monomials and c_x^shift [power, power]."""
        return np.array(
            [[of_x(i + k + shift) * _across(j + n) for k, n in self.powers] for i, j in self.powers]
        )

    @cached_property
    def coefficients(self) -> np.ndarray:
        """psi_k = sum coefficients[k, power] c_x^i c_perp^(2j)."""
        overlap = self._table(_along)
        size = np.sqrt(np.diag(overlap))
        return np.linalg.inv(np.linalg.cholesky(overlap / np.outer(size, size))) / size

    @cached_property
    def moments(self) -> np.ndarray:
        """Moments of the monomials from c [power, k]."""
        return np.linalg.inv(self.coefficients)

    @cached_property
    def flight(self) -> np.ndarray:
        """int M psi_k c_x psi_n [k, n]."""
        return self.coefficients @ self._table(_along, 1) @ self.coefficients.T

    @cached_property
    def odd(self) -> np.ndarray:
        """Which monomials are odd in c_x [power]."""
        return np.array([i % 2 == 1 for i, _ in self.powers])

    @cached_property
    def entering(self) -> np.ndarray:
        """Half-range moments of f over c_x > 0, of the odd monomials [odd power, k]."""
        return (self._table(_half) @ self.coefficients.T)[self.odd]

    @cached_property
    def leaving(self) -> np.ndarray:
        """The same over c_x < 0, c_x turned round [odd power, k]."""
        mirror = np.where(self.odd, -1.0, 1.0)
        return self.entering @ (self.coefficients * mirror @ self.moments)

    def collisions(self, mass_ratio: float) -> np.ndarray:
        """Tensor Q [k, m, n] of a species a that is hit by b: d c_k/dt = K0 n sum Q_kmn c_m^a c_n^b, both at
        unit density.

        mass_ratio : m_a / m_b

        >>> lost = VelocityBasis(3).collisions(4.0)[1]  # psi_1 = c_x: momentum goes at the rate m_b/(m_a+m_b)
        >>> round(float(lost[1, 0]), 12)
        -0.2
        """
        positive_number(mass_ratio, "mass_ratio", "m_a / m_b")
        number = {power: place for place, power in enumerate(self.powers)}
        table = np.zeros((len(self.powers),) * 3)
        for place, (i, j) in enumerate(self.powers):
            for (a_x, b_x, a_perp, b_perp), value in scattered(i, j, mass_ratio).items():
                table[place, number[a_x, a_perp], number[b_x, b_perp]] += value
            table[place, place, 0] -= 1
        return np.einsum(
            "kp,pqr,qm,rn->kmn", self.coefficients, table, self.moments, self.moments, optimize=True
        )


def scattered(i: int, j: int, mass_ratio: float) -> Polynomial:
    """c_x'^i c_perp'^(2j) of a after an isotropic collision with b, in the mean over the direction n::

        c' = V + mu_b g n,    V = mu_a a + mu_b b,    g = |a - b|

    averaged over the angle between a_perp and b_perp too, for distributions round the x axis.

    Returns
    -------
    powers of a_x, b_x, a_perp^2, b_perp^2 -> coefficient, each velocity in its own thermal speed
    """
    mu_b, speed = 1 / (1 + mass_ratio), sqrt(mass_ratio)  # that of b over that of a
    mu_a, b = 1 - mu_b, mu_b * speed
    along = {(1, 0, 0, 0, 0): mu_a, (0, 1, 0, 0, 0): b}
    across = {(0, 0, 1, 0, 0): mu_a**2, (0, 0, 0, 1, 0): b**2, (0, 0, 0, 0, 1): 2 * mu_a * b}
    # (mu_b g)^2
    thrown = {
        (2, 0, 0, 0, 0): mu_b**2, (1, 1, 0, 0, 0): -2 * mu_b * b, (0, 2, 0, 0, 0): b**2,
        (0, 0, 1, 0, 0): mu_b**2, (0, 0, 0, 1, 0): b**2, (0, 0, 0, 0, 1): -2 * mu_b * b,
    }  # fmt: skip
    found: dict[tuple[int, ...], float] = {}
    # c_perp'^2 = V_perp^2 + 2 V_perp h_y + h_perp^2 to the power j, h = mu_b g n; y is along V_perp.
    for p, v, w in product(range(0, i + 1, 2), range(0, j + 1, 2), range(j + 1)):
        u = j - v - w
        if u < 0:
            continue
        share = comb(i, p) * factorial(j) / (factorial(u) * factorial(v) * factorial(w)) * 2**v
        share *= beta((p + 1) / 2, w + v // 2 + 1) / 2 * _angle(v)
        term = _times(_power(along, i - p), _power(across, u + v // 2))
        for power, value in _times(term, _power(thrown, (p + v) // 2 + w)).items():
            a_x, b_x, a_perp, b_perp, dot = power
            if dot % 2 == 0:
                key = (a_x, b_x, a_perp + dot // 2, b_perp + dot // 2)
                found[key] = found.get(key, 0.0) + share * value * _angle(dot)
    return found


def _times(first: Polynomial, second: Polynomial) -> Polynomial:
    found: dict[tuple[int, ...], float] = {}
    for (one, value), (other, factor) in product(first.items(), second.items()):
        key = tuple(m + n for m, n in zip(one, other, strict=True))
        found[key] = found.get(key, 0.0) + value * factor
    return found


def _power(base: Polynomial, exponent: int) -> Polynomial:
    found: Polynomial = {(0,) * 5: 1.0}
    for _ in range(exponent):
        found = _times(found, base)
    return found


def _angle(n: int) -> float:
    """Mean of cos^n over the circle, n even."""
    return comb(n, n // 2) / 2**n


def _along(i: int) -> float:
    """Mean of c_x^i under M."""
    return 0.0 if i % 2 else float(prod(range(i - 1, 0, -2)))


def _half(i: int) -> float:
    """Its part over c_x > 0."""
    return 2 ** (i / 2 - 1) * gamma((i + 1) / 2) / sqrt(np.pi)


def _across(j: int) -> float:
    """Mean of c_perp^(2j) under M."""
    return float(2**j * factorial(j))
