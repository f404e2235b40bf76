"""Dusty gas: steady isothermal diffusion and viscous flow of N species through a porous body or a tube.

The wall is one more species, at rest; in partial pressures p_i, p their sum, with P_ij = p D_ij::

    sum_j (p_j N_i - p_i N_j) / P_ij + N_i / D_iK = -(1 / R T) [dp_i/dz + (p_i B_0 / (mu D_iK)) dp/dz]

At uniform pressure sum N_i / D_iK = 0, which is Graham's sum N_i sqrt(M_i) = 0, at every Knudsen number.
It is a model: each limit is exact, between them it is good to percents, and it has no Knudsen minimum.

Source: E. A. Mason, A. P. Malinauskas, Gas Transport in Porous Media: The Dusty-Gas Model (1983), chapter 2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import solve_bvp

from knudsen.analysis.checks import mole_fractions, not_negative, pair, per_species, positive, within
from knudsen.core.faults import SimulationFault

TOLERANCE, NODES, MOST_NODES = 1e-10, 41, 20_000


@dataclass(frozen=True)
class DustyGas:
    """N species in a porous body at one temperature.

    Arguments
    ---------
    temperature : T [K]
    knudsen : D_iK [species], m^2/s, effective (porosity / tortuosity included)
    diffusion : D_ij [species, species], m^2/s, effective, symmetric; the diagonal is not used
    diffusion_pressure : the pressure of these D_ij [Pa]
    permeability : B_0 [m^2], effective; 0 leaves viscous flow out
    viscosity : mu [Pa s], a number or a function of the mole fractions [species]

    Raises ValueError for other shapes, values that are not positive, or D_ij that are not symmetric.

    >>> gas = DustyGas(300.0, [2e-6, 1e-6], [[1, 5e-5], [5e-5, 1]], 1e5)
    >>> gas.fluxes([5e4, 5e4], [-1e10, 1e10]).round(3)  # uniform pressure: N_1 / D_1K + N_2 / D_2K = 0
    array([ 7.785, -3.892])
    """

    temperature: float
    knudsen: ArrayLike
    diffusion: ArrayLike
    diffusion_pressure: float
    permeability: float = 0.0
    viscosity: float | Callable[[np.ndarray], float] = 2e-5

    def __post_init__(self) -> None:
        positive(self.temperature, "temperature", "K")
        positive(self.diffusion_pressure, "diffusion pressure", "Pa")
        knudsen = np.asarray(self.knudsen, dtype=float)
        diffusion = np.asarray(self.diffusion, dtype=float)
        if knudsen.ndim != 1 or diffusion.shape != (len(knudsen), len(knudsen)):
            raise ValueError(
                f"shapes {knudsen.shape}, {diffusion.shape}: give knudsen [species], diffusion [species] * 2"
            )
        positive(knudsen, "Knudsen diffusivities", "m^2/s")
        positive(diffusion[~np.eye(len(knudsen), dtype=bool)], "diffusivities", "m^2/s")
        if not np.allclose(diffusion, diffusion.T, rtol=1e-12, atol=0):
            raise ValueError("diffusion must be symmetric: D_ij belongs to the pair")
        if not 0 <= self.permeability < np.inf:
            raise ValueError(f"permeability must be finite and not negative, got {self.permeability}")
        if not callable(self.viscosity):
            positive(self.viscosity, "viscosity", "Pa s")
        object.__setattr__(self, "knudsen", knudsen)
        object.__setattr__(self, "diffusion", diffusion)

    def gradients(self, fluxes: ArrayLike, partial_pressures: ArrayLike) -> np.ndarray:
        """dp_i/dz [species, ...], Pa/m, of the fluxes N_i [species], mol/(m^2 s), at p_i [species, ...], Pa.

        For integrators, whose trial steps may leave what partial pressures can be: taken as it is.

        >>> gas = DustyGas(300.0, [2e-6, 1e-6], [[1, 5e-5], [5e-5, 1]], 1e5)
        >>> float(gas.gradients([1.0, -0.5], [5e4, 5e4]).sum())  # Graham's ratio: uniform pressure
        0.0
        """
        p = np.asarray(partial_pressures, dtype=float)
        shape = (-1,) + (1,) * (p.ndim - 1)
        N = np.asarray(fluxes, dtype=float).reshape(shape)
        knudsen = self.knudsen.reshape(shape)
        drag = N * np.tensordot(self._inverse, p, 1) - p * np.tensordot(self._inverse, N, 1) + N / knudsen
        RT = GAS_CONSTANT * self.temperature
        viscous = self._viscous(p)
        total = -RT * np.sum(N / knudsen, axis=0) / (1 + viscous * np.sum(p / knudsen, axis=0))
        return -RT * drag - p * viscous / knudsen * total

    def fluxes(self, partial_pressures: ArrayLike, gradients: ArrayLike) -> np.ndarray:
        """N_i [species], mol/(m^2 s), at p_i [species], Pa, under dp_i/dz [species], Pa/m.

        Raises ValueError for partial pressures that are negative or all zero, or gradients not finite.

        >>> gas = DustyGas(300.0, [2e-6], [[1]], 1e5, permeability=1e-15)
        >>> round(float(gas.fluxes([1e5], [-1e6])[0]), 6)  # (D_K + p B_0 / mu) / (R T)
        0.002806
        """
        p = self._end(partial_pressures)
        slope = per_species(gradients, len(p), "pressure gradients", "Pa/m")
        matrix = -p[:, None] * self._inverse + np.diag(self._inverse @ p + 1 / self.knudsen)
        drive = slope + p * self._viscous(p) / self.knudsen * slope.sum()
        return np.linalg.solve(matrix, -drive / (GAS_CONSTANT * self.temperature))

    def steady(self, left: ArrayLike, right: ArrayLike, length: float) -> "PoreProfile":
        """The steady state between partial pressures p_i [species], Pa, at z = 0 and at z = length [m].

        Raises ValueError for partial pressures that are negative or all zero at an end; SimulationFault where
        scipy's `solve_bvp` finds no steady state.

        >>> gas = DustyGas(300.0, [2e-6, 1e-6], [[1, 5e-5], [5e-5, 1]], 1e5)
        >>> gas.steady([9e4, 1e4], [1e4, 9e4], 1e-3).molar_flux.round(6)
        array([ 0.062278, -0.031139])
        """
        positive(length, "length", "m")
        left, right = self._end(left), self._end(right)
        guess = np.linspace(left, right, NODES, axis=1)
        start = self.fluxes((left + right) / 2, (right - left) / length)

        def ends(a: np.ndarray, b: np.ndarray, scaled: np.ndarray) -> np.ndarray:
            return np.concatenate([a - left / left.sum(), b - right / left.sum()])

        return self._solve(ends, guess, start, left.sum(), length)

    def closed_bulbs(
        self,
        x_left: ArrayLike,
        x_right: ArrayLike,
        pressure: float,
        length: float,
        end_resistances: ArrayLike | None = None,
    ) -> "PoreProfile":
        """The quasi-steady state between closed bulbs: no net flux, so a pressure difference stands::

            sum N_i = 0;   dp/dz = -R T sum (N_i / D_iK) / [1 + (B_0 / mu) sum (p_i / D_iK)]

        Arguments
        ---------
        x_left, x_right : mole fractions [species] in the bulbs;  pressure : p in the left one [Pa]
        length : [m];  the pressure in the right one is part of the answer
        end_resistances : what p_i falls by over N_i at either end [species], Pa m^2 s/mol; none if left out

        Raises ValueError for mole fractions that do not sum to one, resistances that are negative or not one
        a species; SimulationFault as `steady`.

        Source: H. A. Kramers, J. Kistemaker, Physica 10 (1943) 699.

        >>> gas = DustyGas(300.0, [2e-6, 1e-6], [[1, 5e-5], [5e-5, 1]], 1e5)
        >>> state = gas.closed_bulbs([0.6, 0.4], [0.4, 0.6], 1e5, 1e-3)
        >>> round(float(state.pressure[-1] - state.pressure[0]))  # the heavy gas's side gains
        13862
        """
        names = [str(i) for i in range(len(self.knudsen))]
        x_left, x_right = mole_fractions(x_left, names), mole_fractions(x_right, names)
        positive((pressure, length), "pressure and length", "Pa and m")
        start = self.fluxes((x_left + x_right) / 2 * pressure, (x_right - x_left) * pressure / length)
        count = len(self.knudsen)
        given = np.zeros(count) if end_resistances is None else end_resistances
        unit = "Pa m^2 s/mol"
        fall = not_negative(per_species(given, count, "end resistances", unit), "end resistances", unit)
        fall = fall * (np.max(np.abs(start - start.mean())) or 1.0) / pressure

        def ends(a: np.ndarray, b: np.ndarray, scaled: np.ndarray) -> np.ndarray:
            right = b - fall * scaled
            return np.concatenate(
                [a + fall * scaled - x_left, (right - x_right * right.sum())[:-1], [scaled.sum()]]
            )

        guess = np.linspace(x_left, x_right, NODES, axis=1) * pressure
        return self._solve(ends, guess, start - start.mean(), pressure, length)

    def _solve(
        self, ends: Callable, guess: np.ndarray, start: np.ndarray, pressure: float, length: float
    ) -> "PoreProfile":
        unit = np.max(np.abs(start)) or 1.0

        def slope(s: np.ndarray, p: np.ndarray, scaled: np.ndarray) -> np.ndarray:
            return self.gradients(unit * scaled, p * pressure) * length / pressure

        mesh = np.linspace(0, 1, NODES)
        solution = solve_bvp(
            slope,
            ends,
            mesh,
            guess / pressure,
            start / unit,
            tol=TOLERANCE,
            bc_tol=1e-12,
            max_nodes=MOST_NODES,
        )
        if not solution.success:
            raise SimulationFault(
                f"no steady state was found: {solution.message} Viscous flow may sweep the composition into "
                "a layer too thin to resolve: lower the permeability or the pressure difference"
            )
        return PoreProfile(solution.x * length, solution.y * pressure, solution.p * unit)

    def _end(self, partial_pressures: ArrayLike) -> np.ndarray:
        p = np.asarray(partial_pressures, dtype=float)
        if p.shape != self.knudsen.shape or not np.all(np.isfinite(p) & (p >= 0)) or not p.sum() > 0:
            raise ValueError(
                f"partial pressures {partial_pressures}: give one for each of {len(self.knudsen)} species, "
                "in Pa, none negative, not all zero"
            )
        return p

    def _viscous(self, p: np.ndarray) -> np.ndarray | float:
        """B_0 / mu at the local composition."""
        if not callable(self.viscosity):
            return self.permeability / self.viscosity
        return self.permeability / self.viscosity(p / p.sum(axis=0))

    @property
    def _inverse(self) -> np.ndarray:
        """1 / P_ij, zero on the diagonal."""
        P = self.diffusion * self.diffusion_pressure
        return np.where(np.eye(len(P), dtype=bool), 0.0, 1 / np.where(P == 0, 1.0, P))


@dataclass(frozen=True)
class PoreProfile:
    """The steady state along a pore, on the points that its solution needed.

    position : z [point], m;  partial_pressure : p_i [species, point], Pa
    molar_flux : N_i [species], mol/(m^2 s), towards +z, the same everywhere
    """

    position: np.ndarray
    partial_pressure: np.ndarray
    molar_flux: np.ndarray

    @property
    def pressure(self) -> np.ndarray:
        """p [point], Pa."""
        return self.partial_pressure.sum(axis=0)


def uniform_pressure_flux(
    x1_ends: tuple[float, float],
    knudsen: tuple[float, float],
    diffusion: float,
    pressure: float,
    temperature: float,
    length: float,
) -> tuple[float, float]:
    """Fluxes N_1, N_2 [mol/(m^2 s)] of two gases at uniform pressure, closed form::

        N_1 = (p D_12 / (a R T L)) ln[(1 - a x_1(L) + D_12/D_1K) / (1 - a x_1(0) + D_12/D_1K)]
        N_2 / N_1 = -D_2K / D_1K = -sqrt(M_1 / M_2),    a = 1 + N_2 / N_1

    Arguments
    ---------
    x1_ends : x_1 at z = 0 and L;  knudsen : D_1K, D_2K [m^2/s];  diffusion : D_12 [m^2/s] at this pressure
    pressure : p [Pa];  temperature : T [K];  length : L [m]

    Raises ValueError for mole fractions outside [0, 1] or values that are not positive.

    Source: D. S. Scott, F. A. L. Dullien, AIChE J. 8 (1962) 113; R. B. Evans, G. M. Watson, E. A. Mason,
    J. Chem. Phys. 35 (1961) 2076.

    >>> N1, N2 = uniform_pressure_flux((0.9, 0.1), (2e-6, 1e-6), 5e-5, 1e5, 300.0, 1e-3)
    >>> round(N1, 6), round(N2 / N1, 12)
    (0.062278, -0.5)
    """
    start, end = pair(x1_ends, "mole fractions")
    pair(knudsen, "Knudsen diffusivities")
    within(x1_ends, 0, 1, "mole fractions", "parts of one")
    positive(knudsen, "Knudsen diffusivities", "m^2/s")
    positive((diffusion, pressure, temperature, length), "D_12, p, T and L", "SI units")
    a = 1 - knudsen[1] / knudsen[0]
    base = 1 - a * start + diffusion / knudsen[0]
    rise = np.log1p(a * (start - end) / base) / a if a else (start - end) / base
    first = float(pressure * diffusion / (GAS_CONSTANT * temperature * length) * rise)
    return first, -first * knudsen[1] / knudsen[0]
