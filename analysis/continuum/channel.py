"""Flow of one gas along channels and tubes with velocity slip of second order: Poiseuille, creep.

Lengths of the wall's conditions are in units of ell = mu v0 / p, v0 = sqrt(2 k T / m); delta = H / ell
(plane, H the gap) or R / ell (tube, R the radius).  With n the normal into the gas::

    u_wall = sigma_P ell du/dn - sigma_P2 ell^2 d2u/dn2 + sigma_T (mu / rho) d ln T/dz

Coefficients are arguments: one number, or a pair for the two plates of a plane channel.

The pressure that stops creep: `knudsen.analysis.continuum.transpiration`.

Source: F. Sharipov, V. Seleznev, J. Phys. Chem. Ref. Data 27 (1998) 657; the integrals are derived here.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN
from scipy.optimize import brentq

from knudsen.analysis.checks import not_negative, pair, positive, within

Shape = Literal["plane", "tube"]
Coefficient = float | tuple[float, float]

# G_P = bulk delta + sigma_P + second sigma_P2 / delta
_BULK = {"plane": 1 / 6, "tube": 1 / 4}
_SECOND = {"plane": 2.0, "tube": 1.0}


@dataclass(frozen=True)
class PowerLawGas:
    """A monatomic gas of constant Prandtl number whose viscosity is a power of temperature::

        mu = mu_ref (T / T_ref)^omega,    lambda = (5/2) (k / m) mu / Pr

    Arguments
    ---------
    mass : m [kg];  viscosity_ref : mu_ref [Pa s] at temperature_ref [K];  omega : [-];  prandtl : Pr [-]

    Raises ValueError for a value that is not positive and finite (omega may be any finite number).

    >>> argon = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.81)
    >>> round(float(argon.viscosity(300.0)) * 1e5, 3)
    2.284
    """

    mass: float
    viscosity_ref: float
    temperature_ref: float = 273.15
    omega: float = 0.5
    prandtl: float = 2 / 3

    def __post_init__(self) -> None:
        positive(self.mass, "mass", "kg")
        positive(self.viscosity_ref, "reference viscosity", "Pa s")
        positive(self.temperature_ref, "reference temperature", "K")
        positive(self.prandtl, "Prandtl number", "units of one")
        if not np.isfinite(self.omega):
            raise ValueError(f"omega must be finite, got {self.omega}")

    def viscosity(self, temperature: ArrayLike) -> np.ndarray:
        """mu [Pa s] at T [...], K; raises ValueError unless T is positive."""
        positive(temperature, "temperature", "K")
        return self.viscosity_ref * (np.asarray(temperature) / self.temperature_ref) ** self.omega

    @property
    def conductivity_over_viscosity(self) -> float:
        """lambda / mu [J/(kg K)]."""
        return 2.5 * BOLTZMANN / (self.mass * self.prandtl)

    def conductivity(self, temperature: ArrayLike) -> np.ndarray:
        """lambda [W/(m K)] at T [...], K."""
        return self.conductivity_over_viscosity * self.viscosity(temperature)

    def thermal_speed(self, temperature: ArrayLike) -> np.ndarray:
        """v0 = sqrt(2 k T / m) [m/s] at T [...], K; raises ValueError unless T is positive."""
        positive(temperature, "temperature", "K")
        return np.sqrt(2 * BOLTZMANN * np.asarray(temperature) / self.mass)

    def free_path(self, temperature: ArrayLike, pressure: float) -> np.ndarray:
        """ell = mu v0 / p [m], the unit of slip and jump lengths; the mean free path is (sqrt(pi)/2) ell.

        temperature : T [...], K;  pressure : p [Pa].  Raises ValueError unless both are positive.
        """
        positive(pressure, "pressure", "Pa")
        return self.viscosity(temperature) * self.thermal_speed(temperature) / pressure


def poiseuille_coefficient(
    delta: ArrayLike, slip: Coefficient, second_slip: Coefficient = 0.0, shape: Shape = "plane"
) -> np.ndarray:
    """Reduced flow rate G_P [-] under a pressure gradient, with slip::

        plane, equal plates:  G_P = delta / 6 + sigma_P + 2 sigma_P2 / delta
        tube:                 G_P = delta / 4 + sigma_P + sigma_P2 / delta
        mass flow = (A p / v0) (-G_P (a / p) dp/dz + G_T (a / T) dT/dz),   a = H or R

    Arguments
    ---------
    delta : rarefaction [...];  slip, second_slip : sigma_P, sigma_P2 [-];  shape : "plane" or "tube"

    Raises ValueError for delta that is not positive, a negative slip, or two walls for a tube.

    >>> round(float(poiseuille_coefficient(10.0, 1.018)), 6)
    2.684667
    """
    _check(delta, shape)
    delta = np.asarray(delta, dtype=float)
    first, second = _pair(slip, shape), _pair(second_slip, shape)
    if shape == "tube":
        return delta / 4 + first[0] + second[0] / delta
    slope, at_wall = _plane_profile(delta, first, second)
    return 2 * delta * (slope / 2 + at_wall - 1 / 6)


def plane_velocity(
    y: ArrayLike, delta: float, slip: Coefficient, second_slip: Coefficient = 0.0
) -> np.ndarray:
    """Velocity across a plane channel in units of (H^2 / mu) (-dp/dz)::

        u = -y^2 / 2 + a y + b,    y = 0 .. 1 across the gap;  equal plates without slip: y (1 - y) / 2

    y [...] in H;  the rest as `poiseuille_coefficient`.

    Raises ValueError as `poiseuille_coefficient`, and for y outside [0, 1].

    >>> float(plane_velocity(0.5, 10.0, 0.0))
    0.125
    """
    _check(delta, "plane")
    y = within(y, 0, 1, "y", "units of the gap")
    slope, at_wall = _plane_profile(np.asarray(delta), _pair(slip, "plane"), _pair(second_slip, "plane"))
    return -(y**2) / 2 + slope * y + at_wall


def tube_velocity(r: ArrayLike, delta: float, slip: float, second_slip: float = 0.0) -> np.ndarray:
    """Velocity across a tube in units of (R^2 / mu) (-dp/dz)::

        u = (1 - r^2) / 4 + sigma_P / (2 delta) + sigma_P2 / (2 delta^2)

    r [...] in R;  the rest as `poiseuille_coefficient`.

    Raises ValueError as `poiseuille_coefficient`, and for r outside [0, 1].

    >>> float(tube_velocity(0.0, 10.0, 1.0))
    0.3
    """
    _check(delta, "tube")
    r = within(r, 0, 1, "r", "units of the radius")
    (first, _), (second, _) = _pair(slip, "tube"), _pair(second_slip, "tube")
    return (1 - r**2) / 4 + first / (2 * delta) + second / (2 * delta**2)


def creep_coefficient(
    delta: ArrayLike, thermal_slip: Coefficient, slip: Coefficient = 0.0, shape: Shape = "plane"
) -> np.ndarray:
    """Reduced flow rate G_T [-] of thermal creep at uniform pressure: gas flows to the hot end::

        G_T = sigma_T / delta;   unequal plates: the mean of the linear profile that meets both

    Arguments
    ---------
    delta : rarefaction [...];  thermal_slip : sigma_T [-];  slip : sigma_P [-], which matters between
    unequal plates alone;  shape : "plane" or "tube"

    Raises as `poiseuille_coefficient`.

    >>> float(creep_coefficient(10.0, 1.0))
    0.1
    """
    _check(delta, shape)
    delta = np.asarray(delta, dtype=float)
    creep, first = _pair(thermal_slip, shape), _pair(slip, shape)
    left, right = first[0] / delta, first[1] / delta
    shear = (creep[1] - creep[0]) / (1 + left + right)
    return (creep[0] + shear * (left + 0.5)) / delta


def mass_flow(
    gas: PowerLawGas,
    temperature: float,
    pressures: tuple[float, float],
    size: float,
    length: float,
    slip: float,
    second_slip: float = 0.0,
    shape: Shape = "plane",
) -> float:
    """Mass flow of a long isothermal channel from pressure p_1 to p_2, per its cross-section [kg/(m^2 s)]::

        (a / v0 L) [b (p_1^2 - p_2^2) / (2 e) + sigma_P (p_1 - p_2) + s sigma_P2 e ln(p_1 / p_2)]
        e = mu v0 / a;   plane: a = H, b = 1/6, s = 2;   tube: a = R, b = 1/4, s = 1

    the integral of G_P along the channel.

    Arguments
    ---------
    gas : its viscosity;  temperature : T [K];  pressures : p_1, p_2 [Pa];  size : H or R [m]
    length : L [m], much longer than the size;  slip, second_slip : sigma_P, sigma_P2 [-]

    Raises ValueError for values that are not positive, a negative slip, or an unknown shape.

    Source: E. B. Arkilic, M. A. Schmidt, K. S. Breuer, J. MEMS 6 (1997) 167 (first order, plane).

    >>> argon = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.81)
    >>> round(mass_flow(argon, 300.0, (2e5, 1e5), 1e-6, 1e-3, 1.0), 5)
    1.15893
    """
    positive(temperature, "temperature", "K")
    positive(pressures, "pressures", "Pa")
    positive((size, length), "size and length", "m")
    _check(1.0, shape)
    (first, _), (second, _) = _pair(slip, shape), _pair(second_slip, shape)
    p1, p2 = pair(pressures, "pressures")
    unit = float(gas.viscosity(temperature) * gas.thermal_speed(temperature)) / size  # delta = p / unit
    driven = _BULK[shape] * (p1 - p2) * (p1 + p2) / (2 * unit) + first * (p1 - p2)
    driven += _SECOND[shape] * second * unit * np.log(p1 / p2)
    return float(size / (gas.thermal_speed(temperature) * length) * driven)


def pressure_along(
    fraction: ArrayLike,
    gas: PowerLawGas,
    temperature: float,
    pressures: tuple[float, float],
    size: float,
    slip: float,
    second_slip: float = 0.0,
    shape: Shape = "plane",
) -> np.ndarray:
    """Pressure [Pa] at a fraction z/L [...] of a long isothermal channel, where the mass flow is uniform.

    Arguments and errors as `mass_flow`; fractions lie in [0, 1].

    >>> argon = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.81)
    >>> pressure_along([0.0, 0.5, 1.0], argon, 300.0, (2e5, 1e5), 1.0, 0.0).round(1)  # p^2 is linear
    array([200000. , 158113.9, 100000. ])
    """
    fraction = within(fraction, 0, 1, "fractions of the length", "parts of one")

    def flow(p1: float, p2: float) -> float:
        return mass_flow(gas, temperature, (p1, p2), size, 1.0, slip, second_slip, shape)

    total = flow(*pair(pressures, "pressures"))
    low, high = min(pressures), max(pressures)

    def pressure(share: float) -> float:
        if share in (0.0, 1.0) or low == high:
            return pressures[int(share)]
        return brentq(lambda p: flow(pressures[0], p) - share * total, low, high, xtol=1e-14 * high)

    return np.vectorize(pressure, otypes=[float])(fraction)


def _plane_profile(
    delta: np.ndarray, slip: tuple[float, float], second_slip: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """a and b of u = -y^2/2 + a y + b that meet the slip conditions (u'' = -1) at y = 0 and 1."""
    left, right = slip[0] / delta, slip[1] / delta
    second_left, second_right = second_slip[0] / delta**2, second_slip[1] / delta**2
    slope = (0.5 + right + second_right - second_left) / (1 + left + right)
    return slope, left * slope + second_left


def _check(delta: ArrayLike, shape: str) -> None:
    positive(delta, "delta", "units of one")
    if shape not in _BULK:
        raise ValueError(f"shape {shape!r} is unknown: one of {', '.join(_BULK)}")


def _pair(coefficient: Coefficient, shape: str) -> tuple[float, float]:
    values = np.asarray(coefficient, dtype=float)
    if values.shape not in ((), (2,)) or (shape == "tube" and values.shape):
        raise ValueError(f"got {coefficient}: give one coefficient, or one for each plate of a plane channel")
    not_negative(values, "slip coefficients", "units of one")
    first, second = np.broadcast_to(values, (2,))
    return float(first), float(second)
