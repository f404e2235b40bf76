"""Lennard-Jones parameters of a gas from its viscosity, with their standard errors."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN
from scipy.optimize import least_squares

from knudsen.analysis.checks import positive
from knudsen.analysis.kinetic.cross_sections import REDUCED_TEMPERATURES
from knudsen.analysis.kinetic.fitting import (
    DEFAULT_ORDER,
    Residual,
    checked_data,
    checked_temperatures,
    pair_coefficients,
    residual,
    span,
)
from knudsen.core.interactions import LennardJones

_DEGREE = 100  # of the viscosity in ln T*: 1e-12 over the whole table
_STARTS = 120


@dataclass(frozen=True)
class LennardJonesFit:
    """Lennard-Jones parameters of a gas from its viscosity, their standard errors and the residual.

    potential : sigma [m] and epsilon/k [K];  order : number of Sonine polynomials
    covariance : of (ln sigma, ln epsilon) [2, 2]
    temperatures : coldest and hottest of the data [K];  viscosity : residual of mu
    """

    potential: LennardJones
    order: int
    covariance: np.ndarray
    temperatures: tuple[float, float]
    viscosity: Residual

    @property
    def sigma_error(self) -> float:
        """Standard error of sigma [m]."""
        return float(self.potential.sigma * np.sqrt(self.covariance[0, 0]))

    @property
    def epsilon_error(self) -> float:
        """Standard error of epsilon/k [K]."""
        return float(self.potential.epsilon_over_k * np.sqrt(self.covariance[1, 1]))

    @property
    def correlation(self) -> float:
        """Correlation of the two errors; near -1 where the data are all hot or all cold."""
        return float(self.covariance[0, 1] / np.sqrt(self.covariance[0, 0] * self.covariance[1, 1]))


def fit_lennard_jones(
    temperature: ArrayLike,
    viscosity: ArrayLike,
    mass: float,
    uncertainty: ArrayLike | None = None,
    order: int = DEFAULT_ORDER,
) -> LennardJonesFit:
    """Lennard-Jones sigma and epsilon/k of a gas from its viscosity, by least squares of ln mu.

    Arguments
    ---------
    temperature : T [temperature], K, three different ones or more;  viscosity : mu [temperature], Pa s
    mass : of one molecule [kg]
    uncertainty : relative standard error of mu, [temperature] or one number; left out, the scatter about
        the fit is taken for it
    order : number of Sonine polynomials

    Returns
    -------
    LennardJonesFit : parameters, covariance, residual

    Raises
    ------
    ValueError : fewer than three different temperatures; values that are not positive; temperatures further
        apart than the table of collision integrals (0.1 .. 1000 in kT/epsilon), or data whose best epsilon
        would need it beyond that

    >>> T = np.linspace(100, 1000, 10)
    >>> mu = pair_coefficients(LennardJones(3.542e-10, 93.3), 6.63e-26, T).viscosity
    >>> fit = fit_lennard_jones(T, mu, 6.63e-26, uncertainty=0.01)
    >>> print(f"{fit.potential.sigma:.4g} {fit.potential.epsilon_over_k:.4g} +- {fit.epsilon_error:.2g}")
    3.542e-10 93.3 +- 2.8

    Source: J. O. Hirschfelder, C. F. Curtiss, R. B. Bird (1954), chapter 8 (the reduction).
    """
    temperature = checked_temperatures(temperature, least=3)
    positive(mass, "mass", "kg")
    mu = checked_data(viscosity, temperature, "viscosity", "Pa s")
    given = 1.0 if uncertainty is None else uncertainty
    error = checked_data(given, temperature, "uncertainty", "parts of mu")
    reduced = np.log(mu / np.sqrt(mass * BOLTZMANN * temperature))
    curve, slope = _reduced_viscosity(order)
    low, high = _reach(temperature)

    def deviation(p: np.ndarray) -> np.ndarray:
        return (curve(np.log(temperature) - p[1]) - 2 * p[0] - reduced) / error

    def jacobian(p: np.ndarray) -> np.ndarray:
        rise = -slope(np.log(temperature) - p[1])
        return np.stack([np.full_like(rise, -2.0), rise], axis=1) / error[:, None]

    candidates = np.linspace(low, high, _STARTS + 2)[1:-1]
    start = _best_start(candidates, curve(np.log(temperature) - candidates[:, None]) - reduced, error)
    solution = least_squares(
        deviation, start, jacobian, bounds=([-np.inf, low], [np.inf, high]),
        xtol=1e-13, ftol=1e-13, gtol=1e-13, x_scale="jac",
    )  # fmt: skip
    _check_inside(float(solution.x[1]), low, high)
    covariance = np.linalg.inv(solution.jac.T @ solution.jac)
    if uncertainty is None:
        covariance *= 2 * solution.cost / (len(mu) - 2)
    potential = LennardJones(float(np.exp(solution.x[0])), float(np.exp(solution.x[1])))
    return LennardJonesFit(potential, order, covariance, span(temperature), residual(solution.fun * error))


def _reach(temperature: np.ndarray) -> tuple[float, float]:
    """Bounds of ln(epsilon/k) within which the collision integrals hold at every temperature."""
    cold, hot = REDUCED_TEMPERATURES
    low, high = np.log(temperature.max() / hot), np.log(temperature.min() / cold)
    if not low < high:
        raise ValueError(
            f"temperatures {temperature.min():g} .. {temperature.max():g} K span more than the collision "
            f"integrals' kT/epsilon {cold:g} .. {hot:g}: fit a part of them"
        )
    return float(low), float(high)


@lru_cache(maxsize=16)
def _reduced_viscosity(order: int) -> tuple[Chebyshev, Chebyshev]:
    """ln[mu sigma^2 / sqrt(m kT)] of the Lennard-Jones gas over ln T*, and its slope, on the whole table."""
    unit = LennardJones(1e-10, 1.0)

    def at(log_temperature: np.ndarray) -> np.ndarray:
        T = np.exp(log_temperature)
        viscosity = pair_coefficients(unit, 1e-26, T, order=order).viscosity
        return np.log(viscosity * 1e-20 / np.sqrt(1e-26 * BOLTZMANN * T))

    curve = Chebyshev.interpolate(at, _DEGREE, domain=list(np.log(REDUCED_TEMPERATURES)))
    return curve, curve.deriv()


def _best_start(candidates: np.ndarray, excess: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Best of several ln epsilon, each with the ln sigma that serves it best, as [ln sigma, ln epsilon].

    excess : ln of fit over data [candidate, temperature] at sigma = 1, which falls by 2 ln sigma
    """
    weight = error**-2 / np.sum(error**-2)
    log_sigma = excess @ weight / 2
    best = int(np.argmin((excess - 2 * log_sigma[:, None]) ** 2 @ weight))
    return np.array([log_sigma[best], candidates[best]])


def _check_inside(log_epsilon: float, low: float, high: float) -> None:
    if not low + 1e-6 < log_epsilon < high - 1e-6:
        raise ValueError(
            "the best epsilon/k is at the end of what the collision integrals reach, "
            f"{np.exp(log_epsilon):.4g} K: the data do not follow a Lennard-Jones gas; check their units"
        )
