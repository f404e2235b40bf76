"""Two closed bulbs joined by a capillary: N species, with what two species cannot do.

A species of a mixture of three or more may flow without a difference of its own (osmotic diffusion), stand
still in spite of one (diffusion barrier) or climb it (reverse diffusion), dragged by the others.

Sources: J. B. Duncan, H. L. Toor, AIChE J. 8 (1962) 38; H. L. Toor, AIChE J. 3 (1957) 198; R. Taylor,
R. Krishna, Multicomponent Mass Transfer (1993), sections 5.2 and 5.4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import OdeSolution, solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq

from knudsen.analysis.checks import mole_fractions, not_negative, positive
from knudsen.analysis.continuum.diffusivities import fick_matrix
from knudsen.analysis.continuum.maxwell_stefan import equimolar, solve_film
from knudsen.analysis.continuum.relaxation import DiffusivitiesOf, relax
from knudsen.core.faults import SimulationFault


@dataclass(frozen=True)
class TwoBulbCell:
    """Bulbs of volumes (V_1, V_2) [m^3] joined by a capillary of length l [m] and area A [m^2].

    Raises ValueError for values that are not positive.

    >>> round(DUNCAN_TOOR.cell_constant, 6)  # 1/m^2
    1.010284
    """

    volumes: tuple[float, float]
    length: float
    area: float

    def __post_init__(self) -> None:
        if len(self.volumes) != 2:
            raise ValueError(f"a cell has two bulbs, got volumes {self.volumes}")
        positive(self.volumes, "volumes", "m^3")
        positive(self.length, "length", "m")
        positive(self.area, "area", "m^2")

    @property
    def cell_constant(self) -> float:
        """beta = (A/l) (1/V_1 + 1/V_2) [1/m^2]: a binary's difference decays as exp(-beta D_12 t)."""
        return self.area / self.length * (1 / self.volumes[0] + 1 / self.volumes[1])

    def equilibrium(self, first: ArrayLike, second: ArrayLike) -> np.ndarray:
        """Mole fractions [species] after infinite time, the capillary's content left out.

        Raises ValueError for mole fractions that cannot be.

        >>> DUNCAN_TOOR.equilibrium([0, 0.50086, 0.49914], [0.50121, 0.49879, 0]).round(5)
        array([0.25163, 0.49982, 0.24855])
        """
        names = tuple(range(np.size(first)))
        first, second = mole_fractions(first, names), mole_fractions(second, names)
        return (self.volumes[0] * first + self.volumes[1] * second) / sum(self.volumes)


DUNCAN_TOOR = TwoBulbCell((77.99e-6, 78.63e-6), 85.9e-3, np.pi / 4 * 2.08e-3**2)


@dataclass(frozen=True)
class Regimes:
    """When a species of a two-bulb cell does what no binary can.

    osmotic : times [s] at which its fractions in the bulbs are equal while it flows
    barrier : times [s] at which it does not flow while its fractions differ
    reverse : intervals (from, to) [s] in which it flows from its smaller to its larger fraction
    """

    osmotic: tuple[float, ...]
    barrier: tuple[float, ...]
    reverse: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class TwoBulbRun:
    """The course of a two-bulb cell from 0 to `end` [s]; see `two_bulb`."""

    cell: TwoBulbCell
    start: tuple[np.ndarray, np.ndarray]
    diffusivities: np.ndarray
    end: float
    _solution: OdeSolution

    def first(self, time: ArrayLike) -> np.ndarray:
        """Mole fractions [..., species] in bulb 1 at times [...], s.  Raises ValueError outside the run."""
        time = np.asarray(time, dtype=float)
        if not np.all((time >= 0) & (time <= self.end)):
            raise ValueError(f"times must lie in the run, 0 to {self.end} s: run it for longer")
        free = np.moveaxis(self._solution(time.ravel()), 0, -1).reshape(*time.shape, -1)
        return np.concatenate([free, 1 - free.sum(axis=-1, keepdims=True)], axis=-1)

    def second(self, time: ArrayLike) -> np.ndarray:
        """Mole fractions [..., species] in bulb 2, from what bulb 1 has lost."""
        return _second(self.cell, self.start, self.first(time))

    def fluxes(self, time: ArrayLike, concentration: float) -> np.ndarray:
        """Molar fluxes N_i [..., species] from bulb 1 to bulb 2, mol/(m^2 s), at c [mol/m^3]."""
        first, second = self.first(time), self.second(time)
        flows = _each(first, second, concentration * self.diffusivities)
        return flows / self.cell.length

    def regimes(self, species: int, samples: int = 400) -> Regimes:
        """Osmotic, barrier and reverse diffusion of one species, from sign changes between `samples` times.

        The times are spaced evenly in their logarithm from 1e-6 of the run.
        """
        times = np.concatenate([[0.0], np.geomspace(1e-6 * self.end, self.end, samples)])

        def difference(t: float) -> float:
            return float((self.first(t) - self.second(t))[species])

        def flux(t: float) -> float:
            return float(self.fluxes(t, 1.0)[species])

        osmotic, barrier = _roots(difference, times), _roots(flux, times)
        turns = sorted([0.0, *osmotic, *barrier, self.end])
        reverse = [
            (low, high)
            for low, high in pairwise(turns)
            if difference((low + high) / 2) * flux((low + high) / 2) < 0
        ]
        return Regimes(osmotic, barrier, tuple(reverse))


def two_bulb(
    cell: TwoBulbCell, first: ArrayLike, second: ArrayLike, diffusivities: ArrayLike, end: float
) -> TwoBulbRun:
    """Compositions of two closed bulbs against time, the capillary in its steady state::

        c V_1 dx_1i/dt = -A N_i = -c V_2 dx_2i/dt,   sum_i N_i = 0

    Arguments
    ---------
    cell : volumes and capillary
    first, second : mole fractions [species] in bulbs 1 and 2 at t = 0
    diffusivities : D_ij [species, species], m^2/s, at the cell's pressure and temperature
    end : s

    N is the exact Maxwell-Stefan film of the capillary (`film_fluxes`).  Rigid bulbs at one temperature
    hold the pressure, hence no net molar flux; the capillary's content must be small beside the bulbs'.

    Raises
    ------
    ValueError : fractions, diffusivities or times that cannot be
    SimulationFault : the integration stops

    Source: Duncan and Toor (1962).

    >>> from knudsen.analysis.continuum.diffusivities import pair_matrix
    >>> D = pair_matrix({(0, 1): 83.3e-6, (0, 2): 68.0e-6, (1, 2): 16.8e-6}, 3)  # H2, N2, CO2
    >>> run = two_bulb(DUNCAN_TOOR, [0, 0.50086, 0.49914], [0.50121, 0.49879, 0], D, 20 * 3600.0)
    >>> regimes = run.regimes(species=1)
    >>> [round(t / 3600, 2) for t in regimes.barrier]  # hours; nitrogen stands still, then turns
    [6.52]
    """
    names = tuple(range(np.size(first)))
    first, second = mole_fractions(first, names), mole_fractions(second, names)
    positive(end, "end", "s")
    fick_matrix(first, diffusivities)  # checks the matrix
    diffusivities = np.where(np.eye(len(names), dtype=bool), 1.0, np.asarray(diffusivities, dtype=float))
    share = cell.area / (cell.length * cell.volumes[0])

    def rate(t: float, free: np.ndarray) -> np.ndarray:
        x = np.append(free, 1 - free.sum())
        flow = solve_film(x, _second(cell, (first, second), x), 1 / diffusivities, equimolar(len(x)))
        return -share * flow[:-1]

    solution = solve_ivp(
        rate, (0.0, end), first[:-1], method="DOP853", rtol=1e-10, atol=1e-13, dense_output=True
    )
    if solution.status != 0:
        raise SimulationFault(f"the cell cannot be integrated beyond {solution.t[-1]} s: {solution.message}")
    return TwoBulbRun(cell, (first, second), diffusivities, float(end), solution.sol)


def two_bulb_linearised(
    cell: TwoBulbCell, first: ArrayLike, second: ArrayLike, diffusivities: ArrayLike, time: ArrayLike
) -> np.ndarray:
    """Mole fractions [..., species] in bulb 1 with Fick's matrix held at the final composition::

        x_1(t) - x_inf = exp(-beta D^F t) (x_1(0) - x_inf)

    Arguments and raises as `two_bulb`; time [...], s, not negative.

    Source: Taylor and Krishna (1993), section 5.4.

    >>> cell = TwoBulbCell((1e-4, 1e-4), 0.1, 1e-6)
    >>> two_bulb_linearised(cell, [1.0, 0.0], [0.0, 1.0], np.full((2, 2), 5e-5), [0.0, 1e5]).round(6)
    array([[1.     , 0.     ],
           [0.68394, 0.31606]])
    """
    names = tuple(range(np.size(first)))
    first, second = mole_fractions(first, names), mole_fractions(second, names)
    final = cell.equilibrium(first, second)
    matrix = -cell.cell_constant * fick_matrix(final, diffusivities)
    time = not_negative(time, "time", "s")
    free = expm(matrix * time[..., None, None]) @ (first - final)[:-1] + final[:-1]
    return np.concatenate([free, 1 - free.sum(axis=-1, keepdims=True)], axis=-1)


def two_bulb_capillary(
    cell: TwoBulbCell,
    first: ArrayLike,
    second: ArrayLike,
    diffusivities: ArrayLike | DiffusivitiesOf,
    times: ArrayLike,
    cells: int = 40,
) -> np.ndarray:
    """Mole fractions [time, 2 + cells, species] of bulb 1, the capillary in its own transient, and bulb 2.

    The capillary starts as the bulb nearer to it (opened in the middle); diffusivities may be a function of
    the mole fractions.  Arguments and raises otherwise as `two_bulb`; times ascend from 0 s, cells are even.

    >>> cell = TwoBulbCell((1e-4, 1e-4), 0.1, 1e-6)
    >>> x = two_bulb_capillary(cell, [1, 0], [0, 1], np.full((2, 2), 5e-5), [0.0, 1e5], cells=10)
    >>> x[1, [0, -1], 0].round(4)
    array([0.684, 0.316])
    """
    if cells < 2 or cells % 2:
        raise ValueError(f"the capillary needs an even number of cells, two or more, got {cells}")
    start = np.concatenate([np.tile(first, (cells // 2 + 1, 1)), np.tile(second, (cells // 2 + 1, 1))])
    step = cell.length / cells
    volumes = [cell.volumes[0], *[cell.area * step] * cells, cell.volumes[1]]
    couplings = np.full(cells + 1, cell.area / step)
    couplings[[0, -1]] *= 2  # a bulb's end is half a cell away
    return relax(volumes, couplings, start, diffusivities, times)


def _second(cell: TwoBulbCell, start: tuple[np.ndarray, np.ndarray], first: np.ndarray) -> np.ndarray:
    """Bulb 2 from bulb 1 by conservation of each species."""
    return start[1] + cell.volumes[0] / cell.volumes[1] * (start[0] - first)


def _each(first: np.ndarray, second: np.ndarray, conductances: np.ndarray) -> np.ndarray:
    """Flux times length [..., species] of the film between each pair of compositions."""
    count = first.shape[-1]
    pairs = zip(first.reshape(-1, count), second.reshape(-1, count), strict=True)
    flows = [solve_film(a, b, 1 / conductances, equimolar(count)) for a, b in pairs]
    return np.reshape(flows, first.shape)


def _roots(function: Callable[[float], float], times: np.ndarray) -> tuple[float, ...]:
    """Zeros after t = 0, bracketed by sign changes between the times."""
    values = [function(t) for t in times]
    pairs = zip(times[:-1], times[1:], values[:-1], values[1:], strict=True)
    return tuple(
        float(brentq(function, low, high, xtol=1e-10 * times[-1])) for low, high, a, b in pairs if a * b < 0
    )
