"""Body forces: gravity, the centrifugal force, a colour field."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from knudsen.core.kernels import device
from knudsen.md.fields.field import Array, Law, PositionField
from knudsen.md.intake import finite, for_copies
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation


@device
def constant_energy(x: float, y: float, z: float, species: int, p: Any) -> float:
    """V = -F r [epsilon];  p : [3 species], F on an atom of each species [epsilon/sigma]."""
    return -(p[3 * species] * x + p[3 * species + 1] * y + p[3 * species + 2] * z)


@device
def constant_force(x: float, y: float, z: float, species: int, p: Any) -> Any:
    """F [epsilon/sigma];  p : [3 species], F on an atom of each species."""
    return p[3 * species], p[3 * species + 1], p[3 * species + 2]


@device
def centrifugal_energy(x: float, y: float, z: float, species: int, p: Any) -> float:
    """V = -m omega^2 s^2 / 2 [epsilon], s the distance from the axis; p as in `centrifugal_force`."""
    fx, fy, fz = centrifugal_force(x, y, z, species, p)
    return -(fx * (x - p[0]) + fy * (y - p[1]) + fz * (z - p[2])) / 2


@device
def centrifugal_force(x: float, y: float, z: float, species: int, p: Any) -> Any:
    """F = m omega^2 s [epsilon/sigma].

    p : [6 + species], the centre [sigma], the axis' direction, m omega^2 of each species [epsilon/sigma^2]
    """
    dx, dy, dz = x - p[0], y - p[1], z - p[2]
    along = dx * p[3] + dy * p[4] + dz * p[5]
    pull = p[6 + species]
    return pull * (dx - along * p[3]), pull * (dy - along * p[4]), pull * (dz - along * p[5])


def pulled_axes(forces: Array) -> Array:
    """Axes along which some species of some copy is pulled, bool [3]; forces : [copies, 3 species]."""
    return forces.reshape(-1, 3).any(axis=0)


@dataclass(eq=False)
class Gravity(PositionField):
    """Gravity::

        F = m g,    V = -m g r

    Along a periodic axis gravity has no potential: the fluid falls, or flows past walls.  The energy counts
    places with the boxes crossed added, so that it is what the fall has given up, and the sum of energies
    stays constant there too.

    Arguments
    ---------
    acceleration : g [3], or [copies, 3] [epsilon/(m sigma)]

    Raises
    ------
    ValueError : on binding, numbers that are not finite or of another shape
    """

    acceleration: Any
    law: ClassVar[Law] = Law(constant_energy, constant_force)

    @property
    def conserves_momentum(self) -> tuple[bool, bool, bool]:  # type: ignore[override]
        """Along the axes that gravity leaves alone."""
        x, y, z = ~np.any(np.atleast_2d(np.array(self.acceleration, float)) != 0, axis=0)
        return bool(x), bool(y), bool(z)

    def numbers(self, sim: "Simulation") -> Array:
        """Force on an atom of each species [copies, 3 species]."""
        g = for_copies(self.acceleration, "the acceleration of gravity", sim, (3,))
        return (sim.device.fetch(sim.mobile_mass)[:, None] * g[:, None, :]).reshape(sim.copies, -1)

    def unwrapped(self, sim: "Simulation") -> Array:
        """Along the axes of its force: there V grows without end, from box to box."""
        return pulled_axes(self.numbers(sim))


@dataclass(eq=False)
class Centrifugal(PositionField):
    """Centrifugal force of a frame that turns about an axis::

        F = m omega^2 s,    V = -m omega^2 s^2 / 2,    s = d - (d n) n,  d = r - centre

    Without the Coriolis force, which does no work and leaves equilibrium as it is.

    Arguments
    ---------
    omega : angular velocity, one number or [copies] [sqrt(epsilon/m)/sigma]
    axis : 'x', 'y', 'z' or a direction n [3], of any length
    centre : a point of the axis [3], or [copies, 3] [sigma]

    Raises
    ------
    ValueError : an axis without a direction; on binding, a box that is periodic across the axis
    """

    omega: Any
    axis: Any
    centre: Any
    law: ClassVar[Law] = Law(centrifugal_energy, centrifugal_force)

    def __post_init__(self) -> None:
        named = isinstance(self.axis, str) and len(self.axis) == 1 and self.axis in AXES
        direction = np.eye(3)[AXES.index(self.axis)] if named else finite(self.axis, ((3,),), "the axis")
        if not direction.any():
            raise ValueError("the axis of a centrifugal field needs a direction, got zeros")
        self._direction = direction / np.linalg.norm(direction)

    def numbers(self, sim: "Simulation") -> Array:
        """Centre, direction, m omega^2 of each species [copies, 6 + species]."""
        across = [a for a, turns, n in zip(AXES, sim.domain.periodic, self._direction, strict=True)
                  if turns and abs(n) < 1 - 1e-12]  # fmt: skip
        if across:
            raise ValueError(
                f"the box is periodic along {', '.join(across)}, across the axis of a centrifugal field: the "
                "force would jump at the faces; use a Box that is not periodic there, and walls"
            )
        centre = for_copies(self.centre, "the centre", sim, (3,))
        omega = for_copies(self.omega, "omega", sim)
        direction = np.broadcast_to(self._direction, centre.shape)
        return np.hstack([centre, direction, omega[:, None] ** 2 * sim.device.fetch(sim.mobile_mass)])


@dataclass(eq=False)
class ColourField(PositionField):
    """A constant force on the atoms of each species::

        F_a = c_a E,    balanced: F_a = c_a E - m_a sum_b N_b c_b E / sum_b N_b m_b

    Balanced, the forces on the mobile atoms sum to zero: these are the forces in the frame that falls with
    the centre of mass, where all relative motion is the same.  Like gravity it has no potential along a
    periodic axis, and its energy counts places with the boxes crossed added.

    Arguments
    ---------
    charges : c [species], pure numbers
    field : E [3], or [copies, 3] [epsilon/sigma]
    balanced : keep the momentum

    Raises
    ------
    ValueError : on binding, numbers that are not finite or of another shape

    Source: D. J. Evans and G. P. Morriss, Statistical Mechanics of Nonequilibrium Liquids (1990), section
    6.2.
    """

    charges: Any
    field: Any
    balanced: bool = True
    law: ClassVar[Law] = Law(constant_energy, constant_force)

    @property
    def conserves_momentum(self) -> bool:  # type: ignore[override]
        """Whether the forces sum to zero."""
        return self.balanced

    def numbers(self, sim: "Simulation") -> Array:
        """Force on an atom of each species [copies, 3 species]."""
        masses = sim.device.fetch(sim.mobile_mass)
        charges = finite(self.charges, ((sim.species_count,),), "one charge a species: charges")
        charges = np.broadcast_to(np.where(masses > 0, charges, 0.0), (sim.copies, sim.species_count))
        if self.balanced:
            counts = np.atleast_2d(sim.species_counts) * (masses > 0)
            mean = (counts * charges).sum(axis=1) / (counts @ masses)
            charges = charges - mean[:, None] * masses
        field = for_copies(self.field, "the field", sim, (3,))
        return (charges[:, :, None] * field[:, None, :]).reshape(sim.copies, -1)

    def unwrapped(self, sim: "Simulation") -> Array:
        """Along the axes of its force: there V grows without end, from box to box."""
        return pulled_axes(self.numbers(sim))
