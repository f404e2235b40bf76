"""Gas over one plane wall: slip, jump and creep, and the Knudsen layer, of any half-range operator.

Far from the wall the gas follows its bulk solution, n(c) x + const, for a gradient of a collision invariant n
or a uniform source; in the modes of `slab` each amplitude is::

    a_j = a_j(0) exp(-k_j x) + (f_j / k_j^2) [1 - exp(-k_j x)],    k_j > 0
    a_j = a_j(0) + n_j x,                                          k_j = 0

The constant that is left of the bulk solution as x -> oo holds the slip and the jump.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import finite, not_negative
from knudsen.analysis.transition.operators import HalfRangeOperator, Modes
from knudsen.analysis.transition.slab import Wall, density_pin, solve_scaled, wall_system

COMPATIBLE = 1e-7


@dataclass(frozen=True)
class HalfSpaceSolution:
    """Linearised distribution over a wall at x = 0; [node, case].

    bulk : the constant part of u as x -> oo;  the gradient's n x is not in it
    """

    modes: Modes
    bulk: np.ndarray
    at_wall: np.ndarray

    def layer(self, position: ArrayLike) -> np.ndarray:
        """Knudsen layer: u less its bulk solution [node, case, ...] at x >= 0 [...], in mu v0/p.

        Raises ValueError for a position behind the wall.
        """
        x = np.atleast_1d(not_negative(position, "distance from the wall", "mu v0/p"))
        decaying = self.modes.decay > 0
        falling = np.exp(-self.modes.decay[decaying, None] * x)
        amplitude = self.at_wall[decaying, :, None] * falling[:, None, :]
        result = np.tensordot(self.modes.shape[:, decaying], amplitude, axes=(1, 0))
        return result.reshape(*result.shape[:2], *np.shape(position))


def solve_half_space(
    operator: HalfRangeOperator, source: np.ndarray, gradient: np.ndarray, wall: Wall
) -> HalfSpaceSolution:
    """Solve c_x dh/dx = L h + S for x > 0 with u -> gradient x + const.

    Arguments
    ---------
    operator : the gas
    source : S [node, case], even in c_x, that drives no collision invariant
    gradient : [node, case], collision invariants even in c_x (0 for none); with impermeable
        walls one of uniform pressure
    wall : the wall at x = 0

    Raises
    ------
    ValueError : a source or gradient that no steady half space carries

    The layer-free gas of two ordinates slips by u = c du/dx, c its speed:

    >>> gas = HalfRangeOperator(np.array([0.5]), np.array([0.5]), np.zeros((1, 1)), np.eye(1))
    >>> solve_half_space(gas, np.zeros((1, 1)), np.ones((1, 1)), Wall()).bulk.round(12)
    array([[0.5]])
    """
    finite(source, "source", "p/mu")
    finite(gradient, "gradient", "p/(mu v0)")
    modes = operator.modes
    k = modes.decay[:, None]
    still = k == 0
    force = modes.shape.T @ (operator.weight[:, None] * source)
    slope = modes.amplitudes(gradient)
    _compatible(
        np.where(still, force, 0), force, "the source drives a collision invariant: no steady half space"
    )
    _compatible(np.where(still, 0, slope), slope, "the gradient is not that of a collision invariant")
    pin = density_pin(modes, wall)
    _compatible(
        pin @ slope, slope, "the gradient drives molecules into the wall: take one of uniform pressure"
    )
    decay = np.where(still, 1.0, k)
    force, slope = np.where(still, 0, force), np.where(still, slope, 0)
    matrix, drive = wall_system(modes, wall)
    at_wall = solve_scaled(matrix + np.diag(k[:, 0]) + pin, drive + force / decay + slope)
    bulk = np.where(still, at_wall, force / decay**2)
    return HalfSpaceSolution(modes, modes.shape @ bulk, at_wall - bulk)


def _compatible(part: np.ndarray, whole: np.ndarray, fault: str) -> None:
    if not np.all(np.linalg.norm(part, axis=0) <= COMPATIBLE * np.linalg.norm(whole, axis=0)):
        raise ValueError(fault)
