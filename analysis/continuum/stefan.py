"""Evaporation of A through stagnant B: Stefan's film, isothermal and between two temperatures.

Steady films carry N_A = N, N_B = 0; the total pressure must exceed the vapour's at every face.

Sources: R. B. Bird, W. E. Stewart, E. N. Lightfoot, Transport Phenomena (2002), sections 18.2 and 19.4;
J. Stefan, Sitzungsber. Akad. Wiss. Wien 68 (1874) 385.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import quad
from scipy.optimize import brentq

from knudsen.analysis.checks import finite, pair, positive, within
from knudsen.analysis.continuum.counterdiffusion import stefan_profile

__all__ = [
    "ackermann_temperature",
    "film_driving_force",
    "film_pressure",
    "nonisothermal_resistance",
    "power_law_resistance",
    "stefan_film_flux",
    "stefan_flux",
    "stefan_profile",
    "stefan_velocities",
]


def film_driving_force(pressure: ArrayLike, vapour: ArrayLike, vapour_far: ArrayLike = 0.0) -> np.ndarray:
    """ln((p - p_A2)/(p - p_A1)) [...], positive for evaporation.

    pressure : p [Pa];  vapour : p_A1 at the liquid [Pa];  vapour_far : p_A2 at the far face [Pa]

    Raises ValueError where a vapour pressure is negative or not below the total pressure: there is no
    steady film, the liquid boils.

    >>> film_driving_force(1e5, 5e4).round(6)
    np.float64(0.693147)
    """
    positive(pressure, "pressure", "Pa")
    p, near, far = (np.asarray(value, dtype=float) for value in (pressure, vapour, vapour_far))
    for partial in (near, far):
        if not np.all((partial >= 0) & (partial < p)):
            raise ValueError(
                f"vapour pressures must lie in [0, p), got {near} and {far} Pa at p = {p} Pa: "
                "at or above the total pressure the liquid boils; raise the pressure"
            )
    return np.log1p((near - far) / (p - near))


def stefan_flux(
    pressure: ArrayLike,
    temperature: float,
    diffusion: ArrayLike,
    length: float,
    vapour: ArrayLike,
    vapour_far: ArrayLike = 0.0,
) -> np.ndarray:
    """Molar flux of A through stagnant B, isothermal [mol/(m^2 s)]::

        N_A = (p D_AB/(R T L)) ln((p - p_A2)/(p - p_A1))

    pressure : p [Pa];  temperature : T [K];  diffusion : D_AB at p and T [m^2/s];  length : L [m]
    vapour, vapour_far : p_A1, p_A2 [Pa].  Raises ValueError as `film_driving_force`.

    p D_AB does not depend on p, so the total pressure acts through the logarithm alone: at vapour pressures
    small beside p, N_A -> (p D_AB/(R T L)) (p_A1 - p_A2)/p, as 1/p; as p falls to p_A1 it diverges.

    Source: Bird, Stewart and Lightfoot (2002), section 18.2.

    >>> round(float(stefan_flux(1e5, 300.0, 2e-5, 0.1, 5e4)), 9)
    0.005557763
    """
    positive(temperature, "temperature", "K")
    positive(diffusion, "diffusion", "m^2/s")
    positive(length, "length", "m")
    conductance = np.asarray(pressure) * np.asarray(diffusion) / (GAS_CONSTANT * temperature * length)
    return conductance * film_driving_force(pressure, vapour, vapour_far)


def film_pressure(pressure: ArrayLike, vapour: ArrayLike, vapour_far: ArrayLike = 0.0) -> np.ndarray:
    """Log-mean pressure of the stagnant gas p_BM [Pa]; p/p_BM is the gain over equimolar counterdiffusion::

        p_BM = (p_A1 - p_A2)/ln((p - p_A2)/(p - p_A1))

    Arguments and raises as `film_driving_force`.  Source: Bird, Stewart and Lightfoot (2002), section 18.2.

    >>> film_pressure(1e5, 5e4).round(3)
    np.float64(72134.752)
    """
    drive = film_driving_force(pressure, vapour, vapour_far)
    p, near, far = (np.asarray(value, dtype=float) for value in (pressure, vapour, vapour_far))
    even = drive == 0
    return np.where(even, p - near, (near - far) / np.where(even, 1.0, drive))


def stefan_velocities(
    molar_flux: float, x_A: ArrayLike, concentration: ArrayLike, molar_masses: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Stefan velocity v* = N_A/c and mass-average velocity v = N_A M_A/rho [...], m/s.

    molar_flux : N_A [mol/(m^2 s)];  x_A [...];  concentration : c [mol/m^3]
    molar_masses : M_A, M_B [kg/mol]

    Raises ValueError for x_A outside [0, 1], a flux that is not finite, or values that are not positive.

    >>> [v.round(6) for v in stefan_velocities(0.04, 0.5, 40.0, (0.018, 0.029))]
    [np.float64(0.001), np.float64(0.000766)]
    """
    positive(molar_masses, "molar masses", "kg/mol")
    positive(concentration, "concentration", "mol/m^3")
    finite(molar_flux, "molar flux", "mol/(m^2 s)")
    x_A, c = within(x_A, 0, 1, "x_A", "parts of one"), np.asarray(concentration, dtype=float)
    density = c * (x_A * molar_masses[0] + (1 - x_A) * molar_masses[1])
    return molar_flux / c * np.ones_like(x_A), molar_flux * molar_masses[0] / density


# --- films that are not isothermal -------------------------------------------------------------------


def nonisothermal_resistance(
    length: float,
    temperature: Callable[[float], float],
    diffusion: Callable[[float], float],
    pressure: float,
) -> float:
    """Resistance of a film, the integral of 1/(c D) = R T/(p D) over it [m^2 s/mol]; N_A = drive/resistance.

    length : L [m];  temperature : T(z) [K];  diffusion : D_AB(T) at `pressure` [m^2/s];  pressure : [Pa]

    Raises ValueError for values that are not positive, anywhere in the film.

    >>> round(nonisothermal_resistance(0.1, lambda z: 300.0, lambda T: 2e-5, 1e5), 6)
    124.716939
    """
    positive(length, "length", "m")
    positive(pressure, "pressure", "Pa")

    def local(z: float) -> float:
        T = temperature(z)
        positive([T, diffusion(T)], "temperature and diffusion", "K and m^2/s")
        return GAS_CONSTANT * T / (pressure * diffusion(T))

    return float(quad(local, 0.0, length, epsabs=0.0, epsrel=1e-12, limit=200)[0])


def power_law_resistance(
    length: float,
    temperatures: tuple[float, float],
    diffusion_ref: float,
    temperature_ref: float,
    exponent: float,
    pressure: float,
) -> float:
    """Resistance of a film with T linear between its faces and D = D_ref (T/T_ref)^m, closed [m^2 s/mol]::

        R L T_ref^m (T_2^(2-m) - T_1^(2-m)) / [p D_ref (2 - m) (T_2 - T_1)];   m = 2: ln(T_2/T_1)

    length : L [m];  temperatures : T_1, T_2 [K];  diffusion_ref : D_ref [m^2/s] at temperature_ref [K] and
    pressure [Pa];  exponent : m.  Raises ValueError for values that are not positive, or an exponent that is
    not finite.  Source: Bird, Stewart and Lightfoot (2002), example 18.2-3, for a plane.

    >>> round(power_law_resistance(0.1, (300.0, 300.0), 2e-5, 300.0, 1.75, 1e5), 6)
    124.716939
    >>> round(power_law_resistance(0.1, (350.0, 290.0), 2e-5, 300.0, 1.75, 1e5), 6)
    119.05342
    """
    positive([length, *temperatures, diffusion_ref, temperature_ref, pressure], "film data", "SI units")
    finite(exponent, "exponent", "units of one")
    first, second = pair(temperatures, "temperatures")
    log_ratio = np.log(second / first)
    # (T2^s - T1^s)/(s (T2 - T1)) = T1^(s-1) [expm1(s ln r)/s] / expm1(ln r), finite as s or ln r vanish
    s = 2 - exponent
    top = np.expm1(s * log_ratio) / s if s != 0 else log_ratio
    mean = 1.0 if log_ratio == 0 else top / np.expm1(log_ratio)
    local = GAS_CONSTANT * temperature_ref**exponent / (pressure * diffusion_ref)
    return float(local * length * first ** (s - 1) * mean)


def ackermann_temperature(
    position: ArrayLike, length: float, temperatures: tuple[float, float], flow: float
) -> np.ndarray:
    """T [...], K, of a film whose flux carries its enthalpy along (conductivity constant)::

        (T - T_1)/(T_2 - T_1) = (exp(a z/L) - 1)/(exp(a) - 1),   a = N_A C_pA L/lambda

    position : z [...], m;  length : L [m];  temperatures : T_1, T_2 [K];  flow : a [-]

    Raises ValueError for a position outside the film, temperatures or a length that are not positive, or a
    flow that is not finite.

    Source: G. Ackermann (1937); Bird, Stewart and Lightfoot (2002), section 19.4.

    >>> ackermann_temperature(0.05, 0.1, (300.0, 400.0), 0.0)
    np.float64(350.0)
    >>> ackermann_temperature(0.05, 0.1, (300.0, 400.0), 1.0).round(4)  # blown towards the far face
    np.float64(337.7541)
    """
    positive(length, "length", "m")
    positive(pair(temperatures, "temperatures"), "temperatures", "K")
    finite(flow, "flow", "units of one")
    z = within(position, 0, length, "position", "m, within the film") / length
    if flow > 0:  # the same fraction with exp(a) taken out, which overflows
        share = np.exp(flow * (z - 1)) * np.expm1(-flow * z) / np.expm1(-flow)
    else:
        share = z if flow == 0 else np.expm1(flow * z) / np.expm1(flow)
    return temperatures[0] + (temperatures[1] - temperatures[0]) * share


def stefan_film_flux(
    length: float,
    temperatures: tuple[float, float],
    diffusion: Callable[[float], float],
    pressure: float,
    vapour: float,
    vapour_far: float = 0.0,
    vapour_heat_capacity: float = 0.0,
    conductivity: float = 1.0,
) -> float:
    """N_A [mol/(m^2 s)] through a film between two temperatures, with the enthalpy that the flux carries.

    length : L [m];  temperatures : T_1 at the liquid, T_2 [K];  diffusion : D_AB(T) at `pressure` [m^2/s]
    pressure, vapour, vapour_far : p, p_A1, p_A2 [Pa]
    vapour_heat_capacity : C_pA [J/(mol K)], 0 for a straight temperature profile
    conductivity : lambda [W/(m K)], constant

    Flux and temperature profile are solved together.  Raises ValueError as `film_driving_force`.

    >>> D = lambda T: 2e-5 * (T / 300) ** 1.75
    >>> round(stefan_film_flux(0.1, (350.0, 290.0), D, 1e5, 3e4), 8)
    0.00299592
    >>> round(stefan_film_flux(0.1, (350.0, 290.0), D, 1e5, 3e4, 0.0, 34.0, 0.03), 8)
    0.0030079
    """
    drive = float(film_driving_force(pressure, vapour, vapour_far))
    positive(conductivity, "conductivity", "W/(m K)")

    def flux(flow: float) -> float:
        def temperature(z: float) -> float:
            return float(ackermann_temperature(z, length, temperatures, flow))

        return drive / nonisothermal_resistance(length, temperature, diffusion, pressure)

    if vapour_heat_capacity == 0 or drive == 0 or temperatures[0] == temperatures[1]:
        return flux(0.0)
    scale = vapour_heat_capacity * length / conductivity
    # the resistance lies between those of the faces, so the root is bracketed by their fluxes
    ends = [
        flux_at * scale for flux_at in _isothermal_bounds(length, temperatures, diffusion, pressure, drive)
    ]
    flow = brentq(lambda a: a - scale * flux(a), min(ends), max(ends), xtol=1e-14, rtol=1e-13)
    return flux(flow)


def _isothermal_bounds(
    length: float,
    temperatures: tuple[float, float],
    diffusion: Callable[[float], float],
    pressure: float,
    drive: float,
) -> tuple[float, float]:
    """Fluxes below and above the film's, from 1/(c D) at 101 temperatures between the faces."""
    span = np.linspace(*temperatures, 101)
    local = np.array([GAS_CONSTANT * T / (pressure * diffusion(T)) for T in span])
    return 0.99 * drive / (length * local.max()), 1.01 * drive / (length * local.min())
