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

from knudsen.core.deflection import orbit
from knudsen.core.kernels import Kernel
from knudsen.core.shapes import Shape

LOWEST_ENERGY, HIGHEST_ENERGY = 1e-5, 4e5
SEARCH = np.geomspace(1e-3, 1e4, 6000)  # radii searched for walls and barriers
BESIDE_WALL = np.array(
    [0, 0.04, 0.1, 0.2, 0.35, 0.6, 1.0]
)  # distance of panels' edges over the wall's radius
TAIL_PANELS = 4
CURVE_STEP = 1e-3


@dataclass(frozen=True)
class RadialGrid:
    """How finely turning points are integrated over.

    nodes : Gauss nodes a panel, where angles are computed;  angles : as many as they are interpolated to
    panel : its width in the logarithm of the distance to an orbit
    depth : e-folds towards the orbit from inside it, half as many from outside, where b^2 has a minimum
    """

    nodes: int = 14
    angles: int = 64
    panel: float = 1.0
    depth: float = 20.0

    @property
    def shrink(self) -> np.ndarray:
        """Distances to the orbit of the panels' edges, falling from one."""
        # The first panels feel the wall too.
        return np.exp(-np.concatenate([[0, 0.2, 0.5, 0.9], np.arange(1.4, self.depth, self.panel)]))


class Field:
    """A shape's energy, orbiting energy and deflection over arrays, compiled."""

    def __init__(self, shape: Shape) -> None:
        potential, force = shape
        angle = orbit(shape).angle

        def terms(i, r, energy, orbiting):
            r2 = r[i] * r[i]
            energy[i] = potential(r2)
            orbiting[i] = energy[i] - 0.5 * r2 * force(r2)

        def angles(i, r, energy, chi):
            share = 1.0 - potential(r[i] * r[i]) / energy[i]
            chi[i] = angle(r[i], np.sqrt(max(share, 0.0)), energy[i])

        self._terms, self._angles = Kernel(terms), Kernel(angles)

    def terms(self, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """V and the orbiting energy V + r V' / 2 at radii of any shape."""
        energy, orbiting = np.empty(r.shape), np.empty(r.shape)
        self._terms(r.size, r.ravel(), energy.reshape(-1), orbiting.reshape(-1))
        return energy, orbiting

    def angles(self, r: np.ndarray, energy: np.ndarray) -> np.ndarray:
        """chi [rad], of the shape of r, of the paths of energy [energy] that turn at r [energy, ...]."""
        chi = np.empty(r.shape)
        self._angles(r.size, r.ravel(), np.repeat(energy, r[0].size), chi.reshape(-1))
        return chi

    def areas(self, r: np.ndarray, energy: np.ndarray) -> np.ndarray:
        """b db/dr_m at r [energy, ...]: r (E - [V + r V' / 2]) / E."""
        energy = energy.reshape((-1,) + (1,) * (r.ndim - 1))
        return r * (1 - self.terms(r)[1] / energy)


@dataclass(frozen=True)
class Landmarks:
    """Radii and energies at which a potential's paths change in kind.

    core : the search's radii outside the core, with V and the orbiting energy V + r V'/2 there
    open_core : V stays below the highest energy at r = 0, so that fast molecules pass through
    radius, energy : of the critical orbit, the maximum of the orbiting energy; zero where there is none
    breadth : the maximum's, (2 energy / -second derivative)^(1/2) over the radius
    """

    core: np.ndarray
    potential: np.ndarray
    orbiting: np.ndarray
    open_core: bool
    radius: float
    energy: float
    breadth: float


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
        return Landmarks(core, potential, orbiting, len(high) == 0, 0.0, 0.0, 1.0)
    radius = _peak(lambda r: field.terms(r)[1], core[peaks[0] - 1], core[peaks[0] + 1])
    left, energy, right = field.terms(radius * np.array([1 - CURVE_STEP, 1.0, 1 + CURVE_STEP]))[1]
    breadth = CURVE_STEP * np.sqrt(2 * energy / (2 * energy - left - right))
    return Landmarks(core, potential, orbiting, len(high) == 0, radius, float(energy), float(breadth))


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


@dataclass(frozen=True)
class Panels:
    """Panels of turning points at some energies, each even in a variable v in which chi is smooth.

    low, high : ends in v [energy, panel]; r_m = wall + v^2 in the first panel, far / v in the last
        `TAIL_PANELS`, v elsewhere
    wall, far : [energy, 1]
    """

    low: np.ndarray
    high: np.ndarray
    wall: np.ndarray
    far: np.ndarray

    def radii(self, node: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """r_m and its slope [energy, panel, node] at nodes in [-1, 1] of every panel."""
        half = (self.high - self.low)[..., None] / 2
        r = self.low[..., None] + half * (1 + node)
        slope = np.broadcast_to(half, r.shape).copy()
        first, tail = r[:, 0].copy(), r[:, -TAIL_PANELS:].copy()
        r[:, 0], slope[:, 0] = self.wall + first**2, 2 * first * slope[:, 0]
        r[:, -TAIL_PANELS:] = self.far[..., None] / tail
        slope[:, -TAIL_PANELS:] *= self.far[..., None] / tail**2
        return r, slope


def panels(field: Field, marks: Landmarks, energy: np.ndarray, grid: RadialGrid) -> Panels:
    """Panels of turning points at energies all on one side of the critical."""
    wall = _walls(field, marks, energy)[:, None]
    if marks.energy == 0.0:
        edges = [wall + np.where(wall > 0, wall, 1.0) * BESIDE_WALL]
    elif energy[0] < marks.energy:
        edges = _beside_orbit(field, marks, energy, wall, grid)
    else:
        edges = _above_orbits(marks, energy, wall, grid)
    tail = np.broadcast_to(np.linspace(0, 1, TAIL_PANELS + 1), (len(energy), TAIL_PANELS + 1))
    low = np.hstack([*(part[:, :-1] for part in edges), tail[:, :-1]])
    high = np.hstack([*(part[:, 1:] for part in edges), tail[:, 1:]])
    # chi goes as the root of the distance to the wall.
    low[:, 0], high[:, 0] = 0.0, np.sqrt(high[:, 0] - wall[:, 0])
    return Panels(low, high, wall, edges[-1][:, -1:])


def _beside_orbit(
    field: Field, marks: Landmarks, energy: np.ndarray, wall: np.ndarray, grid: RadialGrid
) -> list[np.ndarray]:
    """Edges from the wall to r_i and from r_o to 2 r_o."""
    outer, inner = (r[:, None] for r in _orbits(field, marks, energy, wall[:, 0]))
    shrink = grid.shrink
    outside = outer * (1 + shrink[shrink > np.exp(-grid.depth / 2)][::-1])
    return [np.hstack([inner - (inner - wall) * shrink, inner]), np.hstack([outer, outside])]


def _above_orbits(
    marks: Landmarks, energy: np.ndarray, wall: np.ndarray, grid: RadialGrid
) -> list[np.ndarray]:
    """Edges from the wall to twice the critical radius.

    The critical orbit is still felt, from a complex radius whose distance is `reach`.
    """
    critical = marks.radius
    reach = critical * marks.breadth * np.sqrt(energy[:, None] / marks.energy - 1)
    low, high = -np.arcsinh((critical - wall) / reach), np.arcsinh(critical / reach)
    count = int(np.ceil(np.max(high - low) / grid.panel))
    graded = critical + reach * np.sinh(low + (high - low) * np.linspace(0, 1, count + 1))
    near = np.minimum(wall * (1 + BESIDE_WALL[1:]), graded[:, -1:])
    return [np.sort(np.hstack([graded, near]), axis=1)]
