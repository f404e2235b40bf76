"""Turning points of a potential's paths: which radii there are, and how to integrate over them.

Reduced units: lengths over sigma, energies over epsilon, E = m_r g^2 / (2 epsilon).  The path that turns
at r_m has the impact parameter::

    b^2 = W(r_m) = r_m^2 (1 - V(r_m) / E),    W' = 2 r (E - [V + r V' / 2]) / E

so an orbit is where the orbiting energy V + r V'/2 is E.  Below the critical energy, the largest of them,
no path turns between the orbit r_o and the radius r_i inside it of the same b.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import roots_legendre

from knudsen.core.deflection import orbit
from knudsen.core.kernels import Kernel
from knudsen.core.potentials import Shape

LOWEST_ENERGY, HIGHEST_ENERGY = 1e-5, 4e5
SEARCH = np.geomspace(1e-3, 1e4, 6000)  # radii searched for walls and barriers
NEAR_WALL = np.array([1.03, 1.07, 1.12, 1.2, 1.3, 1.45, 1.6, 1.8])  # panels' edges, over the wall's radius
TAIL_PANELS = 4


@dataclass(frozen=True)
class RadialGrid:
    """How finely turning points are integrated over.

    nodes : Gauss nodes a panel
    panel : its width in the logarithm of the distance to an orbit
    depth : e-folds towards the orbit from inside it, half as many from outside, where b^2 has a minimum
    """

    nodes: int = 16
    panel: float = 0.8
    depth: float = 25.0

    @property
    def shrink(self) -> np.ndarray:
        """Distances to the orbit of the panels' edges, falling from one."""
        return np.exp(-np.arange(0, self.depth, self.panel))


class Field:
    """A shape's energy, orbiting energy and deflection over arrays, compiled."""

    def __init__(self, shape: Shape) -> None:
        potential, force = shape
        angle = orbit(shape).angle

        def terms(i, r, energy, orbiting):
            r2 = r[i] * r[i]
            energy[i] = potential(r2)
            orbiting[i] = energy[i] - 0.5 * r2 * force(r2)

        def paths(i, r, energy, cosine, area):
            r2 = r[i] * r[i]
            share = 1.0 - potential(r2) / energy[i]
            area[i] = r[i] * (share + 0.5 * r2 * force(r2) / energy[i])
            cosine[i] = np.cos(angle(r[i], np.sqrt(max(share, 0.0)), energy[i]))

        self._terms, self._paths = Kernel(terms), Kernel(paths)

    def terms(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """V and the energy V + r V' / 2 of the circular orbit at each radius."""
        r = np.ascontiguousarray(r, dtype=float)
        energy, orbiting = np.empty_like(r), np.empty_like(r)
        self._terms(r.size, r.ravel(), energy.reshape(-1), orbiting.reshape(-1))
        return energy, orbiting

    def paths(self, r: np.ndarray, energy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """cos chi, and b db/dr_m, of the paths that turn at r."""
        cosine, area = np.empty_like(r), np.empty_like(r)
        self._paths(r.size, r, energy, cosine, area)
        return cosine, area


@dataclass(frozen=True)
class Landmarks:
    """Radii and energies at which a potential's paths change in kind.

    core : the search's radii outside the core, with V and the orbiting energy V + r V'/2 there
    open_core : V stays below the highest energy at r = 0, so that fast molecules pass through
    radius, energy : of the critical orbit, the maximum of the orbiting energy; zero where there is none
    """

    core: np.ndarray
    potential: np.ndarray
    orbiting: np.ndarray
    open_core: bool
    radius: float
    energy: float


def landmarks(field: Field) -> Landmarks:
    """Find them by a search over radii.

    Raises ValueError for a potential that is not finite outside its core, falls again inside it, or has more
    than one barrier of orbits.
    """
    potential, orbiting = field.terms(SEARCH)
    high = np.nonzero(potential >= HIGHEST_ENERGY)[0]
    first = high[-1] if len(high) else 0
    core, potential, orbiting = SEARCH[first:], potential[first:], orbiting[first:]
    if not np.all(np.isfinite(potential) & np.isfinite(orbiting)):
        raise ValueError("the potential or its force is not finite outside the core: check the function")
    if np.argmax(potential) != 0:
        raise ValueError(
            f"the potential falls again inside r = {core[np.argmax(potential)]:.3g} sigma, below the highest "
            f"energy {HIGHEST_ENERGY:.0e} epsilon: continue it with a wall"
        )
    inner, middle, outer = orbiting[:-2], orbiting[1:-1], orbiting[2:]
    peaks = 1 + np.nonzero((middle > inner) & (middle >= outer) & (middle > LOWEST_ENERGY))[0]
    if len(peaks) > 1:
        raise ValueError(f"the potential has {len(peaks)} barriers of orbits: only one can be tabulated")
    if len(peaks) == 0:
        return Landmarks(core, potential, orbiting, len(high) == 0, 0.0, 0.0)
    radius = _peak(lambda r: field.terms(r)[1], core[peaks[0] - 1], core[peaks[0] + 1])
    energy = float(field.terms(np.array([radius]))[1][0])
    return Landmarks(core, potential, orbiting, len(high) == 0, radius, energy)


def _peak(function: Callable[[np.ndarray], np.ndarray], low: float, high: float) -> float:
    """Where a function is largest in an interval, by narrowing to the best of many points."""
    for _ in range(4):
        r = np.linspace(low, high, 41)
        best = int(np.clip(np.argmax(function(r)), 1, 39))
        low, high = r[best - 1], r[best + 1]
    return (low + high) / 2


def _root(function: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Roots between `low`, where the function is negative, and `high`, by halving."""
    low, high = low.copy(), high.copy()
    for _ in range(64):
        middle = (low + high) / 2
        below = function(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (low + high) / 2


def _walls(field: Field, marks: Landmarks, energy: np.ndarray) -> np.ndarray:
    """Radii r_0 at which head-on collisions turn; zero where molecules pass through."""
    highest_outside = np.maximum.accumulate(marks.potential[::-1])[::-1]
    place = len(marks.core) - np.searchsorted(highest_outside[::-1], energy) - 1
    turned = place >= 0
    place = np.clip(place, 0, len(marks.core) - 2)
    r = _root(lambda r: energy - field.terms(r)[0], marks.core[place], marks.core[place + 1])
    return np.where(turned, r, 0.0)


def _orbits(
    field: Field, marks: Landmarks, energy: np.ndarray, wall: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Radius r_o of the orbit and radius r_i inside it with the same b, at energies below the critical."""
    critical, core = np.full_like(energy, marks.radius), np.full_like(energy, marks.core[0])
    far = np.full_like(energy, marks.core[-1])
    outer = _root(lambda r: energy - field.terms(r)[1], critical, far)
    crest = _root(lambda r: field.terms(r)[1] - energy, np.maximum(core, wall), critical)

    def squared(r: np.ndarray) -> np.ndarray:
        return r * r * (1 - field.terms(r)[0] / energy)

    level = squared(outer)
    return outer, _root(lambda r: squared(r) - level, wall, crest)


def turning_points(
    field: Field, marks: Landmarks, energy: np.ndarray, grid: RadialGrid
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes r_m and weights of dr_m [energy, node], at energies all on one side of the critical."""
    wall = _walls(field, marks, energy)
    if marks.energy == 0.0:
        scale = np.where(wall > 0, wall, 1.0)[:, None]
        parts, far = [wall[:, None] + scale * np.linspace(0, 1.5, 13)], (wall[:, None] + 1.5 * scale)
    elif energy[0] < marks.energy:
        parts, far = _beside_orbit(field, marks, energy, wall, grid)
    else:
        parts, far = _above_orbits(marks, energy, wall, grid)
    node, weight = roots_legendre(grid.nodes)
    radii, shares = [], []
    for edges in parts:
        half = np.diff(edges, axis=1)[..., None] / 2
        radii.append((edges[:, :-1, None] + half * (1 + node)).reshape(len(energy), -1))
        shares.append((half * weight).reshape(len(energy), -1))
    # The rest of the way is r = far / y, y in (0, 1]: the integrand is a power of y there.
    y = (np.arange(TAIL_PANELS)[:, None] + (1 + node) / 2).ravel() / TAIL_PANELS
    radii.append(far / y)
    shares.append(far / y**2 * np.tile(weight / (2 * TAIL_PANELS), TAIL_PANELS))
    return np.concatenate(radii, axis=1), np.concatenate(shares, axis=1)


def _beside_orbit(
    field: Field, marks: Landmarks, energy: np.ndarray, wall: np.ndarray, grid: RadialGrid
) -> tuple[list[np.ndarray], np.ndarray]:
    """Edges of the panels from the wall to r_i and from r_o to 2 r_o, and 2 r_o."""
    outer, inner = (r[:, None] for r in _orbits(field, marks, energy, wall))
    shrink = grid.shrink
    inside = inner - (inner - wall[:, None]) * shrink
    outside = outer * (1 + shrink[shrink > np.exp(-grid.depth / 2)][::-1])
    return [np.hstack([inside, inner]), np.hstack([outer, outside])], 2 * outer


def _above_orbits(
    marks: Landmarks, energy: np.ndarray, wall: np.ndarray, grid: RadialGrid
) -> tuple[list[np.ndarray], np.ndarray]:
    """Edges of the panels from the wall to twice the critical radius, and that.

    The critical orbit is still felt, from a complex radius whose distance is `reach`.
    """
    critical, wall = marks.radius, wall[:, None]
    reach = critical * np.sqrt(energy[:, None] / marks.energy - 1)
    low, high = -np.arcsinh((critical - wall) / reach), np.arcsinh(critical / reach)
    count = int(np.ceil(np.max(high - low) / grid.panel))
    graded = critical + reach * np.sinh(low + (high - low) * np.linspace(0, 1, count + 1))
    edges = np.hstack([graded, np.minimum(wall * NEAR_WALL, graded[:, -1:])])
    return [np.sort(edges, axis=1)], np.full_like(wall, 2 * critical)
