"""The continuum composition profile of a binary gas in a slab, from its measured flux.

Steady and one-dimensional, so the molar fluxes N_A and N = N_A + N_B do not vary along the slab.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import solve_ivp
from scipy.interpolate import PchipInterpolator

from knudsen.analysis.checks import finite, pair, positive, within
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog

Coefficient = Callable[[float, float, float], float]
"""A coefficient of (mole fraction of A, temperature [K], molar concentration [mol/m^3])."""

OVERSHOOT = 0.01  # a trial step may leave [0, 1] by this before the profile is declared impossible


@dataclass(frozen=True)
class Slab:
    """The state of the gas along the slab, the composition apart.

    position : z [point], m, ascending;  temperature : T [point] or one number, K
    concentration : c [point] or one number, mol/m^3

    Raises ValueError for positions that do not ascend, fewer than two, other shapes, or values that are
    not positive and finite.

    >>> Slab([0.0, 1e-3], [300.0, 360.0], 40.0).concentration
    array([40., 40.])
    """

    position: ArrayLike
    temperature: ArrayLike
    concentration: ArrayLike

    def __post_init__(self) -> None:
        position = np.asarray(self.position, dtype=float)
        if position.ndim != 1 or len(position) < 2 or not np.all(np.diff(position) > 0):
            raise ValueError("positions must ascend and be two or more: sort them")
        object.__setattr__(self, "position", position)
        for name in ("temperature", "concentration"):
            values = np.asarray(getattr(self, name), dtype=float)
            if values.shape not in ((), position.shape):
                raise ValueError(
                    f"{name} has shape {values.shape}: give one value, or {len(position)} of them"
                )
            if not np.all(np.isfinite(values) & (values > 0)):
                raise ValueError(f"{name} must be positive and finite: leave out empty cells")
            object.__setattr__(self, name, np.broadcast_to(values, position.shape))


def composition_profile(
    slab: Slab,
    molar_flux: float,
    start: tuple[float, float],
    diffusion: float | Coefficient,
    thermal_diffusion_ratio: float | Coefficient = 0.0,
    total_flux: float = 0.0,
    tolerance: float = 1e-8,
) -> np.ndarray:
    """Mole fraction of A along a slab that carries the steady flux N_A::

        N_A = x_A N - c D_AB (dx_A/dz + k_T d ln T/dz)

    Arguments
    ---------
    slab : positions [point], temperature and concentration there
    molar_flux : N_A [mol/(m^2 s)], positive towards +z
    start : (z_0 [m], x_A(z_0)), z_0 within the slab
    diffusion : D_AB [m^2/s], a number or a function of (x_A, T, c)
    thermal_diffusion_ratio : k_T [-], likewise
    total_flux : N = N_A + N_B [mol/(m^2 s)]; 0 is equimolar counterdiffusion
    tolerance : relative error of the integration

    Returns
    -------
    x_A [point]

    Raises
    ------
    ValueError : a start outside the slab or outside [0, 1]; fluxes that are not finite; a diffusion
        coefficient that is not positive; or a profile that leaves [0, 1] by more than 0.01: the slab
        cannot carry this flux from this start

    Source: R. B. Bird, W. E. Stewart, E. N. Lightfoot, Transport Phenomena (2002), sections 18.2 and 24.2.

    >>> slab = Slab([0.0, 1e-3], [300.0, 360.0], 40.0)  # no flux: thermal diffusion alone
    >>> composition_profile(slab, 0.0, (0.0, 0.5), 7e-5, thermal_diffusion_ratio=-0.1).round(6)
    array([0.5     , 0.518232])
    """
    z0, x0 = pair(start, "start")
    position = slab.position
    if not (position[0] <= z0 <= position[-1] and 0 <= x0 <= 1):
        raise ValueError(f"start {start} must lie in the slab {position[[0, -1]]} m with x_A in [0, 1]")
    if not np.isfinite([molar_flux, total_flux]).all():
        raise ValueError(f"fluxes must be finite, got N_A = {molar_flux}, N = {total_flux}")
    positive(tolerance, "tolerance", "parts of one")
    log_temperature = PchipInterpolator(position, np.log(slab.temperature))
    log_gradient = log_temperature.derivative()
    concentration = PchipInterpolator(position, slab.concentration)
    D, k_T = _as_function(diffusion), _as_function(thermal_diffusion_ratio)

    def slope(z: float, x: np.ndarray) -> float:
        T, c, x_A = float(np.exp(log_temperature(z))), float(concentration(z)), float(x[0])
        inside = min(max(x_A, 0.0), 1.0)  # trial stages may step just outside
        diffusive_flux = molar_flux - x_A * total_flux
        return -diffusive_flux / (c * D(inside, T, c)) - k_T(inside, T, c) * float(log_gradient(z))

    _check_coefficients(D, k_T, x0, float(np.exp(log_temperature(z0))), float(concentration(z0)))

    profile = np.empty_like(position)
    for side in (position >= z0, position < z0):
        profile[side] = _integrate(slope, z0, x0, position[side], tolerance)
    return profile


def predicted_profile(
    theory: ChapmanEnskog,
    slab: Slab,
    molar_flux: float,
    start: tuple[float, float],
    total_flux: float = 0.0,
    tolerance: float = 1e-6,
) -> np.ndarray:
    """`composition_profile` with D_AB and k_T of Chapman-Enskog theory at the local x_A, T and p = c R T.

    A is the first species of the theory's mixture.  Arguments, returns and raises as there.

    >>> from knudsen.core.gases import Mixture
    >>> slab = Slab([0.0, 1e-3], 300.0, 40.0)
    >>> predicted_profile(ChapmanEnskog(Mixture(["He", "Ar"]), order=4), slab, 1.0, (0.0, 0.9)).round(4)
    array([0.9   , 0.5348])
    """

    at = lru_cache(maxsize=4)(theory.at)

    def diffusion(x: float, T: float, c: float) -> float:
        return float(at(T).diffusion_binary(x, c * GAS_CONSTANT * T))

    def ratio(x: float, T: float, c: float) -> float:
        return float(at(T).thermal_diffusion_ratio(x))

    return composition_profile(slab, molar_flux, start, diffusion, ratio, total_flux, tolerance)


def equimolar_profile(
    position: ArrayLike, start: tuple[float, float], molar_flux: float, conductance: float
) -> np.ndarray:
    """The straight line of equimolar counterdiffusion at constant c D_AB::

        x_A = x_0 - N_A (z - z_0) / (c D_AB)

    position : z [...], m;  start : (z_0 [m], x_0);  molar_flux : N_A [mol/(m^2 s)]
    conductance : c D_AB [mol/(m s)]

    Raises ValueError for values that are not finite, a conductance that is not positive, or x_0 outside
    [0, 1].  The line is not stopped at 0 and 1.

    >>> equimolar_profile([0.0, 0.5, 1.0], (0.0, 0.9), 0.8, 1.0)
    array([0.9, 0.5, 0.1])
    """
    distance = _reduced_distance(position, start, molar_flux, conductance)
    return start[1] - distance


def stefan_profile(
    position: ArrayLike, start: tuple[float, float], molar_flux: float, conductance: float
) -> np.ndarray:
    """The exponential profile of A through stagnant B (N = N_A) at constant c D_AB::

        1 - x_A = (1 - x_0) exp[N_A (z - z_0) / (c D_AB)]

    Arguments and raises as `equimolar_profile`.  Source: Bird, Stewart and Lightfoot (2002), section 18.2.

    >>> stefan_profile([0.0, 0.5, 1.0], (0.0, 0.5), np.log(2), 1.0).round(6)
    array([0.5     , 0.292893, 0.      ])
    """
    distance = _reduced_distance(position, start, molar_flux, conductance)
    return 1 - (1 - start[1]) * np.exp(distance)


def _reduced_distance(
    position: ArrayLike, start: tuple[float, float], molar_flux: float, conductance: float
) -> np.ndarray:
    """N_A (z - z_0) / (c D_AB) [...]."""
    positive(conductance, "conductance c D_AB", "mol/(m s)")
    pair(start, "start")
    within(start[1], 0, 1, "start mole fraction", "parts of one")
    finite(molar_flux, "molar flux", "mol/(m^2 s)")
    return molar_flux * (finite(position, "position", "m") - finite(start[0], "start", "m")) / conductance


def equimolar_flux(
    x_left: ArrayLike, x_right: ArrayLike, diffusion: float, concentration: float, length: float
) -> np.ndarray:
    """Flux of A in equimolar counterdiffusion at constant c D_AB [mol/(m^2 s)]::

        N_A = -N_B = c D_AB (x_A1 - x_A2)/L

    x_left, x_right : x_A1, x_A2 [...];  diffusion : D_AB [m^2/s];  concentration : c [mol/m^3]
    length : L [m]

    Raises ValueError for values that are not positive or fractions outside [0, 1].
    Source: Bird, Stewart and Lightfoot (2002), section 18.2.

    >>> equimolar_flux(0.9, 0.1, 7e-5, 40.0, 0.01).round(6)
    np.float64(0.224)
    """
    positive([diffusion, concentration, length], "diffusion, concentration and length", "SI units")
    left, right = (within(x, 0, 1, "mole fractions", "parts of one") for x in (x_left, x_right))
    return concentration * diffusion / length * (left - right)


@dataclass(frozen=True)
class Velocities:
    """How a binary gas moves at a point, in the laboratory frame; made by `velocities`.

    species : v_A, v_B [..., 2], m/s;  molar : v*, m/s;  mass : v, m/s
    mass_flux : sum M_i N_i [kg/(m^2 s)], the drift of the centre of mass
    """

    species: np.ndarray
    molar: np.ndarray
    mass: np.ndarray
    mass_flux: float


def velocities(
    fluxes: tuple[float, float], x_A: ArrayLike, concentration: ArrayLike, molar_masses: tuple[float, float]
) -> Velocities:
    """Species, molar- and mass-average velocities of a binary gas that carries N_A and N_B::

        v_i = N_i/(c x_i),   v* = (N_A + N_B)/c,   rho v = M_A N_A + M_B N_B

    fluxes : N_A, N_B [mol/(m^2 s)];  x_A [...], within (0, 1);  concentration : c [...], mol/m^3
    molar_masses : M_A, M_B [kg/mol]

    Equimolar counterdiffusion has v* = 0 while the centre of mass drifts: rho v = (M_A - M_B) N_A.
    Raises ValueError for x_A at 0 or 1, where an absent species has no velocity, masses or c that are not
    positive, or fluxes that are not finite.

    >>> drift = velocities((0.2, -0.2), 0.5, 40.0, (0.004, 0.040))  # He against Ar
    >>> round(float(drift.molar), 6), round(drift.mass_flux, 6), round(float(drift.mass), 6)
    (0.0, -0.0072, -0.008182)
    """
    positive(molar_masses, "molar masses", "kg/mol")
    positive(concentration, "concentration", "mol/m^3")
    finite(fluxes, "fluxes", "mol/(m^2 s)")
    x_A, c = np.asarray(x_A, dtype=float), np.asarray(concentration, dtype=float)
    if not np.all((x_A > 0) & (x_A < 1)):
        raise ValueError("x_A must lie within (0, 1): an absent species has no velocity")
    x = np.stack([x_A, 1 - x_A], axis=-1)
    mass_flux = float(np.dot(molar_masses, fluxes))
    return Velocities(
        species=np.asarray(fluxes) / (c[..., None] * x),
        molar=sum(fluxes) / c,
        mass=mass_flux / (c * (x @ np.asarray(molar_masses))),
        mass_flux=mass_flux,
    )


def _check_coefficients(D: Coefficient, k_T: Coefficient, *state: float) -> None:
    """At the start: an integrator would never come to its end on a coefficient that is not finite."""
    positive(D(*state), "diffusion", "m^2/s")
    finite(k_T(*state), "thermal diffusion ratio", "units of one")


def _as_function(coefficient: float | Coefficient) -> Coefficient:
    return coefficient if callable(coefficient) else lambda x, T, c: coefficient


def _integrate(slope: Callable, z0: float, x0: float, position: np.ndarray, tolerance: float) -> np.ndarray:
    """x_A at positions that all lie on one side of z0."""
    if position.size == 0:
        return position
    order = np.argsort(np.abs(position - z0))
    end = position[order[-1]]
    if end == z0:
        return np.full_like(position, x0)
    events = [_leaves(-OVERSHOOT), _leaves(1 + OVERSHOOT)]
    solution = solve_ivp(
        slope, (z0, end), [x0], t_eval=position[order], rtol=tolerance, atol=tolerance, events=events
    )
    if solution.status != 0:
        reached = solution.t[-1] if solution.t.size else z0
        raise ValueError(
            f"the mole fraction leaves [0, 1] near z = {reached:.4g} m: the slab cannot carry this flux "
            "from this start; check the sign of the flux and the start value"
        )
    profile = np.empty_like(position)
    profile[order] = solution.y[0]
    return profile


def _leaves(bound: float) -> Callable:
    def event(z: float, x: np.ndarray) -> float:
        return x[0] - bound

    event.terminal = True
    return event
