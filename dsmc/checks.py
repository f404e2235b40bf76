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
from knudsen.dsmc.ensemble import ensemble_faults, one_of_each
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


def describe(gas: Mixture, domains: Sequence[Domain], fillings: Sequence[Filling], *numbers: Any) -> str:
    """The problem in words: what a checkpoint is held against."""
    pairs = [f"{gas.names[a]}-{gas.names[b]} {gas.interaction(a, b)}" for a, b in gas.pair_numbers()]
    of_copies = "; ".join(_of_copies(parts) for parts in (domains, fillings))
    return f"{gas.names} of {gas.masses} kg, {pairs}; {of_copies}; {numbers}"


def _of_copies(parts: Sequence[Any]) -> str:
    """Those that differ, and where they do each copy's number among them."""
    words = [str(part) for part in parts]
    kinds = list(dict.fromkeys(words))
    return kinds[0] if len(kinds) == 1 else f"{kinds} of copies {[kinds.index(each) for each in words]}"


def check_problem(
    gas: Mixture, domains: Sequence[Domain], fillings: Sequence[Filling], particles_per_cell: float,
    timestep: float, copies: int, precision: str,
    acceleration: Acceleration | None, rotation: RotatingFrame | None,
    internal: InternalEnergy | None, reactions: Sequence[Reaction], species_weights: tuple[float, ...],
) -> None:  # fmt: skip
    """Raise ValueError that names every fault of the arguments of a simulation."""
    unlike = ensemble_faults(domains, fillings, max(copies, 1))
    if unlike:
        raise ValueError("; ".join(unlike))
    grid = domains[0].grid
    faults = internal_faults(internal, gas) + reaction_faults(gas, reactions, mode_table(internal, gas))
    if (reactions or internal) and len({filling.temperature for filling in fillings}) > 1:
        faults.append("reactions and internal energy want fillings of one temperature: make a run for each")
    for domain in one_of_each(domains):
        faults += [
            *composition_faults(domain.grid, gas),
            *reservoir_faults(domain.grid),
            *_weight_faults(domain.grid, gas, species_weights),
        ]
    for filling in one_of_each(fillings):
        if len(filling.left) != len(gas):
            faults.append(
                f"filling: {len(filling.left)} mole fractions for the {len(gas)} species {gas.names}"
            )
    if set(species_weights) != {1.0} and (internal is not None or reactions):
        faults.append(
            "species_weights: molecules that react or have internal energy all weigh 1: leave one of them out"
        )
    share = 1.0 if faults else max(_most_a_place(each, species_weights) for each in one_of_each(fillings))
    numbers = _number_faults(particles_per_cell, share * grid.cell_count, timestep, copies, precision)
    # How small a force may be is a question of step and precision.
    how = (max(each.temperature for each in fillings), timestep, precision)
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
