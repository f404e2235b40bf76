"""Loschmidt tube: two gases, one in each half of a closed tube, brought together at t = 0.

The tube reaches from z = -L/2 to L/2, closed at both ends, isothermal and isobaric; the first gas stands
at z < 0.  Binary: Fourier series at long times, its image sums at short ones, both exact.  N species:
Fick's matrix held constant (exact), or the full Maxwell-Stefan equations on a grid.

Sources: J. Crank, The Mathematics of Diffusion (1975), section 2.2; K. R. Arnold, H. L. Toor, AIChE J. 13
(1967) 909; R. Taylor, R. Krishna, Multicomponent Mass Transfer (1993), section 5.5.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eig
from scipy.special import erf, erfc

from knudsen.analysis.checks import mole_fractions, positive
from knudsen.analysis.continuum.diffusivities import fick_matrix
from knudsen.analysis.continuum.relaxation import DiffusivitiesOf, relax

TERMS = 12  # either sum is exact to 1e-16 with them on its side of the switch
SWITCH = 0.05  # D t/L^2


def half_difference(fourier: ArrayLike) -> np.ndarray:
    """What is left of the difference between the means of the halves [...], from 1 to 0::

        (8/pi^2) sum_k exp(-(2k+1)^2 pi^2 Fo)/(2k+1)^2
        = 1 - 4 sqrt(Fo/pi) [1 + 2 sum_k (-1)^k (exp(-a^2) - sqrt(pi) a erfc a)],   a = k/(2 sqrt(Fo))

    fourier : Fo = D t/L^2 [...], L the whole tube.  Raises ValueError for one that is negative.

    Source: Crank (1975), sections 2.2 and 2.4.

    >>> half_difference([0.0, 0.01, 0.1]).round(10)
    array([1.        , 0.77432417, 0.30211809])
    """
    fourier = _fourier(fourier)
    odd = 2 * np.arange(TERMS) + 1
    late = 8 / np.pi**2 * np.sum(np.exp(-(odd**2) * np.pi**2 * fourier[..., None]) / odd**2, axis=-1)
    image = np.arange(1, TERMS + 1)
    a = image / (2 * np.sqrt(np.maximum(fourier, 1e-300)))[..., None]
    images = np.sum((-1.0) ** image * (np.exp(-(a**2)) - np.sqrt(np.pi) * a * erfc(a)), axis=-1)
    early = 1 - 4 * np.sqrt(fourier / np.pi) * (1 + 2 * images)
    return np.where(fourier > SWITCH, late, early)


def step_profile(position: ArrayLike, fourier: ArrayLike) -> np.ndarray:
    """The fraction of the way from the mean to the first gas [...]: 1 at z < 0, -1 at z > 0 at first::

        -(4/pi) sum_k sin((2k+1) pi z/L) exp(-(2k+1)^2 pi^2 Fo)/(2k+1)
        = -sum_k (-1)^k erf((z/L - k)/(2 sqrt(Fo)))

    position : z/L [...], -1/2 to 1/2;  fourier : Fo = D t/L^2 [...]

    Raises ValueError for a position outside the tube or a negative Fo.

    >>> step_profile([-0.5, -0.1, 0.0, 0.5], 0.02).round(8) + 0.0
    array([ 0.97516134,  0.38291817,  0.        , -0.97516134])
    """
    position, fourier = np.broadcast_arrays(np.asarray(position, dtype=float), _fourier(fourier))
    if not np.all(np.abs(position) <= 0.5):
        raise ValueError("positions must lie in the tube, z/L from -1/2 to 1/2")
    odd = 2 * np.arange(TERMS) + 1
    waves = np.sin(odd * np.pi * position[..., None]) * np.exp(-(odd**2) * np.pi**2 * fourier[..., None])
    late = -4 / np.pi * np.sum(waves / odd, axis=-1)
    image = np.arange(-TERMS, TERMS + 1)
    width = 2 * np.sqrt(np.maximum(fourier, 1e-300))[..., None]
    early = -np.sum((-1.0) ** image * erf((position[..., None] - image) / width), axis=-1)
    return np.where(fourier > SWITCH, late, early)


def halves(
    first: ArrayLike, second: ArrayLike, diffusivities: ArrayLike, length: float, time: ArrayLike
) -> np.ndarray:
    """Mean mole fractions [..., half, species] of the two halves with Fick's matrix held constant, exactly.

    Arguments
    ---------
    first, second : mole fractions [species] at z < 0 and z > 0 at t = 0
    diffusivities : D_ij [species, species], m^2/s; Fick's matrix is taken at the final, mean composition
    length : L [m], the whole tube
    time : t [...], s

    Each eigenvector of D^F decays as `half_difference` of its own Fo; a binary is exact without holding
    anything constant.

    Raises ValueError for mole fractions or diffusivities that cannot be, a length that is not positive, or a
    negative time.  Source: Taylor and Krishna (1993), section 5.5.

    >>> halves([1.0, 0.0], [0.0, 1.0], np.full((2, 2), 2e-5), 0.5, [0.0, 1250.0]).round(6)
    array([[[1.      , 0.      ],
            [0.      , 1.      ]],
    <BLANKLINE>
           [[0.651059, 0.348941],
            [0.348941, 0.651059]]])
    """
    first, second, mean = _ends(first, second)
    positive(length, "length", "m")
    values, vectors = _modes(mean, diffusivities)
    fourier = values * np.asarray(time, dtype=float)[..., None] / length**2
    amplitude = np.linalg.solve(vectors, (first - second)[:-1] / 2)
    departure = (half_difference(fourier) * amplitude) @ vectors.T
    departure = np.concatenate([departure, -departure.sum(axis=-1, keepdims=True)], axis=-1)
    return np.stack([mean + departure, mean - departure], axis=-2)


def profile(
    position: ArrayLike,
    time: float,
    first: ArrayLike,
    second: ArrayLike,
    diffusivities: ArrayLike,
    length: float,
) -> np.ndarray:
    """Mole fractions [..., species] at z [...], m, and one time [s], Fick's matrix held constant.

    Arguments and raises otherwise as `halves`; positions lie in the tube, -L/2 to L/2.

    >>> profile([-0.25, 0.25], 1250.0, [1.0, 0.0], [0.0, 1.0], np.full((2, 2), 2e-5), 0.5).round(6)
    array([[0.737244, 0.262756],
           [0.262756, 0.737244]])
    """
    first, second, mean = _ends(first, second)
    positive(length, "length", "m")
    values, vectors = _modes(mean, diffusivities)
    shape = step_profile(np.asarray(position, dtype=float)[..., None] / length, values * time / length**2)
    departure = (shape * np.linalg.solve(vectors, (first - second)[:-1] / 2)) @ vectors.T
    return mean + np.concatenate([departure, -departure.sum(axis=-1, keepdims=True)], axis=-1)


def transient(
    first: ArrayLike,
    second: ArrayLike,
    diffusivities: ArrayLike | DiffusivitiesOf,
    length: float,
    times: ArrayLike,
    cells: int = 100,
) -> np.ndarray:
    """Mole fractions [time, cell, species] by the full Maxwell-Stefan equations, on cells of equal size.

    diffusivities : D_ij [species, species], m^2/s, or a function of the mole fractions (`relax`)
    times : ascending from 0 s;  cells : an even number.  Second order in the cell.

    Raises ValueError as `halves` and for other cells or times; SimulationFault where the integration stops.

    >>> x = transient([1, 0], [0, 1], np.full((2, 2), 2e-5), 0.5, [0, 1250.0], cells=40)
    >>> x[1, :20].mean(axis=0).round(3)
    array([0.651, 0.349])
    """
    first, second, _ = _ends(first, second)
    positive(length, "length", "m")
    if cells < 2 or cells % 2:
        raise ValueError(f"the tube needs an even number of cells, two or more, got {cells}")
    start = np.repeat([first, second], cells // 2, axis=0)
    step = length / cells
    return relax(np.full(cells, step), np.full(cells - 1, 1 / step), start, diffusivities, times)


def _ends(first: ArrayLike, second: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    names = tuple(range(np.size(first)))
    first, second = mole_fractions(first, names), mole_fractions(second, names)
    return first, second, (first + second) / 2


def _modes(x: np.ndarray, diffusivities: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues [m^2/s] and eigenvectors of Fick's matrix, real and positive for ideal gases."""
    values, vectors = eig(fick_matrix(x, diffusivities))
    return values.real, vectors.real


def _fourier(values: ArrayLike) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(values) & (values >= 0)):
        raise ValueError("D t/L^2 must be finite and not negative: check the times")
    return values
