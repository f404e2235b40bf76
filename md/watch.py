"""Faults of a run: each is named with its step, its atom and the remedy."""

from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# Times the temperature at the start, or the deepest well where that is more.
RUNAWAY = 100.0


def temperature_bound(sim: "Simulation") -> float:
    """A temperature that no sound run reaches; infinity for atoms at rest that do not pull each other."""
    degrees = np.maximum(sim.degrees_of_freedom, 1)
    start = 2 * sim.device.fetch(sim.kinetic_energies()) / degrees
    return RUNAWAY * max(float(start.max()), float(sim.pairs.epsilon.max())) or float("inf")


def check_temperatures(sim: "Simulation") -> None:
    """Raise SimulationFault for a copy whose temperature has run away."""
    degrees = np.maximum(sim.degrees_of_freedom, 1)
    found = 2 * sim.device.fetch(sim.kinetic_energies()) / degrees
    copy = int(np.argmax(found))
    if not found[copy] <= sim.temperature_bound:
        speeds = np.linalg.norm(_rows(sim, sim.atoms.velocity, 3), axis=1)
        fastest = int(np.argmax(speeds))
        raise SimulationFault(
            f"step {sim.step}: the temperature{_of_copy(sim, copy)} has run away to {found[copy]:.3g}; the "
            f"fastest atom, {_name(sim, fastest)}, moves at {speeds[fastest]:.3g}: take a shorter time step, "
            "or start without overlaps"
        )


def check_lost(sim: "Simulation") -> None:
    """Raise SimulationFault for an atom at no finite place, or that crossed half a box between two lists."""
    bound = sim.neighbours.skin / 2 + sim.box_lengths.min(axis=1) / 2
    if (sim.moved2 <= bound**2).all():
        return
    now = _rows(sim, sim.atoms.position, PACK)[:, :3]
    before = _rows(sim, sim.neighbours.reference, PACK)[:, :3]
    moved = ((now - before) ** 2).sum(axis=1)
    lost = int(np.argmax(np.where(np.isfinite(moved), moved, np.inf)))
    velocity = _rows(sim, sim.atoms.velocity, 3)[lost]
    raise SimulationFault(
        f"step {sim.step}: atom {_name(sim, lost)} is lost at {now[lost]} with velocity {velocity}: "
        "look for atoms that overlap, a time step too long, or a temperature far too high"
    )


def check_faces(sim: "Simulation") -> None:
    """Raise SimulationFault for an atom beyond a face that is not periodic."""
    if all(sim.domain.periodic):
        return
    place = _rows(sim, sim.atoms.position, PACK)[:, :3]
    lengths = np.repeat(sim.box_lengths, np.diff(sim.atoms.first), axis=0)
    out = ((place < 0) | (place > lengths)) & ~np.array(sim.domain.periodic)
    if out.any():
        lost, axis = map(int, np.argwhere(out)[0])
        raise SimulationFault(
            f"step {sim.step}: atom {_name(sim, lost)} left the box along {AXES[axis]}, which is not "
            f"periodic, at {place[lost]}: put walls there, take a shorter time step, or make the axis "
            "periodic"
        )


def check_forces(sim: "Simulation") -> None:
    """Raise SimulationFault for a force that is not finite."""
    if np.isfinite(float(sim.atoms.force.sum())):
        return
    force = _rows(sim, sim.atoms.force, 3)
    lost = int(np.argmin(np.isfinite(force).all(axis=1)))
    place = _rows(sim, sim.atoms.position, PACK)[lost, :3]
    raise SimulationFault(
        f"step {sim.step}: the force on atom {_name(sim, lost)} at {place} is {force[lost]}: "
        "it overlaps another atom; start from a lattice, or with overlaps removed"
    )


def _rows(sim: "Simulation", column: Any, width: int) -> np.ndarray[Any, Any]:
    return sim.device.fetch(column)[: width * sim.atoms.count].reshape(-1, width)


def _name(sim: "Simulation", slot: int) -> str:
    copy = int(sim.atoms.copy[slot])
    return f"{int(sim.atoms.id[slot]) - int(sim.atoms.first[copy])}{_of_copy(sim, copy)}"


def _of_copy(sim: "Simulation", copy: int) -> str:
    return "" if sim.single else f" of copy {copy}"
