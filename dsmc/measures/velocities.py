"""Velocities in chosen cells: histograms, and the power sums of every moment to degree 5."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.kernels import device, kernel
from knudsen.core.velocity_samples import COORDINATES, DEGREE, POWERS, VelocitySamples

if TYPE_CHECKING:
    from knudsen.dsmc.simulation import Simulation

Array = np.ndarray[Any, Any]


@device
def bin_of(value: float, low: float, inverse: float, bins: int) -> int:
    """Place in a histogram whose first and last places hold what lies beyond its range."""
    place = (value - low) * inverse
    if not place >= 0.0:
        return 0
    return 1 + int(place) if place < bins else bins + 1


@device
def add_powers(x: float, y: float, z: float, sums: Any) -> None:
    """Add x^a y^b z^c for a + b + c <= DEGREE, in the order of POWERS."""
    number = 0
    power_x = 1.0
    for a in range(DEGREE + 1):
        power_xy = power_x
        for b in range(DEGREE + 1 - a):
            product = power_xy
            for _ in range(DEGREE + 1 - a - b):
                sums[number] += product
                number += 1
                product *= z
            power_xy *= y
        power_x *= x


@kernel
def add_velocities(
    item: int, vx: Any, vy: Any, vz: Any, starts: Any, cells: Any, parts: int, inverse_scale: Any,
    limit: float, counts: Any, powers: Any,
) -> None:  # fmt: skip
    """Add the molecules of one species in one chosen cell of one copy.

    cells : int64 [cell];  parts : collision cells in each;  inverse_scale : [species]
    counts : int64 [copies, cell, species, 4, bins + 2];  powers : [copies, cell, species, POWERS]
    """
    chosen, species = counts.shape[1], counts.shape[2]
    bins = counts.shape[4] - 2
    s, row = item % species, item // species
    copy, number = row // chosen, row % chosen
    unit = inverse_scale[s]
    across, along = 0.5 * bins / limit, bins / limit
    histogram, sums = counts[copy, number, s], powers[copy, number, s]
    for part in range(cells[number] * parts, (cells[number] + 1) * parts):
        b = part * species + s
        for i in range(starts[copy, b], starts[copy, b + 1]):
            x, y, z = float(vx[i]) * unit, float(vy[i]) * unit, float(vz[i]) * unit
            histogram[0, bin_of(x, -limit, across, bins)] += 1
            histogram[1, bin_of(y, -limit, across, bins)] += 1
            histogram[2, bin_of(z, -limit, across, bins)] += 1
            histogram[3, bin_of(sqrt(x * x + y * y + z * z), 0.0, along, bins)] += 1
            add_powers(x, y, z, sums)


@dataclass(eq=False)
class VelocityDistributions:
    """Histograms of v_x, v_y, v_z and of the speed, and Sonine moments, of each species in some cells.

    Taken before and after the collisions, as the moments are.

    Arguments
    ---------
    cells : numbers of sampling cells, the last axis of the domain counted first
    bins : of a histogram;  limit : its reach in units of (2 k T / m)^(1/2), T of the first filling
    every : steps between two samples;  block : samples in a block

    Raises
    ------
    ValueError : no cells or cells that are not there; numbers that are not positive
    """

    cells: Sequence[int]
    bins: int = 120
    limit: float = 6.0
    every: int = 1
    block: int = 100
    sides = 2

    def __post_init__(self) -> None:
        if not (min(self.bins, self.every, self.block) >= 1 and self.limit > 0 and len(self.cells) > 0):
            raise ValueError(
                "velocity distributions need cells, and positive bins, limit, every and block; "
                f"got {self.cells}, {self.bins}, {self.limit}, {self.every} and {self.block}"
            )

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        cells = np.array(self.cells, np.int64)
        if cells.min() < 0 or cells.max() >= sim.grid.cell_count:
            raise ValueError(f"cells must lie in 0 .. {sim.grid.cell_count - 1}, got {list(self.cells)}")
        self._sim, self._device = sim, sim.device
        self._scale = np.sqrt(2 * BOLTZMANN * sim.fillings[0].temperature / np.array(sim.gas.masses))
        self._cells, self._inverse = sim.device.put(cells), sim.device.put(1 / self._scale)
        shape = (sim.copies, len(cells), len(sim.gas))
        xp = sim.device.xp
        self._counts = xp.zeros((*shape, len(COORDINATES), self.bins + 2), np.int64)
        self._powers = xp.zeros((*shape, len(POWERS)))
        self._taken = 0
        self._closed: list[tuple[Array, Array]] = []

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        particles = sim.particles
        items = sim.copies * len(self.cells) * len(sim.gas)
        add_velocities(
            items, particles.vx, particles.vy, particles.vz, sim.starts, self._cells, sim.grid.parts,
            self._inverse, self.limit, self._counts, self._powers,
        )  # fmt: skip
        self._taken += 1
        if self._taken == self.sides * self.block:
            fetch = self._device.fetch
            self._closed.append((fetch(self._counts), fetch(self._powers)))
            self._counts[...], self._powers[...], self._taken = 0, 0.0, 0

    def arrays(self) -> dict[str, Array]:
        """What changes with the samples."""
        fetch, held = self._device.fetch, self._closed
        arrays = {
            "counts": fetch(self._counts),
            "powers": fetch(self._powers),
            "taken": np.array(self._taken),
        }
        if held:
            arrays["closed_counts"] = np.array([counts for counts, _ in held])
            arrays["closed_powers"] = np.array([powers for _, powers in held])
        return arrays

    def load(self, arrays: dict[str, Array]) -> None:
        """Take up what `arrays` gave."""
        put = self._device.put
        self._counts[...], self._powers[...] = put(arrays["counts"]), put(arrays["powers"])
        self._taken = int(arrays["taken"])
        closed = arrays.get("closed_counts", ()), arrays.get("closed_powers", ())
        self._closed = list(zip(*closed, strict=True))

    def result(self) -> VelocitySamples:
        """The blocks so far.  Raises RuntimeError before the first is full."""
        if not self._closed:
            raise RuntimeError(f"no block of {self.block} samples is full: run longer")
        gas = self._sim.gas
        counts, powers = (np.array(each) for each in zip(*self._closed, strict=True))
        return VelocitySamples(
            gas.names,
            np.array(gas.masses),
            self._sim.species_weights,
            np.array(self.cells, np.int64),
            self._scale,
            self.limit,
            counts,
            powers,
        )
