"""Second virial coefficient and co-volume of the Lennard-Jones gas, reduced, from the potential."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad

from knudsen.analysis.checks import positive

TEMPERATURES = (0.05, 1e12)  # where B2 and b meet their series in gamma functions to 1e-12


def second_virial(temperature: ArrayLike) -> np.ndarray:
    """Second virial coefficient B2 [...], sigma^3, from the potential::

        B2 = -2 pi int_0^inf [exp(-V(r)/T) - 1] r^2 dr

    Argument: T* [...], 0.05 .. 1e12.  Accuracy 1e-10, relative but near the Boyle temperature.  Raises
    ValueError for other temperatures.

    Source: J. O. Hirschfelder, C. F. Curtiss, R. B. Bird (1954), section 3.5.

    >>> round(float(second_virial(1.0)), 6)
    -5.315745
    """
    return _over_pairs(temperature, lambda v: np.expm1(-v))


def covolume(temperature: ArrayLike) -> np.ndarray:
    """Co-volume b = B2 + T dB2/dT [...], sigma^3, of collisions in a slightly dense gas::

        b = -2 pi int_0^inf [exp(-V/T)(1 + V/T) - 1] r^2 dr

    Argument: T* [...], 0.05 .. 1e12.  Relative accuracy 1e-10.  Of hard spheres it is (2 pi/3) d^3.  Raises
    ValueError for other temperatures.

    Source: H. J. M. Hanley, R. D. McCarty, E. G. D. Cohen, Physica 60, 322 (1972).

    >>> round(float(covolume(1.0)), 4)
    3.9588
    """
    return _over_pairs(temperature, lambda v: np.expm1(-v) + v * np.exp(-v))


def _over_pairs(temperature: ArrayLike, cluster: Callable[[float], float]) -> np.ndarray:
    """-2 pi int_0^inf cluster(V/T) r^2 dr [...]; the cluster is -1 where V is large."""
    positive(temperature, "temperature", "reduced units, kT/epsilon")
    temperatures = np.asarray(temperature, dtype=float)
    low, high = TEMPERATURES
    if not np.all((temperatures >= low) & (temperatures <= high)):
        raise ValueError(f"T* = {temperature} is outside the {low} .. {high:g} of the quadrature")
    values = [-2 * np.pi * _radial(T, cluster) for T in temperatures.ravel()]
    return np.array(values).reshape(temperatures.shape)


def _radial(temperature: float, cluster: Callable[[float], float]) -> float:
    core = 0.05  # molecules never are as near

    def integrand(r: float) -> float:
        return float(cluster(4 * (r**-12 - r**-6) / temperature)) * r * r

    edges = (core, 1.0, 2.0, np.inf)
    parts = [quad(integrand, *ends, epsabs=1e-13, epsrel=1e-12, limit=400)[0] for ends in pairwise(edges)]
    return sum(parts) - core**3 / 3
