"""The slab of a run as the Boltzmann equation of Maxwell molecules has it, cell by cell: bulk and layers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from knudsen.analysis.irreversible.diffusion_slab import DiffusingSlab, diffusing_slab
from knudsen.analysis.statistics import Array
from knudsen.scenarios.diffusion_stress.anisotropy import closed_form, ratio
from knudsen.scenarios.diffusion_stress.scale import Scale

DEGREES = (9, 7)  # of the polynomials: theory's, and the one that tells its error
QUICK_DEGREE, QUICK_CELLS = 7, 80  # of curves, and of the start
BEYOND = 2.0  # what higher degrees would add, in the last difference: it shrinks by 2/3 at least (Kn < 10)
POINTS = 5  # in a cell, whose mean is taken


class Fields(NamedTuple):
    """What a slab is read from, measured or by theory: of `moments_of` [..., cell, ...]."""

    anisotropy: Array
    unit: Array
    density: Array
    velocity: Array

    @property
    def local(self) -> Array:
        """Anisotropies over the local n m_r w^2 [..., cell, part]."""
        return self.anisotropy / self.unit[..., None]

    def mean_drift(self, cells: Array) -> Array:
        """Mean of w over some cells [...] [m/s]."""
        return self.drift[..., cells].mean(axis=-1)

    def mean_anisotropy(self, cells: Array) -> Array:
        """Anisotropies of some cells over their n m_r w^2 [..., part]."""
        return ratio(self.anisotropy[..., cells, :], self.unit[..., cells])

    def as_bulk(self, scale: Scale) -> "Fields":
        """With the anisotropies that a bulk of the same densities and velocities has."""
        return self._replace(anisotropy=closed_form(scale, self.density, self.velocity))

    @property
    def drift(self) -> Array:
        """w = u_A - u_B [..., cell] [m/s]."""
        return self.velocity[..., 0] - self.velocity[..., 1]


@dataclass(frozen=True)
class Kinetic:
    """Fields by the finer and by the coarser polynomials."""

    finer: Fields
    coarser: Fields

    def read(self, function: Callable[[Fields], Array]) -> tuple[Array, Array]:
        """A function of the fields, and its error: the largest of all parts, for where the differences of one
        change sign it is no better known."""
        value = function(self.finer)
        return value, np.full_like(value, BEYOND * np.abs(value - function(self.coarser)).max())


def is_isotropic(scale: Scale) -> bool:
    """Whether the molecules are those that the equation is solved for."""
    rates = scale.rates
    isotropic = np.allclose(rates.shear, 2 / 3 * rates.momentum, rtol=1e-9, atol=0)
    return scale.gas.model == "maxwell" and bool(isotropic)


def kinetic_of(scale: Scale, ends: tuple[float, float]) -> Kinetic | None:
    """Theory of a slab between reservoirs of these mole fractions of A; None for other molecules."""
    if not is_isotropic(scale):
        return None
    return Kinetic(*(fields_of(scale, ends, degree) for degree in DEGREES))


def fields_of(scale: Scale, ends: tuple[float, float], degree: int, grid: int = 160) -> Fields:
    """Means over the cells of the run."""
    masses, momentum = scale.rates.masses, scale.rates.momentum
    slab = _slab(
        tuple(map(float, masses)), tuple(map(float, (momentum[0, 0], momentum[0, 1], momentum[1, 1]))),
        scale.length, ends, float(scale.density.sum()), scale.theory.temperature, degree, grid,
    )  # fmt: skip
    share = (np.arange(scale.cells * POINTS) + 0.5) / (scale.cells * POINTS)

    def mean(field: Array) -> Array:
        points = np.interp(share * scale.length, slab.position, field)
        return points.reshape(scale.cells, POINTS).mean(axis=1)

    density = np.stack([mean(n) for n in slab.density.T], axis=-1)
    flux = slab.density[0] * slab.velocity[0]
    anisotropy = np.stack([*(mean(own) for own in slab.own.T), mean(slab.mixture)], axis=-1)
    velocity = flux / density
    drift = velocity[:, 0] - velocity[:, 1]
    return Fields(anisotropy, scale.reduced_mass * density.sum(axis=-1) * drift**2, density, velocity)


def quick_fields(scale: Scale, ends: tuple[float, float]) -> Fields:
    """To a percent or two."""
    return fields_of(scale, ends, QUICK_DEGREE, QUICK_CELLS)


def steady_line(scale: Scale, ends: tuple[float, float]) -> Array:
    """Mole fractions of A at both ends of the straight line through the bulk; nearly so of any molecules."""
    fields = quick_fields(scale, ends)
    place = (np.arange(scale.cells) + 0.5) / scale.cells
    x, read = fields.density[:, 0] / fields.density.sum(axis=-1), scale.bulk(place * scale.length)
    return np.clip(np.polynomial.Polynomial.fit(place[read], x[read], 1)(np.array([0.0, 1.0])), 0, 1)


@lru_cache(maxsize=64)
def _slab(
    masses: tuple[float, ...], rates: tuple[float, float, float], *slab: float | tuple[float, float] | int
) -> DiffusingSlab:
    first, cross, second = rates
    return diffusing_slab(masses, [[first, cross], [cross, second]], *slab)  # type: ignore[arg-type]
