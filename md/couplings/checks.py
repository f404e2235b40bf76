"""Whether atoms can be coupled as they are asked to be."""

from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# Share of the kinetic energy that the centre of mass may hold where its motion is not counted as heat.
DRIFT = 1e-9


def check_drift(sim: "Simulation") -> None:
    """Raise ValueError for a centre of mass that moves where the degrees of freedom leave its motion out."""
    conserved = sim.conserved_axes
    velocity = sim.device.fetch(sim.atoms.velocity).reshape(-1, 3).astype(float)
    species = sim.device.fetch(sim.atoms.position)[3 : PACK * sim.atoms.count : PACK].astype(int)
    mass, copy = sim.masses[species], sim.device.fetch(sim.atoms.copy)
    for r in range(sim.copies):
        if not conserved[r].any():
            continue
        own, m = velocity[copy == r], mass[copy == r]
        drift = np.square(m @ own)[conserved[r]].sum() / m.sum()
        if drift > DRIFT * (m @ np.square(own)).sum():
            raise ValueError(
                f"the centre of mass of copy {r} moves at {m @ own / m.sum()}, which would count as heat: "
                "subtract it from the velocities"
            )


def check_alone(part: Any, sim: "Simulation") -> None:
    """Raise ValueError for a second coupling of one kind, which would draw the same random numbers."""
    if sum(type(other) is type(part) for other in sim.couplings) > 1:
        raise ValueError(f"two couplings are {type(part).__name__}: give one, with all that it should couple")


def check_degrees(sim: "Simulation") -> None:
    """Raise ValueError for a copy without degrees of freedom."""
    if (sim.degrees_of_freedom < 1).any():
        raise ValueError("a copy of one atom has no temperature: its momentum is all its motion")
