"""Coefficients of a binary gas along a continuum problem: constant, given, or tabulated from theory."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import chebyshev
from scipy.constants import R as GAS_CONSTANT
from scipy.interpolate import RectBivariateSpline

from knudsen.analysis.checks import finite, pair, positive, within
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog

Field = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""A coefficient of (mole fraction of species 1 [...], temperature [...], K)."""

MONATOMIC = (2.5 * GAS_CONSTANT, 2.5 * GAS_CONSTANT)
COMPOSITIONS = 41  # nodes in x, crowded at the ends
TEMPERATURES = 7


@dataclass(frozen=True)
class BinaryGas:
    """A binary ideal gas at one pressure.

    pressure : p [Pa]
    diffusion : D_12(x, T) [m^2/s] at that pressure
    thermal_conductivity : lambda(x, T) [W/(m K)], with no diffusion flux
    thermal_diffusion_factor : alpha_T(x, T) [-]
    heat_capacities : C_p1, C_p2 [J/(mol K)]; monatomic, (5/2) R, if left out

    The fields take arrays; a trial step's x just outside [0, 1] is put back onto it before they are asked.

    Raises ValueError for a pressure that is not positive, or a C_p of R or less.

    >>> gas = constant_gas(1e5, 7e-5, 0.06, -0.35)
    >>> round(float(gas.diffusivity_of_heat(0.5, 300.0)), 9)  # kappa = lambda/(c C_p)
    7.2e-05
    """

    pressure: float
    diffusion: Field
    thermal_conductivity: Field
    thermal_diffusion_factor: Field
    heat_capacities: tuple[float, float] = MONATOMIC

    def __post_init__(self) -> None:
        positive(self.pressure, "pressure", "Pa")
        positive(self.heat_capacities, "heat capacities", "J/(mol K)")
        if min(self.heat_capacities) <= GAS_CONSTANT:
            raise ValueError(f"C_p of an ideal gas exceeds R, got {self.heat_capacities}: give J/(mol K)")

    def heat_capacity(self, x: np.ndarray) -> np.ndarray:
        """C_p [...] of the mixture, J/(mol K)."""
        first, second = self.heat_capacities
        return second + (first - second) * x

    def concentration(self, T: np.ndarray) -> np.ndarray:
        """c = p/(R T) [...], mol/m^3."""
        return self.pressure / (GAS_CONSTANT * T)

    def diffusivity_of_heat(self, x: np.ndarray, T: np.ndarray) -> np.ndarray:
        """kappa = lambda/(c C_p) [...], m^2/s."""
        return self.thermal_conductivity(x, T) / (self.concentration(T) * self.heat_capacity(x))

    def coefficients(self, x: np.ndarray, T: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """D_12, lambda and alpha_T [...]; x is put onto [0, 1]."""
        x = np.clip(x, 0.0, 1.0)
        return self.diffusion(x, T), self.thermal_conductivity(x, T), self.thermal_diffusion_factor(x, T)


def constant_gas(
    pressure: float,
    diffusion: float,
    thermal_conductivity: float,
    thermal_diffusion_factor: float,
    heat_capacities: tuple[float, float] = MONATOMIC,
) -> BinaryGas:
    """A `BinaryGas` of constant coefficients (SI units as there).

    Raises ValueError for a value that is not positive, or an alpha_T that is not finite.

    >>> constant_gas(1e5, 7e-5, 0.06, -0.35).diffusion(0.5, 300.0)
    array(7.e-05)
    """
    positive([diffusion, thermal_conductivity], "diffusion and conductivity", "m^2/s and W/(m K)")
    finite(thermal_diffusion_factor, "thermal diffusion factor", "units of one")

    def everywhere(value: float) -> Field:
        return lambda x, T: np.full(np.broadcast_shapes(np.shape(x), np.shape(T)), value)

    return BinaryGas(
        pressure,
        everywhere(diffusion),
        everywhere(thermal_conductivity),
        everywhere(thermal_diffusion_factor),
        heat_capacities,
    )


def gas_of_theory(
    theory: ChapmanEnskog,
    pressure: float,
    temperatures: tuple[float, float],
    heat_capacities: tuple[float, float] = MONATOMIC,
    eucken: float = 1.0,
) -> BinaryGas:
    """A `BinaryGas` with the coefficients of a binary theory, tabulated over x and a range of temperature.

    Arguments
    ---------
    theory : of a binary mixture; its own temperature does not matter
    pressure : p [Pa]
    temperatures : lowest, highest T [K] of the table; a cubic spline in x and ln T is asked within only
    heat_capacities : C_p1, C_p2 [J/(mol K)]
    eucken : factor on the theory's (translational) conductivity, for molecules that carry internal energy

    Raises
    ------
    ValueError : a theory that is not binary, temperatures that do not ascend; the fields, outside the table

    For He-Ar the spline is within 1e-6 of the theory (D_12, lambda) and 1e-5 (alpha_T).

    >>> from knudsen.core.gases import Mixture
    >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=4)
    >>> gas = gas_of_theory(theory, 1e5, (280.0, 320.0))
    >>> round(float(gas.diffusion(0.5, 300.0) / theory.at(300.0).diffusion_binary(0.5, 1e5)), 6)
    1.0
    """
    positive(temperatures, "temperatures", "K")
    positive(eucken, "Eucken factor", "units of one")
    low, high = pair(temperatures, "temperatures")
    if not low < high:
        raise ValueError(f"temperatures must ascend, got {temperatures}: give the lowest and the highest")
    x = (1 + np.sort(chebyshev.chebpts2(COMPOSITIONS))) / 2
    T = np.exp(np.log(low) + np.log(high / low) * (1 + chebyshev.chebpts2(TEMPERATURES)) / 2)
    states = [theory.at(temperature) for temperature in T]
    diffusion = np.array([state.diffusion_binary(x, pressure) for state in states]).T
    fractions = np.stack([x, 1 - x], axis=-1)
    conductivity = eucken * np.array([state.thermal_conductivity(fractions) for state in states]).T
    factor = np.array([state.thermal_diffusion_factor(x) for state in states]).T
    fields = [_spline(x, T, values) for values in (diffusion, conductivity, factor)]
    return BinaryGas(pressure, *fields, heat_capacities)


def _spline(x: np.ndarray, T: np.ndarray, values: np.ndarray) -> Field:
    spline = RectBivariateSpline(x, np.log(T), values, s=0)

    def field(x: np.ndarray, at: np.ndarray) -> np.ndarray:
        if not np.all((at >= T[0] * (1 - 1e-9)) & (at <= T[-1] * (1 + 1e-9))):
            raise ValueError(
                f"temperatures from {np.min(at):.6g} to {np.max(at):.6g} K leave the table, {T[0]:.6g} to "
                f"{T[-1]:.6g} K: tabulate a wider range"
            )
        x = within(x, 0, 1, "mole fractions", "parts of one")
        return spline(x, np.log(at), grid=False)

    return field
