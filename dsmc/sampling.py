"""Sample: sums of the velocity moments of each cell and species, in float64."""

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.particles import Particles
from knudsen.core.samples import CARTESIAN, CYLINDRICAL, MOMENTS, Samples
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.domains.patches import Patches
from knudsen.dsmc.internal.modes import QUANTUM

if TYPE_CHECKING:
    from knudsen.dsmc.simulation import Simulation

Array = np.ndarray[Any, Any]
FIRST_INNER = len(MOMENTS)
SAMPLES_A_STEP = 2  # before and after the collisions
CUDA_WALL_BYTES = 2**31  # each lane has its own totals of every patch


def wall_lanes(lanes: int, copies: int, totals: int, is_cuda: bool) -> int:
    """Lanes of a copy that fly its molecules, few enough on CUDA for each to hold so many totals."""
    return max(1, min(lanes, CUDA_WALL_BYTES // (8 * totals * copies))) if is_cuda else lanes


@device
def add_moments(first: int, end: int, vx: Any, vy: Any, vz: Any, sums: Any) -> None:
    """Add the 13 moments (count, v, vv, v^2 v) of the particles first .. end-1 to `sums`."""
    sx = sy = sz = xx = yy = zz = xy = xz = yz = ex = ey = ez = 0.0
    for i in range(first, end):
        x, y, z = float(vx[i]), float(vy[i]), float(vz[i])
        square = x * x + y * y + z * z
        sx += x
        sy += y
        sz += z
        xx += x * x
        yy += y * y
        zz += z * z
        xy += x * y
        xz += x * z
        yz += y * z
        ex += square * x
        ey += square * y
        ez += square * z
    totals = (float(end - first), sx, sy, sz, xx, yy, zz, xy, xz, yz, ex, ey, ez)
    for k in range(13):
        sums[k] += totals[k]


@lru_cache(maxsize=8)
def sample_inner_kernel(width: int) -> Kernel:
    """The kernel that samples what molecules of so many internal numbers hold, beside their moments."""

    @kernel
    def sample_inner(
        item: int, vx: Any, vy: Any, vz: Any, inner: Any, modes: Any, starts: Any, sums: Any
    ) -> None:
        """Add rotational and vibrational energy and their flux in one sampling cell of one copy.

        sums : float64 [copies, cells, species, 18], in the order of MOMENTS and INNER_MOMENTS
        """
        _, cells, species, _ = sums.shape
        copy, cell = item // cells, item % cells
        parts = (starts.shape[1] - 1) // (cells * species)
        for part in range(cell * parts, (cell + 1) * parts):
            for s in range(species):
                b = part * species + s
                rotation = vibration = fx = fy = fz = 0.0
                for k in range(starts[copy, b], starts[copy, b + 1]):
                    i = np.uint64(k)
                    held = 0.0
                    for column in range(np.uint64(1), np.uint64(width)):
                        number = float(inner[np.uint64(width) * i + column])
                        held += number * modes[s, column, QUANTUM]
                    turning = float(inner[np.uint64(width) * i])
                    rotation += turning
                    vibration += held
                    fx += (turning + held) * vx[i]
                    fy += (turning + held) * vy[i]
                    fz += (turning + held) * vz[i]
                totals = (rotation, vibration, fx, fy, fz)
                for k in range(5):
                    sums[copy, cell, s, FIRST_INNER + k] += totals[k]

    return sample_inner


@kernel
def sample(item: int, vx: Any, vy: Any, vz: Any, starts: Any, sums: Any) -> None:
    """Add the moments of one sampling cell of one copy; collision cells are its equal parts.

    sums : float64 [copies, cells, species, 13 or more], in the order of `knudsen.core.samples.MOMENTS`
    """
    _, cells, species, _ = sums.shape
    copy, cell = item // cells, item % cells
    parts = (starts.shape[1] - 1) // (cells * species)
    for part in range(cell * parts, (cell + 1) * parts):
        for s in range(species):
            b = part * species + s
            add_moments(starts[copy, b], starts[copy, b + 1], vx, vy, vz, sums[copy, cell, s])


class Measure(Protocol):
    """What a simulation measures beside the moments.

    every : steps between two samples;  sides : 1 before the collisions of a step alone, 2 after them as well
    """

    @property
    def every(self) -> int: ...

    @property
    def sides(self) -> int: ...

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""

    def take(self, sim: "Simulation") -> None:
        """Take a sample of molecules that lie in order of cell and species."""

    def arrays(self) -> dict[str, Any]:
        """What a checkpoint keeps, host arrays."""

    def load(self, arrays: dict[str, Any]) -> None:
        """Take up what `arrays` gave."""


class BlockSampler:
    """Moments and wall totals summed block by block.

    Arguments
    ---------
    every : steps between two samples;  block : steps in a block, a multiple of `every`

    Raises
    ------
    ValueError : intervals that are not positive, or a block that is no multiple of `every`
    """

    def __init__(self, every: int, block: int, shape: tuple[int, ...], device: Device) -> None:
        if every < 1 or block < 1 or block % every:
            raise ValueError(f"block must be a positive multiple of every, got {block} and {every}")
        self.every, self.block = every, block
        self.device = device
        self.sums = device.xp.zeros(shape, np.float64)
        self.steps = 0
        self.closed: dict[str, list[Any]] = {"sums": [], "walls": [], "samples": [], "steps": []}

    @property
    def due(self) -> bool:
        """Whether the step now under way is sampled."""
        return (self.steps + 1) % self.every == 0

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Steps between samples and in a block, of the block under way, and blocks stored."""
        return self.every, self.block, self.steps, len(self.closed["steps"])

    def add(self, particles: Particles, starts: Any, modes: Any = None) -> None:
        """Add the moments of every cell, and what molecules hold inside by the table of `modes`.

        starts : slot where each (cell, species) of each copy begins [copies, bins + 1]
        """
        p, items = particles, math.prod(self.sums.shape[:2])
        sample(items, p.vx, p.vy, p.vz, starts, self.sums)
        if p.width:
            sample_inner_kernel(p.width)(items, p.vx, p.vy, p.vz, p.inner, modes, starts, self.sums)

    def advance(self, walls: Any) -> None:
        """Count a step; at the end of a block, store and clear the sums and the walls' totals."""
        self.steps += 1
        if self.steps < self.block:
            return
        self.closed["sums"].append(self.device.fetch(self.sums))
        self.closed["walls"].append(self.device.fetch(walls.sum(axis=1)))
        self.closed["samples"].append(SAMPLES_A_STEP * (self.block // self.every))
        self.closed["steps"].append(self.block)
        self.sums[...] = 0.0
        walls[...] = 0.0
        self.steps = 0

    def stacked(self) -> dict[str, Array]:
        """The closed blocks as arrays, block first."""
        return {name: np.array(values) for name, values in self.closed.items()}

    def arrays(self) -> dict[str, Array]:
        """What a checkpoint keeps."""
        closed = {f"closed_{name}": value for name, value in self.stacked().items()}
        return closed | {"sums": self.device.fetch(self.sums), "taken": np.array(self.steps)}

    def load(self, arrays: dict[str, Array]) -> None:
        """Take up what `arrays` gave."""
        self.sums[...] = self.device.put(arrays["sums"])
        self.steps = int(arrays["taken"])
        self.closed = {name: list(arrays[f"closed_{name}"]) for name in self.closed}


def full_blocks(sampler: BlockSampler | None) -> dict[str, Array]:
    """The blocks sampled so far.  Raises RuntimeError before the first is full."""
    if sampler is None or not sampler.closed["steps"]:
        raise RuntimeError("no block of samples is full: call sample() and run at least one block")
    return sampler.stacked()


def samples_of(
    blocks: dict[str, Array], grid: Grid, gas: Mixture, patches: Patches, timestep: float, weights: Array,
    modes: Array | None = None,
) -> Samples:  # fmt: skip
    """The samples of full blocks of a grid.

    weights : real molecules per simulated one [copies, species];  modes : what molecules hold inside
    """
    return Samples(
        names=gas.names,
        masses=np.array(gas.masses),
        faces=tuple(face.name for face in grid.faces),
        vectors=CYLINDRICAL if grid.space.cylindrical else CARTESIAN,
        face_axis=np.array([face.axis for face in grid.faces], np.int64),
        face_inward=np.array([face.inward for face in grid.faces], np.int64),
        patch_face=patches.face,
        patch_area=patches.area,
        patch_centre=patches.centre,
        axes=np.arange(len(grid.cells)),
        low=np.array(grid.low),
        high=np.array(grid.high),
        cells=np.array(grid.cells, np.int64),
        volumes=grid.volumes,
        timestep=timestep,
        weight=weights,
        modes=modes,
        **blocks,
    )
