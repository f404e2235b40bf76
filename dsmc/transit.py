"""What flies, meets the faces and comes in, and what is counted there."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.particles import Particles
from knudsen.core.rng import Stream
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.domains.grid import GridArrays
from knudsen.dsmc.domains.patches import Patches
from knudsen.dsmc.emission import count_emission, emission_kernel
from knudsen.dsmc.face_table import FaceTable
from knudsen.dsmc.flight import move_kernel
from knudsen.dsmc.forces import BodyForce
from knudsen.dsmc.problem import Problem
from knudsen.dsmc.reservoirs import HeldFaces
from knudsen.dsmc.sampling import wall_lanes
from knudsen.dsmc.watch import FAULTS

ARRIVING, NUMBER = DIRECTIONS.index("arriving"), WALL_TOTALS.index("number")


class Transit:
    """Flight, faces and open ends of every copy.

    walls : [copies * lanes, patches, species, DIRECTIONS, WALL_TOTALS], of the block under way
    faults : [copies * lanes, FAULTS], see `check_flights`
    lanes : of a copy, fewer than the sort's where their walls would not fit
    """

    def __init__(
        self, problem: Problem, faces: FaceTable, lanes: int, modes: Any, seeds: Any, device: Device
    ) -> None:
        gas, grid, copies, put = problem.gas, problem.grid, problem.copies, device.put
        self.device, self.faces, self.timestep = device, faces, problem.timestep
        width = problem.modes.shape[1]
        self._move = move_kernel(grid.space, width)
        self._emit = emission_kernel(grid.space, width, problem.rotation is not None)
        self.places, self.patches = GridArrays(grid, device), Patches(grid)
        self._modes, self._seeds, self._masses = modes, seeds, put(np.array(gas.masses))
        self._patch_table = put(self.patches.table)
        totals = (len(self.patches.face), len(gas), len(DIRECTIONS), len(WALL_TOTALS))
        self.lanes = wall_lanes(lanes, copies, math.prod(totals), device.is_cuda)
        self._items = copies * self.lanes
        self.walls = device.xp.zeros((self._items, *totals))
        self.faults = device.xp.zeros((self._items, FAULTS))
        self._emitted = device.xp.zeros((copies, len(grid.faces) * len(gas)), np.int64)
        self.held = HeldFaces(
            grid, gas, problem.fillings[0].number_density, float(problem.weight[0]), problem.timestep, copies,
            device, problem.species_weights,
        )  # fmt: skip
        ends = np.searchsorted(self.patches.face, np.arange(len(grid.faces) + 1))
        self._held_patches = [slice(*ends[number : number + 2]) for number in self.held.faces]
        self.force = BodyForce(
            problem.acceleration, problem.rotation, copies, self.lanes, self._masses, device
        )

    @property
    def walls_by_copy(self) -> Any:
        """`walls`, [copies, lanes, ...]."""
        return self.walls.reshape(-1, self.lanes, *self.walls.shape[1:])

    def move(self, particles: Particles, dead: int, step: int, make_room: Callable[[int], None]) -> None:
        """Free flight of one step, and the molecules that open faces send in.

        dead : bin of molecules that have left;  make_room : makes the capacity of a copy at least that many
        """
        layout = (self.lanes, self.device.is_cuda, self.timestep, *self.places.cell_arrays)
        surfaces = (*self.faces.arrays, self._masses, self._patch_table, self.walls, self._modes)
        arrived = self._arrived()
        self.force.before(particles, self.timestep)
        self._move(
            self._items, *particles.columns, particles.bin, particles.counts, particles.capacity,
            *layout, *self.places.face_arrays, self.places.solid, *surfaces, self.faults,
            self._seeds, int(Stream.WALL), step,
        )  # fmt: skip
        self.force.after(particles, self.timestep, dead)
        if self.faces.has_open:
            landed = self._arrived()
            self._let_in(landed - arrived, particles, step, make_room)
            self._emit(
                self._items, *particles.columns, particles.bin, particles.counts, self._emitted,
                particles.capacity, *layout, *self.places.face_arrays, self.places.solid, *surfaces,
                self.faces.drift, self.force.acceleration, self.force.rotation, self.force.work, self.faults,
                self._seeds, int(Stream.EMISSION), int(Stream.EMISSION_WALL), step,
            )  # fmt: skip
            particles.counts += self._emitted.sum(axis=1)
            self.held.credit(self._arrived() - landed)

    def _arrived(self) -> Any:
        """Molecules that have come to the faces of held reservoirs in this block [copies, held, species]."""
        if not self.held.any:
            return 0.0
        number = self.walls_by_copy[..., ARRIVING, NUMBER]
        held = [number[:, :, each].sum(axis=(1, 2)) for each in self._held_patches]
        return self.device.xp.stack(held, axis=1)

    def _let_in(
        self, arrived: Any, particles: Particles, step: int, make_room: Callable[[int], None]
    ) -> None:
        """How many molecules each face sends in, and room for them."""
        count_emission(
            len(self._emitted), self.faces.arrivals, self.timestep, self._emitted, self._seeds,
            int(Stream.EMISSION_COUNT), step,
        )  # fmt: skip
        self.held.pay(arrived, self._emitted)
        make_room(int((particles.counts + self._emitted.sum(axis=1)).max()))

    def follow(self, particles: Particles, starts: Any) -> None:
        """Let held reservoirs answer to what the cells along them hold after a step."""
        self.held.follow(particles, starts, self.faces, self.places)
