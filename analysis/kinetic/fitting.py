"""Soft spheres that stand for a pair: parameters from its viscosity and diffusion.

A pair of unlike molecules is treated as a gas of one kind of molecule that meets by the pair's interaction
and has twice its reduced mass: its diffusion is, at first order, that of the pair, its viscosity the pair's
share in a mixture's.

Source: J. H. Ferziger, H. G. Kaper, Mathematical Theory of Transport Processes in Gases (1972), chapter 7
(the pair's viscosity); G. A. Bird, Molecular Gas Dynamics (1994), sections 3.5, 4.3 (soft spheres).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import N_A as AVOGADRO
from scipy.constants import k as BOLTZMANN
from scipy.optimize import brentq

from knudsen.analysis.checks import positive
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import Interaction, VariableSoftSphere

DEFAULT_ORDER = 8
SoftSphereModel = Literal["hs", "vhs", "vss"]
ALPHAS = (0.2, 50.0)
_PLACEHOLDER = VariableSoftSphere(1e-10)


class PairCoefficients(NamedTuple):
    """Viscosity [Pa s] and diffusion coefficient [m^2/s] of a pair, each [temperature]."""

    viscosity: np.ndarray
    diffusion: np.ndarray


class Residual(NamedTuple):
    """Relative deviation of a fit from its data: root mean square, and largest."""

    rms: float
    largest: float


@dataclass(frozen=True)
class SoftSphereFit:
    """A soft sphere that matches a pair, and how well; a residual is None where there was no data.

    interaction : the parameters, at `interaction.temperature_ref`
    order : number of Sonine polynomials of the theory that was matched
    temperatures : coldest and hottest of the data [K]
    viscosity, diffusion, schmidt : residuals of mu, D and, for information, mu / (m n D)
    """

    interaction: VariableSoftSphere
    order: int
    temperatures: tuple[float, float]
    viscosity: Residual
    diffusion: Residual | None
    schmidt: Residual | None


def pair_coefficients(
    interaction: Interaction,
    mass: float,
    temperature: ArrayLike,
    pressure: float = 101325.0,
    order: int = DEFAULT_ORDER,
) -> PairCoefficients:
    """Viscosity and diffusion of a gas of one kind of molecule, by Chapman-Enskog theory.

    Arguments
    ---------
    interaction : of the molecules;  mass : of one molecule, or 2 m_r of an unlike pair [kg]
    temperature : T [temperature], K;  pressure : of the diffusion coefficient [Pa]
    order : number of Sonine polynomials

    Raises
    ------
    ValueError : values that are not positive; a temperature outside the table of a potential

    >>> from knudsen.core.interactions import LennardJones
    >>> argon = LennardJones(3.542e-10, 93.3)
    >>> found = pair_coefficients(argon, 6.6335e-26, [300.0, 600.0])
    >>> (found.viscosity * 1e6).round(3).tolist(), (found.diffusion * 1e6).round(3).tolist()
    ([22.911, 37.455], [18.54, 61.153])
    """
    temperature = checked_temperatures(temperature)
    positive(mass, "mass", "kg")
    positive(pressure, "pressure", "Pa")
    pure = Species("pair", mass * AVOGADRO, _PLACEHOLDER, _PLACEHOLDER, _PLACEHOLDER)
    theory = ChapmanEnskog(Mixture([pure], "vss", {("pair", "pair"): interaction}), temperature[0], order)
    states = [theory.at(T) for T in temperature]
    viscosity = np.array([float(state.viscosity([1.0])) for state in states])
    return PairCoefficients(viscosity, np.array([state.self_diffusion(pressure) for state in states]))


def fit_soft_sphere(
    temperature: ArrayLike,
    viscosity: ArrayLike,
    diffusion: ArrayLike | None,
    mass: float,
    model: SoftSphereModel = "vss",
    pressure: float = 101325.0,
    order: int = DEFAULT_ORDER,
    temperature_ref: float = 273.0,
) -> SoftSphereFit:
    """Soft sphere whose viscosity and diffusion follow the data, by least squares of their logarithms::

        mu = mu_ref (T/T_ref)^omega,    D p/T = D'_ref (T/T_ref)^omega

    The exponent is common to both; the two levels give the diameter and alpha.  'vhs' (alpha = 1) and 'hs'
    (omega = 1/2 too) follow the viscosity alone and state what that leaves of the diffusion.

    Arguments
    ---------
    temperature : T [temperature], K, two different ones or more (one for 'hs')
    viscosity : mu [temperature], Pa s;  diffusion : D [temperature], m^2/s, or None ('vhs' and 'hs' only)
    mass : of one molecule, or 2 m_r of an unlike pair [kg]
    model : 'vss', 'vhs' or 'hs';  pressure : of the diffusion data [Pa]
    order : number of Sonine polynomials of the theory that is matched; Bird's tables hold order 1
    temperature_ref : T_ref of the result [K]

    Returns
    -------
    SoftSphereFit : the interaction and its residuals

    Raises
    ------
    ValueError : too few points, values that are not positive, no diffusion for 'vss', or data that no soft
        sphere follows: omega outside [1/2, 1], or a Schmidt number that no alpha in 0.2 .. 50 has
    KeyError : an unknown model

    >>> argon = VariableSoftSphere(4.11e-10, 0.81, 1.40)
    >>> T = [200.0, 300.0, 500.0]
    >>> fit = fit_soft_sphere(T, *pair_coefficients(argon, 6.63e-26, T), mass=6.63e-26)
    >>> print(f"{fit.interaction.diameter_ref:.4g} {fit.interaction.omega:.4f} {fit.interaction.alpha:.4f}")
    4.11e-10 0.8100 1.4000

    Source: G. A. Bird (1994), sections 3.5 and 4.3, at order 1; above, by this package's brackets.
    """
    positive(temperature_ref, "reference temperature", "K")
    temperature, levels = _levels(temperature, viscosity, diffusion, mass, model, pressure)
    warmth = np.log(temperature / temperature_ref)
    matched = levels if model == "vss" else levels[:1]
    omega = 0.5 if model == "hs" else _common_slope(warmth, matched)
    level = np.mean(matched - omega * warmth, axis=1)
    alpha = _alpha(omega, level[0] - level[1], order, temperature_ref) if model == "vss" else 1.0
    sphere = _of_viscosity(np.exp(level[0]), mass, omega, alpha, order, temperature_ref)
    found = pair_coefficients(sphere, mass, temperature_ref, BOLTZMANN * temperature_ref, order)
    reached = np.log([found.viscosity, found.diffusion * mass])[: len(levels)]
    deviation = reached + omega * warmth - levels
    other = (
        [residual(deviation[1]), residual(deviation[0] - deviation[1])] if len(levels) == 2 else [None, None]
    )
    return SoftSphereFit(sphere, order, span(temperature), residual(deviation[0]), *other)


def fit_soft_sphere_to(
    interaction: Interaction,
    mass: float,
    temperature: ArrayLike,
    model: SoftSphereModel = "vss",
    order: int = DEFAULT_ORDER,
    temperature_ref: float = 273.0,
) -> SoftSphereFit:
    """Soft sphere that stands for another interaction, such as Lennard-Jones, over a range of temperatures.

    Viscosity and diffusion of both are taken at the same order.

    Arguments
    ---------
    interaction : to be matched;  mass : of one molecule, or 2 m_r of an unlike pair [kg]
    temperature : T [temperature], K, at which they are matched, all alike in weight
    model, order, temperature_ref : as `fit_soft_sphere`, whose errors are raised

    >>> from knudsen.core.interactions import LennardJones
    >>> fit = fit_soft_sphere_to(LennardJones(3.405e-10, 119.8), 6.63e-26, np.linspace(200, 400, 11), order=1)
    >>> print(f"{fit.interaction.diameter_ref:.3g} {fit.interaction.omega:.3f} {fit.interaction.alpha:.3f}")
    4.11e-10 0.813 1.372
    """
    target = pair_coefficients(interaction, mass, temperature, order=order)
    return fit_soft_sphere(
        temperature, *target, mass=mass, model=model, order=order, temperature_ref=temperature_ref
    )


# --- soft spheres -----------------------------------------------------------------------------------


def _levels(
    temperature: ArrayLike,
    viscosity: ArrayLike,
    diffusion: ArrayLike | None,
    mass: float,
    model: str,
    pressure: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Checked temperatures, and ln mu and ln(m n D) [1 or 2, temperature]: both go as T^omega."""
    if model not in get_args(SoftSphereModel):
        raise KeyError(
            f"unknown soft-sphere model {model!r}: choose one of {', '.join(get_args(SoftSphereModel))}"
        )
    temperature = checked_temperatures(temperature, least=1 if model == "hs" else 2)
    positive(mass, "mass", "kg")
    positive(pressure, "pressure", "Pa")
    levels = [np.log(checked_data(viscosity, temperature, "viscosity", "Pa s"))]
    if diffusion is not None:
        density = mass * pressure / (BOLTZMANN * temperature)
        levels.append(np.log(density * checked_data(diffusion, temperature, "diffusion", "m^2/s")))
    elif model == "vss":
        raise ValueError("alpha needs diffusion data: give D(T), or choose the model 'vhs'")
    return temperature, np.array(levels)


def _common_slope(warmth: np.ndarray, levels: np.ndarray) -> float:
    """Exponent omega of all the logarithms together, each with its own level."""
    centred = warmth - warmth.mean()
    omega = float(np.mean(levels @ centred) / (centred @ centred))
    if not 0.5 - 1e-9 <= omega <= 1 + 1e-9:
        raise ValueError(
            f"the data need omega = {omega:.4f}, soft spheres have 0.5 to 1: "
            f"{'choose a hotter range of temperatures' if omega > 1 else 'check the data'}"
        )
    return min(max(omega, 0.5), 1.0)


def _alpha(omega: float, log_schmidt: float, order: int, temperature_ref: float) -> float:
    """The alpha whose Schmidt number mu / (m n D) is the data's; it falls as alpha grows."""

    def excess(log_alpha: float) -> float:
        sphere = VariableSoftSphere(1e-10, omega, float(np.exp(log_alpha)), temperature_ref)
        found = pair_coefficients(sphere, 1e-26, temperature_ref, BOLTZMANN * temperature_ref, order)
        return float(np.log(found.viscosity[0] / (1e-26 * found.diffusion[0])) - log_schmidt)

    low, high = np.log(ALPHAS)
    if excess(low) < 0 or excess(high) > 0:
        raise ValueError(
            f"a Schmidt number of {np.exp(log_schmidt):.4f} is beyond soft spheres of omega = {omega:.4f} "
            f"and alpha {ALPHAS[0]:g} .. {ALPHAS[1]:g}: check mass, pressure and diffusion data"
        )
    return float(np.exp(brentq(excess, low, high, xtol=1e-13, rtol=1e-14)))


def _of_viscosity(
    viscosity: float, mass: float, omega: float, alpha: float, order: int, temperature_ref: float
) -> VariableSoftSphere:
    """The soft sphere of that viscosity at T_ref, which goes as 1/d_ref^2."""
    unit = VariableSoftSphere(1e-10, omega, alpha, temperature_ref)
    found = pair_coefficients(unit, mass, temperature_ref, order=order).viscosity[0]
    return VariableSoftSphere(float(1e-10 * np.sqrt(found / viscosity)), omega, alpha, temperature_ref)


# --- data -------------------------------------------------------------------------------------------


def checked_temperatures(temperature: ArrayLike, least: int = 1) -> np.ndarray:
    """Temperatures [temperature], K, as an array; raises ValueError for fewer different ones than `least`.

    >>> checked_temperatures([300.0, 300.0], least=2)
    Traceback (most recent call last):
        ...
    ValueError: the fit needs 2 different temperatures or more, got 1: add data
    """
    temperature = np.atleast_1d(np.asarray(temperature, dtype=float))
    positive(temperature, "temperature", "K")
    if temperature.ndim != 1:
        raise ValueError(f"temperatures have shape {temperature.shape}: give them in one row")
    if len(np.unique(temperature)) < least:
        raise ValueError(
            f"the fit needs {least} different temperatures or more, got {len(np.unique(temperature))}: "
            "add data"
        )
    return temperature


def checked_data(values: ArrayLike, temperature: np.ndarray, name: str, unit: str) -> np.ndarray:
    """Positive data [temperature], one for each temperature or one for all; raises ValueError for others.

    >>> checked_data(0.01, np.array([300.0, 400.0]), "uncertainty", "parts of mu")
    array([0.01, 0.01])
    """
    values = np.asarray(values, dtype=float)
    positive(values, name, unit)
    if values.shape not in ((), temperature.shape):
        raise ValueError(
            f"{name} has shape {values.shape}: give one value for each of {len(temperature)} temperatures"
        )
    return np.broadcast_to(values, temperature.shape).copy()


def residual(log_deviation: np.ndarray) -> Residual:
    """Relative deviations of a fit, from ln(fit / data) [temperature].

    >>> print("{0.rms:.4f} {0.largest:.4f}".format(residual(np.log([1.01, 0.98]))))
    0.0158 0.0200
    """
    relative = np.expm1(log_deviation)
    return Residual(float(np.sqrt(np.mean(relative**2))), float(np.max(np.abs(relative))))


def span(temperature: np.ndarray) -> tuple[float, float]:
    """Coldest and hottest of the temperatures [K].

    >>> span(np.array([400.0, 300.0, 350.0]))
    (300.0, 400.0)
    """
    return float(temperature.min()), float(temperature.max())
