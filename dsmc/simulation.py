"""The simulation: one step is move, sort, collide; samples are taken on both sides of collide."""

from collections.abc import Hashable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.core.particles import Particles
from knudsen.core.samples import INNER_MOMENTS, MOMENTS, Samples
from knudsen.core.sorting import BinSort
from knudsen.dsmc import checkpoint
from knudsen.dsmc.collisions import USUAL, Collider, Collisions
from knudsen.dsmc.domains.shapes import Domain
from knudsen.dsmc.face_table import FaceTable
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.forces import Acceleration
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.kinds import check_steps
from knudsen.dsmc.problem import MOST_PARTICLES, OPEN_ROOM, TOO_MANY, Problem
from knudsen.dsmc.reactions.chemistry import Chemistry
from knudsen.dsmc.reactions.model import Reaction
from knudsen.dsmc.rotation import RotatingFrame
from knudsen.dsmc.sampling import BlockSampler, Measure, full_blocks, samples_of
from knudsen.dsmc.together import Together, likeness
from knudsen.dsmc.transit import Transit
from knudsen.dsmc.watch import check_flights, check_solids, check_velocities, warn_of_empty

FAULT_CHECK_STEPS = 100


class Simulation:
    """DSMC of a domain: R independent copies of one problem in one set of arrays.

    Arguments
    ---------
    gas : species and their interactions
    domain : a `Slab`, `Channel`, `Box` or `Tube`: extents, cells, faces; one for all copies, or one each,
        alike but for what their faces do
    filling : the gas at the start, whose pressure and temperature also set the weight of a molecule; one for
        all copies, or one each
    particles_per_cell : simulated molecules in a sampling cell of the filling; the mean of cells that differ
    timestep : dt [s]
    copies : R;  seed : of the run; copy r draws its own from (seed, r); or `seeds`, one a copy
    device : 'auto', 'cpu', 'cuda', 'cuda:N'
    precision : 'double', or 'mixed' (velocities float32; positions and sums float64)
    acceleration : by a constant force on each species, along x, y, z [m/s2] [species, 3], or of each copy
        its own [copies, species, 3]
    rotation : of the frame in which the domain rests
    collisions : how partners are chosen, and where the deflections of potentials are cut
    internal : which internal energies are treated; without it molecules have none
    reactions : among the molecules of the gas
    species_weights : [species], real molecules per simulated one over W; all one by default.
        A trace of 1e-4 with the weight 1e-4 has as many simulated molecules as the gas around it

    Raises
    ------
    ValueError : arguments that do not fit together;  DeviceError : CUDA where there is none
    SimulationFault : from `run`, a molecule that cannot be placed
    """

    def __init__(
        self, gas: Mixture, domain: Domain | Sequence[Domain], filling: Filling | Sequence[Filling], *,
        particles_per_cell: float, timestep: float, copies: int = 1, seed: int | Sequence[int] = 0,
        device: str = "auto", precision: str = "double",
        acceleration: Acceleration | None = None, rotation: RotatingFrame | None = None,
        collisions: Collisions = USUAL, internal: InternalEnergy | None = None,
        reactions: Sequence[Reaction] = (), species_weights: Sequence[float] | None = None,
    ) -> None:  # fmt: skip
        problem = self._problem = Problem.of(
            gas=gas, domain=domain, filling=filling, particles_per_cell=particles_per_cell,
            timestep=timestep, copies=copies, seed=seed, precision=precision, species_weights=species_weights,
            acceleration=acceleration, rotation=rotation, collisions=collisions, internal=internal,
            reactions=reactions,
        )  # fmt: skip
        self.gas, self.domains, self.fillings = gas, problem.domains, problem.fillings
        self.domain, self.filling = self.domains[0], self.fillings[0]  # of the first copy
        self.timestep, self.copies, self.precision = timestep, copies, precision
        self.grid, self.modes, self.seeds = problem.grid, problem.modes, problem.seeds
        self.weights, self.species_weights = problem.weights, np.array(problem.species_weights)
        self.device = Device(device)
        self._modes = self.device.put(self.modes)
        self._seeds = self.device.put(np.array(self.seeds, np.int64))
        self.step = 0
        self.sampler: BlockSampler | None = None
        self.measures: list[Measure] = []
        self.faces = FaceTable([each.grid for each in self.domains], gas, self.weights, self.device)
        self.chemistry = Chemistry.of(problem, self.device)
        starts = zip(self.fillings, self.weights, self.seeds, strict=True)
        self.settle([each.place(self.grid, gas, *own, self.modes) for each, *own in starts])
        self._set_collisions(problem)
        self.transit = Transit(problem, self.faces, self._sort.lanes, self._modes, self._seeds, self.device)
        self.held, self.force = self.transit.held, self.transit.force

    def _set_collisions(self, problem: Problem) -> None:
        """What sorts and collides."""
        gas, grid, copies = self.gas, self.grid, self.copies
        cells = grid.cell_count * grid.parts
        self._sort = BinSort(cells * len(gas), copies, self.particles.capacity, self.device)
        self._collider = Collider(
            gas, grid, problem.temperatures, self.device, problem.collisions, self.modes,
            problem.species_weights, problem.internal, self.chemistry,
        )  # fmt: skip
        # Within a block there is nothing to collide.
        held = np.where(grid.collision_volumes > 0, grid.collision_volumes, np.inf)
        self._rate = self.device.put((problem.weight[:, None] * self.timestep / held).ravel())

    @property
    def problem(self) -> dict[str, str]:
        """The arguments in words, part by part: what a checkpoint is held against."""
        return self._problem.describe()

    @property
    def particle_count(self) -> int:
        """Simulated molecules now in the domain, all copies together."""
        return int(self.particles.counts.sum())

    @property
    def work(self) -> np.ndarray[Any, Any]:
        """What the force has given the simulated molecules so far [copies, species] [J]."""
        return self.force.work_of_copies

    @property
    def reacted(self) -> np.ndarray[Any, Any]:
        """Reactions of simulated molecules so far [copies, collision cells, reaction]."""
        if self.chemistry is None:
            return np.zeros((self.copies, self.grid.cell_count * self.grid.parts, 0), np.int64)
        return self.chemistry.counts()

    @property
    def device_name(self) -> str:
        """The device in words."""
        return self.device.describe()

    @property
    def bytes_per_particle(self) -> float:
        """Resident bytes per simulated molecule, sort buffers included."""
        return self.particles.bytes_per_particle

    def sample(self, every: int = 1, block: int = 100) -> None:
        """From the next step on, sum the moments every `every` steps, in blocks of `block` steps.

        A sampled step adds two samples, before and after its collisions: a flight carries the velocities
        of both its ends, so that their mean is its flux, to second order in the step.
        """
        moments = len(MOMENTS) + (len(INNER_MOMENTS) if self.particles.width else 0)
        shape = (self.copies, self.grid.cell_count, len(self.gas), moments)
        self.sampler = BlockSampler(every, block, shape, self.device)
        self.transit.walls[...] = 0.0

    def add_measure(self, measure: Measure) -> None:
        """From the next step on, let a measure of `knudsen.dsmc.measures` take its samples."""
        measure.bind(self)
        self.measures.append(measure)

    def run(self, steps: int) -> None:
        """Advance by so many time steps.

        Raises ValueError for no number of steps, SimulationFault for a molecule that cannot be placed.
        """
        check_steps(steps)
        for number in range(1, steps + 1):
            self._advance()
            if number % FAULT_CHECK_STEPS == 0 or number == steps:
                self._check_faults()

    def _advance(self) -> None:
        self.step += 1
        self.move()
        self.sort()
        self.transit.follow(self.particles, self._sort.starts)
        sampled = self.sampler is not None and self.sampler.due
        if sampled:
            self.add_sample()
        self._measure(0)
        self.collide()
        if sampled:
            self.add_sample()
        self._measure(1)
        if self.sampler is not None:
            self.sampler.advance(self.transit.walls_by_copy)

    def _measure(self, side: int) -> None:
        """Let the measures that are due take a sample, before (0) or after (1) the collisions."""
        for measure in self.measures:
            if side < measure.sides and self.step % measure.every == 0:
                measure.take(self)

    @property
    def starts(self) -> Any:
        """Slot where each (cell, species) of each copy begins, int32 [copies, bins + 1]."""
        return self._sort.starts

    def move(self) -> None:
        """Free flight of one step, and the molecules that open faces send in."""
        self.transit.move(self.particles, self._sort.bins, self.step, self._make_room)

    def _make_room(self, needed: int) -> None:
        """Let every copy have room for so many molecules."""
        if needed > self.particles.capacity:
            capacity = int(needed * OPEN_ROOM)
            if capacity * self.copies > MOST_PARTICLES:
                raise SimulationFault(f"step {self.step}: {capacity * self.copies:.3g} particles {TOO_MANY}")
            self.particles.grow(capacity, self.device)

    def sort(self) -> None:
        """Put the molecules in order of cell and species."""
        self._sort.sort(self.particles)

    def collide(self) -> None:
        """Collide for a time step; every other step takes the pairs of species in reverse order."""
        backwards = self.step % 2 == 1
        how = self._rate, backwards, self._seeds, self.step
        if self.chemistry is None:
            self._collider.collide(self.particles, self._sort.starts, *how)
        else:
            self.chemistry.collide(
                self._collider, self.particles, self._sort, self.timestep, *how, self._make_room
            )

    def add_sample(self) -> None:
        """Add the moments of every cell to the block under way."""
        assert self.sampler is not None
        self.sampler.add(self.particles, self._sort.starts, self._modes)

    def _check_faults(self) -> None:
        check_flights(self.transit.faults, self.grid, self.device)
        check_velocities(self.particles, self.grid, self.step, self.device)
        check_solids(self.particles, self._sort.starts, self.grid, self.step, self.device)
        self.held.check(self.step)  # after those: a molecule that went astray puts reservoirs out of reach
        if self.chemistry is not None:
            self.chemistry.warn_of_held()

    def result(self) -> Samples:
        """The blocks sampled so far.  Raises RuntimeError before the first block is full."""
        grid, blocks = self.grid, full_blocks(self.sampler)
        warn_of_empty(blocks["sums"][..., 0].sum(axis=(0, 3)), self.filled, grid)
        modes = self.modes if self.particles.width else None
        return samples_of(
            blocks, grid, self.gas, self.transit.patches, self.timestep, self.weights.copy(), modes
        )

    @property
    def filled(self) -> Any:
        """Molecules of weight 1 that the filling gives each sampling cell, the same in every copy [cells]."""
        return self.filling.number_density * self.grid.volumes * self.species_weights[0] / self.weights[0, 0]

    def relaxation_numbers(self, temperature: float) -> dict[tuple[str, str, str], float]:
        """Z of (who relaxes, by whom it is met, which mode) that the collisions have at a temperature [K].

        Those asked are met at the temperature of the filling, and from a tenth to twenty times it where a
        collision in which one molecule relaxes can be as quick.
        """
        exchanges = self._collider.exchanges
        return exchanges.numbers(temperature) if exchanges else {}

    def resolution(self) -> dict[str, float]:
        """Counts so far: majorant overflows, acceptance, mean separation of partners [m]; reactions."""
        reactions = {} if self.chemistry is None else self.chemistry.summary()
        return self._collider.summary() | reactions

    def state(self) -> dict[str, Any]:
        """The arrays of a checkpoint, those of the molecules, lanes and samples apart."""
        collider = self._collider
        book = {"majorant": collider.majorant, "events": collider.events, "separation": collider.separation}
        reactions = {} if self.chemistry is None else self.chemistry.state()
        accounts = {"accounts": collider.owed} if collider.weighted else {}
        return dict(**book, **accounts, **reactions, **self.held.state(self.faces))  # no name twice

    def lane_totals(self) -> dict[str, Any]:
        """The arrays of a checkpoint that each lane has its own of [copies * lanes, ...]."""
        work = {"work": self.force.work} if self.force.acts else {}
        return {"walls": self.transit.walls, "faults": self.transit.faults} | work

    def settle(self, molecules: list[dict[str, np.ndarray[Any, Any]]]) -> None:
        """Put the molecules of each copy, host arrays by column, in place of those that are there."""
        grows = self.faces.has_open or (self.chemistry is not None and self.chemistry.grows)
        room = OPEN_ROOM if grows else 1.0
        self.particles = Particles.from_copies(molecules, room, self.precision, self.device)

    @property
    def lanes(self) -> int:
        """Work items that share a copy's molecules."""
        return self._sort.lanes

    @property
    def likeness(self) -> Hashable:
        """What simulations have in common that can run `together`; None of one that runs alone.

        Reactions, measures and reservoirs that adapt keep to themselves.
        """
        if self.measures or self.chemistry is not None or self.held.any:
            return None
        inside = self.filling.temperature if self._problem.internal else None  # fillings must share it
        return likeness(self, self.force.pulls, inside)

    @staticmethod
    def together(simulations: "Sequence[Simulation]") -> Together:
        """Simulations of one `likeness`, to be advanced in one launch.  Raises ValueError for others."""
        return Together(simulations)

    def beside(self, others: "Sequence[Simulation]") -> "Simulation":
        """A simulation at its start, of the copies of this and of others of its likeness."""
        given = {each.name: getattr(self._problem, each.name) for each in fields(self._problem)}
        del given["domains"], given["fillings"]
        every = (self, *others)
        given["domain"] = [domain for each in every for domain in each.domains]
        given["filling"] = [filling for each in every for filling in each.fillings]
        given["seed"] = [seed for each in every for seed in each.seeds]
        given["copies"] = len(given["seed"])
        pulls = np.concatenate([self.device.fetch(each.force.acceleration) for each in every])
        given["acceleration"] = pulls if self.force.pulls else None
        return Simulation(**given, device=self.device.name)

    def checkpoint(self, path: Path | str) -> None:
        """Write the whole state to one file, whole or not at all; `restore` is bit for bit.

        Raises ValueError for a user's function that cannot be put in words, with all that it reads.
        """
        checkpoint.save(self, path)

    def restore(self, path: Path | str) -> None:
        """Take up the state of a checkpoint of the same problem.

        Measures are added first, those of the run in its order.  On another kind of device the sums of walls
        go on to round-off, all else is taken up bit for bit.  Raises ValueError for a file that is torn,
        foreign, of another format or problem, or of other measures.
        """
        checkpoint.restore(self, path)

    def start_from(self, path: Path | str) -> None:
        """Begin with the molecules of a checkpoint of the same gas and extents, at step 0, without samples.

        Cells, faces, blocks, step, copies, and molecules per cell may be others: molecules are cloned or
        thinned to this run's weights, copies taken round in turn.  Clones part within a few collisions; leave
        those out of what is averaged.  What was a block in the file begins empty, with a warning.
        Raises ValueError for a file that does not fit, molecules in this domain's blocks among others, for
        more molecules than the sort counts, or for a run that has begun.
        """
        checkpoint.start_from(self, path)
