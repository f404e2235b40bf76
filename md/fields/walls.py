"""Flat walls: a potential of the distance from a plane, which acts to one side.

A wall's law is a `Shape` of core/shapes, here of the distance z: V / epsilon and -(dV/dz) / z as functions of
(z / sigma)^2.  So any shape can be a wall, and it is cut as pairs are (`md/potentials/cutoff.py`).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import device
from knudsen.core.shapes import LENNARD_JONES, Shape
from knudsen.md.fields.field import Array, Law, PositionField
from knudsen.md.intake import finite, for_copies
from knudsen.md.potentials.cutoff import cut_form, form_numbers
from knudsen.md.potentials.pair_checks import shape_faults
from knudsen.md.reduced_units import refuse
from knudsen.md.state.box import AXES, axis_number

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

LAWS_KEPT = 64
# Where the numbers of a species begin, and how many there are: 1/sigma^2, epsilon/sigma^2, rc^2, the two
# numbers of the cut, epsilon.
FIRST, EACH = 2, 6
WCA_CUTOFF = 2 ** (1 / 6)
CLOSE_PACKED_LAYERS = math.sqrt(0.5)
STEELE_OFFSET = 0.61


@device
def energy_9_3(r2: Any) -> Any:
    """V / epsilon = (2/15) z^-9 - z^-3."""
    real = type(r2)
    s3 = real(1) / (r2 * real(math.sqrt(r2)))
    return s3 * (real(2.0 / 15.0) * s3 * s3 - real(1))


@device
def force_9_3(r2: Any) -> Any:
    """-(dV/dz) / z = (6/5) z^-11 - 3 z^-5, reduced."""
    real = type(r2)
    s3 = real(1) / (r2 * real(math.sqrt(r2)))
    return s3 * (real(1.2) * s3 * s3 - real(3)) / r2


@device
def energy_10_4(r2: Any) -> Any:
    """V / epsilon = 2 pi ((2/5) z^-10 - z^-4)."""
    real = type(r2)
    s2 = real(1) / r2
    s4 = s2 * s2
    return real(2 * math.pi) * s4 * (real(0.4) * s4 * s2 - real(1))


@device
def force_10_4(r2: Any) -> Any:
    """-(dV/dz) / z = 8 pi (z^-12 - z^-6), reduced."""
    real = type(r2)
    s2 = real(1) / r2
    s6 = s2 * s2 * s2
    return real(8 * math.pi) * s6 * (s6 - real(1))


WALL_9_3 = Shape(energy_9_3, force_9_3)
WALL_10_4 = Shape(energy_10_4, force_10_4)


@lru_cache(maxsize=LAWS_KEPT)
def steele_shape(spacing: float = CLOSE_PACKED_LAYERS) -> Shape:
    """The 10-4-3 wall: a plane of atoms, and the half-space of further planes behind it::

        V / epsilon = 2 pi ((2/5) z^-10 - z^-4 - 1 / (3 D (z + 0.61 D)^3))

    with z in units of the wall's sigma, and epsilon = rho_s epsilon_sf sigma^3 D for atoms of density rho_s.

    Arguments
    ---------
    spacing : D, between the planes, over sigma; 2^-1/2 in close-packed layers

    Source: W. A. Steele, Surf. Sci. 36 (1973) 317.
    """

    @device
    def steele_energy(r2: Any) -> Any:
        real = type(r2)
        deep = real(math.sqrt(r2)) + real(STEELE_OFFSET * spacing)
        return energy_10_4(r2) - real(2 * math.pi / (3 * spacing)) / (deep * deep * deep)

    @device
    def steele_force(r2: Any) -> Any:
        real = type(r2)
        z = real(math.sqrt(r2))
        deep = z + real(STEELE_OFFSET * spacing)
        return force_10_4(r2) - real(2 * math.pi / spacing) / (deep * deep * deep * deep * z)

    return Shape(steele_energy, steele_force)


@dataclass(eq=False, repr=False)
class Wall(PositionField):
    """A flat wall: V(z) of an atom at the distance z = side (x - place) > 0 along an axis.

    ::

        9-3     V = epsilon ((2/15) (sigma/z)^9 - (sigma/z)^3)
        10-4    V = 2 pi epsilon ((2/5) (sigma/z)^10 - (sigma/z)^4)

    The sums of Lennard-Jones atoms over a half-space of density rho_s, epsilon = (2/3) pi rho_s epsilon_sf
    sigma^3, and over a plane of rho_A atoms an area, epsilon = rho_A epsilon_sf sigma^2.

    Arguments
    ---------
    axis : 'x', 'y', 'z' (or 0, 1, 2), across which the wall stands
    place : x of the plane, one number or [copies] [sigma]
    side : 1 for atoms at greater x than the wall, -1 for lesser
    cutoff : distance beyond which the wall does not act, one number or [species] [sigma]
    sigma : one number or [species] [sigma]
    epsilon : one number or [species] [epsilon]; a species of epsilon 0 does not feel the wall
    shape : WALL_9_3, WALL_10_4, `steele_shape()`, or any other of core/shapes, `user_shape(V)` too
    form : how it is cut: 'cut', 'shifted', 'force-shifted' or 'switched'

    Raises
    ------
    ValueError : numbers out of range; on binding, a wall across a periodic axis, or a shape that is not
        finite or whose force is not its slope
    SimulationFault : from a run, an atom beyond the wall
    """

    axis: str | int
    place: Any
    side: int
    cutoff: Any
    sigma: Any = 1.0
    epsilon: Any = 1.0
    shape: Shape = WALL_9_3
    form: str = "shifted"
    remedy = (
        "atoms must start on the wall's own side; one that crossed in the run had too long a time step or "
        "far too high a temperature"
    )

    def __post_init__(self) -> None:
        self._axis = axis_number(self.axis)
        self.conserves_momentum = self._axis != 0, self._axis != 1, self._axis != 2
        if self.side not in (1, -1):
            raise ValueError(f"a wall acts to the side 1 or -1 of its place, got {self.side!r}")
        self.law = wall_law(self.shape, self.form, self._axis)

    @classmethod
    def wca(cls, axis: str | int, place: Any, side: int, sigma: float = 1.0, epsilon: Any = 1.0) -> "Wall":
        """A purely repulsive wall::

        V = 4 epsilon ((sigma/z)^12 - (sigma/z)^6) + epsilon,   z < 2^(1/6) sigma

        axis, place, side, sigma, epsilon : as of any wall
        """
        return cls(axis, place, side, WCA_CUTOFF * np.array(sigma), sigma, epsilon, LENNARD_JONES, "shifted")

    def numbers(self, sim: "Simulation") -> Array:
        """Place, side, and six scales of each species [copies, 2 + 6 species]."""
        if sim.domain.periodic[self._axis]:
            raise ValueError(
                f"a wall stands across the axis {AXES[self._axis]}, along which the box is periodic: "
                "give Box(lengths, periodic=...) with False there"
            )
        rows = []
        for sigma, epsilon, cutoff in zip(*self._scales(sim.species_count), strict=True):
            refuse(shape_faults(self.shape, cutoff / sigma) if epsilon > 0 else (), "the wall")
            cut = form_numbers(self.shape, self.form, cutoff / sigma)
            rows.append((1 / sigma**2, epsilon / sigma**2, cutoff**2, *cut, epsilon))
        place = for_copies(self.place, "the place of a wall", sim)
        row = np.broadcast_to(np.ravel(rows), (sim.copies, EACH * sim.species_count))
        return np.column_stack([place, np.full(sim.copies, float(self.side)), row])

    def _scales(self, species: int) -> tuple[Array, Array, Array]:
        scales = [
            np.broadcast_to(finite(getattr(self, name), ((), (species,)), f"{name} of a wall"), (species,))
            for name in ("sigma", "epsilon", "cutoff")
        ]
        sigma, epsilon, cutoff = scales
        if not ((sigma > 0).all() and (epsilon >= 0).all() and (cutoff > 0).all()):
            raise ValueError(
                "sigma and cutoff of a wall must be positive and epsilon not negative, "
                f"got {sigma}, {cutoff}, {epsilon}"
            )
        return sigma, epsilon, cutoff

    def pressures(self, sim: "Simulation") -> Any:
        """Force of the atoms on the wall over its area [copies], positive where they push, on the device."""
        return wall_pressures(self.total_forces(sim), sim.lengths, self._axis, self.side)

    def describe(self) -> str:
        """The wall and what its shape computes."""
        numbers = {name: np.array(getattr(self, name)).tolist() for name in ("sigma", "epsilon", "cutoff")}
        return (
            f"Wall(axis={AXES[self._axis]}, place={np.array(self.place).tolist()}, side={self.side}, "
            f"{numbers}, form={self.form}, shape={(self.shape.key or '')[:12]})"
        )

    def __repr__(self) -> str:
        return self.describe()


def wall_pressures(total_forces: Any, lengths: Any, axis: int, side: int) -> Any:
    """Pressure [copies] of what pulls atoms with some total forces, in epsilon/sigma^3::

        p = side F_axis / A

    Arguments
    ---------
    total_forces : F [copies, 3] [epsilon/sigma];  lengths : edges of the boxes [3 copies] [sigma]
    axis : 0, 1, 2;  side : 1 or -1, to which of its sides the wall acts
    """
    edges = lengths.reshape(-1, 3)
    area = edges[:, (axis + 1) % 3] * edges[:, (axis + 2) % 3]
    return side * total_forces[:, axis] / area


@lru_cache(maxsize=LAWS_KEPT)
def wall_law(shape: Shape, form: str, axis: int) -> Law:
    """The law of a wall across an axis (0, 1, 2); beyond the wall it has no number."""
    cut = cut_form(shape, form)
    energy_of, force_of = cut.energy, cut.force

    @device
    def wall_energy(x: float, y: float, z: float, species: int, p: Any) -> float:
        distance = p[1] * ((x, y, z)[axis] - p[0])
        at = FIRST + EACH * species
        if p[at + 5] == 0.0 or (distance * distance >= p[at + 2] and distance > 0.0):
            return 0.0
        if not distance > 0.0:
            return math.nan
        return p[at + 5] * energy_of(distance * distance * p[at], p[at + 3], p[at + 4])  # type: ignore[no-any-return]

    @device
    def wall_pull(place: float, species: int, p: Any) -> float:
        distance = p[1] * (place - p[0])
        at = FIRST + EACH * species
        if p[at + 5] == 0.0 or (distance * distance >= p[at + 2] and distance > 0.0):
            return 0.0
        if not distance > 0.0:
            return math.nan
        reduced = force_of(distance * distance * p[at], p[at + 3], p[at + 4])
        return p[1] * p[at + 1] * reduced * distance  # type: ignore[no-any-return]

    @device
    def wall_force(x: float, y: float, z: float, species: int, p: Any) -> Any:
        pull = wall_pull((x, y, z)[axis], species, p)
        return pull if axis == 0 else 0.0, pull if axis == 1 else 0.0, pull if axis == 2 else 0.0

    return Law(wall_energy, wall_force)
