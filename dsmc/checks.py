"""A problem held against itself before it runs, and the words that checkpoints know it by."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.core.particles import PRECISIONS
from knudsen.dsmc.boundaries import ExchangeReservoir
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.domains.shapes import Domain
from knudsen.dsmc.face_table import composition_faults
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.forces import Acceleration, acceleration_faults
from knudsen.dsmc.internal.modes import InternalEnergy, internal_faults, mode_table
from knudsen.dsmc.reactions.checks import reaction_faults
from knudsen.dsmc.reactions.model import Reaction
from knudsen.dsmc.reservoirs import reservoir_faults
from knudsen.dsmc.rotation import RotatingFrame, rotation_faults

OPEN_ROOM = 1.1
MOST_PARTICLES = np.iinfo(np.int32).max
TOO_MANY = "pass the 2^31 that the sort counts: use fewer copies, cells or molecules a cell"


def describe(gas: Mixture, domain: Domain, filling: Filling, *numbers: Any) -> str:
    """The problem in words: what a checkpoint is held against."""
    pairs = [f"{gas.names[a]}-{gas.names[b]} {gas.interaction(a, b)}" for a, b in gas.pair_numbers()]
    return f"{gas.names} of {gas.masses} kg, {pairs}; {domain}; {filling}; {numbers}"


def check_problem(
    gas: Mixture, domain: Domain, filling: Filling, particles_per_cell: float, timestep: float, copies: int,
    precision: str, acceleration: Acceleration | None, rotation: RotatingFrame | None,
    internal: InternalEnergy | None, reactions: Sequence[Reaction], species_weights: tuple[float, ...],
) -> None:  # fmt: skip
    """Raise ValueError that names every fault of the arguments of a simulation."""
    grid = domain.grid
    faults = [*composition_faults(grid, gas), *reservoir_faults(grid), *internal_faults(internal, gas)]
    faults += reaction_faults(gas, reactions, mode_table(internal, gas))
    if len(filling.left) != len(gas):
        faults.append(f"filling: {len(filling.left)} mole fractions for the {len(gas)} species {gas.names}")
    faults += _weight_faults(grid, gas, species_weights)
    if set(species_weights) != {1.0} and (internal is not None or reactions):
        faults.append(
            "species_weights: molecules that react or have internal energy all weigh 1: leave one of them out"
        )
    share = 1.0 if faults else _most_a_place(filling, species_weights)
    numbers = _number_faults(particles_per_cell, share * grid.cell_count, timestep, copies, precision)
    # How small a force may be is a question of step and precision.
    how = (filling.temperature, timestep, precision)
    faults += numbers or [
        *acceleration_faults(acceleration, gas, grid.space, *how),
        *rotation_faults(rotation, gas, grid, *how),
    ]
    if faults:
        raise ValueError("; ".join(faults))


def _most_a_place(filling: Filling, weights: tuple[float, ...]) -> float:
    """Simulated molecules, in units of those of weight one, where the gas is richest in each species."""
    ends = np.array([filling.left, filling.right or filling.left])
    return float((ends / np.array(weights)).sum(axis=1).max())


def _weight_faults(grid: Grid, gas: Mixture, weights: tuple[float, ...]) -> list[str]:
    """What is wrong with the species' weights."""
    if len(weights) != len(gas):
        return [f"species_weights: {len(weights)} weights for the {len(gas)} species {gas.names}"]
    if not all(0 < weight < math.inf for weight in weights):
        return [f"species_weights must be positive and finite, got {weights}"]
    if len(set(weights)) == 1:
        return []
    return [
        f"{face.name}: an ExchangeReservoir gives one molecule for one, which is not one real one for one "
        f"where species weigh {weights}: use an OpenReservoir or a CompositionReservoir, or equal weights"
        for face in grid.faces
        if isinstance(face.boundary, ExchangeReservoir)
    ]


def _number_faults(
    particles_per_cell: float, cells: float, timestep: float, copies: int, precision: str
) -> list[str]:  # fmt: skip
    faults, particles = [], particles_per_cell * cells * copies * OPEN_ROOM
    if not (math.isfinite(timestep) and timestep > 0 and particles_per_cell > 0 and copies >= 1):
        faults.append(
            "timestep and particles_per_cell must be positive and copies at least 1, "
            f"got {timestep}, {particles_per_cell} and {copies}"
        )
    elif particles > MOST_PARTICLES:
        faults.append(f"{particles:.3g} particles {TOO_MANY}")
    if precision not in PRECISIONS:
        faults.append(f"precision {precision!r} is none of {', '.join(PRECISIONS)}")
    return faults
