"""The reactions of a run: tables, counts, and the step's end, when numbers of molecules change."""

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.particles import Particles
from knudsen.core.rng import Stream
from knudsen.core.sorting import BinSort
from knudsen.dsmc.reactions.events import Columns
from knudsen.dsmc.reactions.model import Reaction
from knudsen.dsmc.reactions.network import FACTOR, NONE, THRESHOLD, Network, network, rate_in_pair, rate_of
from knudsen.dsmc.reactions.pairs import Book, reactive
from knudsen.dsmc.reactions.passes import append_births, beside_kernel, name_bins, tidy

if TYPE_CHECKING:
    from knudsen.dsmc.collisions import Collider
    from knudsen.dsmc.problem import Problem

Array = np.ndarray[Any, Any]
# Energies over kT among which the first majorant of a triple is sought; fewer than 1 in 10^4 lie below.
TRIPLE_ENERGIES = np.geomspace(0.08, 25.0, 200)


class Chemistry:
    """Reactions of every copy and cell.

    reacted : int64 [reaction, copies * cells], so far;  beyond, held : int64 [copies * cells]
    majorant : [reactions of three, copies * cells], largest rate of a triple met so far [m^6/s], float64:
        float32 ends at 1e-45
    events : int64 [reactions of three, copies * cells, 2], candidates and overflows
    """

    def __init__(
        self, gas: Mixture, reactions: Sequence[Reaction], modes: Array, temperature: float, copies: int,
        cells: int, machine: Device,
    ) -> None:  # fmt: skip
        self.reactions, self.device = tuple(reactions), machine
        self.copies, self.items, self.kinds = copies, copies * cells, len(gas)
        self._host = network(gas, reactions, modes, temperature, Device("cpu"))
        self.network = Network(*map(machine.put, self._host))
        self.encounter = reactive(modes.shape[1])
        self._react_beside = beside_kernel(modes.shape[1])
        zeros = machine.xp.zeros
        self.reacted = zeros((len(reactions), self.items), np.int64)
        self.beyond, self._births = zeros(self.items, np.int64), zeros(self.items, np.int64)
        self._room, self.held = zeros(self.items, np.int64), zeros(self.items, np.int64)
        self._touched, self._warned = zeros(self.items, np.uint8), False
        self.book = Book(self.reacted, self.beyond, self._births, self._room, self.held, self._touched)
        self.grows = any(len(each.products) > len(each.reactants) for each in reactions)
        self._equal = all(len(each.products) == len(each.reactants) for each in reactions)
        triples = [r for r, each in enumerate(reactions) if len(each.reactants) == 3]
        self._triples = machine.put(np.array(triples, np.int64))
        energies = BOLTZMANN * temperature * TRIPLE_ENERGIES
        thresholds = self._host.numbers[triples, THRESHOLD]
        rates = [
            max(rate_of(r, e, e, self._host) for e in least + energies)
            for r, least in zip(triples, thresholds, strict=True)
        ]
        self.majorant = machine.put(np.repeat(np.array(rates).reshape(-1, 1), self.items, axis=1))
        self.events = zeros((len(triples), self.items, 2), np.int64)
        alone = [self._alone(kind) for kind in range(len(gas))]
        self._fastest = max(alone)
        self._beside = bool(triples) or self._fastest > 0

    @classmethod
    def of(cls, problem: "Problem", machine: Device) -> "Chemistry | None":
        """The reactions of a problem, if it has any."""
        if not problem.reactions:
            return None
        cells = problem.grid.cell_count * problem.grid.parts
        return cls(
            problem.gas, problem.reactions, problem.modes, problem.temperatures[0], problem.copies, cells,
            machine,
        )  # fmt: skip

    def _alone(self, kind: int) -> float:
        """Sum of the rates of a species alone [1/s]."""
        total, r = 0.0, self._host.of_one[kind]
        while r != NONE:
            total, r = total + self._host.numbers[r, FACTOR], self._host.following[r]
        return float(total)

    def largest_rate(self, a: int, b: int, largest_of_collisions: float, energy: float) -> float:
        """Largest sum of sigma_R g of a pair [m^3/s], up to so much [J] above the highest threshold.

        What reacts lies above the thresholds, so that an energy rare among collisions is not rare among it.
        """
        thresholds, r = [0.0], self._host.of_pair[a, b]
        while r != NONE:
            thresholds.append(self._host.numbers[r, THRESHOLD])
            r = self._host.following[r]
        energies = (max(thresholds) + energy) * np.linspace(0.01, 1, 100)
        total, r = np.zeros(100), self._host.of_pair[a, b]
        while r != NONE:
            rates = [rate_in_pair(r, largest_of_collisions, e, e, self._host) for e in energies]
            total, r = total + rates, self._host.following[r]
        return float(total.max())

    def collide(
        self, collider: "Collider", particles: Particles, sort: BinSort, timestep: float, rate: Any,
        backwards: bool, seeds: Any, step: int, make_room: Callable[[int], None],
    ) -> None:  # fmt: skip
        """Collide and react for a time step; `backwards` takes all in the reverse order.

        make_room : makes the capacity of a copy at least that many
        """
        world = self.world(particles, sort.starts)
        beside = (particles, sort.starts, rate, timestep, seeds, step)
        if backwards:
            self.beside(*beside)
        collider.collide(particles, sort.starts, rate, backwards, seeds, step, world)
        if not backwards:
            self.beside(*beside)
        self.finish(particles, sort, make_room)

    def world(self, particles: Particles, starts: Any) -> tuple[Any, ...]:
        """What the kernel of collisions reads and writes, at the beginning of a step's collisions."""
        self._births[...] = 0
        self._room[...] = self.device.xp.diff(starts[:, :: self.kinds], axis=1).reshape(-1)
        self._touched[...] = 0
        return Columns(*particles.columns), Columns(*particles.spare_columns), self.network, self.book

    def beside(
        self, particles: Particles, starts: Any, rate: Any, timestep: float, seeds: Any, step: int
    ) -> None:
        """Let triples and single molecules react for a step."""
        if not self._beside:
            return
        self._react_beside(
            self.items, Columns(*particles.columns), starts, self._triples, self.majorant, self.events, rate,
            timestep, self._fastest, self.network, self.book, seeds,
            int(Stream.REACTION_OF_THREE), int(Stream.REACTION_ALONE), step,
        )  # fmt: skip

    def finish(self, particles: Particles, sort: BinSort, make_room: Callable[[int], None]) -> None:
        """Put the molecules in order of cell and species again, with those born and without the dead.

        make_room : makes the capacity of a copy at least that many
        """
        if self._equal:
            world = Columns(*particles.columns), Columns(*particles.spare_columns)
            tidy(self.items, sort.starts, self._touched, self.kinds, particles.dims, particles.width, *world)
            return
        if not self._touched.any():
            return
        name_bins(self.items, sort.starts, particles.species, self.kinds, particles.bin)
        if self.grows:
            self._append(particles, sort.starts, make_room)
        sort.sort(particles)

    def _append(self, particles: Particles, starts: Any, make_room: Callable[[int], None]) -> None:
        births = self._births.reshape(self.copies, -1)
        born = Columns(*particles.spare_columns)
        counts = particles.counts + births.sum(axis=1)
        make_room(int(counts.max()))
        xp = self.device.xp
        first = particles.counts + particles.capacity * xp.arange(self.copies)
        slots = (first[:, None] + xp.cumsum(births, axis=1) - births).reshape(-1)
        append_births(
            self.items, starts, self._births, slots, self.kinds, particles.dims, particles.width, born,
            Columns(*particles.columns), particles.bin,
        )  # fmt: skip
        particles.counts[...] = counts

    def counts(self) -> np.ndarray[Any, Any]:
        """Reactions so far [copies, cells, reaction]."""
        found = self.device.fetch(self.reacted)
        return np.moveaxis(found.reshape(len(self.reactions), self.copies, -1), 0, -1)

    def summary(self) -> dict[str, float]:
        """Reactions so far, those above the collision rate or held back, overflows of triples' majorants."""
        candidates, overflows = self.device.fetch(self.events).sum(axis=(0, 1))
        return {
            "reactions": int(self.device.fetch(self.reacted).sum()),
            "reactions_beyond_collisions": int(self.device.fetch(self.beyond).sum()),
            "reactions_held_back": int(self.device.fetch(self.held).sum()),
            "triple_candidates": int(candidates),
            "triple_overflows": int(overflows),
        }

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {
            "reacted": self.reacted, "reacted_beyond": self.beyond, "reacted_held": self.held,
            "triple_majorant": self.majorant, "triple_events": self.events,
        }  # fmt: skip

    def warn_of_held(self) -> None:
        """Warn, once, of molecules that could not split for want of a slot for what is born."""
        if self._warned or not (held := int(self.device.fetch(self.held).sum())):
            return
        self._warned = True
        warnings.warn(
            f"{held} of {int(self.device.fetch(self.reacted).sum())} reactions were held back, for more "
            "molecules would have been born in a step than their cell held before: shorten the timestep, or "
            "take more particles per cell",
            RuntimeWarning,
            stacklevel=4,
        )
