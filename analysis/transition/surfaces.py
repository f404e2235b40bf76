"""Walls for the kinetic equations of one gas: Maxwell's by a number, Cercignani, Lampis and Lord's by `Lord`.

Off the Maxwellian of its own motion and temperature such a wall gives back h(out) = A h(in), A of a product
of Laguerre's and Hermite's polynomials being a number (Hille and Hardy's, Mehler's formula)::

    A L_m(c_x^2) H_i(c_y) H_j(c_z) = (1 - alpha_n)^m (1 - sigma_t)^(i + j) L_m(c_x^2) H_i(c_y) H_j(c_z)

so that w = (1 - A)/(1 + A) (h_wall - u) for u and w, the parts even and odd in c_x.

Source: C. Cercignani, M. Lampis, Transp. Theory Stat. Phys. 1 (1971) 101; R. G. Lord, Phys. Fluids A 3 (1991)
706.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.transition.operators import KineticGas
from knudsen.analysis.transition.slab import Wall

POINTS, DEGREES = 1500, 1000  # of a quadrature in c_x^(1/3), and of Laguerre's polynomials on it


@dataclass(frozen=True)
class Lord:
    """Accommodation of Cercignani, Lampis and Lord's wall.

    normal : alpha_n, 0 .. 1, of the energy of the velocity to the wall
    tangential : sigma_t, 0 < sigma_t < 2, of the momentum along it; alpha_t = sigma_t (2 - sigma_t)

    Raises ValueError for one out of range.

    >>> Lord(1.0, 2.0)
    Traceback (most recent call last):
        ...
    ValueError: sigma_t must lie between 0 and 2, got 2.0: at its ends no momentum is lost
    """

    normal: float
    tangential: float

    def __post_init__(self) -> None:
        if not 0 <= self.normal <= 1:
            raise ValueError(f"alpha_n must lie in [0, 1], got {self.normal}")
        if not 0 < self.tangential < 2:
            raise ValueError(
                f"sigma_t must lie between 0 and 2, got {self.tangential}: at its ends no momentum is lost"
            )

    def rates(self, normal: ArrayLike, transverse: ArrayLike) -> np.ndarray:
        """(1 - A)/(1 + A) of the products of degrees m in c_x^2 and i + j in (c_y, c_z)."""
        kept = (1 - self.normal) ** np.asarray(normal) * (1 - self.tangential) ** np.asarray(transverse)
        return (1 - kept) / (1 + kept)


@dataclass(frozen=True)
class LordWall:
    """A plane wall of such accommodation at the ordinates of one operator; stands where a `slab.Wall` does.

    functions : [node, product], orthonormal under c W;  rates : of each [product]
    drive, densities, emission : as of `slab.Wall`
    """

    functions: np.ndarray
    rates: np.ndarray
    drive: ArrayLike = 0.0
    densities: tuple = field(default=())
    emission: ArrayLike = 0.0

    def exchange(self, measure: np.ndarray, u: np.ndarray) -> np.ndarray:
        """K u [node, ...]: c W w = K (h_wall - u) into the gas, K symmetric with no net flow of molecules."""
        flows = measure[:, None] * self.functions
        parts = np.tensordot(flows, u, axes=(0, 0))
        return np.tensordot(flows * self.rates, parts, axes=(1, 0))


Surface = float | Lord


class FreeRatios(NamedTuple):
    """Fluxes of free molecules between like plates over those between fully diffuse ones."""

    couette_ratio: float
    fourier_ratio: float


def free_ratios(surface: Surface) -> FreeRatios:
    """Of molecules that meet plates alone; half of the energy is that of the velocity to the plate.

    >>> free_ratios(Lord(1.0, 0.5))
    FreeRatios(couette_ratio=0.3333333333333333, fourier_ratio=0.8)
    """
    if not isinstance(surface, Lord):
        return FreeRatios(surface / (2 - surface), surface / (2 - surface))
    momentum, along, across = surface.rates([0, 0, 1], [1, 2, 0]).tolist()
    return FreeRatios(momentum, (along + across) / 2)


def grazing_accommodation(surface: Surface) -> float:
    """Maxwell's alpha of a wall that slow molecules leave alike, where they nearly fly along it.

    Any accommodation of the velocity to the wall brings these away from it.
    """
    if not isinstance(surface, Lord):
        return surface
    return surface.tangential if surface.normal == 0 else 1.0


def wall_along(gas: KineticGas, surface: Surface, drive: ArrayLike = 0.0) -> Wall | LordWall:
    """A wall of flows along it; raises ValueError for an accommodation out of range."""
    if isinstance(surface, Lord):
        return _lord_wall(surface, gas, 1, drive)
    return Wall(surface, drive)


def wall_across(gas: KineticGas, surface: Surface, drive: ArrayLike = 0.0) -> Wall | LordWall:
    """A wall of flows to it, which no molecule passes; raises as `wall_along`."""
    if isinstance(surface, Lord):
        return _lord_wall(surface, gas, 0, drive, (gas.density,))
    return Wall(surface, drive, (gas.density,))


def _lord_wall(
    surface: Lord,
    gas: KineticGas,
    rank: int,
    drive: ArrayLike,
    densities: tuple = (),
) -> LordWall:
    """At ordinates that are products; the polynomials in (c_y, c_z) are of the degrees rank, rank + 2, ..."""
    operator, transverse = (gas.shear, gas.shear_transverse) if rank else (gas.normal, gas.normal_transverse)
    measure = operator.speed * operator.weight
    functions, kept = _normal_modes(gas, surface.normal)
    place = np.unique(operator.speed, return_inverse=True)[1]
    products = (functions[place, :, None] * transverse[:, None, :]).reshape(len(measure), -1)
    products = products / np.sqrt(measure @ products**2)
    degrees = rank + 2 * np.arange(transverse.shape[1])
    returned = np.outer(kept, (1 - surface.tangential) ** degrees).ravel()
    return LordWall(products, (1 - returned) / (1 + returned), drive, densities)


@lru_cache(maxsize=64)
def _normal_modes(gas: KineticGas, alpha: float) -> tuple[np.ndarray, np.ndarray]:
    """Functions of c_x [speed, mode] that a wall gives back alike, and which share of each [mode].

    A acts on the polynomials in `smooth(c_x)`, in which h is smooth at a wall as those in c_x^2 are not.
    """
    operator = gas.normal
    speed, place = np.unique(operator.speed, return_inverse=True)
    nodes, recurrence = _lanczos(gas.smooth(speed), np.bincount(place, operator.speed * operator.weight))
    t, weight = np.polynomial.legendre.leggauss(POINTS)
    root = np.cbrt(speed[-1]) * (t + 1) / 2
    c, weight = root**3, weight * root**5 * np.exp(-(root**6))
    q, r = np.linalg.qr(np.sqrt(weight)[:, None] * _polynomials(gas.smooth(c), *recurrence))
    parts = (q * np.sign(np.diag(r))).T @ _laguerre(c**2, np.sqrt(weight), DEGREES)
    rest = (1 - alpha) ** DEGREES
    acted = (parts * ((1 - alpha) ** np.arange(DEGREES) - rest)) @ parts.T + rest * np.eye(len(speed))
    acted[0, 1:] = acted[1:, 0] = 0.0  # molecules are kept to round-off
    acted[0, 0] = 1.0
    kept, turn = np.linalg.eigh(acted)
    return nodes @ turn, np.clip(kept, 0, 1)


def _lanczos(t: np.ndarray, measure: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Polynomials in t orthonormal under the measure [node, degree], as many as nodes; their recurrence."""
    root = np.sqrt(measure / measure.sum())
    basis, diagonal, side = [root], [], []
    for _ in range(len(t) - 1):
        following = t * basis[-1]
        diagonal.append(following @ basis[-1])
        for _ in range(2):  # full reorthogonalisation
            following = following - np.array(basis).T @ (np.array(basis) @ following)
        side.append(np.linalg.norm(following))
        basis.append(following / side[-1])
    return np.array(basis).T / root[:, None], (np.array(diagonal), np.array(side))


def _polynomials(t: np.ndarray, diagonal: np.ndarray, side: np.ndarray) -> np.ndarray:
    """[point, degree] by the recurrence."""
    values = [np.ones_like(t), (t - diagonal[0]) / side[0]]
    for k in range(1, len(side)):
        values.append(((t - diagonal[k]) * values[k] - side[k - 1] * values[k - 1]) / side[k])
    return np.stack(values, axis=1)


def _laguerre(x: np.ndarray, root: np.ndarray, degrees: int) -> np.ndarray:
    """root L_m(x), normalised as root is not [point, degree]."""
    values = [root / np.sqrt(root @ root)]
    values.append((1 - x) * values[0])
    for m in range(1, degrees - 1):
        values.append(((2 * m + 1 - x) * values[m] - m * values[m - 1]) / (m + 1))
    return np.stack(values, axis=1)
