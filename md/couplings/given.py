"""What a user gives a coupling, checked: numbers of each copy, slabs, and atoms that can be coupled."""

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
# Share of the kinetic energy that the centre of mass may hold where its motion is not counted as heat.
DRIFT = 1e-9


def positive(value: Any, name: str) -> Any:
    """One positive number, or a tuple of one for each copy.  Raises ValueError."""
    numbers = np.array(value, float)
    if numbers.ndim > 1 or not numbers.size or not ((numbers > 0) & (numbers < np.inf)).all():
        raise ValueError(
            f"the {name} must be positive and finite, one number or one for each copy, got {value!r}"
        )
    return float(numbers) if numbers.ndim == 0 else tuple(numbers.tolist())


def whole(value: Any, name: str, least: int) -> int:
    """A whole number, not below the least.  Raises ValueError."""
    if value != int(value) or value < least:
        raise ValueError(f"the {name} must be a whole number, {least} or more, got {value!r}")
    return int(value)


def axis_number(axis: Any) -> int:
    """0, 1, 2 for 'x', 'y', 'z'.  Raises ValueError."""
    if axis not in tuple(AXES):
        raise ValueError(f"an axis is one of 'x', 'y', 'z', got {axis!r}")
    return AXES.index(axis)


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


def for_copies(value: Any, name: str, sim: "Simulation") -> Array:
    """The numbers of all copies [copies].  Raises ValueError for another count of them."""
    numbers = np.array(value, float)
    if numbers.ndim == 1 and len(numbers) != sim.copies:
        raise ValueError(
            f"{len(numbers)} numbers of {name} are given for {sim.copies} copies: give one a copy, or one "
            "for all"
        )
    return np.broadcast_to(numbers, sim.copies).copy()


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


def claim(part: Any, sim: "Simulation") -> None:
    """Let a coupling belong to a simulation.  Raises ValueError where it belongs to another that lives."""
    owner = part.state.get("owner", lambda: None)()
    if owner is not None and owner is not sim:
        raise ValueError(
            f"this {type(part).__name__} belongs to another simulation, whose state it holds: make a new one"
        )
    part.state["owner"] = weakref.ref(sim)


def check_alone(part: Any, sim: "Simulation") -> None:
    """Raise ValueError for a second coupling of one kind, which would draw the same random numbers."""
    if sum(type(other) is type(part) for other in sim.couplings) > 1:
        raise ValueError(f"two couplings are {type(part).__name__}: give one, with all that it should couple")


def check_degrees(sim: "Simulation") -> None:
    """Raise ValueError for a copy without degrees of freedom."""
    if (sim.degrees_of_freedom < 1).any():
        raise ValueError("a copy of one atom has no temperature: its momentum is all its motion")
