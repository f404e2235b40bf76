"""Faults of a run: each is named with its step, its atom and the remedy."""

from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
# Times the temperature at the start, the targets of couplings, or the deepest well, whichever is most.
RUNAWAY = 100.0


def temperature_bound(sim: "Simulation") -> Array:
    """Temperatures that no sound run reaches by itself [copies]; infinite for free atoms at rest.

    Targets of couplings count: a run may start cold and be heated.
    """
    start = _temperatures(sim, sim.device.fetch(sim.kinetic_energies()))
    hottest = np.maximum(start, sim.pairs.epsilon.max())
    for coupling in sim.couplings:
        rows = np.atleast_2d(getattr(coupling, "temperatures", 0.0))
        hottest = np.maximum(hottest, getattr(coupling, "temperature", 0.0))
        hottest = np.maximum(hottest, rows.max(axis=1))
    return np.where(hottest > 0, RUNAWAY * hottest, np.inf)


def reserve(sim: "Simulation") -> Array:
    """Energy that fields and couplings hold [copies]: what they lose goes into the atoms."""
    return sum((part.energy(sim) for part in (*sim.fields, *sim.couplings)), np.zeros(sim.copies))


def check_temperatures(sim: "Simulation") -> None:
    """Raise SimulationFault for a copy whose temperature has run away.

    It has where it is beyond the bound, and would be without the energy that fields and couplings have given
    since the start: a fluid that falls is no fault.
    """
    kinetic = sim.device.fetch(sim.kinetic_energies())
    found = _temperatures(sim, kinetic)
    if (found <= sim.temperature_bound).all():
        return
    own = _temperatures(sim, kinetic - (sim.reserve - reserve(sim)))
    gone = ~(found <= sim.temperature_bound) & ~(own <= sim.temperature_bound)
    if gone.any():
        copy = int(np.argmax(gone))
        speeds = np.linalg.norm(_rows(sim, sim.atoms.velocity, 3), axis=1)
        fastest = int(np.argmax(np.where(_copies(sim) == copy, speeds, -1.0)))
        shear = ", or take the work of the shear out by a thermostat" if sim.domain.sheared else ""
        raise SimulationFault(
            f"step {sim.step}: the temperature{_of_copy(sim, copy)} has run away to {found[copy]:.3g}; the "
            f"fastest atom, {_name(sim, fastest)}, moves at {speeds[fastest]:.3g}: take a shorter time step, "
            f"or start without overlaps{shear}"
        )


def check_lost(sim: "Simulation") -> None:
    """Raise SimulationFault for an atom at no finite place, or that crossed half a box between two lists."""
    bound = sim.neighbours.skin / 2 + sim.box_lengths.min(axis=1) / 2
    offending = ~(sim.moved2 <= bound**2)
    if not offending.any():
        return
    moved = np.linalg.norm(_displacements(sim), axis=1)
    moved = np.where(np.isfinite(moved), moved, np.inf)
    lost = int(np.argmax(np.where(offending[_copies(sim)], moved, -1.0)))
    place, velocity = _rows(sim, sim.atoms.position, PACK)[lost, :3], _rows(sim, sim.atoms.velocity, 3)[lost]
    raise SimulationFault(
        f"step {sim.step}: atom {_name(sim, lost)} is lost at {place} with velocity {velocity}: "
        "look for atoms that overlap, a time step too long, or a temperature far too high"
    )


def _displacements(sim: "Simulation") -> Array:
    """How far from where the box's stretch and shear since the build would have brought it [atoms, 3]."""
    copies, fetch = _copies(sim), sim.device.fetch
    before = _rows(sim, sim.neighbours.reference, PACK)[:, :3]
    moved = (
        _rows(sim, sim.atoms.position, PACK)[:, :3]
        - fetch(sim.domain.stretch).reshape(-1, 3)[copies] * before
    )
    moved[:, 0] -= fetch(sim.domain.strain)[copies] * before[:, 1]
    return moved


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


def _temperatures(sim: "Simulation", kinetic: Array) -> Array:
    return 2 * kinetic / np.maximum(sim.degrees_of_freedom, 1)


def _copies(sim: "Simulation") -> Array:
    return np.repeat(np.arange(sim.copies), np.diff(sim.atoms.first))


def _rows(sim: "Simulation", column: Any, width: int) -> Array:
    return sim.device.fetch(column)[: width * sim.atoms.count].reshape(-1, width)


def _name(sim: "Simulation", slot: int) -> str:
    copy = int(sim.atoms.copy[slot])
    return f"{int(sim.atoms.id[slot]) - int(sim.atoms.first[copy])}{_of_copy(sim, copy)}"


def _of_copy(sim: "Simulation", copy: int) -> str:
    return "" if sim.single else f" of copy {copy}"
