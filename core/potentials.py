"""Pair potentials: V(r) and its force, each written once for every engine and machine.

A potential has two scales, sigma and epsilon; what is left, its shape, is a pair of `@device` functions of
the squared reduced distance r*^2 = (r / sigma)^2, which is what a pair loop has at hand::

    energy(r2) = V / epsilon,    force(r2) = -(dV/dr) / r in units of epsilon / sigma^2

so that the force vector is force(r2) times the separation.  Both keep the precision of r2.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from knudsen.core.kernel_cache import fingerprint
from knudsen.core.kernels import device

DeviceFunction = Callable[..., Any]
SHAPES_KEPT = 256
STEEPEST = 1000  # exponent; beyond it powers overflow where paths are searched for
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


def _check_scales(sigma: float, epsilon_over_k: float) -> None:
    for name, value, unit in (("sigma", sigma, "m"), ("epsilon_over_k", epsilon_over_k, "K")):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be positive and finite, got {value}: give it in {unit}")


@dataclass(frozen=True)
class LennardJones:
    """Lennard-Jones 12-6 potential::

        V(r) = 4 epsilon [(sigma/r)^12 - (sigma/r)^6]

    Arguments
    ---------
    sigma : distance of zero potential [m];  epsilon_over_k : well depth over k_B [K]

    Raises
    ------
    ValueError : a scale that is not positive and finite.
    """

    sigma: float
    epsilon_over_k: float

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)

    @property
    def shape(self) -> Shape:
        """Energy and force in reduced units."""
        return LENNARD_JONES


@dataclass(frozen=True)
class Mie:
    """Mie n-m potential; 12-6 is Lennard-Jones's::

        V(r) = C epsilon [(sigma/r)^n - (sigma/r)^m],   C = n/(n - m) (n/m)^(m/(n - m))

    Arguments
    ---------
    sigma : distance of zero potential [m];  epsilon_over_k : well depth over k_B [K]
    n, m : exponents of repulsion and attraction, 1000 >= n > m > 2 [-]

    Raises
    ------
    ValueError : a scale that is not positive and finite, or exponents out of order.

    Source: G. Mie, Ann. Phys. 316 (1903) 657.
    """

    sigma: float
    epsilon_over_k: float
    n: float = 12.0
    m: float = 6.0

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)
        if not 2 < self.m < self.n <= STEEPEST:
            raise ValueError(
                f"exponents must have {STEEPEST} >= n > m > 2, got n = {self.n}, m = {self.m}: "
                "the repulsion's exponent comes first"
            )

    @property
    def shape(self) -> Shape:
        """Energy and force in reduced units."""
        return mie_shape(float(self.n), float(self.m))


@dataclass(frozen=True)
class InversePower:
    """Repulsion by an inverse power; n = 4 is Maxwell's molecule, n = 1 Coulomb's::

        V(r) = epsilon (sigma/r)^n

    Arguments
    ---------
    sigma : distance at which V = epsilon [m];  epsilon_over_k : that energy over k_B [K];  n : exponent [-]

    Raises
    ------
    ValueError : a scale that is not positive and finite, or an exponent outside (0, 1000].
    """

    sigma: float
    epsilon_over_k: float
    n: float

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)
        if not 0 < self.n <= STEEPEST:
            raise ValueError(
                f"the exponent n must lie in (0, {STEEPEST}], got {self.n}: use a hard sphere above"
            )

    @property
    def shape(self) -> Shape:
        """Energy and force in reduced units."""
        return inverse_power_shape(float(self.n))


@dataclass(frozen=True)
class UserPotential:
    """A pair potential of the user's own::

        V(r) = epsilon potential(r / sigma)

    Arguments
    ---------
    sigma, epsilon_over_k : its scales [m], [K]
    potential : reduced V of the reduced distance, a scalar function that Numba compiles (`@device` or plain)
    force : reduced -dV/dr, the same; left out, the six-point difference of the potential in double precision

    Raises
    ------
    ValueError : a scale that is not positive and finite;  TypeError : a potential that is not a function.
    """

    sigma: float
    epsilon_over_k: float
    potential: DeviceFunction
    force: DeviceFunction | None = None

    def __post_init__(self) -> None:
        _check_scales(self.sigma, self.epsilon_over_k)
        for function in (self.potential, self.force):
            if function is not None and not callable(function):
                raise TypeError(f"a potential is a function of r / sigma, got {function!r}")

    @property
    def shape(self) -> Shape:
        """Energy and force in reduced units."""
        return user_shape(self.potential, self.force)


Potential = LennardJones | Mie | InversePower | UserPotential


def lorentz_berthelot(a: LennardJones, b: LennardJones) -> LennardJones:
    """Lennard-Jones parameters of an unlike pair: mean sigma, geometric mean of epsilon.

    Source: H. A. Lorentz, Ann. Phys. 248 (1881) 127; D. Berthelot, C. R. Acad. Sci. 126 (1898) 1703.
    """
    return LennardJones((a.sigma + b.sigma) / 2, math.sqrt(a.epsilon_over_k * b.epsilon_over_k))
