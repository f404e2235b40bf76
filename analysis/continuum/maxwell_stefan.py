"""Steady Maxwell-Stefan films of N species in an ideal gas, exactly.

At uniform temperature and pressure the equations are linear in the mole fractions, so for given fluxes
the compositions at the two faces are joined by one matrix exponential; the fluxes that join two given
compositions follow by a root finder.  Where properties vary: `knudsen.analysis.continuum.varying_film`.

    dx_i/dz = sum_j (x_i N_j - x_j N_i) / (c D_ij)

Sources: R. Krishna, G. L. Standart, AIChE J. 22 (1976) 383; R. Taylor, R. Krishna, Multicomponent Mass
Transfer (1993), chapters 2 and 8.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import expm
from scipy.optimize import root

from knudsen.analysis.checks import finite, mole_fractions, per_species, positive, species_number
from knudsen.analysis.continuum.diffusivities import checked_diffusivities
from knudsen.core.faults import SimulationFault

DOUBT = 1e-10  # largest relative error that a solved film's fluxes may have
ROUND_OFF = 1e-15
OVERSHOOT = 1e-6
LARGEST_RATE = 100.0  # of ln x across a film; beyond it exp overflows long before any gas does so
STEPS = (1, 4, 16, 64)  # sub-divisions of the composition difference tried in turn


# --- what closes the system --------------------------------------------------------------------------


def equimolar(species: int) -> np.ndarray:
    """Weights [species] of sum_i N_i = 0: no net molar flux.

    >>> equimolar(3)
    array([1., 1., 1.])
    """
    return np.ones(species)


def stagnant(index: int, species: int) -> np.ndarray:
    """Weights [species] of N_index = 0: one species stands still.  Raises ValueError for no such species.

    >>> stagnant(2, 3)
    array([0., 0., 1.])
    """
    return np.eye(species)[species_number(index, species)]


def flux_ratio(i: int, j: int, ratio: float, species: int) -> np.ndarray:
    """Weights [species] of N_i = ratio N_j, such as a reaction's nu_i/nu_j or Graham's -sqrt(M_j/M_i).

    Raises ValueError for species that are not there or the same, or a ratio that is not finite.

    >>> flux_ratio(0, 1, -0.5, 3)
    array([1. , 0.5, 0. ])
    """
    i, j = species_number(i, species), species_number(j, species)
    if i == j:
        raise ValueError(f"a flux ratio joins two different species, got {i} and {j}")
    return np.eye(species)[i] - finite(ratio, "flux ratio", "units of one") * np.eye(species)[j]


# --- films of constant properties --------------------------------------------------------------------


def film_compositions(
    start: ArrayLike, fluxes: ArrayLike, conductances: ArrayLike, position: ArrayLike
) -> np.ndarray:
    """Mole fractions [..., species] at positions [...] of a film that carries the fluxes N_i, exactly::

        x(z) = exp(A z) x(0),   A_ii = sum_(j != i) N_j/(c D_ij),   A_ij = -N_i/(c D_ij)

    start : x(0) [species];  fluxes : N_i [species], mol/(m^2 s), positive towards +z
    conductances : c D_ij [species, species], mol/(m s);  position : z [...], m

    The sum of the mole fractions is kept by the equation itself.  Raises ValueError for mole fractions,
    fluxes or conductances that cannot be, or where a mole fraction leaves [0, 1] by 1e-6: the film cannot
    carry these fluxes.  Source: Krishna and Standart (1976).

    >>> x = film_compositions([0.9, 0.1], [2.0, 0.0], [[1, 1.0], [1.0, 1]], [0.0, 0.5])
    >>> np.round(x, 6)  # Stefan: x_B grows as exp(N_A z / (c D))
    array([[0.9     , 0.1     ],
           [0.728172, 0.271828]])
    """
    start = mole_fractions(start, tuple(range(np.size(start))))
    fluxes = per_species(fluxes, len(start), "fluxes", "mol/(m^2 s)")
    x = carried(start, fluxes, conductances, finite(position, "position", "m"))
    if not np.all((x > -OVERSHOOT) & (x < 1 + OVERSHOOT)):
        raise ValueError(
            f"mole fractions from {x.min():.3g} to {x.max():.3g}: the film cannot carry these fluxes from "
            "this start, or a trace there is lost to round-off: begin at the other face, fluxes reversed"
        )
    return x


def carried(start: ArrayLike, fluxes: ArrayLike, conductances: ArrayLike, position: ArrayLike) -> np.ndarray:
    """`film_compositions` wherever they lead, for solvers that look for the fluxes: the input taken as it is.

    >>> carried([0.5, 0.5], [1.0, -1.0], [[1, 1.0], [1.0, 1]], 1.0).round(9)
    array([-0.5,  1.5])
    """
    start = np.asarray(start, dtype=float)
    rate = rate_matrix(np.asarray(fluxes, dtype=float), 1 / checked_diffusivities(conductances, len(start)))
    return expm(rate * np.asarray(position, dtype=float)[..., None, None]) @ start


def film_fluxes(
    start: ArrayLike, end: ArrayLike, conductances: ArrayLike, length: float, weights: ArrayLike
) -> np.ndarray:
    """Molar fluxes N_i [species], mol/(m^2 s), through a film between two compositions, exactly.

    Arguments
    ---------
    start, end : mole fractions [species] at z = 0 and z = L
    conductances : c D_ij [species, species], mol/(m s), diagonal unused
    length : L [m]
    weights : [species], the condition sum_i weights_i N_i = 0; see `equimolar`, `stagnant`, `flux_ratio`

    Raises
    ------
    ValueError : compositions, lengths or diffusivities that cannot be; a stagnant species that is absent
        at one face only (its film would need an infinite flux); weights that do not close the system
    SimulationFault : the fluxes cannot be found within 1e-10 of the largest

    Source: Krishna and Standart (1976); Taylor and Krishna (1993), section 8.3.

    >>> from knudsen.analysis.continuum.diffusivities import pair_matrix
    >>> D = pair_matrix({(0, 1): 8.48e-6, (0, 2): 13.72e-6, (1, 2): 19.91e-6}, 3)
    >>> c = 99.4e3 / (8.314462618 * 328.5)  # acetone and methanol evaporate into air
    >>> N = film_fluxes([0.319, 0.528, 0.153], [0.0, 0.0, 1.0], c * D, 0.238, stagnant(2, 3))
    >>> np.round(N * 1e3, 3)
    array([1.783, 3.128, 0.   ])
    """
    positive(length, "length", "m")
    names = tuple(range(np.size(start)))
    start, end = (mole_fractions(x, names) for x in (start, end))
    weights = closing_weights(weights, start, end)
    return solve_film(start, end, 1 / checked_diffusivities(conductances, len(start)), weights) / length


def solve_film(start: np.ndarray, end: np.ndarray, inverse: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Fluxes times length [species], mol/(m s), of `film_fluxes`, its input taken as it is.

    inverse : 1/(c D_ij) [species, species], m s/mol.  For integrators, whose trial steps leave [0, 1] by
    round-off.  Raises SimulationFault where the fluxes are not found.

    >>> solve_film(np.array([0.75, 0.25]), np.array([0.25, 0.75]), np.ones((2, 2)), np.ones(2)).round(9)
    array([ 0.5, -0.5])
    """
    guess = _linear_fluxes((start + end) / 2, end - start, inverse, weights)
    for steps in STEPS:
        # from either face: a trace that grows by many orders is lost to round-off from its small end
        for sign, near, far in ((1, start, end), (-1, end, start)):
            flux = sign * guess / steps
            for step in range(1, steps + 1):
                target = near + (far - near) * step / steps
                flux, doubt = _shoot(flux, near, target, inverse, weights)
            if doubt < DOUBT:
                return sign * flux
    raise SimulationFault(f"the film's fluxes are not found (in doubt by {doubt:.1e}): narrow the difference")


def rate_matrix(flux: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """A [species, species] of dx/dz = A x for fluxes [species] and 1/(c D_ij) [species, species].

    Linear in the fluxes; each column sums to zero.

    >>> rate_matrix(np.array([1.0, 0.0]), np.full((2, 2), 2.0))
    array([[ 0., -2.],
           [ 0.,  2.]])
    """
    inverse = inverse * (1 - np.eye(len(flux)))
    return np.diag(inverse @ flux) - flux[:, None] * inverse


def _shoot(
    flux: np.ndarray, start: np.ndarray, end: np.ndarray, inverse: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, float]:
    """Fluxes times length that join start to end, and how far they are in doubt, relative to the largest.

    What is missed at the far face, and the round-off there, are carried back to the fluxes by the inverse
    response: the far fraction of a stagnant trace says little about them, that of a major species much.
    """
    scale = 1 / np.mean(inverse[~np.eye(len(flux), dtype=bool)])  # makes the unknowns of order one

    pivot = int(np.argmax(np.abs(weights)))
    free = np.arange(len(flux)) != pivot

    def fluxes(unknown: np.ndarray) -> np.ndarray:
        """All of them from those that the weights leave free: the condition holds to the last digit."""
        return np.insert(unknown, pivot, 0.0 - weights[free] @ unknown / weights[pivot])

    def mismatch(unknown: np.ndarray) -> np.ndarray:
        rate = rate_matrix(fluxes(unknown), inverse * scale)
        if not np.abs(rate).max() < LARGEST_RATE:  # a trial step that would overflow: turned back
            return np.full(len(unknown), 1e9)
        return (expm(rate) @ start - end)[:-1]

    unknown = root(mismatch, flux[free] / scale, tol=1e-15).x
    missed = np.abs(mismatch(unknown))
    if not missed.max() < 1e-6:
        return fluxes(unknown) * scale, np.inf
    rate = rate_matrix(fluxes(unknown), inverse * scale)
    changes = [rate_matrix(fluxes(unit), inverse * scale) for unit in np.eye(len(unknown))]
    missed += ROUND_OFF * (np.abs(expm(rate)) @ start)[:-1]
    doubt = np.abs(np.linalg.inv(_response(rate, changes, start))) @ missed
    return fluxes(unknown) * scale, float(doubt.max() / (np.abs(unknown).max() + 1e-3))


def _response(rate: np.ndarray, changes: list[np.ndarray], start: np.ndarray) -> np.ndarray:
    """d(exp(rate) start)/d(unknown) [species-1, unknown], exact: exp of [[A, dA], [0, A]] holds d exp(A)."""
    n = len(start)
    blocks = np.zeros((len(changes), 2 * n, 2 * n))
    blocks[:, :n, :n] = blocks[:, n:, n:] = rate
    blocks[:, :n, n:] = changes
    return (expm(blocks)[:, :n, n:] @ start)[:, :-1].T


def _linear_fluxes(
    x: np.ndarray, difference: np.ndarray, inverse: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Fluxes times length at one composition: the Maxwell-Stefan equations with x frozen, and the weights."""
    matrix = np.vstack([-_frozen(x, inverse)[:-1], weights])
    return np.linalg.solve(matrix, np.append(-difference[:-1], 0.0))


def _frozen(x: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """M [species, species] of dx_i/dz = sum_j M_ij N_j."""
    inverse = inverse * (1 - np.eye(len(x)))
    return x[:, None] * inverse - np.diag(inverse @ x)


# --- checks ------------------------------------------------------------------------------------------


def closing_weights(weights: ArrayLike, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Weights [species], scaled to a largest of one, of a film that they close.

    A drift of the whole gas leaves the compositions alone: the weights must see it.  Raises ValueError for
    weights that do not, are not finite or not one a species, or hold a species absent at one face only.

    >>> closing_weights([2.0, -2.0], np.array([0.5, 0.5]), np.array([0.5, 0.5]))
    Traceback (most recent call last):
        ...
    ValueError: weights do not close the system: a uniform drift of the gas satisfies them
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != start.shape or not np.isfinite(weights).all():
        raise ValueError(f"weights must be {len(start)} finite numbers, got {weights}")
    held = weights != 0
    if np.count_nonzero(held) == 1 and (start[held][0] == 0) != (end[held][0] == 0):
        raise ValueError("a stagnant species must be present at both faces: its film needs an infinite flux")
    if not abs(weights @ (start + end)) > 1e-9 * np.abs(weights).max(initial=0.0):
        raise ValueError("weights do not close the system: a uniform drift of the gas satisfies them")
    return weights / np.abs(weights).max()
