"""Diffusion and heat together in a closed tube: the Dufour effect with variable coefficients, and v*.

In coordinates that move with the molar velocity (eta counts moles per area) the ideal gas of uniform
pressure obeys, with no convection left::

    dx/dt = -dJ/d(eta),   d(C_p T)/dt = -d[q' + (C_p1 - C_p2) T J]/d(eta) + (R T/p) dp/dt
    J = -c D_12 (dx/dz + k_T d ln T/dz),   q' = -lambda dT/dz + R T alpha_T J,   dz = d(eta)/c

The velocity follows: v* is the rate at which the point eta moves, v*(z) = d/dt of the integral of d(eta)/c;
where the heat capacities are equal and p constant it is v* = -(R/C_p) q'/p.  In a rigid, insulated box dp/dt
follows from its volume, and is zero for equal heat capacities: monatomic gases keep their pressure exactly.

Source: S. R. de Groot, P. Mazur, Non-Equilibrium Thermodynamics (1962), chapter XI.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.checks import pair, positive, within
from knudsen.analysis.continuum.binary_gas import BinaryGas
from knudsen.analysis.continuum.relaxation import ascending_times, integrate


@dataclass(frozen=True)
class DufourRun:
    """A transient of composition and temperature; made by `dufour_transient`.

    time [time], s;  moles [cell], mol/m^2, the same at all times;  x [time, cell], of species 1
    temperature [time, cell], K;  position [time, cell], m, of the cells' middles, 0 at the left wall
    velocity [time, face], m/s, the molar velocity v*;  pressure [time], Pa
    """

    time: np.ndarray
    moles: np.ndarray
    x: np.ndarray
    temperature: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    pressure: np.ndarray


def dufour_transient(
    gas: BinaryGas,
    length: float,
    times: ArrayLike,
    ends: tuple[float, float] = (1.0, 0.0),
    temperature: float = 300.0,
    cells: int = 200,
    rigid: bool = True,
    tolerance: float = 1e-8,
) -> DufourRun:
    """Two gas mixtures brought together in an insulated tube: x, T and v* against z and t (isobaric).

    Arguments
    ---------
    gas : coefficients at the starting pressure (D_12 is taken as 1/p)
    length : L [m];  times : ascending from 0 s
    ends : mole fraction of species 1 left and right of the middle at t = 0
    temperature : K, uniform at t = 0
    cells : even; faces move with v*, so each keeps its moles
    rigid : a box of fixed volume; else the right wall yields and p stays

    Moles of each species and energy (rigid) or enthalpy (not) are conserved within the
    tolerance: by the equations exactly, by the integrator nearly.
    Pressure is uniform: times well above L over the speed of sound.

    Raises
    ------
    ValueError : input that cannot be; a temperature that leaves the gas's table
    SimulationFault : the integration stops

    >>> from knudsen.analysis.continuum.binary_gas import constant_gas
    >>> run = dufour_transient(constant_gas(1e5, 7e-5, 0.05, -0.4), 1.0, [0.0, 20.0], (0.55, 0.45), cells=100)
    >>> run.temperature[1].max().round(2), run.temperature[1].min().round(2)
    (np.float64(300.62), np.float64(299.38))
    """
    positive([length, temperature], "length and temperature", "m and K")
    times = ascending_times(times)
    if cells < 2 or cells % 2:
        raise ValueError(f"the tube needs an even number of cells, two or more, got {cells}")
    left, right = pair(within(ends, 0, 1, "mole fractions", "parts of one"), "mole fractions")
    moles = gas.pressure / (GAS_CONSTANT * temperature) * length / cells
    x = np.repeat([left, right], cells // 2)
    start = np.column_stack([x, gas.heat_capacity(x) * temperature])
    tube = _Tube(gas, moles, length if rigid else None)

    scale = np.array([1.0, start[0, 1]])  # x and C_p T are integrated in units of their own size

    def rate(t: float, scaled: np.ndarray) -> np.ndarray:
        return (np.column_stack(tube.rates(scaled.reshape(-1, 2) * scale)) / scale).ravel()

    states = integrate(rate, (start / scale).ravel(), times, 3, tolerance).reshape(len(times), -1, 2) * scale
    return _collect(tube, times, np.full(cells, moles), states)


@dataclass(frozen=True)
class _Tube:
    """The right-hand side on cells of equal moles [mol/m^2]; length None where the pressure stays."""

    gas: BinaryGas
    moles: float
    length: float | None

    def temperature(self, state: np.ndarray) -> np.ndarray:
        return state[..., 1] / self.gas.heat_capacity(state[..., 0])

    def pressure(self, T: np.ndarray) -> float | np.ndarray:
        """p [...], Pa, that the moles exert in the volume."""
        if self.length is None:
            return np.full(T.shape[:-1], self.gas.pressure)
        return GAS_CONSTANT * self.moles * T.sum(axis=-1) / self.length

    def fluxes(self, x: np.ndarray, T: np.ndarray, p: float) -> tuple[np.ndarray, np.ndarray]:
        """J [mol/(m^2 s)] and q' + (C_p1 - C_p2) T J [W/m^2] at the faces between cells."""
        mean_x, mean_T = (x[1:] + x[:-1]) / 2, (T[1:] + T[:-1]) / 2
        D, conductivity, alpha = self.gas.coefficients(mean_x, mean_T)
        c = p / (GAS_CONSTANT * mean_T)
        step = self.moles / c
        k_T = alpha * mean_x * (1 - mean_x)
        J = -c * D * self.gas.pressure / p * (np.diff(x) + k_T * np.diff(np.log(T))) / step
        q = -conductivity * np.diff(T) / step + GAS_CONSTANT * mean_T * alpha * J
        first, second = self.gas.heat_capacities
        return J, q + (first - second) * mean_T * J

    def rates(self, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """dx/dt and d(C_p T)/dt of each cell."""
        x, T = state[:, 0], self.temperature(state)
        p = self.pressure(T)
        gain_x, gain_h = (_gain(flux) / self.moles for flux in self.fluxes(x, T, p))
        if self.length is None:
            return gain_x, gain_h
        # p L = R sum n T, with C_p dT = dh - (C_p1 - C_p2) T dx and dh = gain + (R T/p) dp
        heat_capacity = self.gas.heat_capacity(x)
        first, second = self.gas.heat_capacities
        warming = (gain_h - (first - second) * T * gain_x) / heat_capacity
        volume = GAS_CONSTANT * T / p
        share = GAS_CONSTANT * self.moles / self.length
        p_rate = share * warming.sum() / (1 - share * (volume / heat_capacity).sum())
        return gain_x, gain_h + volume * p_rate


def _gain(flux: np.ndarray) -> np.ndarray:
    """What each cell gains from the fluxes at its faces; nothing passes the ends."""
    return -np.diff(np.concatenate([[0.0], flux, [0.0]]))


def _collect(tube: _Tube, times: np.ndarray, moles: np.ndarray, states: np.ndarray) -> DufourRun:
    x, T = states[..., 0], tube.temperature(states)
    p = np.asarray(tube.pressure(T))
    width = moles * GAS_CONSTANT * T / p[:, None]
    faces = np.concatenate([np.zeros((len(times), 1)), np.cumsum(width, axis=1)], axis=1)
    velocity = np.array([_velocity(tube, state) for state in states])
    return DufourRun(times, moles, x, T, (faces[:, 1:] + faces[:, :-1]) / 2, velocity, p)


def _velocity(tube: _Tube, state: np.ndarray) -> np.ndarray:
    """v* [face]: the faces' own speed, the sum of the rates at which the cells to the left widen."""
    x, T = state[:, 0], tube.temperature(state)
    p = float(tube.pressure(T))
    gain_x, gain_h = tube.rates(state)
    first, second = tube.gas.heat_capacities
    warming = (gain_h - (first - second) * T * gain_x) / tube.gas.heat_capacity(x)
    p_rate = 0.0 if tube.length is None else p * warming.sum() / T.sum()
    widening = tube.moles * GAS_CONSTANT / p * (warming - T * p_rate / p)
    return np.concatenate([[0.0], np.cumsum(widening)])
