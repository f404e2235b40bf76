"""Numbers that are not in reduced units, told from their size; and errors that list every fault at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np

# Below these a number is in SI units: how they are called there, and in ReducedUnits.
SI_SIZES = {
    "length": (1e-6, "metres", "length"),
    "energy": (1e-15, "joules", "energy"),
    "time": (1e-9, "seconds", "time"),
    "mass": (1e-20, "kilograms", "mass"),
}
# Of the deepest well; gases meet it at thousands of kelvins.
HOTTEST = 150.0


def refuse(faults: Sequence[str], what: str) -> None:
    """Raise one ValueError that lists every fault; none, nothing."""
    if len(faults) == 1:
        raise ValueError(faults[0])
    if faults:
        listed = "".join(f"\n  {number}. {fault}" for number, fault in enumerate(faults, 1))
        raise ValueError(f"{what} has {len(faults)} faults:{listed}")


def si_fault(name: str, value: Any, quantity: str) -> list[str]:
    """The fault of a value that can only be in SI units; quantity is a key of SI_SIZES."""
    size, unit, reduced = SI_SIZES[quantity]
    largest = float(np.max(np.abs(value), initial=0.0))
    if not 0 < largest < size:
        return []
    return [
        f"{name} = {np.array(value).tolist()} looks like {unit}: give it in reduced units, divided by "
        f"core.units.ReducedUnits(...).{reduced}"
    ]


def check_units(
    starts: Sequence[Any], boxes: Sequence[Any], timestep: float, masses: Any, well: float
) -> None:
    """Raise one ValueError for all numbers of a simulation that are in SI units.

    Arguments
    ---------
    starts : positions, velocities and species of each copy;  boxes : of each copy
    timestep : dt;  masses : [species];  well : the deepest epsilon
    """
    faults = si_fault("box", [box.lengths for box in boxes], "length")
    faults += si_fault("timestep", timestep, "time")
    faults += si_fault("masses", masses[np.isfinite(masses)], "mass")
    temperature = max(_temperature(start.velocities, masses[start.species]) for start in starts)
    if 0 < HOTTEST * well < temperature < np.inf:
        faults.append(
            f"the velocities make a temperature of {temperature:.4g} epsilon / k_B, {temperature / well:.3g} "
            "times the deepest well: reduced temperatures are T[K] / ReducedUnits(...).temperature, "
            "velocities v[m/s] / ReducedUnits(...).velocity"
        )
    refuse(faults, "the simulation")


def _temperature(velocities: Any, masses: Any) -> float:
    """sum m v^2 / 3N, those that never move (inf) left out; 0 where the arrays do not fit."""
    mobile = np.isfinite(masses)
    if velocities.shape != (len(masses), 3) or not mobile.any():
        return 0.0
    return float((velocities[mobile] ** 2).sum(axis=1) @ masses[mobile]) / (3 * int(mobile.sum()))
