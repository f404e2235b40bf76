"""Slip, creep and jump at a wall: the boundary conditions that a kinetic equation gives the continuum.

In units of mu v0/p, v0 = sqrt(2kT/m), x the distance from the wall::

    u = sigma_P (mu v0/p) du/dx + sigma_T (mu/rho) dlnT/dz,    T - T_wall = zeta_T (mu v0/p) dT/dx

each the bulk solution's value extrapolated to the wall.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.transition.channel import model_gases
from knudsen.analysis.transition.half_space import HalfSpaceSolution, solve_half_space
from knudsen.analysis.transition.model_equations import PRANDTL_MONATOMIC
from knudsen.analysis.transition.operators import KineticGas
from knudsen.analysis.transition.surfaces import Surface, wall_across, wall_along


@dataclass(frozen=True)
class SlipCoefficients:
    """Coefficients of slip and jump [-].

    sigma_P : viscous slip;  sigma_T : thermal slip (creep);  zeta_T : temperature jump
    error : largest relative change of the three with coarser ordinates
    """

    sigma_P: float
    sigma_T: float
    zeta_T: float
    error: float = 0.0


@dataclass(frozen=True)
class KnudsenLayers:
    """What the bulk solution leaves out near a wall; each [position].

    slip_velocity : of a gas sheared at du/dx = v0/(mu v0/p), over v0
    creep_velocity : 2 u/(v0 X) of a temperature gradient X = dlnT/d(z p/(mu v0))
    jump_temperature, jump_density : (T - T_bulk)/T0, (n - n_bulk)/n0 of a gradient of one T0 per mu v0/p
    """

    position: np.ndarray
    slip_velocity: np.ndarray
    creep_velocity: np.ndarray
    jump_temperature: np.ndarray
    jump_density: np.ndarray


def slip_coefficients(
    model: str = "shakhov", accommodation: Surface = 1.0, prandtl: float = PRANDTL_MONATOMIC
) -> SlipCoefficients:
    """Slip, creep and jump coefficients of a model gas at a wall of Maxwell accommodation.

    Arguments
    ---------
    model : "bgk" (Pr = 1) or "shakhov"
    accommodation : Maxwell's alpha, 0 < alpha <= 1, or `surfaces.Lord`
    prandtl : of the Shakhov model

    Raises
    ------
    ValueError : an accommodation out of range, or another model

    Source: definitions as F. Sharipov, J. Phys. Chem. Ref. Data 40 (2011) 023101.

    >>> bgk = slip_coefficients("bgk")
    >>> round(bgk.sigma_P, 6), round(bgk.sigma_T, 5), round(bgk.zeta_T, 5)
    (1.016191, 0.76632, 1.30272)
    """
    fine, coarse = (slip_of(gas, accommodation) for gas in model_gases(model, prandtl))
    fields = ("sigma_P", "sigma_T", "zeta_T")
    values, rough = (np.array([getattr(one, name) for name in fields]) for one in (fine, coarse))
    return SlipCoefficients(*values.tolist(), error=float(np.max(np.abs(rough / values - 1))))


def slip_of(gas: KineticGas, accommodation: Surface = 1.0) -> SlipCoefficients:
    """Slip, creep and jump coefficients of any one-component gas.

    Raises ValueError for an accommodation outside (0, 1].

    >>> from knudsen.analysis.transition.model_equations import relaxing_gas
    >>> round(slip_of(relaxing_gas(2 / 3)).sigma_T, 4)
    1.1747
    """
    along, normal = _solve(gas, accommodation)
    slip, creep = gas.shear.mean(gas.velocity, along.bulk)
    jump = 2 / 3 * gas.normal.mean(gas.energy, normal.bulk)[0]
    return SlipCoefficients(sigma_P=float(slip), sigma_T=float(-2 * creep), zeta_T=float(jump))


def knudsen_layers(gas: KineticGas, position: np.ndarray, accommodation: Surface = 1.0) -> KnudsenLayers:
    """Velocity, temperature and density of the Knudsen layers at distances [position] in mu v0/p.

    Raises ValueError for a distance that is negative or an accommodation outside (0, 1].

    >>> from knudsen.analysis.transition.model_equations import relaxing_gas
    >>> layers = knudsen_layers(relaxing_gas(1.0), np.array([0.0, 5.0]))
    >>> layers.slip_velocity.round(4)
    array([-0.3091, -0.0043])
    """
    position = distances_from_wall(position)
    along, normal = _solve(gas, accommodation)
    slip, creep = gas.shear.mean(gas.velocity, along.layer(position))
    state = normal.layer(position)[:, 0]
    return KnudsenLayers(
        position=position,
        slip_velocity=slip,
        creep_velocity=-2 * creep,
        jump_temperature=2 / 3 * gas.normal.mean(gas.energy, state),
        jump_density=gas.normal.mean(gas.density, state),
    )


def distances_from_wall(position: ArrayLike) -> np.ndarray:
    """Distances [position] in mu v0/p; raises ValueError for a negative one.

    >>> distances_from_wall([-1.0])
    Traceback (most recent call last):
        ...
    ValueError: positions must be a list of distances from the wall, in mu v0/p
    """
    position = np.array(position, dtype=float)
    if position.ndim != 1 or not np.all(position >= 0):
        raise ValueError("positions must be a list of distances from the wall, in mu v0/p")
    return position


@lru_cache(maxsize=128)
def _solve(gas: KineticGas, accommodation: Surface) -> tuple[HalfSpaceSolution, HalfSpaceSolution]:
    """Half spaces of [shear du/dx = 1, creep of source c_z (c^2 - 5/2)] and of dT/dx = 1."""
    nothing = np.zeros_like(gas.velocity)
    along = solve_half_space(
        gas.shear,
        np.stack([nothing, gas.heat_flow], axis=1),
        np.stack([2 * gas.velocity, nothing], axis=1),
        wall_along(gas, accommodation),
    )
    heated = (gas.energy - gas.density)[:, None]
    sealed = wall_across(gas, accommodation)
    return along, solve_half_space(gas.normal, np.zeros_like(heated), heated, sealed)
