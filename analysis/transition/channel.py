"""Flows between two parallel plates at any rarefaction: Poiseuille, thermal creep, Couette, Fourier.

Linearised in the drives; delta = p H/(mu v0), v0 = sqrt(2kT/m), Kn = sqrt(pi)/(2 delta).  The solver is
`slab`'s, the gas any `KineticGas`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import positive
from knudsen.analysis.transition.model_equations import NODES, PRANDTL_MONATOMIC, relaxing_gas
from knudsen.analysis.transition.operators import KineticGas
from knudsen.analysis.transition.slab import SlabSolution, solve_slab
from knudsen.analysis.transition.surfaces import Surface, wall_across, wall_along

LEAST_DELTA, GREATEST_DELTA = 1e-4, 1e4
COARSE_NODES = 40
MODELS = ("bgk", "shakhov")
Solutions = tuple[SlabSolution, SlabSolution, SlabSolution]


@dataclass(frozen=True)
class ChannelFlow:
    """Flows through a plane channel, reduced.

    G_P, G_T : mass flow = (w H p/v0) [-G_P (H/p) dp/dz + G_T (H/T) dT/dz], w the width [-]
    couette_ratio : shear stress over that of free molecules between fully diffuse walls [-]
    fourier_ratio : heat flux from plate to plate over that of free molecules, fully diffuse walls [-]
    error : largest relative change of the four with coarser ordinates [-]
    """

    G_P: float
    G_T: float
    couette_ratio: float
    fourier_ratio: float
    error: float = 0.0


@dataclass(frozen=True)
class ChannelProfiles:
    """Profiles over position x/H, -1/2 .. 1/2, of the four flows of a channel; each [position].

    poiseuille_velocity, poiseuille_heat_flux : -2 u/(v0 X), -2 q/(p v0 X) of a pressure gradient
        X = H dlnp/dz; their means are G_P and -G_T
    creep_velocity, creep_heat_flux : 2 u/(v0 X), 2 q/(p v0 X) of a temperature gradient
        X = H dlnT/dz; the mean of the velocity is G_T
    couette_velocity : u over the difference of the walls' velocities, the right wall moving with +1/2
    fourier_temperature, fourier_density : changes of T/T0 and n/n0 over the difference of the walls'
        T/T0, the right wall at +1/2, with no change of the mean density; pressure is their sum
    """

    position: np.ndarray
    poiseuille_velocity: np.ndarray
    poiseuille_heat_flux: np.ndarray
    creep_velocity: np.ndarray
    creep_heat_flux: np.ndarray
    couette_velocity: np.ndarray
    fourier_temperature: np.ndarray
    fourier_density: np.ndarray


def plane_channel(
    delta: float,
    model: str = "shakhov",
    accommodation: Surface | Sequence[Surface] = 1.0,
    prandtl: float = PRANDTL_MONATOMIC,
) -> ChannelFlow:
    """Reduced flows of a model gas between parallel plates::

        G_P -> delta/6 + sigma_P,  G_T -> sigma_T/delta,  couette_ratio -> sqrt(pi)/(delta + 2 sigma_P)

    as delta -> oo; G_P -> -ln(delta)/sqrt(pi) + const as delta -> 0.

    Arguments
    ---------
    delta : rarefaction p H/(mu v0), 1e-4 .. 1e4
    model : "bgk" (Pr = 1) or "shakhov"
    accommodation : Maxwell's alpha, 0 < alpha <= 1, or `surfaces.Lord`, of both plates or of each
    prandtl : of the Shakhov model

    Raises
    ------
    ValueError : a delta or an accommodation out of range, or another model

    Source: definitions as F. Sharipov, V. Seleznev, J. Phys. Chem. Ref. Data 27 (1998) 657, sections 3 and 7.

    >>> flow = plane_channel(1.0, "bgk")
    >>> round(flow.G_P, 7), round(flow.G_T, 7), flow.error < 1e-7
    (1.5386785, 0.2948999, True)
    """
    fine, coarse = (channel_flow(g, delta, accommodation) for g in model_gases(model, prandtl))
    fields = ("G_P", "G_T", "couette_ratio", "fourier_ratio")
    values, rough = (np.array([getattr(flow, name) for name in fields]) for flow in (fine, coarse))
    return ChannelFlow(*values.tolist(), error=float(np.max(np.abs(rough / values - 1))))


def channel_flow(
    gas: KineticGas, delta: float, accommodation: Surface | Sequence[Surface] = 1.0
) -> ChannelFlow:
    """The four flows of any one-component gas; arguments and raises as `plane_channel`.

    >>> from knudsen.analysis.transition.model_equations import relaxing_gas
    >>> round(channel_flow(relaxing_gas(2 / 3), 10.0).fourier_ratio, 6)
    0.238996
    """
    along, couette, fourier = _solve(gas, delta, accommodation)
    driven = np.stack([gas.velocity, gas.heat_flow], axis=1)
    response = 2 / delta * gas.shear.mean(driven, along.mean_even)
    stress = gas.shear.mean(gas.shear.speed * gas.velocity, couette.odd(0.0))[0]
    heat = gas.normal.mean(gas.normal.speed * (gas.energy - gas.density), fourier.odd(0.0))[0]
    return ChannelFlow(
        G_P=float(response[0, 0]),
        G_T=float(-response[0, 1]),
        couette_ratio=float(-2 * np.sqrt(np.pi) * stress),
        fourier_ratio=float(-np.sqrt(np.pi) * heat),
    )


def channel_profiles(
    gas: KineticGas, delta: float, position: ArrayLike, accommodation: Surface | Sequence[Surface] = 1.0
) -> ChannelProfiles:
    """Velocity, heat flux, temperature and density across the channel.

    Arguments
    ---------
    gas : as `channel_flow`;  delta, accommodation : as `plane_channel`
    position : x/H [position], -1/2 .. 1/2

    Raises
    ------
    ValueError : a position outside the channel; delta and accommodation as `plane_channel`

    >>> from knudsen.analysis.transition.model_equations import relaxing_gas
    >>> profiles = channel_profiles(relaxing_gas(), 1.0, [-0.5, 0.0, 0.5])
    >>> profiles.couette_velocity.round(4)
    array([-0.2523,  0.    ,  0.2523])
    """
    position = places_between(position)
    along, couette, fourier = _solve(gas, delta, accommodation)
    x = position * delta
    u = along.even(x)
    velocity, heat = (2 / delta * gas.shear.mean(f, u) for f in (gas.velocity, gas.heat_flow))
    state = fourier.even(x)[:, 0]
    return ChannelProfiles(
        position=position,
        poiseuille_velocity=velocity[0],
        poiseuille_heat_flux=heat[0],
        creep_velocity=-velocity[1],
        creep_heat_flux=-heat[1],
        couette_velocity=gas.shear.mean(gas.velocity, couette.even(x)[:, 0]),
        fourier_temperature=2 / 3 * gas.normal.mean(gas.energy, state),
        fourier_density=gas.normal.mean(gas.density, state - fourier.mean_even),
    )


def places_between(position: ArrayLike) -> np.ndarray:
    """Positions x/H [position] in a channel; raises ValueError for one outside.

    >>> places_between([0.6])
    Traceback (most recent call last):
        ...
    ValueError: positions must be a list of x/H in [-1/2, 1/2], measured from the middle
    """
    position = np.array(position, dtype=float)
    if position.ndim != 1 or not np.all(np.abs(position) <= 0.5):
        raise ValueError("positions must be a list of x/H in [-1/2, 1/2], measured from the middle")
    return position


def check_delta(delta: float) -> None:
    """Raise ValueError unless the ordinates resolve this rarefaction.

    >>> check_delta(1e-6)
    Traceback (most recent call last):
        ...
    ValueError: delta must lie in [0.0001, 10000.0], got 1e-06: use the free-molecular or the slip-flow limit
    """
    positive(delta, "delta", "units of one")
    if not LEAST_DELTA <= delta <= GREATEST_DELTA:
        raise ValueError(
            f"delta must lie in [{LEAST_DELTA}, {GREATEST_DELTA}], got {delta}: "
            "use the free-molecular or the slip-flow limit"
        )


def _solve(gas: KineticGas, delta: float, accommodation: Surface | Sequence[Surface]) -> Solutions:
    """Solutions of the flows along the channel [pressure, temperature], of Couette's and of Fourier's."""
    check_delta(delta)
    left, right = (accommodation, accommodation) if np.ndim(accommodation) == 0 else accommodation
    return _solved(gas, float(delta), left, right)


@lru_cache(maxsize=128)
def _solved(gas: KineticGas, delta: float, left: Surface, right: Surface) -> Solutions:
    driven = np.stack([gas.velocity, gas.heat_flow], axis=1)
    still = wall_along(gas, left), wall_along(gas, right)
    sliding = wall_along(gas, left, -gas.velocity), wall_along(gas, right, gas.velocity)
    heated = wall_across(gas, left, -gas.energy / 2), wall_across(gas, right, gas.energy / 2)
    return (
        solve_slab(gas.shear, delta, driven, *still),
        solve_slab(gas.shear, delta, 0.0, *sliding),
        solve_slab(gas.normal, delta, 0.0, *heated),
    )


def model_gases(model: str, prandtl: float) -> tuple[KineticGas, KineticGas]:
    """The model gas on fine and on coarse ordinates; raises ValueError for another model or Prandtl number.

    >>> [len(gas.velocity) for gas in model_gases("bgk", 1.0)]
    [96, 80]
    """
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}: take one of {MODELS}")
    prandtl = 1.0 if model == "bgk" else float(prandtl)
    return relaxing_gas(prandtl, NODES), relaxing_gas(prandtl, COARSE_NODES)
