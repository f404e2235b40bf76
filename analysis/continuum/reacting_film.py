"""Films of N species that react at a catalytic wall or in the gas.

A film reaches from the gas at z = 0 to a closed, perhaps catalytic, wall at z = L.  Whatever the species,
steady fluxes follow one extent: N_i(z) = -nu_i E(z) with E(z) the moles reacted beyond z per area and time,
so the net flux is N = -E sum nu_i: zero for isomerisation and exchange, not for dissociation.

Sources: R. B. Bird, W. E. Stewart, E. N. Lightfoot, Transport Phenomena (2002), sections 18.3-18.4;
R. Taylor, R. Krishna, Multicomponent Mass Transfer (1993), sections 7.2 and 8.3.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_bvp
from scipy.optimize import brentq

from knudsen.analysis.checks import finite, mole_fractions, positive
from knudsen.analysis.continuum.diffusivities import checked_diffusivities
from knudsen.analysis.continuum.maxwell_stefan import carried, film_compositions, rate_matrix
from knudsen.analysis.continuum.reactions import Reaction
from knudsen.core.faults import SimulationFault

RateLaw = Callable[[np.ndarray], float]
"""Extents per second of mole fractions [species]: mol/(m^2 s) on a wall, mol/(m^3 s) in the gas."""


@dataclass(frozen=True)
class ReactingFilm:
    """A steady film with its reaction; made by `catalytic_film` and `reacting_film`.

    position [point], m;  x [point, species];  extent [point], mol/(m^2 s), of the reaction beyond z
    fluxes [point, species], mol/(m^2 s), N_i = -nu_i extent
    """

    position: np.ndarray
    x: np.ndarray
    extent: np.ndarray
    fluxes: np.ndarray


def catalytic_film(
    reaction: Reaction,
    names: Sequence[str],
    start: ArrayLike,
    conductances: ArrayLike,
    length: float,
    rate: RateLaw,
    points: int = 51,
) -> ReactingFilm:
    """The film of N species before a catalytic wall, with the wall's own kinetics, exactly.

    Arguments
    ---------
    reaction : on the wall at z = L
    names : of the gases, in order;  start : mole fractions [species] at z = 0
    conductances : c D_ij [species, species], mol/(m s);  length : L [m]
    rate : extents [mol/(m^2 s)] of the mole fractions at the wall, falling to zero or below as the
        reactants run out and, for reversible kinetics, rising above as the products do

    Raises
    ------
    ValueError, KeyError : input that cannot be; a rate that does not vanish as the reactants run out

    >>> film = catalytic_film(
    ...     Reaction({"N2O4": -1, "NO2": 2}), ["N2O4", "NO2"], [0.6, 0.4], np.full((2, 2), 1e-3), 0.01,
    ...     lambda x: 0.5 * x[0],
    ... )
    >>> film.x[-1].round(4), film.fluxes[0].round(6), film.fluxes[0].sum().round(6)
    (array([0.0788, 0.9212]), array([ 0.039413, -0.078826]), np.float64(-0.039413))
    """
    nu = reaction.numbers(names)
    start = mole_fractions(start, names)
    positive(length, "length", "m")

    def wall(extent: float) -> np.ndarray:
        return carried(start, -nu * extent, conductances, length)

    direction = np.sign(finite(rate(start), "rate", "mol/(m^2 s)"))
    extent = 0.0
    if direction != 0:
        limit = direction * _exhaustion(lambda e: wall(direction * e)[nu * direction < 0].min())
        excess = [rate(np.maximum(wall(e), 0.0)) - e for e in (0.0, limit)]
        if excess[0] * excess[1] > 0:
            raise ValueError("the rate must vanish as the reactants run out: give a law that does so")
        extent = brentq(lambda e: rate(np.maximum(wall(e), 0.0)) - e, 0.0, limit, xtol=1e-15, rtol=1e-13)
    position = np.linspace(0, length, points)
    x = film_compositions(start, -nu * extent, conductances, position)
    return ReactingFilm(position, x, np.full(points, extent), np.tile(-nu * extent, (points, 1)))


def _exhaustion(least: Callable[[float], float]) -> float:
    """The extent at which the scarcest reactant is used up at the wall."""
    if least(0.0) <= 0:
        raise ValueError("a reactant is absent: the reaction cannot start")
    high = 1e-12
    while least(high) > 0:
        high *= 4
        if high > 1e12:
            raise ValueError("no reactant runs out: the stoichiometry does not use the species named")
    return float(brentq(least, 0.0, high, xtol=1e-300, rtol=1e-14))


def reacting_film(
    reaction: Reaction,
    names: Sequence[str],
    start: ArrayLike,
    conductances: ArrayLike,
    length: float,
    rate: RateLaw,
    wall_rate: RateLaw | None = None,
    tolerance: float = 1e-8,
) -> ReactingFilm:
    """The film of N species that react in the gas, before a closed wall that may be catalytic too::

        dx/dz = Maxwell-Stefan with N_i = -nu_i E,   dE/dz = -r(x),   E(L) = wall rate

    rate : r, extents per volume [mol/(m^3 s)] of the mole fractions [species]
    wall_rate : extents per area [mol/(m^2 s)] of those at the wall; none if left out
    Other arguments as `catalytic_film`;  tolerance : of the collocation.  Where N is not zero this holds as
    it stands.  Raises SimulationFault where scipy's `solve_bvp` does not converge or leaves [0, 1].

    >>> film = reacting_film(
    ...     Reaction({"N2O4": -1, "NO2": 2}), ["N2O4", "NO2"], [0.6, 0.4], np.full((2, 2), 1e-3), 0.01,
    ...     lambda x: 20.0 * x[0],
    ... )
    >>> film.x[-1].round(4), film.fluxes[0].round(6)
    (array([0.22, 0.78]), array([ 0.065986, -0.131972]))
    """
    nu = reaction.numbers(names)
    start = mole_fractions(start, names)
    positive(length, "length", "m")
    inverse = 1 / checked_diffusivities(conductances, len(start))
    per_extent = rate_matrix(-nu, inverse)
    scale = 1 / np.mean(inverse[~np.eye(len(start), dtype=bool)]) / length  # a diffusive flux

    def slopes(s: np.ndarray, y: np.ndarray) -> np.ndarray:
        x = np.vstack([y[:-1], 1 - y[:-1].sum(axis=0)])
        rates = finite([rate(column) for column in x.T], "rate", "mol/(m^3 s)")
        return length * np.vstack([(per_extent @ x)[:-1] * y[-1] * scale, -rates / scale])

    def boundaries(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        end = np.append(b[:-1], 1 - b[:-1].sum())
        held = 0.0 if wall_rate is None else wall_rate(end) / scale
        return np.append(a[:-1] - start[:-1], b[-1] - held)

    s = np.linspace(0, 1, 41)
    guess = np.vstack([np.tile(start[:-1, None], s.size), np.zeros(s.size)])
    solution = solve_bvp(slopes, boundaries, s, guess, tol=tolerance, max_nodes=20000)
    x = np.vstack([solution.y[:-1], 1 - solution.y[:-1].sum(axis=0)]).T
    if not solution.success or x.min() < -1e-6:
        raise SimulationFault(f"the reacting film is not found: {solution.message}; thin it or slow the rate")
    extent = solution.y[-1] * scale
    return ReactingFilm(solution.x * length, x, extent, -nu * extent[:, None])
