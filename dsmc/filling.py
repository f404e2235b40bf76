"""The gas that fills a domain at the start."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture
from knudsen.core.rng import Stream, host_generator
from knudsen.dsmc.boundaries import OpenReservoir
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.internal.modes import thermal_inner


@dataclass(frozen=True)
class Filling:
    """Gas at rest that fills a domain at the start, its composition linear in x.

    Arguments
    ---------
    pressure : p = n k T [Pa];  temperature : T [K]
    left, right : mole fractions at x = 0 and x = L; right is left where it is not given

    Raises
    ------
    ValueError : fractions that do not sum to one, or a pressure or temperature that is not positive
    """

    pressure: float
    temperature: float
    left: tuple[float, ...]
    right: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        # An open reservoir is described by the same numbers, and checks them.
        for composition in (self.left, self.right or self.left):
            OpenReservoir(self.pressure, self.temperature, composition)
        if self.right is not None and len(self.right) != len(self.left):
            raise ValueError(f"left and right name {len(self.left)} and {len(self.right)} mole fractions")

    @property
    def number_density(self) -> float:
        """n = p / (k T) [m^-3]."""
        return float(self.pressure / (BOLTZMANN * self.temperature))

    def composition_at(self, fraction: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Mole fractions [..., species] at x / L = fraction."""
        left, right = np.array(self.left), np.array(self.right or self.left)
        return left + (right - left) * np.asarray(fraction)[..., None]

    def place(
        self, grid: Grid, gas: Mixture, weight: Any, seed: int, modes: np.ndarray[Any, Any] | None = None
    ) -> dict[str, Any]:
        """Columns of one copy's molecules: stratified counts, uniform places, Maxwellian velocities.

        Rounding the running count of each species keeps its total to within half a molecule.
        weight : real molecules per simulated one, a number or [species]
        modes : table of what the molecules hold beside their motion, see `knudsen.dsmc.internal.modes`
        """
        random = host_generator(seed, Stream.INITIAL_STATE)
        row = np.arange(grid.cell_count) // math.prod(grid.cells[1:])
        expected = self.number_density * grid.volumes[:, None] / weight
        fractions = self.composition_at((row + 0.5) / grid.cells[0])
        running = np.floor(np.cumsum(fractions * expected, axis=0) + 0.5)
        counts = np.diff(running, axis=0, prepend=0).astype(int).ravel()
        cell = np.repeat(np.repeat(np.arange(grid.cell_count), len(gas)), counts)
        species = np.repeat(np.tile(np.arange(len(gas), dtype=np.uint8), grid.cell_count), counts)
        thermal = np.sqrt(BOLTZMANN * self.temperature / np.array(gas.masses))[species]
        velocities = random.standard_normal((3, len(cell))) * thermal
        molecules = {
            "place": _places(grid, cell, random),
            "species": species,
            **dict(zip(("vx", "vy", "vz"), velocities, strict=True)),
        }
        if modes is not None:
            molecules["inner"] = thermal_inner(modes, species, self.temperature, random)
        return molecules


def _places(grid: Grid, cell: np.ndarray[Any, Any], random: np.random.Generator) -> np.ndarray[Any, Any]:
    """A place in the cell of each molecule, uniform over what gas it holds [molecule, dims] [m]."""
    places = _places_in_cells(grid, cell, random)
    while len(inside := np.nonzero(in_solid(grid, places))[0]):
        places[inside] = _places_in_cells(grid, cell[inside], random)
    return places


def in_solid(grid: Grid, places: np.ndarray[Any, Any], deep: float = 0.0) -> np.ndarray[Any, Any]:
    """Whether each place is in a block [molecule], deeper than some share of the domain's extent."""
    inside = np.zeros(len(places), bool)
    margin = deep * np.subtract(grid.high, grid.low)
    for low, high in grid.solid:
        inside |= np.all((places > low + margin) & (places < high - margin), axis=1)
    return inside


def _places_in_cells(
    grid: Grid, cell: np.ndarray[Any, Any], random: np.random.Generator
) -> np.ndarray[Any, Any]:
    """A place in the cell of each molecule, uniform over its volume, solid or not."""
    index = np.unravel_index(cell, grid.cells)
    places = np.empty((len(cell), grid.space.dims))
    for axis, along in enumerate(index):
        share = random.random(len(cell))
        first, last = grid.edges(axis)[along], grid.edges(axis)[along + 1]
        if grid.space.cylindrical and axis == 1:
            places[:, axis] = np.sqrt(first**2 + share * (last**2 - first**2))
        else:
            places[:, axis] = first + share * (last - first)
    return places
