"""The linearised collision operator of hard spheres, split for signed particles.

With f = n E (1 + phi), velocities c over v0 = (2kT/m)^(1/2), E = pi^(-3/2) exp(-c^2) and the mean collision
rate as the unit, a deviation leaves c' at the rate nu(c') and arrives at c with the density E(c) k(c, c')::

    k = (pi/2)^(1/2) [exp(X)/r - r/2],  X = |c x c'|^2/r^2,  r = |c - c'|

Its first part are the two molecules that leave a collision with one of the gas at rest, its second the
partner that is gone.  Played as it stands it makes three particles of one, and they grow without bound.  So
k = k_1 + k_2, and the second, which makes nothing of its own from what cancels in a cell, has finite rank::

    k_2(c, c') = b_0 + b_1 c^2 + (b_2 + b_3 c^2) c.e + b_4 (3 (c.e)^2 - c^2)/2,   e = c'/c',  b_i = b_i(c')

The b_i are chosen to make int E |k - k_2| dc small, by weighted least squares.  What is left, k_1, makes less
than one particle of one: the greatest eigenvalue of |k_1| / nu is 0.76, so that particles die out.
"""

from functools import lru_cache
from math import erf, exp, pi, sqrt
from typing import Any

import numpy as np
from scipy.special import eval_legendre, roots_legendre

from knudsen.core.kernels import device

Array = np.ndarray[Any, Any]
FASTEST, NODES = 5.0, 101  # speeds of the table; beyond, the last row holds, which is as good a split
RADIAL = ((0, 0), (0, 2), (1, 1), (1, 3), (2, 2))  # degree in the angle, power of c, of b_0 .. b_4
REWEIGHTINGS, FLOOR = 6, 1e-2
GAIN = sqrt(pi / 2)
PER_NODE = (FASTEST / (NODES - 1)) ** -1


@device
def collision_rate(speed: float) -> float:
    """nu(c) = [exp(-c^2) + (2 c + 1/c) (pi^(1/2)/2) erf(c)] / 8^(1/2), its mean over E being one."""
    if speed < 1e-5:
        return sqrt(0.5)
    return (exp(-speed * speed) + (2.0 * speed + 1.0 / speed) * (0.5 * sqrt(pi)) * erf(speed)) / sqrt(8.0)


@device
def rate_bound(speed2: float) -> float:
    """A rate that nu nowhere exceeds, and is at most 3 % above: (1/2 + (pi/8) c^2)^(1/2), of c^2."""
    return sqrt(0.5 + (pi / 8) * speed2)


@device
def split_at(speed: float, table: Any) -> Any:
    """b_0 .. b_4 at a speed: linear between the table's rows."""
    scaled = speed * PER_NODE
    if not scaled < NODES - 1.000001:  # nor where it is not a number: it would be no row
        scaled = NODES - 1.000001
    row = np.uint64(scaled)
    part = scaled - row
    low, high = table[row], table[row + np.uint64(1)]
    return (
        low[0] + part * (high[0] - low[0]),
        low[1] + part * (high[1] - low[1]),
        low[2] + part * (high[2] - low[2]),
        low[3] + part * (high[3] - low[3]),
        low[4] + part * (high[4] - low[4]),
    )


@device
def residual_weight(x: float, y: float, z: float, u: float, v: float, w: float, table: Any) -> float:
    """2 k_1 / k_gain at c = (u, v, w) off c' = (x, y, z)::

        2 [1 - (r^2/2 + (2/pi)^(1/2) r k_2) exp(-X)]

    c being one of the two molecules that leave a collision, whose density is E k_gain / (2 nu).
    """
    a, b, c = u - x, v - y, w - z
    r2 = a * a + b * b + c * c
    if r2 < 1e-20:
        return 2.0
    i, j, k = y * w - z * v, z * u - x * w, x * v - y * u
    speed2 = x * x + y * y + z * z
    speed = sqrt(speed2)
    b_0, b_1, b_2, b_3, b_4 = split_at(speed, table)
    energy = u * u + v * v + w * w
    along = (x * u + y * v + z * w) / max(speed, 1e-10)
    finite = b_0 + b_1 * energy + (b_2 + b_3 * energy) * along + b_4 * (1.5 * along * along - 0.5 * energy)
    return 2.0 * (1.0 - (0.5 * r2 + sqrt(2.0 / pi) * sqrt(r2) * finite) * exp(-(i * i + j * j + k * k) / r2))


@lru_cache(maxsize=1)
def splitting_table() -> Array:
    """b_0 .. b_4 at equidistant speeds [node, 5]."""
    mesh = _Mesh()
    table = np.array([mesh.fit(speed) for speed in np.linspace(0.0, FASTEST, NODES)])
    table[0, 2:] = 0.0  # without a direction
    return table


def kernel(speed: Array, other: float, cosine: Array) -> Array:
    """k(c, c') of the speeds and the cosine between the velocities."""
    r2 = np.maximum(speed**2 + other**2 - 2 * speed * other * cosine, 1e-20)
    r, cross = np.sqrt(r2), (speed * other) ** 2 * (1 - cosine**2)
    return np.asarray(GAIN * (np.exp(cross / r2) / r - r / 2))


class _Mesh:
    """Speeds and cosines (graded towards the forward one, where k is singular) with the weights of E dc."""

    def __init__(self, speeds: int = 64, cosines: int = 64) -> None:
        x, w = roots_legendre(speeds)
        y, v = roots_legendre(cosines)
        speed, t = FASTEST * (x + 1) / 2, (y + 1) / 2
        self.speed, self.cosine = np.meshgrid(speed, 1 - 2 * t**4, indexing="ij")
        shell = 2 / sqrt(pi) * speed**2 * np.exp(-(speed**2)) * FASTEST * w
        self.weight = np.outer(shell, 4 * t**3 * v / 2)
        self.basis = np.array([self.speed**p * eval_legendre(l, self.cosine) for l, p in RADIAL])

    def fit(self, other: float) -> Array:
        """b_i at a speed: least squares, reweighted by 1/|rest| towards the least integral of |rest|."""
        wanted, weight = kernel(self.speed, other, self.cosine), self.weight
        for _ in range(REWEIGHTINGS):
            normal = np.einsum("isc,jsc,sc->ij", self.basis, self.basis, weight, optimize=True)
            b = np.linalg.solve(normal, np.einsum("isc,sc->i", self.basis, weight * wanted))
            rest = wanted - np.tensordot(b, self.basis, axes=1)
            weight = self.weight / np.maximum(np.abs(rest), FLOOR)
        return np.asarray(b)
