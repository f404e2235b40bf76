"""Grand-canonical exchange: atoms come and go by Metropolis moves in the box, or in a slab of it."""

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.md.exchange.insertion import (
    EXCHANGE_DRAWS,
    FIRST_EXCHANGE_DRAW,
    check_fields,
    external_energies,
    long_range_energies,
    place_trials,
)
from knudsen.md.exchange.moves import COUNTS, draw_velocities, exchange_kernel
from knudsen.md.intake import for_copies, positive, whole
from knudsen.md.parts import claim
from knudsen.md.state.atoms import PACK, Start
from knudsen.md.state.box import axis_number

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(eq=False)
class GrandCanonical:
    """Exchange of the atoms of one species with a reservoir of given activity.

    Every so many steps it makes Metropolis moves, insertions and deletions alike, with the probabilities::

        insert: min(1, z V exp(-dU/T) / (N + 1)),    delete: min(1, N exp(-dU/T) / (z V))

    N the atoms of the species in the region of volume V.  New atoms have Maxwell velocities.  The conserved
    quantity counts what atoms bring and take.  Between the moves atoms cross the region's faces freely.

    Kept atoms keep their order, and new ones follow them; measures that follow single atoms refuse to go on.

    Arguments
    ---------
    activity : z = exp(mu/T) / Lambda^3 [sigma^-3], the density of an ideal gas of that mu; rho exp(mu_ex/T)
        of a fluid; one number or [copies]
    temperature : T [epsilon]
    every : steps between exchanges;  moves : of each exchange
    species : number of that of the atoms that come and go
    axis, slab : region (from, to) in parts of the edge along 'x', 'y', 'z' (0, 1, 2); left out, the whole box
    long_range : count what the cuts leave out, for a homogeneous fluid

    Raises
    ------
    ValueError : numbers out of range; a frozen species; a field in which an atom has no potential energy
    SimulationFault : from a run, a copy that has lost all its atoms

    Source: D. Frenkel and B. Smit, Understanding Molecular Simulation (2002), eqs 5.6.8-5.6.9.
    """

    activity: Any
    temperature: float
    every: int = 50
    moves: int = 100
    species: int = 0
    axis: str | int | None = None
    slab: tuple[float, float] = (0.0, 1.0)
    long_range: bool = False
    conserves_momentum = False

    def __post_init__(self) -> None:
        positive(self.temperature, "temperature")
        for name, least in (("every", 1), ("moves", 1), ("species", 0)):
            whole(getattr(self, name), name, least)
        if len(self.slab) != 2 or not 0 <= self.slab[0] < self.slab[1] <= 1:
            raise ValueError(
                f"slab must be (from, to) in parts of the edge, 0 <= from < to <= 1, got {self.slab}"
            )
        if self.axis is None and tuple(self.slab) != (0.0, 1.0):
            raise ValueError(f"slab {self.slab} needs the axis across which it lies")
        self._region = np.tile([0.0, 1.0], 3)
        if self.axis is not None:
            at = 2 * axis_number(self.axis)
            self._region[at : at + 2] = self.slab[0], self.slab[1] - self.slab[0]

    def bind(self, sim: "Simulation") -> None:
        """Check the species and the fields, and allocate."""
        claim(self, sim)
        check_fields(sim)
        if self.species >= sim.species_count or np.isinf(sim.masses[self.species]):
            raise ValueError(f"atoms of species {self.species} cannot come and go: there are none that move")
        self._activity = for_copies(self.activity, "the activity", sim)
        if not (self._activity > 0).all():
            raise ValueError(f"the activity must be positive, got {self.activity!r}")
        self._tails = np.zeros((sim.species_count, sim.species_count))
        if self.long_range:
            self._tails = long_range_energies(sim)
        self._draw = FIRST_EXCHANGE_DRAW + EXCHANGE_DRAWS * next(
            i for i, part in enumerate(sim.couplings) if part is self
        )
        self._energy = sim.device.xp.zeros(sim.copies)
        self._counts = sim.device.xp.zeros((sim.copies, COUNTS), np.int64)

    def arrays(self) -> dict[str, Any]:
        """Energy that atoms brought [copies] [epsilon], and the numbers of moves [copies, 4]."""
        return {"energy": self._energy, "counts": self._counts}

    def describe(self) -> str:
        """What it is."""
        return repr(self)

    def before(self, sim: "Simulation") -> None:
        """Nothing ahead of the step."""

    def after(self, sim: "Simulation") -> None:
        """Exchange atoms where it is time."""
        if sim.step % self.every == 0:
            self.exchange(sim)

    def energy(self, sim: "Simulation") -> Array:
        """Less the energy that atoms brought [copies], in epsilon."""
        return -sim.device.fetch(self._energy)

    def moves_made(self, sim: "Simulation") -> Array:
        """Insertions tried and made, deletions tried and made [copies, 4]."""
        return sim.device.fetch(self._counts)

    def exchange(self, sim: "Simulation") -> None:
        """Make the moves of one exchange, and go on with the atoms that are there then.

        Lists are made anew whether or not an atom came or went in a copy: its last bits would tell of the
        other copies.
        """
        put, fetch = sim.device.put, sim.device.fetch
        rows, velocities, first = self._rows(sim)
        copies = np.repeat(np.arange(sim.copies, dtype=np.int32), np.diff(first))
        position, copy = put(rows.ravel()), put(copies)
        external = external_energies(sim, position, copy)
        alive = np.ones(len(rows), np.int8)
        candidates = first[1:, None] - self.moves + np.arange(self.moves)
        alive[candidates.ravel()] = 0
        members, counts = self._members(sim, rows, first, alive)
        alive, gained = put(alive), sim.device.xp.zeros(sim.copies)
        exchange_kernel(sim.pairs.law)(
            sim.copies, sim.seeds, sim.step, self._draw, self.moves, self.species, self.temperature,
            put(self._activity * sim.volumes * self._region[1::2].prod()), put(first), position, external,
            sim.lengths, put((sim.domain.periodic / sim.box_lengths).ravel()), put(sim.pairs.parameters()),
            sim.species_count,
            put(self._tails / sim.volumes[:, None, None]), put(sim.species_counts), alive, put(members),
            put(counts), gained, self._counts,
        )  # fmt: skip
        kept = fetch(alive) > 0
        self._energy += gained + put(self._kinetic(sim, rows, velocities, copies, kept, candidates))
        self._replace(sim, rows, velocities, first, kept)

    def _rows(self, sim: "Simulation") -> tuple[Array, Array, Array]:
        """Places with species [rows, 4], velocities [rows, 3], and where each copy begins [copies + 1].

        A copy's atoms come in the user's order, then its candidates.
        """
        atoms, moves = sim.atoms, self.moves
        position = atoms.by_id(atoms.position, PACK)
        # Boxes crossed go along, so that places without jumps go on.
        position[:, :3] = atoms.unwrapped(sim.box_lengths)
        place, speed = self._candidates(sim)
        ends = atoms.first[1:-1]
        rows = _interleaved(np.split(position, ends), np.split(place, sim.copies))
        velocities = _interleaved(np.split(atoms.by_id(atoms.velocity, 3), ends), np.split(speed, sim.copies))
        return rows, velocities, atoms.first + moves * np.arange(sim.copies + 1)

    def _candidates(self, sim: "Simulation") -> tuple[Array, Array]:
        """Places with species [copies moves, 4] and Maxwell velocities [copies moves, 3] to insert at."""
        count, xp = sim.copies * self.moves, sim.device.xp
        place, velocity = xp.zeros(PACK * count), xp.zeros(3 * count)
        place_trials(
            count, self.moves, sim.seeds, sim.step, self._draw + 1, sim.lengths, sim.device.put(self._region),
            self.species, place,
        )  # fmt: skip
        speed = sqrt(self.temperature / sim.masses[self.species])
        draw_velocities(count, self.moves, sim.seeds, sim.step, self._draw + 2, speed, velocity)
        return sim.device.fetch(place).reshape(-1, PACK), sim.device.fetch(velocity).reshape(-1, 3)

    def _members(self, sim: "Simulation", rows: Array, first: Array, alive: Array) -> tuple[Array, Array]:
        """Rows of the species' atoms in the region, from each copy's first on, and how many [copies]."""
        lengths = np.repeat(sim.box_lengths, np.diff(first), axis=0)
        parts = rows[:, :3] / lengths
        parts = np.where(sim.domain.periodic, parts - np.floor(parts), parts)
        low, width = self._region[::2], self._region[1::2]
        whole = width == 1
        inside = ((parts >= low) & (parts < low + width) | whole).all(axis=1)
        chosen = inside & (alive > 0) & (rows[:, 3] == self.species)
        members, counts = np.zeros(len(rows), np.int32), np.zeros(sim.copies, np.int64)
        for copy, (begin, end) in enumerate(pairwise(first)):
            own = begin + np.flatnonzero(chosen[begin:end])
            members[begin : begin + len(own)] = own
            counts[copy] = len(own)
        return members, counts

    def _kinetic(
        self, sim: "Simulation", rows: Array, velocities: Array, copies: Array, kept: Array, candidates: Array
    ) -> Array:
        """Kinetic energy that came with the atoms, less what went [copies], in epsilon.

        candidates : [copies, moves], their rows;  kept : bool [rows], who is there in the end
        """
        came = np.zeros(len(rows), bool)
        came[candidates.ravel()] = True
        change = np.where(came & kept, 1.0, 0.0) - np.where(~came & ~kept, 1.0, 0.0)
        energies = sim.masses[self.species] / 2 * (velocities.astype(np.float64) ** 2).sum(axis=1)
        changed = change != 0
        return np.bincount(copies[changed], (change * energies)[changed], sim.copies)

    def _replace(self, sim: "Simulation", rows: Array, velocities: Array, first: Array, kept: Array) -> None:
        """Let the simulation go on with the rows that are kept."""
        starts = []
        for copy, (begin, end) in enumerate(pairwise(first)):
            stays = begin + np.flatnonzero(kept[begin:end])
            if not len(stays):
                raise SimulationFault(
                    f"step {sim.step}: copy {copy} has lost all its atoms: take a larger box or activity"
                )
            starts.append(Start(rows[stays, :3], velocities[stays], rows[stays, 3].astype(np.int64)))
        sim.replace_atoms(starts)


def _interleaved(atoms: list[Array], candidates: list[Array]) -> Array:
    """The atoms of the first copy, its candidates, the atoms of the second, and so on."""
    return np.concatenate([part for pair in zip(atoms, candidates, strict=True) for part in pair])
