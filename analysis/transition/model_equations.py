"""BGK and Shakhov models of one gas on half-range ordinates.

Both relax every part of h at the one rate p/mu but the collision invariants and, in Shakhov's model, the heat
flux, which relaxes at Pr p/mu::

    L h = -h + P(1) h + P(c) h + P(c^2 - 3/2) h + (1 - Pr) P[c (c^2 - 5/2)] h

P(f) projecting on f.  Pr = 1 is the BGK model.  In the velocities along the wall h keeps to two polynomials,
c_z [sqrt 2, c_y^2 + c_z^2 - 2] for flows along the wall and [1, c_y^2 + c_z^2 - 1] for heat flow through
the gas (orthonormal under the Maxwellian), so that ordinates in c_x alone are exact in the others.

Source: P. L. Bhatnagar, E. P. Gross, M. Krook, Phys. Rev. 94 (1954) 511; E. M. Shakhov, Fluid Dyn. 3 (1968)
95; projection as in C. Cercignani, Rarefied Gas Dynamics (2000), chapter 3.
"""

from functools import lru_cache

import numpy as np

from knudsen.analysis.transition.operators import HalfRangeOperator, KineticGas
from knudsen.analysis.transition.ordinates import half_range, stretched

NODES = 48
PRANDTL_MONATOMIC = 2 / 3


@lru_cache(maxsize=32)
def relaxing_gas(prandtl: float = PRANDTL_MONATOMIC, nodes: int = NODES) -> KineticGas:
    """A gas of the Shakhov model (BGK: prandtl = 1), ready for `channel` and `slip`.

    Arguments
    ---------
    prandtl : Pr, 0 < Pr <= 1.5
    nodes : ordinates c_x > 0

    Raises
    ------
    ValueError : a Prandtl number outside the range, where the model amplifies or does not conduct

    >>> gas = relaxing_gas(prandtl=1.0, nodes=24)
    >>> int(np.sum(gas.shear.modes.decay == 0)), int(np.sum(gas.normal.modes.decay == 0))
    (1, 2)
    """
    if not 0 < prandtl <= 1.5:
        raise ValueError(f"the Prandtl number must lie in (0, 1.5], got {prandtl}: a monatomic gas has 2/3")
    c, weight = half_range(nodes)
    zero, one = np.zeros_like(c), np.ones_like(c)
    speed, weight = np.tile(c, 2), np.tile(weight, 2)
    velocity = np.concatenate([one, zero]) / np.sqrt(2)
    heat_flow = orthogonal(np.concatenate([(c**2 - 0.5) / np.sqrt(2), one]), velocity, weight)
    density = np.concatenate([one, zero])
    energy = orthogonal(np.concatenate([c**2 - 0.5, one]), density, weight)
    normal_heat = orthogonal(speed * (energy - density), speed * density, weight)
    transverse = np.stack([density, 1 - density], axis=1)
    kept = 1 - prandtl
    return KineticGas(
        shear=HalfRangeOperator(
            speed, weight, _losses(weight, [velocity, heat_flow], [1, kept]), np.eye(len(speed))
        ),
        velocity=velocity,
        heat_flow=heat_flow,
        normal=HalfRangeOperator(
            speed,
            weight,
            _losses(weight, [density, energy], [1, 1]),
            _losses(weight, [speed * density, normal_heat], [1, kept]),
        ),
        density=density,
        energy=energy,
        shear_transverse=transverse,
        normal_transverse=transverse,
        smooth=stretched,
    )


def orthogonal(function: np.ndarray, other: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """function less its part along the other, by the ordinates' own sums: what conservation must hold in.

    >>> orthogonal(np.array([1.0, 3.0]), np.ones(2), np.ones(2))
    array([-1.,  1.])
    """
    return function - other * (np.sum(weight * function * other) / np.sum(weight * other**2))


def _losses(weight: np.ndarray, functions: list[np.ndarray], kept: list[float]) -> np.ndarray:
    """-L: all parts decay at the rate 1, but the share `kept` of each orthogonal function comes back."""
    loss = np.eye(len(weight))
    for function, share in zip(functions, kept, strict=True):
        loss -= share * np.outer(function, function * weight) / np.sum(weight * function**2)
    return loss
