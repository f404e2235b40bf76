"""Shapes of pair potentials: V(r) and its force, each written once for every engine and machine.

A potential has two scales, sigma and epsilon; what is left, its shape, is a pair of `@device` functions of
the squared reduced distance r*^2 = (r / sigma)^2, which is what a pair loop has at hand::

    energy(r2) = V / epsilon,    force(r2) = -(dV/dr) / r in units of epsilon / sigma^2

so that the force vector is force(r2) times the separation.  Both keep the precision of r2.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from knudsen.core.kernel_cache import fingerprint
from knudsen.core.kernels import device

DeviceFunction = Callable[..., Any]
SHAPES_KEPT = 256
# Spacing of the six-point difference over r: its truncation and its rounding are both near 1e-12.
DIFFERENCE_STEP = 2e-3


class Shape(NamedTuple):
    """The reduced potential: what two gases of other scales have in common."""

    energy: DeviceFunction
    force: DeviceFunction

    @property
    def key(self) -> str | None:
        """Hash of all that the functions compute; None where a source cannot be read."""
        parts = [fingerprint(function) for function in self]
        return None if None in parts else "-".join(str(part) for part in parts)


@device
def lennard_jones_energy(r2: Any) -> Any:
    """V / epsilon = 4 (r^-12 - r^-6)."""
    real = type(r2)
    s6 = real(1) / (r2 * r2 * r2)
    return real(4) * s6 * (s6 - real(1))


@device
def lennard_jones_force(r2: Any) -> Any:
    """-(dV/dr) / r = 24 (2 r^-14 - r^-8), reduced."""
    real = type(r2)
    s2 = real(1) / r2
    s6 = s2 * s2 * s2
    return real(24) * s2 * s6 * (real(2) * s6 - real(1))


LENNARD_JONES = Shape(lennard_jones_energy, lennard_jones_force)


@lru_cache(maxsize=SHAPES_KEPT)
def mie_shape(n: float, m: float) -> Shape:
    """V / epsilon = C (r^-n - r^-m), C = n/(n - m) (n/m)^(m/(n - m)): the well is one deep."""
    depth = n / (n - m) * (n / m) ** (m / (n - m))
    repulsion, attraction = _inverse_power(n), _inverse_power(m)

    @device
    def mie_energy(r2: Any) -> Any:
        real = type(r2)
        return real(depth) * (repulsion(r2) - attraction(r2))

    @device
    def mie_force(r2: Any) -> Any:
        real = type(r2)
        return real(depth) * (real(n) * repulsion(r2) - real(m) * attraction(r2)) / r2

    return Shape(mie_energy, mie_force)


@lru_cache(maxsize=SHAPES_KEPT)
def inverse_power_shape(n: float) -> Shape:
    """V / epsilon = r^-n."""
    repulsion = _inverse_power(n)

    @device
    def inverse_power_force(r2: Any) -> Any:
        real = type(r2)
        return real(n) * repulsion(r2) / r2

    return Shape(repulsion, inverse_power_force)


@lru_cache(maxsize=SHAPES_KEPT)
def _inverse_power(n: float) -> DeviceFunction:
    """r^-n of r^2; by multiplication where n is whole, which is many times faster."""
    half, odd = int(n // 2), n % 2 == 1

    if n != int(n):

        @device
        def inverse_power(r2: Any) -> Any:
            real = type(r2)
            return r2 ** real(-n / 2)

    elif odd:

        @device
        def inverse_power(r2: Any) -> Any:
            real = type(r2)
            s2 = real(1) / r2
            return s2**half * real(math.sqrt(s2))

    else:

        @device
        def inverse_power(r2: Any) -> Any:
            real = type(r2)
            return (real(1) / r2) ** half

    return inverse_power


@lru_cache(maxsize=SHAPES_KEPT)
def user_shape(potential: DeviceFunction, force: DeviceFunction | None = None) -> Shape:
    """Shape of a user's V(r) / epsilon and F(r) sigma / epsilon, functions of r / sigma.

    Without F it is the six-point difference of V, good to some 1e-11 of it in double precision.
    """
    value = potential if hasattr(potential, "py_func") else device(potential)

    @device
    def user_energy(r2: Any) -> Any:
        real = type(r2)
        return real(value(real(math.sqrt(r2))))

    if force is None:

        @device
        def user_force(r2: Any) -> Any:
            r = math.sqrt(r2)
            h = DIFFERENCE_STEP * r
            near = value(r + h) - value(r - h)
            middle = value(r + 2 * h) - value(r - 2 * h)
            far = value(r + 3 * h) - value(r - 3 * h)
            return -(45 * near - 9 * middle + far) / (60 * h * r)

    else:
        pull = force if hasattr(force, "py_func") else device(force)

        @device
        def user_force(r2: Any) -> Any:
            real = type(r2)
            r = real(math.sqrt(r2))
            return real(pull(r)) / r

    return Shape(user_energy, user_force)
