"""What would make a run worthless, looked for while it goes: molecules that escape or have no velocity."""

import warnings
from typing import Any, NoReturn

import numpy as np

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.particles import Particles
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.filling import in_solid

FAULTS = 7  # step, place and velocity of a molecule that could not be placed; a lane keeps its last
# A molecule on the side of a block may be counted in the cell behind it; within is deeper than this share.
DEEP = 1e-9
MANY = 15  # a cell of so many is empty by chance in 1 of 3,000,000


def check_flights(faults: Any, grid: Grid, machine: Device) -> None:
    """Raise SimulationFault for a molecule that no flight could place.

    faults : [copies * lanes, FAULTS], a step of 0 where there was none
    """
    rows = machine.fetch(faults)
    if rows[:, 0].any():
        lost = rows[np.argmax(rows[:, 0] > 0)]
        _stop(int(lost[0]), grid, lost[1:4], lost[4:7], "cannot be placed after its flight")


def check_velocities(particles: Particles, grid: Grid, step: int, machine: Device) -> None:
    """Raise SimulationFault for a velocity that is not finite."""
    columns = (particles.vx, particles.vy, particles.vz)
    for column in columns:
        if not np.isfinite(float(column.sum(dtype=np.float64))):
            lost = int(np.argmin(np.isfinite(machine.fetch(column))))
            place = [float(particles.along(axis)[lost]) for axis in range(particles.dims)]
            _stop(step, grid, place, [float(each[lost]) for each in columns], "has no finite velocity")


def check_solids(particles: Particles, starts: Any, grid: Grid, step: int, machine: Device) -> None:
    """Raise SimulationFault for molecules that have come into a block.

    starts : slot where each (cell, species) of each copy begins [copies, bins + 1]
    """
    if not grid.solid:
        return
    solid = np.flatnonzero(grid.collision_volumes == 0)
    species = (starts.shape[1] - 1) // len(grid.collision_volumes)
    first, end = (machine.fetch(starts[:, machine.put(cells * species)]) for cells in (solid, solid + 1))
    taken = end > first
    slots = [slot for a, b in zip(first[taken], end[taken], strict=True) for slot in range(a, b)]
    places = np.stack(
        [machine.fetch(particles.along(axis)[slots]) for axis in range(particles.dims)], axis=-1
    )
    within = np.flatnonzero(in_solid(grid, places, DEEP))
    if len(within):
        slot = slots[within[0]]
        velocity = [float(column[slot]) for column in (particles.vx, particles.vy, particles.vz)]
        _stop(step, grid, places[within[0]], velocity, f"is one of {len(within)} within a solid block")


def warn_of_empty(numbers: Any, filled: Any, grid: Grid) -> None:
    """Warn of sampling cells that the filling gave a molecule, and that held none in all samples of a copy.

    numbers : of molecules, summed over blocks and species [copies, cells];  filled : at the start [cells]
    """
    if found := _empty(numbers, filled >= 1, grid):
        message = f"{found} never held a molecule: sample longer, or take more molecules or wider cells"
        warnings.warn(message, RuntimeWarning, stacklevel=3)


def warn_of_unfilled(numbers: Any, filled: Any, grid: Grid) -> None:
    """Warn of sampling cells that a run starts with empty, where the filling would give many molecules.

    numbers, filled : of molecules, those there and those that the filling gives [copies, cells]
    """
    if found := _empty(numbers, filled >= MANY, grid):
        message = (
            f"{found} begin empty, though the filling has gas there: start from a run whose gas was there, "
            "not within a block, or leave the cells time to fill"
        )
        warnings.warn(message, RuntimeWarning, stacklevel=4)


def _empty(numbers: Any, expected: Any, grid: Grid) -> str:
    """How many cells of all copies hold none of the molecules expected, and the first; or nothing."""
    empty = np.argwhere((numbers == 0) & expected)
    if not len(empty):
        return ""
    copy, cell = empty[0]
    index = ", ".join(str(n) for n in np.unravel_index(cell, grid.cells))
    return (
        f"{len(empty)} of the {numbers.size} sampling cells of all copies (the first is cell {index} of copy "
        f"{copy})"
    )


def _stop(step: int, grid: Grid, place: Any, velocity: Any, fault: str) -> NoReturn:
    """Name the step, the place along every axis, its cell and the velocity of a molecule."""
    place = np.asarray(place)[: grid.space.dims]
    cells = np.clip(np.nan_to_num((place - grid.low) / grid.widths), 0, np.array(grid.cells) - 1).astype(int)
    axes = "xr" if grid.space.cylindrical else "xyz"
    where = ", ".join(f"{axis} = {q:g}" for axis, q in zip(axes, place, strict=False))
    speeds = ", ".join(f"v{axis} = {v:g}" for axis, v in zip("xyz", velocity, strict=True))
    raise SimulationFault(
        f"step {step}: a molecule at {where} m (cell {', '.join(map(str, cells))}) with {speeds} m/s "
        f"{fault}: look for a velocity or wall temperature that is not finite, or far too large"
    )
