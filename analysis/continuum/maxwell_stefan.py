"""Steady Maxwell-Stefan films of N species in an ideal gas, and Fick's matrix that belongs to them.

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

from knudsen.analysis.checks import mole_fractions, positive
from knudsen.core.faults import SimulationFault

RESIDUAL = 1e-12  # largest mismatch of mole fractions at the far face of a solved film
LARGEST_RATE = 100.0  # of ln x across a film; beyond it exp overflows long before any gas does so
STEPS = (1, 4, 16, 64)  # sub-divisions of the composition difference tried in turn


def pair_matrix(pairs: dict[tuple[int, int], float], species: int) -> np.ndarray:
    """Symmetric matrix D_ij [species, species], m^2/s, from its pairs {(i, j): D_ij}; its diagonal is unused.

    Raises ValueError unless every pair of different species is given once.

    >>> pair_matrix({(0, 1): 8.33e-5, (0, 2): 6.8e-5, (1, 2): 1.68e-5}, 3)[1]
    array([8.33e-05, 1.00e+00, 1.68e-05])
    """
    wanted = {(i, j) for i in range(species) for j in range(i + 1, species)}
    given = [(min(pair), max(pair)) for pair in pairs]
    if set(given) != wanted or len(given) != len(wanted):
        raise ValueError(f"pairs must be {sorted(wanted)}, each once, got {sorted(pairs)}")
    matrix = np.ones((species, species))
    for (i, j), value in pairs.items():
        matrix[i, j] = matrix[j, i] = value
    return checked_diffusivities(matrix, species)


# --- what closes the system --------------------------------------------------------------------------


def equimolar(species: int) -> np.ndarray:
    """Weights [species] of sum_i N_i = 0: no net molar flux.

    >>> equimolar(3)
    array([1., 1., 1.])
    """
    return np.ones(species)


def stagnant(index: int, species: int) -> np.ndarray:
    """Weights [species] of N_index = 0: one species stands still.

    >>> stagnant(2, 3)
    array([0., 0., 1.])
    """
    return np.eye(species)[index]


def flux_ratio(i: int, j: int, ratio: float, species: int) -> np.ndarray:
    """Weights [species] of N_i = ratio N_j, such as a reaction's -nu_i/nu_j or Graham's -sqrt(M_j/M_i).

    >>> flux_ratio(0, 1, -0.5, 3)
    array([1. , 0.5, 0. ])
    """
    if i == j:
        raise ValueError(f"a flux ratio joins two different species, got {i} and {j}")
    return np.eye(species)[i] - ratio * np.eye(species)[j]


# --- Fick's matrix -----------------------------------------------------------------------------------


def resistance_matrix(x: ArrayLike, diffusivities: ArrayLike) -> np.ndarray:
    """B [..., species-1, species-1], s/m^2, of the first N - 1 diffusive fluxes::

        c dx_i/dz = - sum_k B_ik J*_k
        B_ii = x_i/D_in + sum_(k != i) x_k/D_ik,    B_ik = -x_i (1/D_ik - 1/D_in)

    x : mole fractions [..., species];  diffusivities : D_ij [species, species], m^2/s, or
    [..., species, species].  Source: Taylor and Krishna (1993), section 2.1.

    >>> D = pair_matrix({(0, 1): 2.0, (0, 2): 4.0, (1, 2): 4.0}, 3)
    >>> resistance_matrix([0.2, 0.4, 0.4], D).round(3)
    array([[ 0.35, -0.05],
           [-0.1 ,  0.3 ]])
    """
    x = np.asarray(x, dtype=float)
    inverse = 1 / checked_diffusivities(diffusivities, x.shape[-1])
    diagonal = np.arange(x.shape[-1])
    inverse = np.broadcast_to(inverse, (*x.shape[:-1], *inverse.shape[-2:])).copy()
    inverse[..., diagonal, diagonal] = 0.0
    matrix = -x[..., :-1, None] * (inverse[..., :-1, :-1] - inverse[..., :-1, -1:])
    own = np.einsum("...k,...ik->...i", x, inverse)[..., :-1] + x[..., :-1] * inverse[..., :-1, -1]
    matrix[..., diagonal[:-1], diagonal[:-1]] = own
    return matrix


def fick_matrix(x: ArrayLike, diffusivities: ArrayLike) -> np.ndarray:
    """Fick's matrix B^-1 [..., species-1, species-1], m^2/s: J*_i = -c sum_k D^F_ik dx_k/dz.

    Arguments as `resistance_matrix`.  The last species is the one left out.

    >>> D = pair_matrix({(0, 1): 8.33e-5, (0, 2): 6.8e-5, (1, 2): 1.68e-5}, 3)
    >>> np.round(fick_matrix([0.25, 0.5, 0.25], D) * 1e6, 2)
    array([[ 76.81,  -1.09],
           [-38.31,  21.53]])
    """
    return np.linalg.inv(resistance_matrix(x, diffusivities))


# --- films of constant properties --------------------------------------------------------------------


def film_compositions(
    start: ArrayLike, fluxes: ArrayLike, conductances: ArrayLike, position: ArrayLike
) -> np.ndarray:
    """Mole fractions [..., species] at positions [...] of a film that carries the fluxes N_i, exactly::

        x(z) = exp(A z) x(0),   A_ii = sum_(j != i) N_j/(c D_ij),   A_ij = -N_i/(c D_ij)

    start : x(0) [species];  fluxes : N_i [species], mol/(m^2 s), positive towards +z
    conductances : c D_ij [species, species], mol/(m s);  position : z [...], m

    The sum of the mole fractions is kept by the equation itself.  Source: Krishna and Standart (1976).

    >>> x = film_compositions([0.9, 0.1], [2.0, 0.0], [[1, 1.0], [1.0, 1]], [0.0, 0.5])
    >>> np.round(x, 6)  # Stefan: x_B grows as exp(N_A z / (c D))
    array([[0.9     , 0.1     ],
           [0.728172, 0.271828]])
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
    SimulationFault : the root finder does not reach 1e-12 in mole fraction

    Source: Krishna and Standart (1976); Taylor and Krishna (1993), section 8.3.

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
    round-off.

    >>> solve_film(np.array([0.75, 0.25]), np.array([0.25, 0.75]), np.ones((2, 2)), np.ones(2)).round(9)
    array([ 0.5, -0.5])
    """
    guess = _linear_fluxes((start + end) / 2, end - start, inverse, weights)
    for steps in STEPS:
        flux = guess / steps
        for step in range(1, steps + 1):
            target = start + (end - start) * step / steps
            flux, error = _shoot(flux, start, target, inverse, weights)
        if error < RESIDUAL:
            return flux
    raise SimulationFault(f"the film's fluxes are not found (mismatch {error:.1e}): narrow the difference")


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
    """Fluxes times length that join start to end, and the worst mismatch of mole fractions."""
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

    solution = root(mismatch, flux[free] / scale, tol=1e-15)
    error = float(np.max(np.abs(mismatch(solution.x))))
    return fluxes(solution.x) * scale, error if np.isfinite(error) else np.inf


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


def checked_diffusivities(values: ArrayLike, species: int) -> np.ndarray:
    """D_ij [..., species, species] with ones on the diagonal; raises ValueError for what D_ij cannot be.

    >>> checked_diffusivities([[0, 2.0], [3.0, 0]], 2)
    Traceback (most recent call last):
        ...
    ValueError: diffusivities must be symmetric: D_ij = D_ji
    """
    matrix = np.asarray(values, dtype=float)
    if matrix.shape[-2:] != (species, species):
        raise ValueError(f"diffusivities have shape {matrix.shape}: give a matrix of {species} by {species}")
    off = ~np.eye(species, dtype=bool)
    if not np.allclose(matrix, np.swapaxes(matrix, -1, -2), rtol=1e-12, atol=0):
        raise ValueError("diffusivities must be symmetric: D_ij = D_ji")
    positive(matrix[..., off], "diffusivities", "m^2/s")
    return np.where(off, matrix, 1.0)


def closing_weights(weights: ArrayLike, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Weights [species], scaled to a largest of one, of a film that they close.

    A drift of the whole gas leaves the compositions alone: the weights must see it.

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
