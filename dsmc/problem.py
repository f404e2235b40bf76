"""The problem that a run is given: held against itself, in words, and what follows of it at once."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.core.particles import PRECISIONS
from knudsen.dsmc.boundaries import ExchangeReservoir
from knudsen.dsmc.boundaries.checks import positive
from knudsen.dsmc.collisions import USUAL, Collisions
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.domains.shapes import Domain
from knudsen.dsmc.ensemble import (
    Seed,
    ensemble_faults,
    named,
    of_each_copy,
    one_of_each,
    seed_faults,
    seed_of,
    seeds_of,
    words_of_copies,
)
from knudsen.dsmc.face_table import composition_faults
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.forces import Acceleration, acceleration_faults, kick_faults
from knudsen.dsmc.internal.modes import InternalEnergy, internal_faults, mode_table
from knudsen.dsmc.kinds import kind_faults
from knudsen.dsmc.reactions.checks import reaction_faults
from knudsen.dsmc.reactions.model import Reaction
from knudsen.dsmc.reservoirs import reservoir_faults
from knudsen.dsmc.rotation import RotatingFrame, rotation_faults, turn_faults
from knudsen.dsmc.words import in_words

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
    seed: Seed
    precision: str
    species_weights: tuple[float, ...]
    acceleration: Acceleration | None = None
    rotation: RotatingFrame | None = None
    collisions: Collisions = USUAL
    internal: InternalEnergy | None = None
    reactions: tuple[Reaction, ...] = ()

    @classmethod
    def of(
        cls, *, domain: Domain | Sequence[Domain], filling: Filling | Sequence[Filling],
        species_weights: Sequence[float] | None, **given: Any,
    ) -> "Problem":  # fmt: skip
        """The problem of a simulation's arguments, as they are given.  Raises ValueError for wrong kinds."""
        raw = {"domain": domain, "filling": filling, "species_weights": species_weights}
        if faults := kind_faults(raw | given):
            raise ValueError("; ".join(faults))
        weighs = (1.0,) * len(given["gas"]) if species_weights is None else species_weights
        domains, fillings = (of_each_copy(each, given["copies"]) for each in (domain, filling))
        given["reactions"] = tuple(given["reactions"])
        given["seed"] = seed_of(given["seed"])
        return cls(domains=domains, fillings=fillings, species_weights=tuple(map(float, weighs)), **given)

    def __post_init__(self) -> None:
        faults = ensemble_faults(self.domains, self.fillings, self.copies) or _faults(self)
        if faults:
            raise ValueError("; ".join(dict.fromkeys(faults)))

    @property
    def grid(self) -> Grid:
        """Cells and faces of the first copy's domain; in the others faces may do other things."""
        return self.domains[0].grid

    @cached_property
    def seeds(self) -> list[int]:
        """Of each copy."""
        return seeds_of(self.seed, self.copies)

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

    def describe(self) -> dict[str, str]:
        """The problem in words, part by part: what a checkpoint is held against.

        Raises ValueError for a user's function that cannot be put in words, with all that it reads.
        """
        gas = self.gas
        parts: dict[str, Any] = {"gas": (gas.names, gas.masses)}
        parts |= {f"pair {gas.names[a]}-{gas.names[b]}": gas.interaction(a, b) for a, b in gas.pair_numbers()}
        names = (
            "particles_per_cell", "timestep", "copies", "seed", "precision", "species_weights",
            "acceleration", "rotation", "collisions", "internal", "reactions",
        )  # fmt: skip
        parts |= {name: getattr(self, name) for name in names}
        if self.internal:
            parts["internal energy of the species"] = [each.internal for each in gas.species]
        words = {name: in_words(part) for name, part in parts.items()}
        return words | {"domain": words_of_copies(self.domains), "filling": words_of_copies(self.fillings)}


def _faults(problem: Problem) -> list[str]:
    """All that does not fit together."""
    gas, grid, weights = problem.gas, problem.grid, problem.species_weights
    faults = [
        *internal_faults(problem.internal, gas),
        *reaction_faults(gas, problem.reactions, problem.modes),
    ]
    for copy, domain in named(problem.domains):
        found = [*composition_faults(domain.grid, gas), *reservoir_faults(domain.grid)]
        found += _exchange_faults(domain.grid, weights)
        faults += [f"{copy}{fault}" for fault in found]
    faults += [
        f"{copy}filling: {len(filling.left)} mole fractions for the {len(gas)} species {gas.names}"
        for copy, filling in named(problem.fillings)
        if len(filling.left) != len(gas)
    ]
    faults += [*_weight_faults(gas, weights), *_faults_of_parts(problem)]
    share = 1.0 if faults else max(_most_a_place(each, weights) for each in one_of_each(problem.fillings))
    numbers = _number_faults(problem, share * grid.cell_count)
    moved = [
        *acceleration_faults(problem.acceleration, problem.copies, gas, grid.space),
        *rotation_faults(problem.rotation, grid),
    ]
    if numbers or moved:
        return [*faults, *numbers, *moved]
    # How small a force may be is a question of step and precision.
    how = (max(problem.temperatures), problem.timestep, problem.precision)
    return [
        *faults,
        *kick_faults(problem.acceleration, gas, *how),
        *turn_faults(problem.rotation, gas, grid, *how),
    ]


def _faults_of_parts(problem: Problem) -> list[str]:
    """Parts that do not yet go together."""
    if not problem.reactions and problem.internal is None:
        return []
    faults = []
    if len(set(problem.temperatures)) > 1:
        faults.append("reactions and internal energy want fillings of one temperature: make a run for each")
    if set(problem.species_weights) != {1.0}:
        given = (("reactions", problem.reactions), ("internal", problem.internal))
        inner = " and ".join(name for name, part in given if part)
        faults.append(
            "species_weights: molecules that react or have internal energy all weigh 1: leave out "
            f"species_weights, or {inner}"
        )
    return faults


def _most_a_place(filling: Filling, weights: tuple[float, ...]) -> float:
    """Simulated molecules, in units of those of weight one, where the gas is richest in each species."""
    ends = np.array([filling.left, filling.right or filling.left])
    return float((ends / np.array(weights)).sum(axis=1).max())


def _weight_faults(gas: Mixture, weights: tuple[float, ...]) -> list[str]:
    """What is wrong with the species' weights."""
    if len(weights) != len(gas):
        return [f"species_weights: {len(weights)} weights for the {len(gas)} species {gas.names}"]
    if not all(0 < weight < math.inf for weight in weights):
        return [f"species_weights must be positive and finite, got {weights}"]
    return []


def _exchange_faults(grid: Grid, weights: tuple[float, ...]) -> list[str]:
    """Faces that do not go with species of unequal weight."""
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
    faults = list(positive(timestep=timestep, particles_per_cell=per_cell))
    faults += seed_faults(problem.seed, copies)
    particles = per_cell * cells * copies * OPEN_ROOM
    if not faults and particles > MOST_PARTICLES:
        faults.append(f"{particles:.3g} particles {TOO_MANY}")
    if problem.precision not in PRECISIONS:
        faults.append(f"precision {problem.precision!r} is none of {', '.join(PRECISIONS)}")
    return faults
