"""Steady Maxwell-Stefan films of N species whose temperature and coefficients vary, by shooting.

Source: R. Taylor, R. Krishna, Multicomponent Mass Transfer (1993), sections 2.2 and 8.8.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import solve_ivp
from scipy.optimize import root

from knudsen.analysis.checks import mole_fractions, positive
from knudsen.analysis.continuum.diffusivities import checked_diffusivities
from knudsen.analysis.continuum.maxwell_stefan import closing_weights, film_fluxes, rate_matrix
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.faults import SimulationFault

PropertyOf = Callable[[np.ndarray, float], ArrayLike]
"""A property of (mole fractions [species], temperature [K])."""


@dataclass(frozen=True)
class Film:
    """A film whose temperature and coefficients vary across it.

    length : L [m];  pressure : p [Pa]
    diffusivities : D_ij(x, T) [species, species], m^2/s, at the film's pressure
    temperature : T [K], a number or a function of z [m]
    thermodynamic_factor : Gamma(x, T) [species-1, species-1] of the first N - 1 species; 1 if left out
    thermal_diffusion_ratios : k_Ti(x, T) [species], their sum zero; 0 if left out

        sum_k Gamma_ik dx_k/dz + k_Ti d ln T/dz = sum_j (x_i N_j - x_j N_i) / (c D_ij),   c = p/(R T)

    (In the sum form the equation holds with k_Ti of a binary equal to k_T and -k_T.)  The functions
    are asked within [0, 1] only.

    Raises ValueError for a length, pressure or temperature that is not positive.

    >>> from knudsen.analysis.continuum.maxwell_stefan import equimolar
    >>> still = Film(0.01, 1e5, lambda x, T: [[1, 2e-5], [2e-5, 1]], temperature=300.0)
    >>> np.round(film_fluxes_varying(still, [0.5, 0.5], [0.0, 1.0], equimolar(2)), 6)
    array([ 0.040091, -0.040091])
    """

    length: float
    pressure: float
    diffusivities: PropertyOf
    temperature: float | Callable[[float], float] = 300.0
    thermodynamic_factor: PropertyOf | None = None
    thermal_diffusion_ratios: PropertyOf | None = None

    def __post_init__(self) -> None:
        positive(self.length, "length", "m")
        positive(self.pressure, "pressure", "Pa")
        positive([self.temperature_at(z) for z in (0.0, self.length)], "temperature", "K")

    def temperature_at(self, z: float) -> float:
        """T(z) [K]."""
        return float(self.temperature(z) if callable(self.temperature) else self.temperature)

    def log_gradient(self, z: float) -> float:
        """d ln T/dz [1/m], by central differences over 2e-5 of the film."""
        if not callable(self.temperature):
            return 0.0
        low, high = max(0.0, z - 1e-5 * self.length), min(self.length, z + 1e-5 * self.length)
        return float(np.log(self.temperature(high) / self.temperature(low)) / (high - low))

    def slope(self, z: float, x: np.ndarray, fluxes: np.ndarray) -> np.ndarray:
        """dx/dz [species-1], 1/m, of the first N - 1 species."""
        T = self.temperature_at(z)
        inside = np.clip(np.append(x, 1 - x.sum()), 0.0, 1.0)  # trial steps may leave; solutions may not
        inside /= inside.sum()
        inverse = (
            GAS_CONSTANT
            * T
            / (self.pressure * checked_diffusivities(self.diffusivities(inside, T), len(inside)))
        )
        right = (rate_matrix(fluxes, inverse) @ np.append(x, 1 - x.sum()))[:-1]
        if self.thermal_diffusion_ratios is not None:
            right -= np.asarray(self.thermal_diffusion_ratios(inside, T))[:-1] * self.log_gradient(z)
        if self.thermodynamic_factor is None:
            return right
        return np.linalg.solve(np.atleast_2d(self.thermodynamic_factor(inside, T)), right)

    def compositions(self, start: np.ndarray, fluxes: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Mole fractions [position, species] at ascending positions [m], from x(0) = start."""
        solution = solve_ivp(
            self.slope, (0.0, self.length), start[:-1], t_eval=position, args=(fluxes,), method="DOP853",
            rtol=1e-11, atol=1e-12,
        )  # fmt: skip
        if solution.status != 0:
            raise SimulationFault(f"the film's equations cannot be integrated: {solution.message}")
        return np.column_stack([solution.y.T, 1 - solution.y.sum(axis=0)])


def film_of_theory(
    theory: ChapmanEnskog,
    length: float,
    pressure: float,
    temperature: float | Callable[[float], float] = 300.0,
    thermal_diffusion: bool = True,
) -> Film:
    """A `Film` with the Maxwell-Stefan coefficients and thermal diffusion ratios of Chapman-Enskog theory.

    theory : of the film's mixture, at any temperature;  length : L [m];  pressure : p [Pa]
    temperature : T [K], a number or a function of z [m]
    thermal_diffusion : whether k_Ti acts where T varies

    Raises ValueError as `Film`.  A theory of order 1 has no k_Ti: where that acts, its film raises
    ValueError.

    >>> from knudsen.analysis.continuum.maxwell_stefan import equimolar
    >>> from knudsen.core.gases import Mixture
    >>> film = film_of_theory(ChapmanEnskog(Mixture(["H2", "N2", "CO2"]), order=2), 0.1, 101325.0)
    >>> film_fluxes_varying(film, [0.0, 0.5, 0.5], [0.5, 0.5, 0.0], equimolar(3)).round(4)
    array([-0.0141,  0.0066,  0.0075])
    """
    at = lru_cache(maxsize=64)(theory.at)
    needed = thermal_diffusion and callable(temperature)
    return Film(
        length,
        pressure,
        lambda x, T: _symmetric(at(T).maxwell_stefan_diffusivities(x, pressure)),
        temperature,
        thermal_diffusion_ratios=(lambda x, T: at(T).thermal_diffusion_ratios(x)) if needed else None,
    )


def _symmetric(matrix: np.ndarray) -> np.ndarray:
    """Without the round-off by which it is not."""
    return (matrix + matrix.T) / 2


def film_fluxes_varying(film: Film, start: ArrayLike, end: ArrayLike, weights: ArrayLike) -> np.ndarray:
    """`film_fluxes` of a film with varying properties, by shooting; fluxes [species], mol/(m^2 s).

    Raises, beside what `film_fluxes` raises, SimulationFault where the far face is missed by 1e-9 or the
    profile leaves [0, 1].

    >>> from knudsen.analysis.continuum.maxwell_stefan import stagnant
    >>> film = Film(1e-3, 1e5, lambda x, T: (T / 300) ** 1.7 * np.full((2, 2), 2e-5), lambda z: 300 + 4e4 * z)
    >>> np.round(film_fluxes_varying(film, [0.5, 0.5], [0.0, 1.0], stagnant(1, 2)), 5)
    array([0.58101, 0.     ])
    """
    names = tuple(range(np.size(start)))
    start, end = (mole_fractions(x, names) for x in (start, end))
    weights = closing_weights(weights, start, end)
    middle, mean = film.temperature_at(film.length / 2), (start + end) / 2
    diffusivities = checked_diffusivities(film.diffusivities(mean, middle), len(mean))
    c = film.pressure / (GAS_CONSTANT * middle)
    guess = film_fluxes(start, end, c * diffusivities, film.length, weights)
    scale = c * np.mean(diffusivities[~np.eye(len(mean), dtype=bool)]) / film.length
    far = np.array([film.length])

    def mismatch(unknown: np.ndarray) -> np.ndarray:
        reached = film.compositions(start, unknown * scale, far)[0]
        return np.append((reached - end)[:-1], weights @ unknown)

    solution = root(mismatch, guess / scale, tol=1e-13)
    error = float(np.max(np.abs(mismatch(solution.x))))
    profile = film.compositions(start, solution.x * scale, np.linspace(0, film.length, 21))
    if not error < 1e-9 or profile.min() < -1e-9:
        raise SimulationFault(f"the film misses its far face by {error:.1e}: narrow the difference")
    return solution.x * scale
