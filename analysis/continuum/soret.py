"""Thermal diffusion in a closed gas between a hot and a cold plate: steady separation and how it is reached.

Without a flux the composition is a function of the local temperature alone, whatever its profile::

    dx_i/d ln T = -k_Ti;   binary: d ln(x_1/x_2)/d ln T = -alpha_T

Sources: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), section 14.7;
K. E. Grew, T. L. Ibbs, Thermal Diffusion in Gases (1952); S. R. de Groot, Physica 9 (1942) 699 (relaxation).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad, simpson, solve_ivp
from scipy.optimize import brentq
from scipy.special import erfc

from knudsen.analysis.checks import finite, mole_fractions, not_negative, pair, positive, within
from knudsen.analysis.continuum.loschmidt import SWITCH, TERMS, half_difference
from knudsen.core.faults import SimulationFault

FactorOf = Callable[[float, float], float]
"""alpha_T of (mole fraction of species 1, temperature [K])."""

RatiosOf = Callable[[np.ndarray, float], ArrayLike]
"""k_Ti [species] of (mole fractions [species], temperature [K])."""


def separation_factor(
    hot: float, cold: float, thermal_diffusion_factor: float | Callable[[float], float]
) -> float:
    """(x_1/x_2)_cold/(x_1/x_2)_hot, also the ratio of the partial pressures p_1/p_2, between two plates::

        ln q = integral of alpha_T d ln T from cold to hot;   alpha_T constant: q = (T_hot/T_cold)^alpha_T

    hot, cold : T [K];  thermal_diffusion_factor : alpha_T, a number or a function of T [K]
    q > 1 for alpha_T > 0: species 1 gathers at the cold plate.

    Raises ValueError for temperatures that are not positive, or an alpha_T that is not finite.

    >>> round(separation_factor(600.0, 300.0, 0.5), 6)
    1.414214
    >>> round(separation_factor(600.0, 300.0, lambda T: 0.5 * (1 - 100 / T)), 6)  # grows with T
    1.301139
    """
    positive([hot, cold], "temperatures", "K")
    if not callable(thermal_diffusion_factor):
        return float((hot / cold) ** finite(thermal_diffusion_factor, "alpha_T", "units of one"))
    area = quad(lambda s: thermal_diffusion_factor(np.exp(s)), np.log(cold), np.log(hot), epsrel=1e-12)[0]
    return float(np.exp(area))


def soret_composition(
    temperature: ArrayLike, start: tuple[float, float], thermal_diffusion_factor: float | FactorOf
) -> np.ndarray:
    """Mole fraction of species 1 [...] where the gas has temperature T [...], K, at no flux.

    start : (T_0 [K], x_1 there);  thermal_diffusion_factor : alpha_T, a number or a function of (x_1, T)

    Raises ValueError for temperatures that are not positive, a fraction outside [0, 1], or an alpha_T that is
    not finite.

    >>> soret_composition([300.0, 600.0], (300.0, 0.5), 0.5).round(6)
    array([0.5     , 0.414214])
    """
    T0, x0 = pair(start, "start")
    temperature = np.asarray(temperature, dtype=float)
    positive([T0], "start temperature", "K")
    positive(temperature, "temperature", "K")
    within(x0, 0, 1, "mole fraction", "parts of one")
    if not callable(thermal_diffusion_factor) or x0 in (0, 1):
        alpha = 0.0 if x0 in (0, 1) else finite(thermal_diffusion_factor, "alpha_T", "units of one")
        heavy = (1 - x0) * (temperature / T0) ** alpha
        return x0 / (x0 + heavy)

    def slope(log_T: float, logit: np.ndarray) -> list[float]:
        x = float(1 / (1 + np.exp(-logit[0])))
        return [-float(finite(thermal_diffusion_factor(x, float(np.exp(log_T))), "alpha_T", "units of one"))]

    logit = _along(slope, np.log(T0), [np.log(x0 / (1 - x0))], np.log(temperature.ravel()))[:, 0]
    return (1 / (1 + np.exp(-logit))).reshape(temperature.shape)


def soret_composition_species(
    temperature: ArrayLike, start: tuple[float, ArrayLike], thermal_diffusion_ratios: RatiosOf
) -> np.ndarray:
    """Mole fractions [..., species] at temperatures [...], K, at no flux: dx_i/d ln T = -k_Ti.

    start : (T_0 [K], mole fractions [species] there)
    thermal_diffusion_ratios : k_Ti [species] of (x, T), summing to zero, such as
        `ChapmanEnskog.thermal_diffusion_ratios`

    Raises ValueError for temperatures, mole fractions or ratios that cannot be; SimulationFault where the
    composition cannot be followed.

    >>> ratios = lambda x, T: 0.3 * x[0] * x[1] * np.array([1.0, -1.0, 0.0])
    >>> soret_composition_species([600.0], (300.0, [0.2, 0.3, 0.5]), ratios).round(4)
    array([[0.1877, 0.3123, 0.5   ]])
    """
    T0, x0 = pair(start, "start")
    temperature = np.asarray(temperature, dtype=float)
    positive([T0], "start temperature", "K")
    positive(temperature, "temperature", "K")
    x0 = mole_fractions(x0, tuple(range(np.size(x0))))

    def slope(log_T: float, x: np.ndarray) -> np.ndarray:
        return -finite(thermal_diffusion_ratios(x / x.sum(), float(np.exp(log_T))), "k_Ti", "units of one")

    x = _along(slope, np.log(T0), x0, np.log(temperature.ravel()))
    return x.reshape(*temperature.shape, -1)


def soret_closed(
    temperature: ArrayLike, mean_fraction: float, thermal_diffusion_factor: float | FactorOf
) -> np.ndarray:
    """Mole fraction of species 1 [point] in a closed vessel of known content, at no flux, p uniform.

    temperature : T [point], K, at evenly spaced points across the vessel (a plane layer), an odd number
    mean_fraction : moles of species 1 over all moles, in (0, 1)
    thermal_diffusion_factor : alpha_T, a number or a function of (x_1, T)

    The moles of a slice go as 1/T.  Raises ValueError for input that cannot be.

    >>> x = soret_closed(np.linspace(300.0, 600.0, 101), 0.5, 0.5)
    >>> x[[0, -1]].round(4), np.average(x, weights=1 / np.linspace(300.0, 600.0, 101)).round(3)
    (array([0.5432, 0.4568]), np.float64(0.5))
    """
    temperature = np.asarray(temperature, dtype=float)
    positive(temperature, "temperature", "K")
    if temperature.ndim != 1 or len(temperature) < 3 or len(temperature) % 2 == 0:
        raise ValueError(f"give T at an odd number of points, three or more, got {temperature.shape}")
    total = simpson(1 / temperature)
    return _of_content(
        temperature, mean_fraction, thermal_diffusion_factor, lambda x: simpson(x / temperature) / total
    )


def soret_bulbs(
    volumes: tuple[float, float],
    temperatures: tuple[float, float],
    mean_fraction: float,
    thermal_diffusion_factor: float | FactorOf,
) -> np.ndarray:
    """Mole fractions of species 1 in two joined bulbs at two temperatures [2], at no flux.

    volumes : V_1, V_2 [m^3], the tube between them left out;  temperatures : T_1, T_2 [K]
    mean_fraction, thermal_diffusion_factor : as of `soret_closed`;  the moles of a bulb go as V/T

    Raises ValueError for volumes or temperatures that are not positive, or a mean fraction outside (0, 1).

    Source: Grew and Ibbs (1952), chapter II (the two-bulb apparatus).

    >>> x = soret_bulbs((1e-3, 1e-3), (600.0, 300.0), 0.5, 0.5)
    >>> x.round(6), round(float((x[0] + 2 * x[1]) / 3), 9)
    (array([0.44243 , 0.528785]), 0.5)
    """
    pair(volumes, "volumes")
    pair(temperatures, "temperatures")
    positive(volumes, "volumes", "m^3")
    positive(temperatures, "temperatures", "K")
    moles = np.array(volumes) / np.array(temperatures)
    return _of_content(
        np.array(temperatures, dtype=float),
        mean_fraction,
        thermal_diffusion_factor,
        lambda x: moles @ x / moles.sum(),
    )


def _of_content(
    temperature: np.ndarray,
    mean_fraction: float,
    thermal_diffusion_factor: float | FactorOf,
    mean: Callable[[np.ndarray], float],
) -> np.ndarray:
    """The composition at no flux [point] whose mean over the vessel is the given one."""
    if not 0 < mean_fraction < 1:
        raise ValueError(f"the mean fraction must lie within (0, 1), got {mean_fraction}")

    def profile(logit: float) -> np.ndarray:
        start = (float(temperature[0]), 1 / (1 + np.exp(-logit)))
        return soret_composition(temperature, start, thermal_diffusion_factor)

    def excess(logit: float) -> float:
        return float(mean(profile(logit)) - mean_fraction)

    guess, reach = np.log(mean_fraction / (1 - mean_fraction)), 1.0
    while excess(guess - reach) > 0 or excess(guess + reach) < 0:
        reach *= 2
    return profile(brentq(excess, guess - reach, guess + reach, xtol=1e-13, rtol=1e-13))


# --- how it is reached -------------------------------------------------------------------------------


def relaxation_time(length: float, diffusion: float) -> float:
    """tau = L^2/(pi^2 D_12) [s], of the slowest wave between plates L [m] apart; D_12 [m^2/s].

    Raises ValueError unless both are positive.

    >>> round(relaxation_time(0.01, 7e-5), 6)
    0.144745
    """
    positive(length, "length", "m")
    positive(diffusion, "diffusion", "m^2/s")
    return length**2 / (np.pi**2 * diffusion)


def separation_growth(time: ArrayLike, length: float, diffusion: float) -> np.ndarray:
    """Share [...] of the steady difference between the plates that stands at t [...], s, from uniformity::

        1 - (8/pi^2) sum over odd k of exp(-k^2 t/tau)/k^2

    Small differences of temperature; the temperature settles at once.  Raises ValueError for a negative time,
    or a length or D_12 that is not positive.  Source: de Groot (1942).

    >>> separation_growth([0.0, 0.144745], 0.01, 7e-5).round(4)
    array([0.    , 0.7018])
    """
    relaxation_time(length, diffusion)
    return 1 - half_difference(diffusion * np.asarray(time, dtype=float) / length**2)


def soret_transient(
    position: ArrayLike,
    time: float,
    length: float,
    temperatures: tuple[float, float],
    fraction: float,
    diffusion: float,
    thermal_diffusion_factor: float,
) -> np.ndarray:
    """Mole fraction of species 1 [...] at z [...], m, and time t [s], from uniform composition::

        x - x_0 = -S [z/L - 1/2 + sum over odd k of (4/(pi k)^2) cos(k pi z/L) exp(-k^2 t/tau)]
        S = alpha_T x_0 (1 - x_0) ln(T_L/T_0)

    temperatures : T_0 at z = 0, T_L at z = L [K];  fraction : x_0;  diffusion : D_12 [m^2/s]
    Linear in S, D_12 and k_T constant.  At short times its image sums are used, as exact.

    Raises ValueError for a position outside the layer, a negative time, a fraction outside [0, 1], or values
    that are not positive.

    >>> soret_transient([0.0, 0.005, 0.01], 1.0, 0.01, (300.0, 330.0), 0.5, 7e-5, 0.4).round(6)
    array([0.504762, 0.5     , 0.495238])
    """
    tau = relaxation_time(length, diffusion)
    pair(temperatures, "temperatures")
    positive(temperatures, "temperatures", "K")
    within(fraction, 0, 1, "mole fraction", "parts of one")
    finite(thermal_diffusion_factor, "alpha_T", "units of one")
    s = np.asarray(position, dtype=float) / length
    not_negative(time, "time", "s")
    if not np.all((s >= 0) & (s <= 1)):
        raise ValueError(f"positions must lie between the plates, 0 to {length} m, got {position}")
    S = thermal_diffusion_factor * fraction * (1 - fraction) * np.log(temperatures[1] / temperatures[0])
    fourier = time / (np.pi**2 * tau)
    if fourier > SWITCH:
        k = 2 * np.arange(TERMS) + 1
        waves = 4 / (np.pi * k) ** 2 * np.cos(k * np.pi * s[..., None]) * np.exp(-(k**2) * time / tau)
        return fraction - S * (s - 0.5 + waves.sum(axis=-1))
    width = 2 * np.sqrt(fourier) or 1e-300
    m = np.arange(TERMS)
    images = _ierfc((m + s[..., None]) / width) - _ierfc((m + 1 - s[..., None]) / width)
    return fraction + S * width * np.sum((-1.0) ** m * images, axis=-1)


def _ierfc(y: np.ndarray) -> np.ndarray:
    """Integral of erfc from y to infinity, y >= 0."""
    return np.exp(-(np.minimum(y, 30.0) ** 2)) / np.sqrt(np.pi) - np.minimum(y, 30.0) * erfc(y)


def _along(slope: Callable, start: float, state: ArrayLike, points: np.ndarray) -> np.ndarray:
    """Solution [point, ...] at points on either side of the start, in any order."""
    result = np.empty((len(points), len(state)))
    for side in (points >= start, points < start):
        if not side.any():
            continue
        order = np.argsort(np.abs(points[side] - start))
        reached, index = np.unique(points[side][order], return_inverse=True)
        away = reached if reached[-1] > start else reached[::-1]
        if away[-1] == start:
            result[side] = state
            continue
        solution = solve_ivp(
            slope, (start, away[-1]), state, t_eval=away, method="DOP853", rtol=1e-11, atol=1e-13
        )
        if solution.status != 0:
            raise SimulationFault(f"the composition cannot be followed: {solution.message}")
        values = solution.y.T if away is reached else solution.y.T[::-1]
        ordered = np.empty((side.sum(), len(state)))
        ordered[order] = values[index]
        result[side] = ordered
    return result
