"""What the equation of state says of a Lennard-Jones fluid, and how well it is known."""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from knudsen.analysis.dense.lennard_jones import LennardJonesFluid, saturation
from knudsen.scenarios.lj_fluid.size import FewAtoms, fixed_pressure, fixed_volume

SOURCE = "equation of state, Thol et al. 2016"
NEIGHBOURHOOD = (0.95, 1.0, 1.05)  # densities compared, over that of the state: differences cross zero
NEWTON_STEPS = 6
LIQUID_COMPRESSIBILITY = 0.1
ENDLESS = FewAtoms(math.inf)
_PURE = np.array([1.0])


class Known(NamedTuple):
    """A number of theory and its error."""

    value: float
    error: float


class StateTheory(NamedTuple):
    """Potential energy of an atom [epsilon] and pressure [epsilon/sigma^3], and their slopes in T."""

    energy: Known
    pressure: Known
    energy_slope: float
    pressure_slope: float


@lru_cache(maxsize=256)
def state_theory(temperature: float, density: float, system: FewAtoms = ENDLESS) -> StateTheory:
    """The equation of state of Thol et al. for so many atoms, and its error from another equation::

        max |Thol - Kolafa and Nezbeda| / 2  over densities within 5 % of the state's

    for its authors give it none as a function of the state.  The number of atoms, known in sign and size,
    shifts the value (`size.fixed_volume`).

    Arguments
    ---------
    temperature, density : T*, rho*;  system : that it is compared with, in a fixed volume

    Raises
    ------
    ValueError : a state outside the equation's range, in the solid, or unstable

    Sources: Thol et al., J. Phys. Chem. Ref. Data 45 (2016) 023101; J. Kolafa and I. Nezbeda, Fluid Phase
    Equilib. 100 (1994) 1.

    >>> found = state_theory(1.5, 0.3)
    >>> print(f"{found.pressure.value:.4f} {found.energy.value:.4f}")
    0.2248 -2.0812
    """
    state = LennardJonesFluid(temperature, density)
    apart = [
        np.subtract(_of(model, temperature, density * part), _of(_models()[0], temperature, density * part))
        for part in NEIGHBOURHOOD
        for model in _models()[1:]
    ]
    errors = np.abs(apart).max(axis=0) / 2
    shift = fixed_volume(_energy, _pressure, temperature, density, system)
    return StateTheory(
        Known(state.residual_energy + shift.energy, float(errors[0])),
        Known(state.pressure + shift.pressure, float(errors[1])),
        state.heat_capacity_volume - 1.5,
        state.thermal_pressure_coefficient,
    )


def at_pressure(
    temperature: float, pressure: Known, near: float, system: FewAtoms = ENDLESS
) -> tuple[Known, StateTheory]:
    """Density and state at a pressure, p(T, rho) = p, by Newton's method from a density nearby.

    The errors of both equations of state and of the pressure make that of the density, and that the energy's.
    Density and energy are those of the system's atoms, with a volume that fluctuates (`size.fixed_pressure`).

    Raises
    ------
    ValueError : as `state_theory`
    """
    density = near
    for _ in range(NEWTON_STEPS):
        state = LennardJonesFluid(temperature, density)
        density += (pressure.value - state.pressure) * density * state.isothermal_compressibility
    found, stiff = state_theory(temperature, density), LennardJonesFluid(temperature, density)
    error = float(np.hypot(found.pressure.error, pressure.error)) * density * stiff.isothermal_compressibility
    beside = LennardJonesFluid(temperature, density * (1 - 1e-4)).residual_energy
    slope = (found.energy.value - beside) / (1e-4 * density)
    shift = fixed_pressure(_energy, _pressure, temperature, density, system)
    energy = Known(found.energy.value + shift.energy, float(np.hypot(found.energy.error, slope * error)))
    return Known(density + shift.density, error), found._replace(energy=energy)


def compressibility(temperature: float, pressure: float, near: float) -> float:
    """-(dV/dp)/V at a pressure, from a density nearby; some liquid's where that fails [sigma^3/epsilon]."""
    try:
        (density, _), _ = at_pressure(temperature, Known(pressure, 0.0), near)
        return LennardJonesFluid(temperature, density).isothermal_compressibility
    except ValueError:
        return LIQUID_COMPRESSIBILITY


def obstacle(temperature: float, density: float) -> str:
    """Why there is no theory of a state, or why it may part into two phases; empty for a stable fluid."""
    try:
        LennardJonesFluid(temperature, density)
    except ValueError as error:
        return str(error)
    try:
        at = saturation(temperature)
    except ValueError:
        return ""
    if not at.vapour < density < at.liquid:
        return ""
    return (
        f"rho* = {density:g} at T* = {temperature:g} is metastable between gas of {at.vapour:.4g} and liquid "
        f"of {at.liquid:.4g}: it may part while it runs"
    )


def _energy(temperature: float, density: float) -> float:
    return _of(_models()[0], temperature, density)[0]


def _pressure(temperature: float, density: float) -> float:
    return _of(_models()[0], temperature, density)[1]


def _of(model: Any, temperature: float, density: float) -> tuple[float, float]:
    """Potential energy per atom and pressure."""
    energy = temperature * float(model.get_Ar10(temperature, density, _PURE))
    return energy, density * temperature * (1 + float(model.get_Ar01(temperature, density, _PURE)))


@lru_cache(maxsize=1)
def _models() -> tuple[Any, Any]:
    import teqp

    kinds = ("LJ126_TholJPCRD2016", "LJ126_KolafaNezbeda1994")
    return tuple(teqp.make_model({"kind": kind, "model": {}}) for kind in kinds)  # type: ignore[return-value]
