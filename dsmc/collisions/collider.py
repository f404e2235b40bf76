"""The collisions of a run: options, pair parameters, majorants and counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.particles import Particles
from knudsen.core.rng import Stream
from knudsen.dsmc.collisions.encounters import UNREACTIVE
from knudsen.dsmc.collisions.exchanges import Exchanges
from knudsen.dsmc.collisions.laws import FASTEST_LOOKED_AT, Scatterer, pair_tables, scatterer
from knudsen.dsmc.collisions.relaxation import Exchange, nothing
from knudsen.dsmc.collisions.selection import EVENTS, FLOAT32_UP, collide_kernel
from knudsen.dsmc.collisions.weights import ACCOUNTS
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.internal.modes import InternalEnergy

if TYPE_CHECKING:
    from knudsen.dsmc.reactions.chemistry import Chemistry

Array = np.ndarray[Any, Any]
USUAL_CUT = 0.1  # rad: Omega(l,l)* then holds to 2e-4 (docs/engine.md)


@dataclass(frozen=True)
class Collisions:
    """How partners are chosen, and where the deflections of potentials are cut.

    Arguments
    ---------
    partners : 'random' in the collision cell, or 'nearest': partners are then far closer than a cell is wide
    among : molecules of the cell among which the nearest is sought
    cut_angle : paths that turn by less are no collisions of their own [rad]; only potentials are cut

    Raises
    ------
    ValueError : another word, fewer than two molecules, or an angle outside (0, 0.5]
    """

    partners: Literal["random", "nearest"] = "random"
    among: int = 16
    cut_angle: float = USUAL_CUT

    def __post_init__(self) -> None:
        faults = []
        if self.partners not in ("random", "nearest"):
            faults.append(f"partners must be 'random' or 'nearest', got {self.partners!r}")
        if not (isinstance(self.among, int | np.integer) and self.among >= 2):
            faults.append(f"among must be a whole number from 2, got {self.among}: 'random' takes anyone")
        if not 0 < self.cut_angle <= 0.5:
            faults.append(
                f"cut_angle must lie in (0, 0.5] rad, got {self.cut_angle}: more leaves no small angles, "
                f"none at all collides for ever; {USUAL_CUT} is usual"
            )
        if faults:
            raise ValueError("; ".join(faults))


USUAL = Collisions()


class Collider:
    """Pair parameters, majorants and counts of the collisions of every copy and cell.

    majorant : float32 [species, species, copies * cells], largest sigma_T g met so far [m^3/s]
    events : int64 [species, species, copies * cells, EVENTS], candidates, collisions, overflows
    separation : [copies * cells], sum of the partners' distance over the collisions [m]
    owed : [copies * cells, species, ACCOUNTS], velocity and its square that collisions of unequal weights
        still owe the molecules of a cell [m/s, m2/s2]; one row of zeros where all weigh the same
    """

    # The largest sigma_T g up to this multiple of (2 kT / m_r)^(1/2) starts the majorant: exceeded once in
    # 2,000 candidates of an equilibrium gas, until it has grown.
    FIRST_MAJORANT_SPEED = 3.0
    # What rises later must have candidates too, or the majorant would never grow: it starts with this share
    # at least of the largest sigma_T g up to the other multiple, which is more only where it rises as g^2.5.
    FLOOR_SHARE, FLOOR_SPEED = 0.05, FASTEST_LOOKED_AT

    def __init__(
        self, gas: Mixture, grid: Grid, temperatures: Sequence[float], machine: Device,
        options: Collisions, modes: Array, weights: tuple[float, ...], internal: InternalEnergy | None = None,
        chemistry: "Chemistry | None" = None,
    ) -> None:  # fmt: skip
        """Of as many copies as temperatures [K]."""
        shape = (len(gas), len(gas))
        pairs: list[tuple[tuple[int, int], Scatterer]] = []
        first = np.zeros((*shape, len(temperatures)))
        for a, b in gas.pair_numbers():
            largest = {}
            for temperature in dict.fromkeys(temperatures):
                pair = scatterer(
                    gas.interaction(a, b), gas.reduced_mass(a, b), temperature, options.cut_angle
                )
                largest[temperature] = self._first_majorant(gas, a, b, pair, temperature, chemistry)
            pairs.append(((a, b), pair))
            first[a, b] = [largest[temperature] for temperature in temperatures]
        tables = pair_tables(len(gas), pairs)
        masses = np.array(gas.masses)
        share = masses[:, None] / (masses[:, None] + masses)
        columns = (tables.kind, tables.numbers, tables.table, tables.areas, tables.angles, share)
        self.exchanges = None
        inner = nothing(modes)
        if internal is not None:
            self.exchanges = Exchanges.of(gas, modes, internal, dict(pairs), temperatures[0])
            inner = self.exchanges.arrays
        self.pairs = tuple(machine.put(column) for column in columns)
        self.inner = tuple(machine.put(column) for column in inner)
        self._among = options.among if options.partners == "nearest" else 1
        encounter = UNREACTIVE if chemistry is None else chemistry.encounter
        self.weighted = any(weight != 1.0 for weight in weights)
        self._collide = collide_kernel(
            tables.laws, grid.space.dims, self._among, Exchange(modes.shape[1]), encounter, self.weighted
        )
        self._nothing = (machine.put(np.zeros(1)),) * 4
        cells = grid.cell_count * grid.parts
        items = len(temperatures) * cells
        self.device, self.items = machine, items
        self._last = machine.put(np.zeros(1, np.int32))
        self.majorant = machine.put(np.repeat(first, cells, axis=2).astype(np.float32))
        self.events = machine.put(np.zeros((*shape, items, EVENTS), np.int64))
        self.separation = machine.put(np.zeros(items))
        self._weights = machine.put(np.array(weights))
        self.owed = machine.put(np.zeros((items if self.weighted else 1, len(gas), ACCOUNTS)))

    def _first_majorant(
        self, gas: Mixture, a: int, b: int, pair: Scatterer, temperature: float,
        chemistry: "Chemistry | None",
    ) -> float:  # fmt: skip
        thermal = np.sqrt(2 * BOLTZMANN * temperature / gas.reduced_mass(a, b))
        largest = max(
            pair.largest_rate(self.FIRST_MAJORANT_SPEED * thermal),
            self.FLOOR_SHARE * pair.largest_rate(self.FLOOR_SPEED * thermal),
        )
        if chemistry is not None:
            energy = (self.FIRST_MAJORANT_SPEED**2 * BOLTZMANN) * temperature
            largest = max(largest, chemistry.largest_rate(a, b, largest, energy))
        return largest * FLOAT32_UP

    def collide(
        self, particles: Particles, starts: Any, rate: Any, backwards: bool, seeds: Any, step: int,
        world: tuple[Any, ...] | None = None,
    ) -> None:  # fmt: skip
        """Collide the particles of every cell; rate is W dt / V of each [copies * cells] [s/m^3].

        world : what reactions read and write, where there are any
        """
        if self._among > 1 and len(self._last) != len(particles.vx):
            self._last = self.device.xp.zeros(len(particles.vx), np.int32)
        velocities = (particles.vx, particles.vy, particles.vz)
        positions = (particles.place, particles.dims, *velocities, particles.inner, self._last)
        book = (self.majorant, self.events, self.separation)
        order = (backwards, seeds, int(Stream.COLLISION), step)
        reacting = self._nothing if world is None else world
        self._collide(
            self.items, *positions, starts, *book, *self.pairs, *self.inner, self._weights, self.owed, rate,
            *order, *reacting,
        )  # fmt: skip

    def summary(self) -> dict[str, float]:
        """Collisions, share of candidates accepted and over the majorant, mean separation [m]."""
        candidates, collisions, overflows = self.device.fetch(self.events).sum(axis=(0, 1, 2))
        return {
            "collisions": int(collisions),
            "acceptance": float(collisions / max(candidates, 1)),
            "majorant_overflows": int(overflows),
            "majorant_overflow_share": float(overflows / max(candidates, 1)),
            "mean_collision_separation": float(self.device.fetch(self.separation).sum() / max(collisions, 1)),
        }
