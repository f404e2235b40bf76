"""The simulation: one step is move, sort, collide; samples are taken on both sides of collide."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.core.particles import Particles
from knudsen.core.rng import Stream
from knudsen.core.samples import (
    CARTESIAN,
    CYLINDRICAL,
    DIRECTIONS,
    INNER_MOMENTS,
    MOMENTS,
    WALL_TOTALS,
    Samples,
)
from knudsen.core.sorting import BinSort
from knudsen.dsmc import checkpoint
from knudsen.dsmc.collisions import USUAL, Collider, Collisions
from knudsen.dsmc.domains.grid import GridArrays
from knudsen.dsmc.domains.patches import Patches
from knudsen.dsmc.domains.shapes import Domain
from knudsen.dsmc.emission import count_emission, emission_kernel
from knudsen.dsmc.ensemble import of_each_copy
from knudsen.dsmc.face_table import FaceTable
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.flight import move_kernel
from knudsen.dsmc.forces import Acceleration, BodyForce
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.problem import MOST_PARTICLES, OPEN_ROOM, TOO_MANY, Problem
from knudsen.dsmc.reactions.chemistry import Chemistry
from knudsen.dsmc.reactions.model import Reaction
from knudsen.dsmc.reservoirs import HeldFaces
from knudsen.dsmc.rotation import RotatingFrame
from knudsen.dsmc.sampling import BlockSampler, Measure, sample, sample_inner_kernel, wall_lanes
from knudsen.dsmc.watch import FAULTS, check_flights, check_solids, check_velocities, warn_of_empty

FAULT_CHECK_STEPS = 100
ARRIVING, NUMBER = DIRECTIONS.index("arriving"), WALL_TOTALS.index("number")


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
    copies : R;  seed : of the run; copy r draws its own from (seed, r)
    device : 'auto', 'cpu', 'cuda', 'cuda:N'
    precision : 'double', or 'mixed' (velocities float32; positions and sums float64)
    acceleration : by a constant force on each species, along x, y, z [species, 3] [m/s2]
    rotation : of the frame in which the domain rests
    collisions : how partners are chosen, and where the deflections of potentials are cut
    internal : which internal energies are treated; without it molecules have none
    reactions : among the molecules of the gas
    species_weights : [species], real molecules per simulated one in units of `weight`; all one by default.
        A trace of 1e-4 with the weight 1e-4 has as many simulated molecules as the gas around it

    Raises
    ------
    ValueError : arguments that do not fit together;  DeviceError : CUDA where there is none
    SimulationFault : from `run`, a molecule that cannot be placed
    """

    def __init__(
        self, gas: Mixture, domain: Domain | Sequence[Domain], filling: Filling | Sequence[Filling], *,
        particles_per_cell: float, timestep: float, copies: int = 1, seed: int = 0, device: str = "auto",
        precision: str = "double",
        acceleration: Acceleration | None = None, rotation: RotatingFrame | None = None,
        collisions: Collisions = USUAL, internal: InternalEnergy | None = None,
        reactions: Sequence[Reaction] = (), species_weights: Sequence[float] | None = None,
    ) -> None:  # fmt: skip
        weighs = (1.0,) * len(gas) if species_weights is None else tuple(map(float, species_weights))
        domains, fillings = (of_each_copy(each, max(copies, 1)) for each in (domain, filling))
        problem = Problem(
            gas, domains, fillings, particles_per_cell, timestep, copies, seed, precision, weighs,
            acceleration, rotation, collisions, internal, tuple(reactions),
        )  # fmt: skip
        self.gas, self.domains, self.fillings = gas, domains, fillings
        self.domain, self.filling = domains[0], fillings[0]  # of the first copy
        self.timestep, self.copies, self.precision = timestep, copies, precision
        self.grid, self.modes, self.seeds = problem.grid, problem.modes, problem.seeds
        self.weight, self.weights = float(problem.weight[0]), problem.weights
        self.species_weights, self.problem = np.array(weighs), problem.describe()
        self.device = Device(device)
        self.step = 0
        self.sampler: BlockSampler | None = None
        self.measures: list[Measure] = []
        self.faces = FaceTable([each.grid for each in domains], gas, self.weights, self.device)
        self.chemistry = self._chemistry_of(problem)
        starts = zip(fillings, self.weights, self.seeds, strict=True)
        self.settle([each.place(self.grid, gas, *own, self.modes) for each, *own in starts])
        self._set_collisions(problem)
        self._set_flights(problem)

    def _chemistry_of(self, problem: Problem) -> Chemistry | None:
        if not problem.reactions:
            return None
        cells, temperature = self.grid.cell_count * self.grid.parts, problem.temperatures[0]
        return Chemistry(
            self.gas, problem.reactions, self.modes, temperature, self.copies, cells, self.device
        )

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

    def _set_flights(self, problem: Problem) -> None:
        """What flies, meets the faces and comes in, and what is counted there."""
        gas, grid, copies = self.gas, self.grid, self.copies
        width = self.modes.shape[1]
        self._move = move_kernel(grid.space, width)
        self._emit = emission_kernel(grid.space, width, problem.rotation is not None)
        self._places, self._modes = GridArrays(grid, self.device), self.device.put(self.modes)
        self._seeds = self.device.put(np.array(self.seeds, np.int64))
        self._masses = self.device.put(np.array(gas.masses))
        self._patches = Patches(grid)
        self._patch_table = self.device.put(self._patches.table)
        totals = (len(self._patches.face), len(gas), len(DIRECTIONS), len(WALL_TOTALS))
        self._lanes = wall_lanes(self._sort.lanes, copies, math.prod(totals), self.device.is_cuda)
        lanes = copies * self._lanes
        self._walls = self.device.xp.zeros((lanes, *totals))
        self._faults = self.device.xp.zeros((lanes, FAULTS))
        self._emitted = self.device.xp.zeros((copies, len(grid.faces) * len(gas)), np.int64)
        self.held = HeldFaces(
            grid, gas, self.filling.number_density, self.weight, self.timestep, copies, self.device,
            problem.species_weights,
        )  # fmt: skip
        ends = np.searchsorted(self._patches.face, np.arange(len(grid.faces) + 1))
        self._held_patches = [slice(*ends[number : number + 2]) for number in self.held.faces]
        self.force = BodyForce(
            problem.acceleration, problem.rotation, copies, self._lanes, self._masses, self.device
        )

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
        self._walls[...] = 0.0

    def add_measure(self, measure: Measure) -> None:
        """From the next step on, let a measure of `knudsen.dsmc.measures` take its samples."""
        measure.bind(self)
        self.measures.append(measure)

    def run(self, steps: int) -> None:
        """Advance by so many time steps.  Raises SimulationFault for a molecule that cannot be placed."""
        for number in range(1, steps + 1):
            self._advance()
            if number % FAULT_CHECK_STEPS == 0 or number == steps:
                self._check_faults()

    def _advance(self) -> None:
        self.step += 1
        self.move()
        self.sort()
        self.held.follow(self.particles, self._sort.starts, self.faces, self._places)
        sampled = self.sampler is not None and self.sampler.due
        if sampled:
            self.add_sample()
        self._measure(0)
        self.collide()
        if sampled:
            self.add_sample()
        self._measure(1)
        if self.sampler is not None:
            self.sampler.advance(self._walls_by_copy)

    def _measure(self, side: int) -> None:
        """Let the measures that are due take a sample, before (0) or after (1) the collisions."""
        for measure in self.measures:
            if side < measure.sides and self.step % measure.every == 0:
                measure.take(self)

    @property
    def starts(self) -> Any:
        """Slot where each (cell, species) of each copy begins, int32 [copies, bins + 1]."""
        return self._sort.starts

    @property
    def _walls_by_copy(self) -> Any:
        return self._walls.reshape(self.copies, self._lanes, *self._walls.shape[1:])

    def move(self) -> None:
        """Free flight of one step, and the molecules that open faces send in."""
        particles, lanes = self.particles, self._lanes
        layout = (lanes, self.device.is_cuda, self.timestep, *self._places.cell_arrays)
        surfaces = (*self.faces.arrays, self._masses, self._patch_table, self._walls, self._modes)
        arrived = self._arrived()
        self.force.before(particles, self.timestep)
        self._move(
            self.copies * lanes, *particles.columns, particles.bin, particles.counts, particles.capacity,
            *layout, *self._places.face_arrays, self._places.solid, *surfaces, self._faults,
            self._seeds, int(Stream.WALL), self.step,
        )  # fmt: skip
        self.force.after(particles, self.timestep, self._sort.bins)
        if self.faces.has_open:
            landed = self._arrived()
            self._let_in(landed - arrived)
            self._emit(
                self.copies * lanes, *particles.columns, particles.bin, particles.counts, self._emitted,
                particles.capacity, *layout, *self._places.face_arrays, self._places.solid, *surfaces,
                self.faces.drift, self.force.acceleration, self.force.rotation, self.force.work, self._faults,
                self._seeds, int(Stream.EMISSION), int(Stream.EMISSION_WALL), self.step,
            )  # fmt: skip
            particles.counts += self._emitted.sum(axis=1)
            self.held.credit(self._arrived() - landed)

    def _arrived(self) -> Any:
        """Molecules that have come to the faces of held reservoirs in this block [copies, held, species]."""
        if not self.held.any:
            return 0.0
        totals = self._walls_by_copy[..., ARRIVING, NUMBER].sum(axis=1)
        return self.device.xp.stack([totals[:, each].sum(axis=1) for each in self._held_patches], axis=1)

    def _let_in(self, arrived: Any) -> None:
        count_emission(
            self.copies, self.faces.arrivals, self.timestep, self._emitted, self._seeds,
            int(Stream.EMISSION_COUNT), self.step,
        )  # fmt: skip
        self.held.pay(arrived, self._emitted)
        self._make_room(int((self.particles.counts + self._emitted.sum(axis=1)).max()))

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
        backwards, starts = self.step % 2 == 1, self._sort.starts
        if self.chemistry is None:
            self._collider.collide(self.particles, starts, self._rate, backwards, self._seeds, self.step)
            return
        world = self.chemistry.world(self.particles)
        beside = (self.particles, starts, self._rate, self.timestep, self._seeds, self.step)
        if backwards:
            self.chemistry.beside(*beside)
        self._collider.collide(self.particles, starts, self._rate, backwards, self._seeds, self.step, world)
        if not backwards:
            self.chemistry.beside(*beside)
        self.chemistry.finish(self.particles, self._sort, self._make_room)

    def add_sample(self) -> None:
        """Add the moments of every cell to the block under way."""
        assert self.sampler is not None
        sums, particles = self.sampler.sums, self.particles
        sample(
            self.copies * self.grid.cell_count,
            particles.vx,
            particles.vy,
            particles.vz,
            self._sort.starts,
            sums,
        )
        if particles.width:
            sample_inner_kernel(particles.width)(
                self.copies * self.grid.cell_count, particles.vx, particles.vy, particles.vz, particles.inner,
                self._modes, self._sort.starts, sums,
            )  # fmt: skip

    def _check_faults(self) -> None:
        self.held.check(self.step)
        check_flights(self._faults, self.grid, self.device)
        check_velocities(self.particles, self.grid, self.step, self.device)
        check_solids(self.particles, self._sort.starts, self.grid, self.step, self.device)

    def result(self) -> Samples:
        """The blocks sampled so far.  Raises RuntimeError before the first block is full."""
        if self.sampler is None or not self.sampler.closed["steps"]:
            raise RuntimeError("no block of samples is full: call sample() and run at least one block")
        grid, sampled = self.grid, self.sampler.stacked()
        filled = self.filling.number_density * grid.volumes / self.weight  # the same for every copy
        warn_of_empty(sampled["sums"][..., 0].sum(axis=(0, 3)), filled, grid)
        return Samples(
            names=self.gas.names,
            masses=np.array(self.gas.masses),
            faces=tuple(face.name for face in grid.faces),
            vectors=CYLINDRICAL if grid.space.cylindrical else CARTESIAN,
            face_axis=np.array([face.axis for face in grid.faces], np.int64),
            face_inward=np.array([face.inward for face in grid.faces], np.int64),
            patch_face=self._patches.face,
            patch_area=self._patches.area,
            patch_centre=self._patches.centre,
            axes=np.arange(len(grid.cells)),
            low=np.array(grid.low),
            high=np.array(grid.high),
            cells=np.array(grid.cells, np.int64),
            volumes=grid.volumes,
            timestep=self.timestep,
            weight=self.weights.copy(),
            modes=self.modes if self.particles.width else None,
            **sampled,
        )

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
        owed = {"owed": collider.owed} if collider.weighted else {}
        return book | owed | reactions | self.held.state(self.faces)

    def lane_totals(self) -> dict[str, Any]:
        """The arrays of a checkpoint that each lane has its own of [copies * lanes, ...]."""
        work = {"work": self.force.work} if self.force.acts else {}
        return {"walls": self._walls, "faults": self._faults} | work

    def settle(self, molecules: list[dict[str, np.ndarray[Any, Any]]]) -> None:
        """Put the molecules of each copy, host arrays by column, in place of those that are there."""
        grows = self.faces.has_open or (self.chemistry is not None and self.chemistry.grows)
        room = OPEN_ROOM if grows else 1.0
        self.particles = Particles.from_copies(molecules, room, self.precision, self.device)

    def checkpoint(self, path: Path | str) -> None:
        """Write the whole state to one file, whole or not at all; `restore` is bit for bit."""
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

        Cells, faces, step, copies, and molecules per cell may be others: molecules are cloned or thinned to
        this run's weights, copies taken round in turn.  Clones part within a few collisions; leave those out
        of what is averaged.  Raises ValueError for a file that does not fit, or a run that has begun.
        """
        checkpoint.start_from(self, path)
