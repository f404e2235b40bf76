"""Slabs across an axis: which atom lies in which, and sums over the atoms of each."""

from dataclasses import dataclass
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import device, kernel
from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# atoms, mass [m], momentum, sum m v^2 [epsilon], force [epsilon/sigma], sum F v
SUMS = 10
COUNT, MASS, MOMENTUM, SQUARE, FORCE, POWER = 0, 1, 2, 5, 6, 9
# factor of the peculiar velocity, mean velocity
CHANGE = 4


def slab(value: Any, name: str) -> tuple[float, float]:
    """A slab (from, to) in parts of the box's edge; it may reach through a face.  Raises ValueError."""
    edges = np.array(value, float)
    if edges.shape != (2,) or not (-1 <= edges[0] < edges[1] <= 2 and edges[1] - edges[0] <= 1):
        raise ValueError(
            f"{name} must be (from, to) in parts of the box's edge, from below to, at most one box, "
            f"got {value!r}"
        )
    return float(edges[0]), float(edges[1])


def check_apart(slabs: Any) -> None:
    """Raise ValueError where two slabs share a place."""
    for one, (low, high) in enumerate(slabs):
        for other, (begin, _) in enumerate(slabs):
            if one != other and (begin - low) % 1 < high - low:
                raise ValueError(
                    f"slabs {slabs[one]} and {slabs[other]} overlap: let each end where the next begins"
                )


@dataclass(frozen=True)
class Slabs:
    """Slabs of all copies on the device.

    Attributes
    ---------
    axis : 0, 1, 2;  count : number of slabs
    lows, widths : float64 [slabs], in parts of the box's edge; a slab may reach through the periodic face
    sums : float64 [lanes, slabs SUMS], of each lane's atoms
    changes : float64 [copies, slabs CHANGE], factor of the peculiar velocity, and mean velocity
        [sqrt(epsilon/m)]
    """

    axis: int
    count: int
    lows: Any
    widths: Any
    sums: Any
    changes: Any

    @classmethod
    def of(cls, sim: "Simulation", axis: int, edges: Any) -> "Slabs":
        """Slabs across an axis (0, 1, 2) from their edges [slabs, 2] in parts of the box's edge.

        Raises ValueError where they overlap.
        """
        check_apart(edges)
        low, high = np.array(edges, float).T
        xp, put, count = sim.device.xp, sim.device.put, len(edges)
        sums = xp.zeros((sim.lanes.count, SUMS * count))
        return cls(axis, count, put(low), put(high - low), sums, xp.zeros((sim.copies, CHANGE * count)))

    def sum(self, sim: "Simulation") -> Any:
        """Sums over the mobile atoms of each slab on the device [copies, slabs SUMS]."""
        atoms, lanes = sim.atoms, sim.lanes
        sum_slabs(
            lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.velocity, atoms.force,
            sim.inverse_mass, sim.lengths, self.axis, self.lows, self.widths, self.sums,
        )  # fmt: skip
        return lanes.sum(self.sums)

    def apply(self, sim: "Simulation") -> None:
        """Multiply the peculiar velocities in each slab by its factor, about its mean velocity."""
        atoms = sim.atoms
        change_slabs(
            atoms.count, atoms.copy, atoms.position, atoms.velocity, sim.inverse_mass, sim.lengths, self.axis,
            self.lows, self.widths, self.changes,
        )  # fmt: skip


@device
def slab_of(place: float, lows: Any, widths: Any) -> int:
    """The slab at a place in parts of the box's edge; -1 for none.  lows, widths : [slabs], in such parts."""
    for slab in range(lows.shape[0]):
        beyond = place - lows[slab]
        if beyond - floor(beyond) < widths[slab]:
            return slab
    return -1


@device
def peculiar_energy(sums: Any, copy: int, slab: int) -> Any:
    """Kinetic energy of a slab's atoms about their mean velocity [epsilon]; 0 for fewer than two atoms."""
    at = SUMS * slab
    if sums[copy, at + COUNT] < 2.0:
        return 0.0
    px, py, pz = sums[copy, at + MOMENTUM], sums[copy, at + MOMENTUM + 1], sums[copy, at + MOMENTUM + 2]
    return 0.5 * (sums[copy, at + SQUARE] - (px * px + py * py + pz * pz) / sums[copy, at + MASS])


@device
def note_change(factor: float, sums: Any, copy: int, slab: int, changes: Any) -> None:
    """Write a slab's factor and mean velocity to `changes` [copies, slabs CHANGE]."""
    changes[copy, CHANGE * slab] = factor
    mass = max(sums[copy, SUMS * slab + MASS], 1e-300)
    for axis in range(3):
        changes[copy, CHANGE * slab + 1 + axis] = sums[copy, SUMS * slab + MOMENTUM + axis] / mass


@kernel
def sum_slabs(
    lane: int, edges: Any, copy: Any, position: Any, velocity: Any, force: Any, inverse_mass: Any,
    lengths: Any, axis: int, lows: Any, widths: Any, sums: Any,
) -> None:  # fmt: skip
    """Sums of one lane's mobile atoms by slab."""
    for column in range(sums.shape[1]):
        sums[lane, column] = 0.0
    length = lengths[3 * copy[lane] + axis]
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        at, along = np.uint64(PACK) * i, np.uint64(3) * i
        slab = slab_of(position[at + np.uint64(axis)] / length, lows, widths)
        inverse = inverse_mass[np.uint64(position[at + np.uint64(3)])]
        if slab >= 0 and inverse > 0.0:
            first, mass = SUMS * slab, 1.0 / inverse
            sums[lane, first + COUNT] += 1.0
            sums[lane, first + MASS] += mass
            for d in range(3):
                v = np.float64(velocity[along + np.uint64(d)])
                f = np.float64(force[along + np.uint64(d)])
                sums[lane, first + MOMENTUM + d] += mass * v
                sums[lane, first + SQUARE] += mass * v * v
                sums[lane, first + FORCE + d] += f
                sums[lane, first + POWER] += f * v


@kernel
def change_slabs(
    i: int, copy: Any, position: Any, velocity: Any, inverse_mass: Any, lengths: Any, axis: int, lows: Any,
    widths: Any, changes: Any,
) -> None:  # fmt: skip
    """Rescale the peculiar velocity of an atom that lies in a slab."""
    own, at = copy[i], np.uint64(PACK * i)
    slab = slab_of(position[at + np.uint64(axis)] / lengths[3 * own + axis], lows, widths)
    if slab >= 0 and inverse_mass[np.uint64(position[at + np.uint64(3)])] > 0.0:
        factor = changes[own, CHANGE * slab]
        for d in range(3):
            mean, place = changes[own, CHANGE * slab + 1 + d], np.uint64(3 * i + d)
            velocity[place] = mean + factor * (velocity[place] - mean)
