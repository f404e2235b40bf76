"""Thermal transpiration: the pressure difference that stops thermal creep between two temperatures."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

from knudsen.analysis.checks import finite, pair, positive
from knudsen.analysis.continuum.channel import Shape, creep_coefficient, poiseuille_coefficient
from knudsen.core.faults import SimulationFault


def transpiration_exponent(
    delta: ArrayLike, slip: float, thermal_slip: float, shape: Shape = "plane"
) -> np.ndarray:
    """gamma [-] of the pressure p ~ T^gamma that stops thermal creep: G_T / G_P, with slip to first order.

    delta [...], slip sigma_P, thermal_slip sigma_T [-], shape; errors as `poiseuille_coefficient`.
    It holds for delta >> 1; without collisions gamma = 1/2.

    >>> round(float(transpiration_exponent(100.0, 0.0, 1.0)), 6)
    0.0006
    """
    return creep_coefficient(delta, thermal_slip, slip, shape) / poiseuille_coefficient(
        delta, slip, shape=shape
    )


def thermomolecular_pressure(
    pressure: float,
    temperatures: tuple[float, float],
    delta: float,
    omega: float,
    exponent: Callable[[float], float],
) -> float:
    """Pressure [Pa] of the second bulb when no gas flows through a channel between two temperatures::

        d ln p / d ln T = gamma(delta) = G_T / G_P,    delta = delta_1 (p / p_1) (T / T_1)^-(omega + 1/2)

    Arguments
    ---------
    pressure : p_1 [Pa];  temperatures : T_1, T_2 [K];  delta : delta_1, at p_1 and T_1;  omega : mu ~ T^omega
    exponent : gamma as a function of delta: `transpiration_exponent`, or G_T / G_P of a kinetic solution

    Raises ValueError for values that are not positive, or an omega or exponent that is not finite;
    SimulationFault where the integration stops.

    Source: F. Sharipov, V. Seleznev, J. Phys. Chem. Ref. Data 27 (1998) 657, section 7.

    >>> thermomolecular_pressure(1.0, (100.0, 400.0), 0.01, 0.5, lambda delta: 0.5)
    2.0...
    """
    positive(pressure, "pressure", "Pa")
    positive(pair(temperatures, "temperatures"), "temperatures", "K")
    positive(delta, "delta", "units of one")
    finite(omega, "omega", "units of one")
    span = np.log(temperatures[1] / temperatures[0])
    if span == 0:
        return float(pressure)

    def slope(log_T: float, log_p: np.ndarray) -> np.ndarray:
        local = delta * np.exp(log_p[0] - (omega + 0.5) * log_T)
        return np.array([float(finite(exponent(local), "exponent", "units of one"))])

    solution = solve_ivp(slope, (0.0, span), [0.0], method="DOP853", rtol=1e-12, atol=1e-14)
    if solution.status != 0:
        raise SimulationFault(f"the pressure cannot be followed: {solution.message}")
    return float(pressure * np.exp(solution.y[0, -1]))
