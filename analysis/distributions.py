"""Velocity distributions and Sonine moments from sampled histograms and power sums, with errors."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import product
from math import comb, factorial

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.statistics import Array, Measured, jackknife
from knudsen.core.samples import MOMENTS
from knudsen.core.velocity_samples import COORDINATES, POWERS, VelocitySamples

NUMBER = {power: number for number, power in enumerate(POWERS)}
AXES = np.eye(3, dtype=int)
PAIRS = tuple(("xyz".index(name[0]), "xyz".index(name[1])) for name in MOMENTS[4:10])


def _groups(samples: VelocitySamples, array: Array) -> Array:
    """Sums [group, cell, species, ...]: a group is a copy, or a block where there is one copy.

    Raises ValueError for a single group.
    """
    grouped = array.sum(axis=0) if samples.counts.shape[1] > 1 else array[:, 0]
    if len(grouped) < 2:
        raise ValueError("one block of one copy has no error bar: run several of either")
    return grouped.astype(np.float64)


def velocity_distributions(samples: VelocitySamples) -> dict[str, tuple[Array, Measured]]:
    """Probability densities of v_x, v_y, v_z and of the speed.

    Returns
    -------
    name -> (edges [species, bin + 1] [m s-1], density [cell, species, bin] [s m-1]); the integral falls short
    of one by what lies beyond the reach.  Errors are those of the copies, or of the blocks of one copy,
    which must then be longer than the gas remembers.
    """
    found = {}
    counts = _groups(samples, samples.counts)
    for number, name in enumerate(COORDINATES):
        edges = samples.edges(name)
        width = np.diff(edges, axis=1)

        def density(counts: Array, width: Array = width) -> Array:
            return counts[..., 1:-1] / counts.sum(axis=-1, keepdims=True) / width

        found[name] = edges, jackknife(density, counts[..., number, :])
    return found


def sonine_moments(samples: VelocitySamples) -> dict[str, Measured]:
    """Sonine coefficients of each species about its own mean velocity, at the cell's temperature T.

    ::

        f_s = f_M(u_s, T) [1 + a_1 S_1/2^(1)(c^2) + a_2 S_1/2^(2)(c^2)
              + sum_k A_k . c S_3/2^(k)(c^2) + sum_k B_k : (c c - c^2 1/3) S_5/2^(k)(c^2) + ...],
        c = (v - u_s) (m / 2 k T)^(1/2)

    T is the mixture's about the barycentric velocity, so that a_1 = 1 - T_s / T.  Each follows from a moment,
    the polynomials being orthogonal: a_2 = 1 - (4/3) <c^2> + (4/15) <c^4>, A_1 = (4/5) <(5/2 - c^2) c>,
    A_2 = (16/35) <(35/8 - (7/2) c^2 + c^4 / 2) c>, B_0 = 2 <c c - c^2 1/3>,
    B_1 = (4/7) <(7/2 - c^2) (c c - c^2 1/3)>.

    Returns
    -------
    `a_1`, `a_2` [cell, species]; `A_1`, `A_2` [cell, species, 3]; `B_0`, `B_1` [cell, species, 6] in order
    xx, yy, zz, xy, xz, yz;  `temperature` [cell] [K];  errors as in `velocity_distributions`

    Source: S. Chapman & T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), 7.5;
    M. A. Gallis, J. R. Torczynski & D. J. Rader, Phys. Rev. E 69 (2004) 042201, for such moments of DSMC.
    """

    def coefficients(powers: Array) -> Mapping[str, Array]:
        return _coefficients(powers, samples.masses, samples.weights, samples.scale)

    return dict(jackknife(coefficients, _groups(samples, samples.powers)))


def _coefficients(powers: Array, masses: Array, weights: Array, scale: Array) -> dict[str, Array]:
    count = powers[..., 0]
    first = np.stack([powers[..., NUMBER[tuple(axis)]] for axis in AXES], axis=-1)
    mean = first / count[..., None]
    square = sum(powers[..., NUMBER[tuple(2 * axis)]] for axis in AXES)
    heavy = weights * masses
    mass = (heavy * count).sum(axis=-1)
    momentum = ((heavy * scale)[:, None] * first).sum(axis=-2)
    energy = (heavy * scale**2 * square).sum(axis=-1) - (momentum**2).sum(axis=-1) / mass
    temperature = energy / (3 * (weights * count).sum(axis=-1) * BOLTZMANN)
    central = central_powers(powers / count[..., None], mean)
    unit = scale * np.sqrt(masses / (2 * BOLTZMANN * temperature[..., None]))
    moments = central * unit[..., None] ** np.array([sum(power) for power in POWERS])
    return {"temperature": temperature} | _projections(moments)


def _projections(moments: Array) -> dict[str, Array]:
    def mean(power: int, exponents: tuple[int, ...]) -> Array:
        """< c^(2 power) c_x^a c_y^b c_z^c >."""
        return sum(weight * moments[..., NUMBER[key]] for key, weight in expanded(power, exponents))

    def vector(power: int) -> Array:
        return np.stack([mean(power, tuple(axis)) for axis in AXES], axis=-1)

    def tensor(power: int) -> Array:
        trace = mean(power + 1, (0, 0, 0)) / 3
        return np.stack(
            [mean(power, tuple(AXES[i] + AXES[j])) - (trace if i == j else 0.0) for i, j in PAIRS], axis=-1
        )

    c2, c4 = mean(1, (0, 0, 0)), mean(2, (0, 0, 0))
    return {
        "a_1": 1 - c2 / 1.5,
        "a_2": 1 - 4 / 3 * c2 + 4 / 15 * c4,
        "A_1": 4 / 5 * (2.5 * vector(0) - vector(1)),
        "A_2": 16 / 35 * (35 / 8 * vector(0) - 3.5 * vector(1) + 0.5 * vector(2)),
        "B_0": 2 * tensor(0),
        "B_1": 4 / 7 * (3.5 * tensor(0) - tensor(1)),
    }


@lru_cache(maxsize=64)
def expanded(power: int, exponents: tuple[int, ...]) -> tuple[tuple[tuple[int, int, int], float], ...]:
    """(x^2 + y^2 + z^2)^power x^a y^b z^c as exponents and weights.

    >>> expanded(1, (1, 0, 0))
    (((1, 0, 2), 1.0), ((1, 2, 0), 1.0), ((3, 0, 0), 1.0))
    """
    a, b, c = (int(n) for n in exponents)
    terms = []
    for i in range(power + 1):
        for j in range(power + 1 - i):
            k = power - i - j
            weight = factorial(power) / (factorial(i) * factorial(j) * factorial(k))
            terms.append(((a + 2 * i, b + 2 * j, c + 2 * k), weight))
    return tuple(terms)


def central_powers(powers: Array, mean: Array) -> Array:
    """Means of (x - u)^a (y - v)^b (z - w)^c from those about zero [..., POWERS] and (u, v, w) [..., 3]."""
    shifts = [[(-mean[..., axis]) ** n for n in range(6)] for axis in range(3)]
    central = np.zeros_like(powers)
    for number, (a, b, c) in enumerate(POWERS):
        for i, j, k in product(range(a + 1), range(b + 1), range(c + 1)):
            weight = comb(a, i) * comb(b, j) * comb(c, k)
            shift = shifts[0][a - i] * shifts[1][b - j] * shifts[2][c - k]
            central[..., number] += weight * shift * powers[..., NUMBER[(i, j, k)]]
    return central
