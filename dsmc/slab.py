"""The slab 0 < x < L between two faces, and the gas that fills it at the start."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture
from knudsen.core.rng import Stream, host_generator
from knudsen.dsmc.boundaries import Boundary, ExchangeReservoir, OpenReservoir, Periodic


@dataclass(frozen=True)
class Slab:
    """One-dimensional domain 0 < x < length, homogeneous in y and z.

    Arguments
    ---------
    length : L [m]
    cells : sampling cells
    left, right : what molecules meet at x = 0 and x = L
    subcells : equal collision cells in each sampling cell: partners are taken from one of them

    Raises
    ------
    ValueError : every fault at once: a length or count that is not positive, one periodic face only
    """

    length: float
    cells: int
    left: Boundary
    right: Boundary
    subcells: int = 1

    def __post_init__(self) -> None:
        faults = []
        if not (math.isfinite(self.length) and self.length > 0):
            faults.append(f"length must be positive and finite, got {self.length}")
        if self.cells < 1 or self.subcells < 1:
            faults.append(f"cells and subcells must be at least 1, got {self.cells} and {self.subcells}")
        if isinstance(self.left, Periodic) != isinstance(self.right, Periodic):
            faults.append("a periodic face needs a periodic face opposite")
        if faults:
            raise ValueError("; ".join(faults))

    @property
    def cell_width(self) -> float:
        """Width of a sampling cell [m]."""
        return self.length / self.cells

    @property
    def collision_cells(self) -> int:
        """Number of collision cells."""
        return self.cells * self.subcells

    def check_species(self, gas: Mixture) -> None:
        """Raise ValueError where a reservoir's composition is not one of this gas."""
        for name, face in (("left", self.left), ("right", self.right)):
            if isinstance(face, ExchangeReservoir | OpenReservoir) and len(face.composition) != len(gas):
                raise ValueError(
                    f"{name}: {len(face.composition)} mole fractions for the {len(gas)} species {gas.names}"
                )


@dataclass(frozen=True)
class Filling:
    """Gas at rest that fills the slab at the start, its composition linear in x.

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

    def place(self, slab: Slab, gas: Mixture, particles_per_cell: float, seed: int) -> dict[str, Any]:
        """Columns of one copy's molecules: stratified counts, uniform places, Maxwellian velocities.

        Rounding the running count of each species keeps its total to within half a molecule.
        """
        random = host_generator(seed, Stream.INITIAL_STATE)
        fractions = self.composition_at((np.arange(slab.cells) + 0.5) / slab.cells)
        running = np.floor(np.cumsum(fractions * particles_per_cell, axis=0) + 0.5)
        counts = np.diff(running, axis=0, prepend=0).astype(int).ravel()
        cell = np.repeat(np.repeat(np.arange(slab.cells), len(gas)), counts)
        species = np.repeat(np.tile(np.arange(len(gas), dtype=np.uint8), slab.cells), counts)
        thermal = np.sqrt(BOLTZMANN * self.temperature / np.array(gas.masses))[species]
        velocities = random.standard_normal((3, len(cell))) * thermal
        x = (cell + random.random(len(cell))) * slab.cell_width
        return {"x": x, "species": species, **dict(zip(("vx", "vy", "vz"), velocities, strict=True))}
