"""Closed isothermal vessels of N species relaxing by Maxwell-Stefan diffusion: cells joined in a row.

A rigid closed vessel at uniform temperature keeps c uniform and v* = 0, so the mole fractions obey::

    V_k dx_k/dt = G_(k+1/2) D^F (x_(k+1) - x_k) - G_(k-1/2) D^F (x_k - x_(k-1)),   G = area / distance

with Fick's matrix D^F at the mean composition of the two cells (second order in the cell).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

from knudsen.analysis.checks import mole_fractions, positive
from knudsen.analysis.continuum.diffusivities import resistance_matrix
from knudsen.core.faults import SimulationFault

DiffusivitiesOf = Callable[[np.ndarray], ArrayLike]
"""D_ij [..., species, species], m^2/s, of mole fractions [..., species]."""


def relax(
    volumes: ArrayLike,
    couplings: ArrayLike,
    start: ArrayLike,
    diffusivities: ArrayLike | DiffusivitiesOf,
    times: ArrayLike,
    tolerance: float = 1e-8,
) -> np.ndarray:
    """Mole fractions [time, cell, species] of cells in a row, closed at both ends.

    Arguments
    ---------
    volumes : V [cell], m^3 (or m, for a unit cross-section)
    couplings : area over distance [cell - 1] between neighbours, m (or 1/m)
    start : mole fractions [cell, species]
    diffusivities : D_ij [species, species], m^2/s, or a function of x
    times : t [time], s, ascending from 0
    tolerance : relative error of the integration; absolute error in mole fraction a hundredth of it

    Raises
    ------
    ValueError : shapes that do not fit, times that do not ascend, fractions that do not sum to one
    SimulationFault : the integrator stops

    >>> D = np.full((2, 2), 1e-5)
    >>> x = relax([1.0, 1.0], [1.0], [[1.0, 0.0], [0.0, 1.0]], D, [0.0, 5e4])  # decays as exp(-2 D t)
    >>> x[1].round(6)
    array([[0.68394, 0.31606],
           [0.31606, 0.68394]])
    """
    volumes, couplings = np.asarray(volumes, dtype=float), np.asarray(couplings, dtype=float)
    positive(volumes, "volumes", "m^3")
    positive(couplings, "couplings", "m")
    start = mole_fractions(start, tuple(range(np.shape(start)[-1])))
    if start.ndim != 2 or volumes.shape != start.shape[:1] or couplings.shape != (len(volumes) - 1,):
        raise ValueError(
            f"{len(start)} cells need as many volumes and one coupling less, "
            f"got {volumes.shape} and {couplings.shape}"
        )
    times = ascending_times(times)
    free = start.shape[1] - 1

    def rate(t: float, state: np.ndarray) -> np.ndarray:
        x = state.reshape(-1, free)
        mean = (x[1:] + x[:-1]) / 2
        mean = np.column_stack([mean, 1 - mean.sum(axis=1)])
        D = diffusivities(mean) if callable(diffusivities) else diffusivities
        rise = np.linalg.solve(resistance_matrix(mean, D), np.diff(x, axis=0)[..., None])[..., 0]
        flow = np.zeros((len(x) + 1, free))
        flow[1:-1] = couplings[:, None] * rise
        return (np.diff(flow, axis=0) / volumes[:, None]).ravel()

    x = integrate(rate, start[:, :-1].ravel(), times, 2 * free - 1, tolerance).reshape(len(times), -1, free)
    return np.concatenate([x, 1 - x.sum(axis=-1, keepdims=True)], axis=-1)


def integrate(
    rate: Callable, state: np.ndarray, times: np.ndarray, band: int, tolerance: float
) -> np.ndarray:
    """States [time, ...] of dy/dt = rate(t, y) with a banded Jacobian, LSODA.

    Arguments
    ---------
    rate : dy/dt of (t [s], y);  state : y at t = 0;  times : t [time], s, ascending from 0
    band : diagonals of the Jacobian beside the main one, on either side;  tolerance : relative error

    Raises ValueError for times that do not ascend or a tolerance that is not positive; SimulationFault
    where the integration stops.

    >>> integrate(lambda t, y: -y, np.ones(2), np.array([0.0, 1.0]), 0, 1e-10)[1].round(6)
    array([0.367879, 0.367879])
    """
    times = ascending_times(times)
    positive(tolerance, "tolerance", "parts of one")
    solution = solve_ivp(
        rate, (times[0], times[-1]), state, method="LSODA", t_eval=times, rtol=tolerance,
        atol=tolerance / 100 * np.max(np.abs(state)), lband=band, uband=band,
    )  # fmt: skip
    if solution.status != 0:
        raise SimulationFault(f"integration stops after t = {solution.t[-1:]} s: {solution.message}")
    return solution.y.T


def ascending_times(times: ArrayLike) -> np.ndarray:
    """Times [time], s, two or more, ascending from 0; raises ValueError for others.

    >>> ascending_times([0.0, 1.0])
    array([0., 1.])
    """
    times = np.asarray(times, dtype=float)
    ascend = times.ndim == 1 and len(times) > 1 and times[0] == 0 and np.all(np.diff(times) > 0)
    if not ascend or not np.isfinite(times[-1]):
        raise ValueError("times must be two or more, finite, ascending from 0 s")
    return times
