"""Velocity Verlet, and sums over the atoms of each copy.

::

    v += F dt / 2m;   x += v dt;   F = F(x);   v += F dt / 2m

Source: W. C. Swope, H. C. Andersen, P. H. Berens and K. R. Wilson, J. Chem. Phys. 76 (1982) 637.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation


class VelocityVerlet:
    """Motion at constant energy, and between the actions of couplings."""

    conserves_momentum = True
    shears = False
    plain_kicks = True

    def bind(self, sim: "Simulation") -> None:
        """Nothing to prepare."""

    def arrays(self) -> dict[str, Any]:
        """Nothing of its own changes."""
        return {}

    def describe(self) -> str:
        """What it is."""
        return "velocity Verlet"

    def first(self, sim: "Simulation") -> None:
        """Half a kick and a drift."""
        atoms = sim.atoms
        kick_and_drift(
            sim.lanes.count, sim.lanes.edges, sim.lanes.copy, atoms.position, atoms.velocity, atoms.force,
            sim.inverse_mass, sim.timestep, sim.neighbours.reference, sim.domain.stretch, sim.moved,
        )  # fmt: skip

    def second(self, sim: "Simulation") -> None:
        """The second half of the kick."""
        atoms = sim.atoms
        kick(atoms.count, atoms.position, atoms.velocity, atoms.force, sim.inverse_mass, sim.timestep)


@kernel
def kick_and_drift(
    lane: int, edges: Any, copy: Any, position: Any, velocity: Any, force: Any, inverse_mass: Any,
    timestep: float, reference: Any, stretch: Any, moved: Any,
) -> None:  # fmt: skip
    """Half a kick and a drift of one lane's atoms.

    moved : float64 [lanes], the largest squared displacement since the list was built, from where the stretch
        of the box would have brought the atom; NaN where one is NaN
    """
    farthest = 0.0
    undefined = 0.0
    box = np.uint64(3 * copy[lane])
    stretches = (stretch[box], stretch[box + np.uint64(1)], stretch[box + np.uint64(2)])
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        at, along = np.uint64(PACK) * i, np.uint64(3) * i
        half = 0.5 * timestep * inverse_mass[np.uint64(position[at + np.uint64(3)])]
        squared = 0.0
        for axis in range(3):
            d = np.uint64(axis)
            velocity[along + d] += half * force[along + d]
            position[at + d] += timestep * velocity[along + d]
            distance = position[at + d] - stretches[axis] * reference[at + d]
            squared += distance * distance
        farthest = max(farthest, squared)
        if squared != squared:
            undefined = squared
    moved[lane] = undefined if undefined != undefined else farthest


@kernel
def kick(
    i: int, position: Any, velocity: Any, force: Any, inverse_mass: Any, timestep: float
) -> None:  # fmt: skip
    """The second half of a kick of atom i."""
    half = 0.5 * timestep * inverse_mass[np.uint64(position[np.uint64(PACK * i + 3)])]
    for axis in range(3):
        velocity[np.uint64(3 * i + axis)] += half * force[np.uint64(3 * i + axis)]


@kernel
def kinetic_tensors(lane: int, edges: Any, position: Any, velocity: Any, mass: Any, sums: Any) -> None:
    """Sum of m v v over one lane: xx, yy, zz, xy, xz, yz, float64 [lanes, 6]."""
    xx = yy = zz = xy = xz = yz = 0.0
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        m = mass[np.uint64(position[np.uint64(PACK) * i + np.uint64(3)])]
        along = np.uint64(3) * i
        vx = np.float64(velocity[along])
        vy = np.float64(velocity[along + np.uint64(1)])
        vz = np.float64(velocity[along + np.uint64(2)])
        xx += m * vx * vx
        yy += m * vy * vy
        zz += m * vz * vz
        xy += m * vx * vy
        xz += m * vx * vz
        yz += m * vy * vz
    sums[lane, 0], sums[lane, 1], sums[lane, 2] = xx, yy, zz
    sums[lane, 3], sums[lane, 4], sums[lane, 5] = xy, xz, yz


@kernel
def momenta(lane: int, edges: Any, position: Any, velocity: Any, mass: Any, sums: Any) -> None:
    """Mass and momentum of the mobile atoms of one lane, float64 [lanes, 4]."""
    total = px = py = pz = 0.0
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        m = mass[np.uint64(position[np.uint64(PACK) * i + np.uint64(3)])]
        along = np.uint64(3) * i
        total += m
        px += m * velocity[along]
        py += m * velocity[along + np.uint64(1)]
        pz += m * velocity[along + np.uint64(2)]
    sums[lane, 0], sums[lane, 1], sums[lane, 2], sums[lane, 3] = total, px, py, pz


@kernel
def subtract_drift(i: int, copy: Any, position: Any, velocity: Any, mass: Any, sums: Any) -> None:
    """Take the velocity of its copy's centre of mass from a mobile atom."""
    own = copy[i]
    if mass[np.uint64(position[np.uint64(PACK * i + 3)])] > 0.0:
        for axis in range(3):
            velocity[np.uint64(3 * i + axis)] -= sums[own, 1 + axis] / sums[own, 0]


@kernel
def scale_velocities(i: int, copy: Any, velocity: Any, factors: Any) -> None:
    """Multiply an atom's velocity by its copy's factor."""
    for axis in range(3):
        velocity[np.uint64(3 * i + axis)] *= factors[copy[i]]


@kernel
def stretch_positions(i: int, copy: Any, position: Any, factors: Any) -> None:
    """Multiply an atom's position by its copy's factors, [3 copies]."""
    for axis in range(3):
        position[np.uint64(PACK * i + axis)] *= factors[3 * copy[i] + axis]
