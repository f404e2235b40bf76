"""The problem that a run is given: held against itself, in words, and what follows of it at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.core.particles import PRECISIONS
from knudsen.core.rng import copy_seed
from knudsen.dsmc.boundaries import ExchangeReservoir
from knudsen.dsmc.collisions import USUAL, Collisions
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

Array = np.ndarray[Any, Any]
OPEN_ROOM = 1.1
MOST_PARTICLES = np.iinfo(np.int32).max
TOO_MANY = "pass the 2^31 that the sort counts: use fewer copies, cells or molecules a cell"


@dataclass(frozen=True)
class Problem:
    """The arguments of a `Simulation`, one domain and one filling a copy.

    Raises
    ------
    ValueError : arguments that do not fit together, every fault at once
    """

    gas: Mixture
    domains: tuple[Domain, ...]
    fillings: tuple[Filling, ...]
    particles_per_cell: float
    timestep: float
    copies: int
    seed: int
    precision: str
    species_weights: tuple[float, ...]
    acceleration: Acceleration | None = None
    rotation: RotatingFrame | None = None
    collisions: Collisions = USUAL
    internal: InternalEnergy | None = None
    reactions: tuple[Reaction, ...] = ()

    def __post_init__(self) -> None:
        faults = ensemble_faults(self.domains, self.fillings, max(self.copies, 1)) or _faults(self)
        if faults:
            raise ValueError("; ".join(dict.fromkeys(faults)))

    @property
    def grid(self) -> Grid:
        """Cells and faces of the first copy's domain; in the others faces may do other things."""
        return self.domains[0].grid

    @cached_property
    def seeds(self) -> list[int]:
        """Of each copy."""
        return [copy_seed(self.seed, copy) for copy in range(self.copies)]

    @cached_property
    def modes(self) -> Array:
        """What molecules hold inside, see `knudsen.dsmc.internal.modes` [species, width, 2]."""
        return mode_table(self.internal, self.gas)

    @property
    def temperatures(self) -> list[float]:
        """Of the fillings [K]."""
        return [filling.temperature for filling in self.fillings]

    @property
    def weight(self) -> Array:
        """W, real molecules per simulated one where a species weighs 1 [copies]."""
        volumes, densities = self.grid.volumes, [filling.number_density for filling in self.fillings]
        cells = np.count_nonzero(volumes)
        return np.asarray(np.array(densities) * volumes.sum() / (self.particles_per_cell * cells))

    @property
    def weights(self) -> Array:
        """Real molecules per simulated one of each species [copies, species]."""
        return np.asarray(self.weight[:, None] * self.species_weights)

    def describe(self) -> str:
        """The problem in words: what a checkpoint is held against."""
        gas = self.gas
        pairs = [f"{gas.names[a]}-{gas.names[b]} {gas.interaction(a, b)}" for a, b in gas.pair_numbers()]
        parts = [
            f"{gas.names} of {gas.masses} kg, {pairs}",
            _of_copies(self.domains),
            _of_copies(self.fillings),
        ]
        numbers = (self.particles_per_cell, self.timestep, self.seeds, self.precision, self.species_weights)
        inside = self.internal and [each.internal for each in gas.species]
        options = (self.acceleration, self.rotation, self.collisions, self.internal, inside, self.reactions)
        return "; ".join([*parts, str(numbers), str(options)])


def _of_copies(parts: Sequence[Any]) -> str:
    """Those that differ, and where they do each copy's number among them."""
    words = [str(part) for part in parts]
    kinds = list(dict.fromkeys(words))
    return kinds[0] if len(kinds) == 1 else f"{kinds} of copies {[kinds.index(each) for each in words]}"


def _faults(problem: Problem) -> list[str]:
    """All that does not fit together."""
    gas, grid, weights = problem.gas, problem.grid, problem.species_weights
    faults = [
        *internal_faults(problem.internal, gas),
        *reaction_faults(gas, problem.reactions, problem.modes),
    ]
    for domain in one_of_each(problem.domains):
        faults += [
            *composition_faults(domain.grid, gas),
            *reservoir_faults(domain.grid),
            *_weight_faults(domain.grid, gas, weights),
        ]
    faults += [
        f"filling: {len(filling.left)} mole fractions for the {len(gas)} species {gas.names}"
        for filling in one_of_each(problem.fillings)
        if len(filling.left) != len(gas)
    ]
    faults += _faults_of_parts(problem)
    share = 1.0 if faults else max(_most_a_place(each, weights) for each in one_of_each(problem.fillings))
    numbers = _number_faults(problem, share * grid.cell_count)
    # How small a force may be is a question of step and precision.
    how = (max(problem.temperatures), problem.timestep, problem.precision)
    return faults + (
        numbers
        or [
            *acceleration_faults(problem.acceleration, gas, grid.space, *how),
            *rotation_faults(problem.rotation, gas, grid, *how),
        ]
    )


def _faults_of_parts(problem: Problem) -> list[str]:
    """Parts that do not yet go together."""
    if not problem.reactions and problem.internal is None:
        return []
    faults = []
    if len(set(problem.temperatures)) > 1:
        faults.append("reactions and internal energy want fillings of one temperature: make a run for each")
    if set(problem.species_weights) != {1.0}:
        faults.append(
            "species_weights: molecules that react or have internal energy all weigh 1: leave one of them out"
        )
    return faults


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


def _number_faults(problem: Problem, cells: float) -> list[str]:
    """What is wrong with the numbers; cells : those full of molecules of weight one."""
    per_cell, timestep, copies = problem.particles_per_cell, problem.timestep, problem.copies
    faults, particles = [], per_cell * cells * copies * OPEN_ROOM
    if not (math.isfinite(timestep) and timestep > 0 and per_cell > 0 and copies >= 1):
        faults.append(
            "timestep and particles_per_cell must be positive and copies at least 1, "
            f"got {timestep}, {per_cell} and {copies}"
        )
    elif particles > MOST_PARTICLES:
        faults.append(f"{particles:.3g} particles {TOO_MANY}")
    if problem.precision not in PRECISIONS:
        faults.append(f"precision {problem.precision!r} is none of {', '.join(PRECISIONS)}")
    return faults
