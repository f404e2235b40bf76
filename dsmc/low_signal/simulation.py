"""Low-variance deviational simulation: one step is move, send, sort, collide, sort."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.core.particles import Particles
from knudsen.core.rng import Stream
from knudsen.core.samples import DIRECTIONS, MOMENTS, WALL_TOTALS, Samples
from knudsen.core.sorting import BinSort
from knudsen.dsmc import checkpoint
from knudsen.dsmc.domains.grid import GridArrays
from knudsen.dsmc.domains.patches import Patches
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.ensemble import of_each_copy, seed_of, seeds_of
from knudsen.dsmc.face_table import FaceTable
from knudsen.dsmc.flight import move_kernel
from knudsen.dsmc.internal.modes import mode_table
from knudsen.dsmc.kinds import check_steps
from knudsen.dsmc.low_signal.collisions import ACCOUNTS, MINUS, PLUS, ROWS, collide, multiply, plan
from knudsen.dsmc.low_signal.levels import set_levels
from knudsen.dsmc.low_signal.problem import (
    ABSORBERS,
    RestingGas,
    at_rest,
    check_problem,
    describe_deviation,
    manner,
    sources,
    without_friction,
)
from knudsen.dsmc.low_signal.sources import Source, count_sources, sending_kernel
from knudsen.dsmc.low_signal.splitting import splitting_table
from knudsen.dsmc.problem import MOST_PARTICLES, TOO_MANY
from knudsen.dsmc.sampling import BlockSampler, Measure, full_blocks, samples_of
from knudsen.dsmc.surfaces import ABSORBING
from knudsen.dsmc.together import Together, likeness
from knudsen.dsmc.watch import FAULTS, check_flights, check_velocities

FAULT_CHECK_STEPS = 100
ROOM = 1.25  # free slots, so that arrays seldom grow
SIGNS = ("+", "-")


class DeviationalSimulation:
    """Flow of hard spheres that deviates little from a gas at rest: R copies of one problem.

    Solves the linearised Boltzmann equation by signed particles, which stand for the deviation alone: cost
    and relative error do not depend on how small it is, and results are linear in what drives it.  For steady
    flows: what cells hold in account lags behind by about a mean time between collisions.

    Arguments
    ---------
    gas : one species of hard spheres
    domain : a `Slab` between periodic or specular faces, diffuse, Maxwell's, Lord's or adiabatic walls, whose
        velocities and differences from the gas's temperature are taken to first order; one for all copies, or
        one each, alike but for how much their walls move, warm and accommodate
    rest : the gas at rest, and the force or temperature gradient on it
    particles_per_cell : sets the weight of a particle: so many would be there if each of those that the
        sources send in stayed for the time L / v0
    timestep : dt [s];  copies : R;  seed : of the run; copy r draws its own from (seed, r); or `seeds`, one
        a copy
    device : 'auto', 'cpu', 'cuda', 'cuda:N'

    Raises
    ------
    ValueError : arguments of another kind, or a problem that the method does not hold, every fault at once
    DeviceError : CUDA where there is none;  SimulationFault : from `run`, a particle that cannot be placed
    """

    def __init__(
        self, gas: Mixture, domain: Slab | Sequence[Slab], rest: RestingGas, *, particles_per_cell: float,
        timestep: float, copies: int = 1, seed: int | Sequence[int] = 0, device: str = "auto",
    ) -> None:  # fmt: skip
        check_problem(
            gas, domain, rest,
            particles_per_cell=particles_per_cell, timestep=timestep, copies=copies, seed=seed,
        )  # fmt: skip
        domains = of_each_copy(domain, copies)
        self.gas, self.domains, self.rest = gas, domains, rest
        self.domain, self.particles_per_cell = domains[0], particles_per_cell  # domain : of the first copy
        self.timestep, self.copies, self.device = timestep, copies, Device(device)
        mass, diameter = gas.masses[0], gas.interaction(0, 0).diameter_ref
        self.speed = rest.thermal_speed(mass)
        self.duration = timestep * rest.collision_rate(mass, diameter)
        # What is held for about a mean time between collisions meets more of opposite sign; paid out at once,
        # the scatter of each payment would be the next one's debt, and many particles would come of that.
        self.share = -math.expm1(-self.duration)
        grids = [at_rest(each, rest.temperature).grid for each in domains]
        self.grid = grids[0]
        flows = [sources(each, rest, mass) for each in domains]
        wanted = particles_per_cell * self.grid.cell_count
        weights = [self._weight(each, wanted) for each in flows]
        self.weights = np.repeat(np.array(weights)[:, None], len(SIGNS), axis=1)
        put, xp = self.device.put, self.device.xp
        signed = [replace(gas.species[0], name=gas.names[0] + sign) for sign in SIGNS]
        both = Mixture(signed, "hs")
        self.modes = mode_table(None, both)
        self._modes = put(self.modes)
        self.faces = FaceTable(grids, both, weights, self.device)
        absorb = [[isinstance(face.boundary, ABSORBERS) for face in grid.faces] for grid in grids]
        kinds = np.where(absorb, ABSORBING, self.device.fetch(self.faces.kind))
        self.faces.kind = put(kinds.astype(np.int32))
        grid = self.grid
        self._places, self._table = GridArrays(grid, self.device), put(splitting_table())
        self._move, self._send = move_kernel(grid.space, 0), sending_kernel(grid.space)
        self._source_arrays = (
            put(np.array([flow.kind for flow in flows[0]], np.int32)),
            put(np.array([flow.face for flow in flows[0]], np.int32)),
            put(np.array([flow.along for flow in flows[0]])),
        )
        faces = len(grid.faces)
        means = [
            [flow.rate * timestep / (2 * weight) for flow in each[faces:]]
            for each, weight in zip(flows, weights, strict=True)
        ]
        self._means = put(np.array(means))
        self._wanted = xp.zeros((copies, len(flows[0])), np.int64)
        self._returned = xp.zeros((copies, faces), np.int64)
        cells = grid.cell_count * grid.parts
        self._accounts = xp.zeros((copies, cells, ROWS, ACCOUNTS))
        self._planned = xp.zeros((copies, cells), np.int64)
        self._others = xp.zeros((copies, cells), np.int64)
        self._patches = Patches(grid)
        self._patch_table, self._masses = put(self._patches.table), put(np.array([mass, mass]))
        self.seeds = seeds_of(seed_of(seed), copies)
        self._seeds = put(np.array(self.seeds, np.int64))
        self._sort = BinSort(2 * cells, copies, int(wanted), self.device)
        lanes = copies * self._sort.lanes
        self._walls = xp.zeros((lanes, faces, len(SIGNS), len(DIRECTIONS), len(WALL_TOTALS)))
        self._faults = xp.zeros((lanes, FAULTS))
        self.step = 0
        self.sampler: BlockSampler | None = None
        self.measures: list[Measure] = []  # of full simulations alone
        self.problem = describe_deviation(gas, domains, rest, particles_per_cell, timestep, self.seeds)
        nobody = {"species": np.zeros(0, np.uint8)} | dict.fromkeys(("place", "vx", "vy", "vz"), np.zeros(0))
        self.settle([nobody] * copies)

    def _weight(self, flows: list[Source], wanted: float) -> float:
        """Real molecules that a particle stands for, of so many wanted [m-2]."""
        strength = sum(flow.rate for flow in flows) * self.domain.length / self.speed
        return float((strength or self.rest.number_density * self.domain.length) / wanted)

    @property
    def particle_count(self) -> int:
        """Signed particles now in the domain, all copies together."""
        return int(self.particles.counts.sum())

    @property
    def wanted_count(self) -> int:
        """Particles that were asked for, all copies together: about so many are there in steady flow."""
        return int(self.copies * self.grid.cell_count * self.particles_per_cell)

    @property
    def device_name(self) -> str:
        """The device in words."""
        return self.device.describe()

    def sample(self, every: int = 1, block: int = 100) -> None:
        """From the next step on, sum the moments every `every` steps, in blocks of `block` steps."""
        shape = (self.copies, self.grid.cell_count, len(SIGNS), len(MOMENTS))
        self.sampler = BlockSampler(every, block, shape, self.device)
        self._walls[...] = 0.0

    def run(self, steps: int) -> None:
        """Advance by so many time steps.

        Raises ValueError for no number of steps, SimulationFault for a particle that cannot be placed.
        """
        check_steps(steps)
        for number in range(1, steps + 1):
            self._advance()
            if number % FAULT_CHECK_STEPS == 0 or number == steps:
                check_flights(self._faults, self.grid, self.device)
                check_velocities(self.particles, self.grid, self.step, self.device)

    def _advance(self) -> None:
        self.step += 1
        self.move()
        self._sort.sort(self.particles)
        sampled = self.sampler is not None and self.sampler.due
        if sampled:
            self.add_sample()
        self.collide()
        if sampled:
            self.add_sample()
        if self.sampler is not None:
            self.sampler.advance(self._walls_by_copy)

    @property
    def _walls_by_copy(self) -> Any:
        return self._walls.reshape(self.copies, self._sort.lanes, *self._walls.shape[1:])

    def _taken(self) -> Any:
        """Signed number that each face has taken up in this block [copies, faces]."""
        number = self._walls_by_copy[..., 0].sum(axis=1)
        net = number[..., 0] - number[..., 1]
        return self.device.xp.rint(net[..., PLUS] - net[..., MINUS]).astype(np.int64)

    def move(self) -> None:
        """Free flight of one step, and the particles that walls and gas send in."""
        particles, items = self.particles, self.copies * self._sort.lanes
        layout = (self._sort.lanes, self.device.is_cuda, self.timestep, *self._places.cell_arrays)
        surfaces = (*self.faces.arrays, self._masses, self._patch_table, self._walls, self._modes)
        before = self._taken()
        self._move(
            items, *particles.columns, particles.bin, particles.counts, particles.capacity, *layout,
            *self._places.face_arrays, self._places.solid, *surfaces, self._faults, self._seeds,
            int(Stream.WALL), self.step,
        )  # fmt: skip
        taken = self._taken()
        self._returned += taken - before
        count_sources(
            self.copies, self._means, self._returned, self._wanted, self._seeds,
            int(Stream.EMISSION_COUNT), self.step,
        )  # fmt: skip
        sent = self._wanted.sum(axis=1)
        self._make_room(sent)
        self._send(
            items, *particles.columns, particles.bin, particles.counts, self._wanted, particles.capacity,
            *layout, *self._places.face_arrays, self._places.solid, *surfaces, *self._source_arrays,
            self._returned, self.speed, self._faults, self._seeds, int(Stream.EMISSION),
            int(Stream.EMISSION_WALL), self.step,
        )  # fmt: skip
        particles.counts += sent
        self._returned += self._taken() - taken

    def collide(self) -> None:
        """Collide with the gas at rest for a time step, let cells pay out, and put all in order again."""
        particles, cells = self.particles, self._planned.shape[1]
        xp, stream = self.device.xp, int(Stream.COLLISION)
        plan(self.copies * cells, self._accounts, self.share, self._planned, self._seeds, stream, self.step)
        candidates = self._planned.sum(axis=1)
        self._make_room(candidates)
        ends = xp.arange(self.copies) * particles.capacity + particles.counts
        first = ends[:, None] + xp.cumsum(self._planned, axis=1) - self._planned
        number = xp.empty(self.copies * particles.capacity, np.int32)
        collide(
            self.copies * cells, *particles.columns[:5], particles.bin, number, self._sort.starts,
            self._planned, first, self._others, self._accounts, self.share, self._table, self.grid.low[0],
            self.domain.length / cells, self.speed, self.duration, self._seeds, stream, self.step,
        )  # fmt: skip
        particles.counts += candidates
        self._multiply(number, first)
        self._sort.sort(particles)

    def _multiply(self, number: Any, first: Any) -> None:
        """Give each particle of a group a slot."""
        xp, particles, capacity = self.device.xp, self.particles, self.particles.capacity
        added = self._others.sum(axis=1)
        self._make_room(added)
        moved = xp.arange(self.copies) * (particles.capacity - capacity)
        ends = xp.arange(self.copies) * particles.capacity + particles.counts
        free = ends[:, None] + xp.cumsum(self._others, axis=1) - self._others
        multiply(
            self._others.size, *particles.columns[:5], particles.bin, number, self._sort.starts,
            self._planned, first + moved[:, None], moved, free,
        )  # fmt: skip
        particles.counts += added

    def _make_room(self, added: Any) -> None:
        needed = int((self.particles.counts + added).max())
        if needed > self.particles.capacity:
            capacity = int(needed * ROOM) + 1
            if capacity * self.copies > MOST_PARTICLES:
                raise SimulationFault(f"step {self.step}: {capacity * self.copies:.3g} particles {TOO_MANY}")
            shift = self.device.xp.arange(self.copies) * (capacity - self.particles.capacity)
            self._sort.starts += shift[:, None].astype(np.int32)
            self.particles.grow(capacity, self.device)

    def resolution(self) -> dict[str, float]:
        """Cell over mean free path, step over mean time between collisions, particles in a cell now."""
        mean_speed = 2 / math.sqrt(math.pi) * self.speed
        cells = self._planned.shape[1]
        return {
            "cell_over_path": self.domain.length / cells * self.duration / (self.timestep * mean_speed),
            "step_over_collision_time": self.duration,
            "particles_per_cell": self.particle_count / (self.copies * cells),
        }

    def add_sample(self) -> None:
        """Add the moments of every cell to the block under way."""
        assert self.sampler is not None
        self.sampler.add(self.particles, self._sort.starts)

    def result(self) -> Samples:
        """The blocks sampled so far, of the deviation: sums and wall totals of + less those of -.

        The mean density is that of the gas at rest: a steady flow leaves it open (see `levels`).
        Raises RuntimeError before the first block is full.
        """
        blocks = full_blocks(self.sampler)
        for name in ("sums", "walls"):
            plus, minus = np.split(blocks[name], 2, axis=3)
            blocks[name] = plus - minus
        mass, frictionless = self.gas.masses[0], without_friction(self.domain)
        set_levels(blocks, self.domain, mass, self.speed, self.timestep, frictionless)
        return samples_of(blocks, self.grid, self.gas, self._patches, self.timestep, self.weights[:, :1])

    def state(self) -> dict[str, Any]:
        """The arrays of a checkpoint, those of the particles, lanes and samples apart."""
        return {"accounts": self._accounts, "returned": self._returned}

    def lane_totals(self) -> dict[str, Any]:
        """The arrays of a checkpoint that each lane has its own of [copies * lanes, ...]."""
        return {"walls": self._walls, "faults": self._faults}

    def settle(self, particles: list[dict[str, np.ndarray[Any, Any]]]) -> None:
        """Put the particles of each copy, host arrays by column, in place of those that are there."""
        self.particles = Particles.from_copies(particles, ROOM, "double", self.device)

    @property
    def lanes(self) -> int:
        """Work items that share a copy's particles."""
        return self._sort.lanes

    @property
    def likeness(self) -> Hashable:
        """What simulations have in common that can run `together`."""
        return likeness(self, manner(self.domain, self.rest, self.gas.masses[0]))

    @staticmethod
    def together(simulations: "Sequence[DeviationalSimulation]") -> Together:
        """Simulations of one `likeness`, to be advanced in one launch.  Raises ValueError for others."""
        return Together(simulations)

    def beside(self, others: "Sequence[DeviationalSimulation]") -> "DeviationalSimulation":
        """A simulation at its start, of the copies of this and of others of its likeness."""
        every = (self, *others)
        seeds = [seed for each in every for seed in each.seeds]
        return DeviationalSimulation(
            self.gas, [domain for each in every for domain in each.domains], self.rest,
            particles_per_cell=self.particles_per_cell, timestep=self.timestep, copies=len(seeds), seed=seeds,
            device=self.device.name,
        )  # fmt: skip

    def checkpoint(self, path: Path | str) -> None:
        """Write the whole state to one file, whole or not at all; `restore` is bit for bit."""
        checkpoint.save(self, path)

    def restore(self, path: Path | str) -> None:
        """Take up the state of a checkpoint of the same problem.

        Raises ValueError for a file that is torn, foreign, of another format or problem.
        """
        checkpoint.restore(self, path)
