"""Deflection of a pair potential as a table: areas and quantiles of cos(chi) over the energy.

Reduced units: lengths over sigma, energies over epsilon, E = m_r g^2 / (2 epsilon); one table serves every
pair whose potentials differ by their scales alone.

Paths that turn by less than the cut angle are left out: sigma_T = pi b_max(E)^2, b_max the largest impact
parameter that turns by more.  What they would have done is not: their mean 1 - cos(chi) is given to the
quarter of the collisions that turn least.  At given energy a collision needs nothing but the distribution of
cos(chi), so each row holds its quantiles in equal parts, and each part its mean and half-width: uniform over
mean -+ half-width it has the mean and variance of the classical angles.  Rows are 16 to the octave of energy;
between two of them the differential cross-section is the linear mean of theirs.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import factorial, sqrt
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import roots_legendre

from knudsen.core.deflection import deflection_angle
from knudsen.core.kernels import device
from knudsen.core.potentials import Potential

Array = np.ndarray[Any, Any]
OCTAVES = (-8, 15)  # of E: x^2 = E / T* from 0.04 at T* = 0.1 to 33 at T* = 1000
ROWS_AN_OCTAVE = 16
PARTS = 128  # quantiles in a row
ANGLES_A_PART = 8
FOLDED = PARTS * 3 // 4  # from this quantile on collisions take over what lies beyond b_max
MOST_FOLDED = 0.1  # of the mean 1 - cos(chi) of a row
# Impact parameters searched, from far inwards, for the first path that turns by the cut angle.
FARTHEST, NEAREST, SEARCH = 1e3, 1e-3, 1.03
REDUCED_TEMPERATURES = (0.1, 1000.0)

# A float32's bits over 2^19 count sixteenths of an octave: the row; the bits left are the part of the way.
ROW_SHIFT = 23 - 4
ROW_MASK = (1 << ROW_SHIFT) - 1
STEP = 2.0**-ROW_SHIFT
FIRST_ROW = (127 + OCTAVES[0]) * ROWS_AN_OCTAVE
ROWS = (OCTAVES[1] - OCTAVES[0]) * ROWS_AN_OCTAVE + 1


@device
def row_of(energy: float) -> Any:
    """Row at or below E, and the part of the way to the next; the first or last row beyond the table."""
    bits = np.float32(energy).view(np.int32)
    row = (bits >> ROW_SHIFT) - FIRST_ROW
    if row < 0:
        return np.uint64(0), 0.0
    if row > ROWS - 2:
        return np.uint64(ROWS - 2), 1.0
    return np.uint64(row), (bits & ROW_MASK) * STEP


@device
def area_shares(energy: float, areas: Any) -> Any:
    """Row at or below E, and what it and the next add to sigma_T / (pi sigma^2)."""
    row, part = row_of(energy)
    return row, (1.0 - part) * areas[row], part * areas[row + np.uint64(1)]


@device
def quantile(row: int, u: float, angles: Any) -> float:
    """cos(chi) of a row at uniform u."""
    scaled = u * PARTS
    part = np.uint64(scaled)
    return angles[row, part, 0] + angles[row, part, 1] * (2.0 * (scaled - part) - 1.0)


@dataclass(frozen=True)
class DeflectionTable:
    """Areas and deflections of one shape of potential.

    areas : float32 [rows], (b_max / sigma)^2
    angles : float32 [rows, parts, 2], mean and half-width of cos(chi) in each quantile
    """

    areas: Array
    angles: Array

    @property
    def energies(self) -> Array:
        """E of the rows."""
        return row_energies()

    def losses(self, l: int) -> Array:
        """Q^(l) / (pi sigma^2) = sigma_T <1 - cos^l chi> / (pi sigma^2) of every row."""
        node, weight = roots_legendre(l // 2 + 1)
        mean, half = np.moveaxis(self.angles.astype(float), 2, 0)
        powers = sum(w / 2 * (mean + half * x) ** l for x, w in zip(node, weight, strict=True))
        return np.asarray(self.areas * (1 - np.mean(powers, axis=1)))

    def collision_integral(self, l: int, s: int, reduced_temperature: float) -> float:
        """Omega^(l,s)* of what the table scatters, over that of hard spheres of diameter sigma::

            1 / [(s + 1)! T*^(s+2)] int_0^inf e^(-E/T*) E^(s+1) Q^(l)(E) dE / (pi sigma^2 [1 - ...])

        1 - ... = 1 - (1 + (-1)^l) / (2 (1 + l)).  Source: as `knudsen.analysis.kinetic.collision_integrals`.
        """
        spheres = 1 - (1 + (-1) ** l) / (2 * (1 + l))
        return self._thermal(self.losses(l), s + 1, reduced_temperature) / (factorial(s + 1) * spheres)

    def mean_area(self, reduced_temperature: float) -> float:
        """<sigma_T g> / (<g> pi sigma^2) over pairs at equilibrium."""
        return self._thermal(self.areas.astype(float), 1, reduced_temperature)

    def _thermal(self, values: Array, power: int, reduced_temperature: float) -> float:
        """int_0^inf x^power e^-x q(x T*) dx of row values q, linear between rows as collisions take them."""
        edges = np.concatenate([[0.0], self.energies, [2 * self.energies[-1]]]) / reduced_temperature
        node, weight = roots_legendre(12)
        half = np.diff(edges)[:, None] / 2
        x = edges[:-1, None] + half * (1 + node)
        q = np.interp(x, edges[1:-1], values)
        return float((half * weight * q * x**power * np.exp(-x)).sum())


def row_energies() -> Array:
    """E of the rows of every table."""
    octave, sixteenth = np.divmod(np.arange(ROWS), ROWS_AN_OCTAVE)
    return np.asarray(2.0 ** (OCTAVES[0] + octave) * (1 + sixteenth / ROWS_AN_OCTAVE))


def deflection_table(potential: Potential, cut_angle: float) -> DeflectionTable:
    """The table of a potential's shape for the cut angle [rad].

    Raises ValueError for a potential that no table holds: of too long a range, or without a core.
    """
    return _tabulate(replace(potential, sigma=1.0, epsilon_over_k=1.0), cut_angle)


@lru_cache(maxsize=16)
def _tabulate(potential: Potential, cut_angle: float) -> DeflectionTable:
    energy = row_energies()[:, None]
    farthest = _largest_impact_parameters(potential, energy, cut_angle)
    points = PARTS * ANGLES_A_PART
    u = (np.arange(points) + 0.5) / points
    cosine = np.sort(_cosines(potential, farthest * np.sqrt(u), energy), axis=1)
    cosine = cosine.reshape(ROWS, PARTS, ANGLES_A_PART)
    # Midpoints spread by 1 - 1/n^2 of what they stand for.
    mean, half = cosine.mean(axis=2), sqrt(3 / (1 - ANGLES_A_PART**-2)) * cosine.std(axis=2)
    beyond = _beyond(potential, farthest, energy)
    share = beyond / np.mean(1 - mean, axis=1)
    if share.max() > MOST_FOLDED:
        raise ValueError(
            f"deflections below {cut_angle:g} rad are {share.max():.0%} of a potential's momentum transfer "
            f"at E = {energy[np.argmax(share), 0]:.3g} epsilon: use a smaller cut_angle "
            "or a potential of shorter range"
        )
    mean[:, FOLDED:] -= beyond[:, None] * PARTS / (PARTS - FOLDED)
    return DeflectionTable((farthest[:, 0] ** 2).astype(np.float32), _within_unity(mean, half))


def _within_unity(mean: Array, half: Array) -> Array:
    """Both as float32 [..., 2], with |mean| + half <= 1 whatever the rounding: speeds would grow beyond."""
    mean32 = mean.astype(np.float32)
    half32 = np.minimum(half, 1 - np.abs(mean32.astype(float))).astype(np.float32)
    over = np.abs(mean32.astype(float)) + half32 > 1
    return np.stack([mean32, np.where(over, np.nextafter(half32, np.float32(0)), half32)], axis=-1)


def _cosines(potential: Potential, b: Array, energy: Array) -> Array:
    return np.asarray(np.cos(_angles(potential, b, energy)))


def _angles(potential: Potential, b: Array, energy: Array) -> Array:
    """chi at reduced b and E: with scales of one, E = g^2 at the reduced mass 2k."""
    return deflection_angle(potential, b, np.sqrt(energy), 2 * BOLTZMANN)


def _largest_impact_parameters(potential: Potential, energy: Array, cut_angle: float) -> Array:
    """b_max of every row [rows, 1]."""
    high, low = np.full_like(energy, FARTHEST), np.zeros_like(energy)
    seeking = np.ones(len(energy), bool)
    b = FARTHEST
    while seeking.any() and b > NEAREST:
        turned = np.abs(_angles(potential, b, energy[seeking])) > cut_angle
        found = np.flatnonzero(seeking)[turned[:, 0]]
        if b == FARTHEST and len(found):
            raise ValueError(
                f"paths {b:g} sigma apart still turn by {cut_angle:g} rad: the range is too long"
            )
        low[found], high[found] = b, b * SEARCH
        seeking[found] = False
        b /= SEARCH
    if seeking.any():
        raise ValueError(
            f"no path of E = {energy[seeking].max():.3g} epsilon turns by {cut_angle:g} rad: "
            "a potential that collides needs a core that keeps molecules apart"
        )
    for _ in range(40):
        middle = 0.5 * (low + high)
        turned = np.abs(_angles(potential, middle, energy)) > cut_angle
        low, high = np.where(turned, middle, low), np.where(turned, high, middle)
    return low


def _beyond(potential: Potential, farthest: Array, energy: Array) -> Array:
    """int_1^inf (1 - cos chi) du of every row, u = (b / b_max)^2 = 1 / v."""
    node, weight = roots_legendre(32)
    v = (1 + node) / 2
    chi = _angles(potential, farthest / np.sqrt(v), energy)
    return np.asarray((2 * np.sin(chi / 2) ** 2 / v**2) @ weight / 2)
