"""Energy-dependent cross-sections of pair potentials, tabulated once for each potential.

Reduced units: lengths over sigma, energies over epsilon, E = m_r g^2 / (2 epsilon)::

    Q_l(E) = 2 pi int_0^inf [1 - P_l(cos chi(b, E))] b db

with Legendre polynomials P_l, by turning points in place of b.  They stand on Gauss panels in ln E, which
narrow towards the critical energy: every thermal average is then one dot product, as exact at one temperature
as at another.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.polynomial.legendre import legvander
from scipy.special import roots_legendre

from knudsen.analysis.kinetic import turning_points as geometry
from knudsen.analysis.kinetic.turning_points import (
    HIGHEST_ENERGY,
    LOWEST_ENERGY,
    Field,
    Landmarks,
    RadialGrid,
)
from knudsen.core.kernel_cache import cache_folder
from knudsen.core.kernels import Kernel
from knudsen.core.shapes import Shape, inverse_power_shape

MAXIMUM_DEGREE, MAXIMUM_POINTS = 26, 30
REDUCED_TEMPERATURES = (0.1, 1000.0)
HIGHEST_THERMAL = 600.0  # beyond this s, exp(-s) leaves nothing of a polynomial
BATCH = 64  # energies integrated together


@dataclass(frozen=True)
class Grid:
    """How finely the cross-sections are tabulated; the defaults hold 1e-11 in every Omega(l,s) of the range.

    radial : the grid of turning points;  nodes : Gauss nodes a panel of energies
    octaves : panels on each side of the critical energy, each half as far from it
    logarithmic : width in ln E of the panels farther away;  split : pieces of each that the table has
    """

    radial: RadialGrid = field(default_factory=RadialGrid)
    nodes: int = 14
    octaves: int = 18
    logarithmic: float = 0.6
    split: int = 3


@dataclass(frozen=True)
class CrossSections:
    """Q_l of one potential on Gauss nodes of ln E: any integral over E is a dot product.

    energy, weight : nodes E and weights of dE [node];  values : Q_l / sigma^2 [degree + 1, node]
    critical_energy : above it nothing orbits; zero for a repulsive potential
    """

    energy: np.ndarray
    weight: np.ndarray
    values: np.ndarray
    critical_energy: float

    def thermal(self, reduced_temperature: float) -> tuple[np.ndarray, np.ndarray]:
        """s = E / T* [node], and Q_l / sigma^2 with the weight of s e^-s ds [degree + 1, node].

        Raises ValueError for a T* outside the table.
        """
        check_reduced_temperature(reduced_temperature)
        last = int(np.searchsorted(self.energy, HIGHEST_THERMAL * reduced_temperature))
        s = self.energy[:last] / reduced_temperature
        share = s * np.exp(-s) * self.weight[:last] / reduced_temperature
        return s, self.values[:, :last] * share


def check_reduced_temperature(reduced_temperature: float) -> None:
    """Raise ValueError unless the cross-sections reach far enough for T* = kT / epsilon."""
    low, high = REDUCED_TEMPERATURES
    if not low <= reduced_temperature <= high:
        raise ValueError(
            f"reduced temperature kT/epsilon = {reduced_temperature:.4g} lies outside the range {low:g} to "
            f"{high:g} of a potential's cross-sections: choose a temperature within it"
        )


def tabulate(shape: Shape, grid: Grid | None = None) -> CrossSections:
    """Integrate the cross-sections of a potential at every energy of the grid."""
    grid = grid or Grid()
    field = Field(shape)
    marks = geometry.landmarks(field)
    edges = np.log(_energy_panels(marks.energy, grid))
    node, _ = roots_legendre(grid.nodes)
    energy = np.exp(edges[:-1, None] + np.diff(edges)[:, None] / 2 * (1 + node)).ravel()
    low = int(np.searchsorted(energy, marks.energy))
    values = [
        integrals(field, marks, batch, grid.radial)
        for part in (energy[:low], energy[low:])
        for batch in np.split(part, range(BATCH, len(part), BATCH))
        if len(batch)
    ]
    return _refined(edges, np.concatenate(values, axis=1), marks.energy, grid)


def integrals(field: Field, marks: Landmarks, energy: np.ndarray, grid: RadialGrid) -> np.ndarray:
    """Q_l [degree + 1, energy] at energies all on one side of the critical.

    Near an orbit the angle is a smooth function where its Legendre polynomials are not: it is interpolated
    to as many nodes as they need.
    """
    panels = geometry.panels(field, marks, energy, grid)
    node, _ = roots_legendre(grid.nodes)
    chi = field.angles(panels.radii(node)[0], energy)
    fine, weight = roots_legendre(grid.angles)
    radius, slope = panels.radii(fine)
    area = field.areas(radius, energy) * slope * weight
    cosine = np.cos(chi @ _interpolation(node, fine)).reshape(len(energy), -1)
    result = np.zeros((len(energy), MAXIMUM_DEGREE + 1))
    scratch = np.zeros_like(cosine), 1 - cosine
    LOSS_SUMS(len(energy), cosine, area.reshape(cosine.shape), *scratch, result)
    return 2 * np.pi * result.T


def _loss_sums(i, cosine, area, before, loss, result):
    """sum_node area (1 - P_l(cosine)) of energy i; `loss` holds 1 - cosine, `before` zeros.

    (l + 1) k_(l+1) = (2l + 1) (1 - cosine + cosine k_l) - l k_(l-1), k_l = 1 - P_l, keeps the digits of
    small angles.
    """
    for l in range(1, result.shape[1]):
        rise, fall = (2.0 * l + 1) / (l + 1), l / (l + 1.0)
        total = 0.0
        for j in range(cosine.shape[1]):
            total += area[i, j] * loss[i, j]
            following = rise * (1 - cosine[i, j] + cosine[i, j] * loss[i, j]) - fall * before[i, j]
            before[i, j] = loss[i, j]
            loss[i, j] = following
        result[i, l] = total


# Not registered: the tests of the engines' kernels on CUDA do not run it.
LOSS_SUMS = Kernel(_loss_sums)


def _interpolation(node: np.ndarray, fine: np.ndarray) -> np.ndarray:
    """Matrix [node, fine] that takes values at Gauss nodes to other points of [-1, 1]."""
    degree = len(node) - 1
    return np.linalg.solve(legvander(node, degree).T, legvander(fine, degree).T)


def _energy_panels(critical: float, grid: Grid) -> np.ndarray:
    """Edges of the panels of energy, finer towards the critical energy."""
    if critical == 0.0:
        return _even(LOWEST_ENERGY, HIGHEST_ENERGY, grid.logarithmic)
    nearing = 2.0 ** -np.arange(1.0, grid.octaves + 1)
    below, above = critical * (1 - nearing), critical * (1 + 2 * nearing[::-1])
    return np.concatenate([
        _even(LOWEST_ENERGY, below[0], grid.logarithmic), below[1:], [critical],
        above[:-1], _even(above[-1], HIGHEST_ENERGY, grid.logarithmic),
    ])  # fmt: skip


def _even(low: float, high: float, width: float) -> np.ndarray:
    """Edges from low to high, even in the logarithm and no wider than `width` in it."""
    return np.geomspace(low, high, int(np.ceil(np.log(high / low) / width)) + 1)


def _refined(edges: np.ndarray, values: np.ndarray, critical: float, grid: Grid) -> CrossSections:
    """The table on panels split further, so that polynomials of high degree are integrated as well as Q_l."""
    node, weight = roots_legendre(grid.nodes)
    pieces = np.arange(grid.split)[:, None]
    fine = ((2 * pieces + 1 + node) / grid.split - 1).ravel()
    interpolate = _interpolation(node, fine)
    half = np.diff(edges)[:, None] / 2
    energy = np.exp(edges[:-1, None] + half * (1 + fine))
    share = energy * half * np.tile(weight / grid.split, grid.split)
    return CrossSections(
        energy.ravel(),
        share.ravel(),
        (values.reshape(len(values), len(half), -1) @ interpolate).reshape(len(values), -1),
        critical,
    )


@lru_cache(maxsize=64)
def cross_sections(shape: Shape) -> CrossSections:
    """The table of a potential's shape: from memory, else from the kernel cache's folder, else computed."""
    key = _key(shape)
    if key is None:
        return tabulate(shape)
    path = cache_folder() / f"cross-sections-{key}.npz"
    if not path.exists():
        _write_whole(path, tabulate(shape))
    with np.load(path) as file:
        return CrossSections(file["energy"], file["weight"], file["values"], float(file["critical_energy"]))


def _key(shape: Shape) -> str | None:
    """Hash of the potential and of what computes the table; the folder's own name is the hash of `core`."""
    if shape.key is None:
        return None
    sources = [Path(__file__).read_bytes(), Path(str(geometry.__file__)).read_bytes()]
    return hashlib.sha256(b"".join([*sources, shape.key.encode()])).hexdigest()[:24]


def _write_whole(path: Path, table: CrossSections) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **{entry.name: getattr(table, entry.name) for entry in fields(table)})
    os.replace(temporary, path)


@lru_cache(maxsize=64)
def inverse_power_losses(n: float) -> np.ndarray:
    """Q_l [degree + 1] of V = epsilon (sigma/r)^n at E = epsilon; Q_l(E) = Q_l E^(-2/n).

    Raises ValueError for n <= 1, whose cross-sections are infinite.
    """
    if not n > 1:
        raise ValueError(f"an inverse power n = {n} has infinite cross-sections: n must exceed 1")
    field = Field(inverse_power_shape(n))
    return integrals(field, geometry.landmarks(field), np.array([1.0]), RadialGrid())[:, 0]
