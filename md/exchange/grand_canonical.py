"""Grand-canonical exchange: atoms come and go by Metropolis moves in the box, or in a slab of it."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, floor, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.core.kernels import Kernel, kernel
from knudsen.core.kernels import device as device_function
from knudsen.core.rng import Stream, below, draw_words, normal_pair, uniform
from knudsen.md.exchange.insertion import check_fields, external_energies, long_range_energies, place_trials
from knudsen.md.fields.field import axis_number, claim, of_copies
from knudsen.md.potentials.cutoff import CutForm
from knudsen.md.potentials.pairs import PARAMETERS
from knudsen.md.state.atoms import PACK, Start

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
KERNELS_KEPT = 64
STREAM = int(Stream.INSERTION)
# Draws of the stream of each coupling in the order they stand, behind Widom's: choice, place, velocity.
FIRST_DRAW, DRAWS = 1, 3
HALF = 2**31
INSERTIONS, INSERTED, DELETIONS, DELETED = range(4)


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
    temperature : T
    every : steps between exchanges;  moves : of each exchange
    species : of the atoms that come and go
    axis, slab : region (from, to) in parts of the edge along 'x', 'y' or 'z'; left out, the whole box
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
        if not 0 < self.temperature < np.inf:
            raise ValueError(f"the temperature must be positive and finite, got {self.temperature}")
        for name, least in (("every", 1), ("moves", 1), ("species", 0)):
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or value < least:
                raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}")
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
        self._activity = of_copies(self.activity, sim, (), "the activity")
        if not (self._activity > 0).all():
            raise ValueError(f"the activity must be positive, got {self.activity!r}")
        self._tails = np.zeros((sim.species_count, sim.species_count))
        if self.long_range:
            self._tails = long_range_energies(sim)
        self._draw = FIRST_DRAW + DRAWS * next(i for i, part in enumerate(sim.couplings) if part is self)
        self._energy = sim.device.xp.zeros(sim.copies)
        self._counts = sim.device.xp.zeros((sim.copies, 4), np.int64)

    def arrays(self) -> dict[str, Any]:
        """Energy that atoms brought, and the numbers of moves."""
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
        """Less the energy that atoms brought [copies]."""
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
        """Places with species, and velocities, of a copy's atoms in the user's order, then its candidates."""
        atoms, moves = sim.atoms, self.moves
        position = atoms.by_id(atoms.position, PACK).astype(np.float64)
        lengths = np.repeat(sim.box_lengths, np.diff(atoms.first), axis=0)
        # Boxes crossed go along, so that places without jumps go on.
        position[:, :3] += atoms.by_id(atoms.image, 3) * lengths
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
        """Slots of the species' atoms in the region, from each copy's first slot on, and their numbers."""
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
        """Kinetic energy that came with the atoms, less what went [copies]."""
        came = np.zeros(len(rows), bool)
        came[candidates.ravel()] = True
        change = np.where(came & kept, 1.0, 0.0) - np.where(~came & ~kept, 1.0, 0.0)
        energies = sim.masses[self.species] / 2 * (velocities.astype(np.float64) ** 2).sum(axis=1)
        changed = change != 0
        return np.bincount(copies[changed], (change * energies)[changed], sim.copies)

    def _replace(self, sim: "Simulation", rows: Array, velocities: Array, first: Array, kept: Array) -> None:
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
    return np.concatenate([part for pair in zip(atoms, candidates, strict=True) for part in pair])


@kernel
def draw_velocities(
    t: int, moves: int, seeds: Any, step: int, draw: int, speed: float, velocity: Any
) -> None:
    """Maxwell velocity of a candidate."""
    item = t % moves
    a, b, c, d = draw_words(seeds[t // moves], STREAM, item, draw, step)
    x, y = normal_pair(a, b)
    z, _ = normal_pair(c, d)
    at = np.uint64(3 * t)
    velocity[at], velocity[at + np.uint64(1)], velocity[at + np.uint64(2)] = speed * x, speed * y, speed * z


@device_function
def nearest(difference: float, length: float, turns: float) -> float:
    """Difference to the nearest image; turns: 1 / length, or 0 along an axis that is not periodic."""
    return difference - length * floor(difference * turns + 0.5)


@lru_cache(maxsize=KERNELS_KEPT)
def exchange_kernel(law: CutForm) -> Kernel:
    """The kernel that makes the moves of one exchange, one after the other in each copy."""
    energy_of = law.energy

    @device_function
    def pair_energy(
        me: int, first: int, end: int, position: Any, alive: Any, lengths: Any, turns: Any, box: int,
        parameters: Any, species: int,
    ) -> float:  # fmt: skip
        here, one, two, three = np.uint64(PACK * me), np.uint64(1), np.uint64(2), np.uint64(3)
        x, y, z = position[here], position[here + one], position[here + two]
        row = np.int64(position[here + three]) * species
        length_x, length_y, length_z = lengths[box], lengths[box + 1], lengths[box + 2]
        turns_x, turns_y, turns_z = turns[box], turns[box + 1], turns[box + 2]
        total = 0.0
        for j in range(first, end):
            if alive[j] == 0 or j == me:
                continue
            there = np.uint64(PACK * j)
            dx = nearest(x - position[there], length_x, turns_x)
            dy = nearest(y - position[there + one], length_y, turns_y)
            dz = nearest(z - position[there + two], length_z, turns_z)
            r2 = dx * dx + dy * dy + dz * dz
            pair = PARAMETERS * (row + np.int64(position[there + three]))
            if r2 < parameters[pair + 2]:
                a, b = parameters[pair + 3], parameters[pair + 4]
                total += parameters[pair + 5] * energy_of(r2 * parameters[pair], a, b)
        return total

    @kernel
    def exchange_moves(
        r: int, seeds: Any, step: int, draw: int, moves: int, kind: int, temperature: float, activity: Any,
        first: Any, position: Any, external: Any, lengths: Any, turns: Any, parameters: Any, species: int,
        tails: Any, numbers: Any, alive: Any, members: Any, counts: Any, gained: Any, made: Any,
    ) -> None:  # fmt: skip
        begin, end, n, total = first[r], first[r + 1], counts[r], 0.0
        for m in range(moves):
            choice, chance, which, _ = draw_words(seeds[r], STREAM, m, draw, step)
            insert = choice < HALF
            made[r, INSERTIONS if insert else DELETIONS] += 1
            if not insert and n == 0:
                continue
            place = np.int64(0) if insert else np.int64(below(which, n))
            me = end - moves + m if insert else np.int64(members[begin + place])
            energy = external[me] + pair_energy(
                me, begin, end, position, alive, lengths, turns, 3 * r, parameters, species
            )
            tail = -0.5 * tails[r, kind, kind] if not insert else 0.5 * tails[r, kind, kind]
            for other in range(species):
                tail += tails[r, kind, other] * numbers[r, other]
            weight = exp(-(energy + tail) / temperature) * activity[r]
            if insert and uniform(chance) * (n + 1) < weight:
                alive[me] = 1
                members[begin + n] = me
                n += 1
                numbers[r, kind] += 1
                total += energy
                made[r, INSERTED] += 1
            elif not insert and uniform(chance) * weight < n:
                alive[me] = 0
                n -= 1
                members[begin + place] = members[begin + n]
                numbers[r, kind] -= 1
                total -= energy
                made[r, DELETED] += 1
        gained[r] = total

    return exchange_moves
