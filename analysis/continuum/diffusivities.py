"""Maxwell-Stefan diffusivities of N species as a matrix, and Fick's matrix that belongs to them.

Source: R. Taylor, R. Krishna, Multicomponent Mass Transfer (1993), section 2.1.
"""

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import mole_fractions, positive


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


def resistance_matrix(x: ArrayLike, diffusivities: ArrayLike) -> np.ndarray:
    """B [..., species-1, species-1], s/m^2, of the first N - 1 diffusive fluxes::

        c dx_i/dz = - sum_k B_ik J*_k
        B_ii = x_i/D_in + sum_(k != i) x_k/D_ik,    B_ik = -x_i (1/D_ik - 1/D_in)

    x : mole fractions [..., species];  diffusivities : D_ij [species, species], m^2/s, or
    [..., species, species].  x is taken as it is: the trial steps of integrators leave [0, 1] by round-off.

    Raises ValueError for diffusivities that cannot be.  Source: Taylor and Krishna (1993), section 2.1.

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

    Arguments as `resistance_matrix`.  The last species is the one left out.  Fick's matrix of
    Chapman-Enskog theory itself is `ChapmanEnskog.fick_matrix`.

    Raises ValueError for mole fractions or diffusivities that cannot be.

    >>> D = pair_matrix({(0, 1): 8.33e-5, (0, 2): 6.8e-5, (1, 2): 1.68e-5}, 3)
    >>> np.round(fick_matrix([0.25, 0.5, 0.25], D) * 1e6, 2)
    array([[ 76.81,  -1.09],
           [-38.31,  21.53]])
    """
    x = mole_fractions(x, tuple(range(np.shape(x)[-1] if np.ndim(x) else 1)))
    return np.linalg.inv(resistance_matrix(x, diffusivities))
